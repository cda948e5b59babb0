//! Chromium itself, on small pages of a site of the tests' own.

use onegent_core::time::SystemClock;

use self::site::Site;
use super::*;
use crate::browser::action::{Action, Filling, Slot, SlotValues};
use crate::browser::observation::Observation;
use crate::browser::reference::Ref;
use crate::browser::{Page, SubmitError};
use crate::gate::{Armed, Gate, Verdict};
use crate::network::NetworkPolicy;

mod crash;
mod live;
mod reading;
mod site;
mod submit;
mod writing;

/// A page in Chromium, and the gate in front of it.
struct Scene {
    browser: ChromiumBrowser,
    page: Box<dyn Page>,
    gate: Gate,
    site: Site,
}

impl Scene {
    /// An empty page, in a browser of its own.
    async fn new() -> Self {
        let site = Site::open().await;
        let browser = ChromiumBrowser::new(&ChromiumConfig::default(), Arc::new(SystemClock)).unwrap();
        let page = open(&browser, site.origins()).await;
        Self { browser, page, gate: Gate::new(), site }
    }

    /// A page of the site.
    async fn at(path: &str) -> Self {
        let mut scene = Self::new().await;
        scene.go(path).await;
        scene
    }

    async fn go(&mut self, path: &str) {
        self.go_to(self.site.url(path)).await;
    }

    async fn go_to(&mut self, url: Url) {
        let Verdict::Allowed(entry) = Gate::new().entry(url) else { panic!("no entry") };
        self.page.act(entry).await.unwrap();
    }

    async fn seen(&mut self) -> Observation {
        self.page.observe().await.unwrap()
    }

    async fn field(&mut self, name: &str) -> Ref {
        let seen = self.seen().await;
        let found = seen.fields().find(|found| found.it.name == name);
        found.unwrap_or_else(|| panic!("no {name}: {:#?}", seen.forms)).it.reference.clone()
    }

    async fn value(&mut self, name: &str) -> String {
        let seen = self.seen().await;
        seen.fields().find(|found| found.it.name == name).unwrap().it.value.clone()
    }

    async fn act(&mut self, action: Action) -> Result<(), PageError> {
        let seen = self.seen().await;
        match self.gate.judge(&seen, action) {
            Verdict::Allowed(cleared) => self.page.act(cleared).await,
            other @ (Verdict::Denied { .. } | Verdict::NeedsPermit { .. }) => panic!("{other:?}"),
        }
    }

    async fn fill(&mut self, name: &str, text: &str) {
        let field = self.field(name).await;
        self.act(Action::Fill { field, value: Filling::Text(text.to_owned()) }).await.unwrap();
    }

    async fn button(&mut self, name: &str) -> Ref {
        let seen = self.seen().await;
        let found = seen.buttons().find(|found| found.it.name == name);
        found.unwrap_or_else(|| panic!("no {name}: {:#?}", seen.forms)).it.reference.clone()
    }

    /// Presses without asking the gate, as if it had allowed it.
    async fn press(&mut self, name: &str) -> Result<(), PageError> {
        let button = self.button(name).await;
        self.page.act(crate::gate::Cleared::for_tests(Action::Press { button }, None)).await
    }

    /// Gives the guest's address on the page to book from, and has the gate judge the last button.
    async fn fill_in(&mut self, url: Url) -> Armed {
        self.go_to(url).await;
        let field = self.field("email").await;
        self.act(Action::Fill { field, value: Filling::Slot(Slot::Email) }).await.unwrap();
        let (seen, button) = (self.seen().await, self.button("Confirm booking").await);
        match self.gate.judge(&seen, Action::Press { button }) {
            Verdict::NeedsPermit { armed, .. } => armed,
            other @ (Verdict::Allowed(_) | Verdict::Denied { .. }) => panic!("{other:?}"),
        }
    }

    async fn follow(&mut self, name: &str) -> Result<(), PageError> {
        let seen = self.seen().await;
        let link = seen.links().find(|found| found.it.name == name).unwrap().it.reference.clone();
        self.act(Action::Follow { link }).await
    }
}

async fn open(browser: &ChromiumBrowser, origins: impl IntoIterator<Item = url::Origin>) -> Box<dyn Page> {
    let guest = serde_json::json!({
        "first_name": "Philippa", "last_name": "Quill", "email": "philippa.q@example.org", "phone": "+442079460018",
    });
    let slots = SlotValues::of(&serde_json::from_value(guest).unwrap());
    let policy = NetworkPolicy::sandbox(origins);
    browser.open(Visit { policy, slots }).await.unwrap()
}
