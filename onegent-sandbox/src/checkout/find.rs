//! "Find my booking": what a guest, or an agent after a crash, looks up.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};

use crate::{
    Record,
    app::Shop,
    form::{Control, Field, read_all},
    page::{Page, Sent, html},
};

#[derive(Template)]
#[template(path = "find.html")]
struct FindPage {
    page: Page,
    fields: Vec<Field>,
    /// The answer, once something was asked.
    found: Option<Vec<Record>>,
}

pub(super) async fn show(State(shop): State<Shop>) -> Response {
    render(&shop, fields(), None, StatusCode::OK)
}

pub(super) async fn look_up(State(shop): State<Shop>, Sent(form): Sent) -> Response {
    let mut fields = fields();
    if !read_all(&mut fields, &form) {
        return render(&shop, fields, None, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let found = {
        let journal = shop.app.journal();
        journal.find(shop.site, form.get("contact"), form.get("code")).into_iter().cloned().collect()
    };
    render(&shop, fields, Some(found), StatusCode::OK)
}

fn fields() -> Vec<Field> {
    vec![
        Field::new("contact", "Email or last name", Control::Text),
        Field::new("code", "Confirmation code (optional)", Control::Text).optional(),
    ]
}

fn render(shop: &Shop, fields: Vec<Field>, found: Option<Vec<Record>>, status: StatusCode) -> Response {
    html(status, &FindPage { page: Page::new(shop, "Find my booking"), fields, found })
}
