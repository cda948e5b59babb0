//! What stands between a visitor and an entry: delays, failures, consent, accounts, pictures.

use askama::Template;
use axum::{
    extract::{Path, RawQuery, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    Behaviour, Entry,
    app::Shop,
    catalogue,
    form::{Control, Field, complain, read_all},
    page::{self, Answer, Page, Refusal, Sent, html},
    session::Visit,
    shelf::Token,
};

/// The account that gets through a login wall.
const ACCOUNT: (&str, &str) = ("guest@sandbox.test", "sandbox");
/// What the picture of a captcha wall reads.
const PICTURE: &str = "K7PX";

/// Takes the time that a slow entry takes.
pub(crate) async fn delay(shop: &Shop, entry: &Entry) {
    if entry.is(Behaviour::Slow) {
        tokio::time::sleep(shop.app.config.slow).await;
    }
}

/// Opens an entry's own page: slowly, or not at the first try, where the entry is like that.
pub(crate) async fn enter(shop: &Shop, visit: &Visit, id: &str) -> Result<&'static Entry, Refusal> {
    let entry = catalogue::find(shop.site, id).ok_or_else(|| page::missing(shop))?;
    delay(shop, entry).await;
    let first = || shop.remember(visit, |session| session.stumbled.insert(entry.id)).unwrap_or_default();
    if entry.is(Behaviour::FlakyOnce) && first() {
        return Err(page::stumbled(shop));
    }
    Ok(entry)
}

/// Whether the consent dialog still stands in place of the entry's form.
pub(crate) fn asks_consent(shop: &Shop, visit: &Visit, entry: &Entry) -> bool {
    let given = || shop.remember(visit, |session| session.consented.contains(entry.id)).unwrap_or_default();
    entry.is(Behaviour::CookieBanner) && !given()
}

/// Takes the answer to a consent dialog, and shows the entry's page again.
pub(crate) async fn consent(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let entry = catalogue::find(shop.site, &id).ok_or_else(|| page::missing(&shop))?;
    shop.remember(&visit, |session| session.consented.insert(entry.id));
    Ok(page::go(&format!("{}?{}", shop.entry_path(entry), query.unwrap_or_default())))
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    page: Page,
    action: String,
    fields: Vec<Field>,
}

#[derive(Template)]
#[template(path = "captcha.html")]
struct CaptchaPage {
    page: Page,
    action: String,
    fields: Vec<Field>,
}

/// The wall that keeps the visit from the steps of a draft, if there is one.
pub(crate) fn wall(shop: &Shop, visit: &Visit, entry: &Entry, draft: &Token) -> Option<Response> {
    let (signed_in, human) =
        shop.remember(visit, |session| (session.signed_in, session.human)).unwrap_or_default();
    if entry.is(Behaviour::LoginWall) && !signed_in {
        return Some(login_page(shop, draft, account_fields(), StatusCode::OK));
    }
    (entry.is(Behaviour::CaptchaWall) && !human)
        .then(|| captcha_page(shop, draft, picture_fields(), StatusCode::OK))
}

/// Takes the form of a login wall.
pub(crate) async fn sign_in(
    State(shop): State<Shop>,
    visit: Visit,
    Path(draft): Path<String>,
    Sent(form): Sent,
) -> Answer {
    let draft = Token::from(draft.as_str());
    shop.draft(&draft, &visit).ok_or_else(|| page::ended(&shop))?;
    let mut fields = account_fields();
    let good = read_all(&mut fields, &form);
    if good && (form.get("email"), form.get("password")) == ACCOUNT {
        shop.remember(&visit, |session| session.signed_in = true);
        return Ok(page::go(&shop.step_path(&draft, shop.words().guest.path)));
    }
    if good {
        complain(&mut fields, "password", "We do not know this e-mail address and password.");
    }
    Ok(login_page(&shop, &draft, fields, StatusCode::UNPROCESSABLE_ENTITY))
}

/// Takes the form of a captcha wall.
pub(crate) async fn verify(
    State(shop): State<Shop>,
    visit: Visit,
    Path(draft): Path<String>,
    Sent(form): Sent,
) -> Answer {
    let draft = Token::from(draft.as_str());
    shop.draft(&draft, &visit).ok_or_else(|| page::ended(&shop))?;
    let mut fields = picture_fields();
    let good = read_all(&mut fields, &form);
    if good && form.get("captcha_answer").eq_ignore_ascii_case(PICTURE) {
        shop.remember(&visit, |session| session.human = true);
        return Ok(page::go(&shop.step_path(&draft, shop.words().guest.path)));
    }
    if good {
        complain(&mut fields, "captcha_answer", "That is not what the picture reads.");
    }
    Ok(captcha_page(&shop, &draft, fields, StatusCode::UNPROCESSABLE_ENTITY))
}

/// The picture of a captcha wall. Its text is drawn, so that reading it takes eyes.
pub(crate) async fn picture() -> Response {
    ([(header::CONTENT_TYPE, "image/svg+xml")], include_str!("../assets/captcha.svg")).into_response()
}

fn account_fields() -> Vec<Field> {
    vec![
        Field::new("email", "E-mail address", Control::Email).fills("username"),
        Field::new("password", "Password", Control::Password).fills("current-password"),
    ]
}

fn picture_fields() -> Vec<Field> {
    vec![Field::new("captcha_answer", "Characters in the picture", Control::Text).fills("off")]
}

fn login_page(shop: &Shop, draft: &Token, mut fields: Vec<Field>, status: StatusCode) -> Response {
    // A password is never sent back.
    fields.iter_mut().filter(|field| field.kind() == "password").for_each(|field| field.value.clear());
    let action = shop.step_path(draft, "signin");
    html(status, &LoginPage { page: Page::new(shop, "Sign in to continue"), action, fields })
}

fn captcha_page(shop: &Shop, draft: &Token, fields: Vec<Field>, status: StatusCode) -> Response {
    let action = shop.step_path(draft, "verify");
    html(status, &CaptchaPage { page: Page::new(shop, "Are you a person?"), action, fields })
}
