//! Looking at a page without booking anything, for those who write playbooks and look for bugs.

use onegent_core::guest::GuestProfile;
use url::Url;

use super::action::SlotValues;
use super::observation::Observation;
use super::reference::Ref;
use super::{Browser, PageError, Visit};
use crate::gate::{Gate, Verdict};
use crate::network::NetworkPolicy;

/// A page that was looked at.
#[derive(Debug)]
pub struct Inspection {
    /// What it says.
    pub seen: Observation,
    /// Its fields, buttons and links; the n-th has the number n in the picture, counted from 1.
    pub marks: Vec<Ref>,
    /// A picture of it as PNG, where one was asked for.
    pub picture: Option<Vec<u8>>,
}

/// Opens a page and looks at it.
pub async fn inspect(
    browser: &dyn Browser,
    url: Url,
    policy: NetworkPolicy,
    with_picture: bool,
) -> Result<Inspection, PageError> {
    let mut page = browser.open(Visit { policy, slots: SlotValues::of(&nobody()?) }).await?;
    let Verdict::Allowed(entry) = Gate::new().entry(url) else {
        return Err(PageError::Unusable("its address is not one of the web"));
    };
    page.act(entry).await?;
    let seen = page.observe().await?;
    let marks: Vec<_> = seen
        .fields()
        .map(|found| &found.it.reference)
        .chain(seen.buttons().map(|found| &found.it.reference))
        .chain(seen.links().map(|found| &found.it.reference))
        .cloned()
        .collect();
    let picture = if with_picture { Some(page.screenshot(&marks).await?) } else { None };
    Ok(Inspection { seen, marks, picture })
}

/// A guest whose details stand on no page.
fn nobody() -> Result<GuestProfile, PageError> {
    let nobody = serde_json::json!({
        "first_name": "Xqzvj", "last_name": "Wqxzk", "email": "xqzvj.wqxzk@invalid.example", "phone": "+12025550199",
    });
    serde_json::from_value(nobody).map_err(|_wrong| PageError::Unusable("nobody can look at it"))
}
