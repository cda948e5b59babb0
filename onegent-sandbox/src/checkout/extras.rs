//! Extras of a flight, one of them ticked before anybody asked.

use askama::Template;
use axum::extract::{Path, State};

use super::AtStep;
use crate::{
    Money, Site,
    app::Shop,
    draft::{Draft, Extra},
    form::{Control, Field},
    page::{self, Answer, Page, Sent, html},
    session::Visit,
};

/// Name, label, price per passenger in hundredths, and whether it comes ticked.
const EXTRAS: [(&str, &str, i64, bool); 2] =
    [("insurance", "Travel insurance", 2400, true), ("bag", "Checked bag", 3500, false)];

#[derive(Template)]
#[template(path = "extras.html")]
struct ExtrasPage {
    page: Page,
    fields: Vec<Field>,
}

pub(super) async fn show(State(shop): State<Shop>, visit: Visit, path: Path<String>) -> Answer {
    let step = AtStep::arrive_known(&shop, &visit, path).await?;
    let fields = EXTRAS.map(|(name, label, price, ticked)| {
        let label = format!("{label}, {} per passenger", priced(&step.draft, price));
        Field::new(name, &label, Control::Check { ticked }).optional()
    });
    let page = Page::on(&shop, step.draft.entry, "Extras");
    Ok(html(axum::http::StatusCode::OK, &ExtrasPage { page, fields: fields.to_vec() }))
}

pub(super) async fn take(
    State(shop): State<Shop>,
    visit: Visit,
    path: Path<String>,
    Sent(form): Sent,
) -> Answer {
    let mut step = AtStep::arrive_known(&shop, &visit, path).await?;
    if shop.site != Site::Air {
        return Err(page::missing(&shop));
    }
    let chosen = EXTRAS.iter().filter(|(name, ..)| form.has(name));
    step.draft.extras = chosen
        .map(|(_, label, price, _)| Extra {
            label,
            price: priced(&step.draft, *price).times(step.draft.choice.party),
        })
        .collect();
    step.draft.quoted = None;
    step.save(&shop)?;
    Ok(page::go(&step.path(&shop, shop.words().review.path)))
}

/// The price in the entry's currency: the same number of hundredths, or as many yen.
fn priced(draft: &Draft, hundredths: i64) -> Money {
    Money::new(hundredths, draft.entry.currency)
}
