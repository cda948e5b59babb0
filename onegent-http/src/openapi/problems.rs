//! The document's error answers: one per status, each listing the codes that it can carry.

use onegent_core::error::ErrorCode;
use serde_json::{Map, Value, json};
use utoipa::ToResponse;
use utoipa::openapi::{RefOr, Response};

use crate::problem::status;

macro_rules! problems {
    ($($name:ident $status:literal $sentence:literal;)+) => {
        $(
            /// A name for handlers' descriptions to refer by.
            pub(crate) struct $name;

            impl<'r> ToResponse<'r> for $name {
                fn response() -> (&'r str, RefOr<Response>) {
                    // Referred to by name; the contents are `responses`'.
                    (stringify!($name), Response::new($sentence).into())
                }
            }
        )+

        /// All of them, by name.
        pub(super) fn responses() -> Map<String, Value> {
            [$((stringify!($name).to_owned(), response($status, $sentence)),)+].into_iter().collect()
        }
    };
}

problems! {
    BadRequest 400 "Something in the request is wrong; `details` names every wrong field.";
    Unauthorized 401 "There is no valid API key.";
    Forbidden 403 "The key does not allow this.";
    NotFound 404 "Nothing with this id belongs to this account.";
    Conflict 409 "The job, or the idempotency key, stands in the way.";
    PayloadTooLarge 413 "The body is larger than 64 KiB.";
    UnsupportedMediaType 415 "The body is not JSON.";
    RateLimited 429 "Too many requests.";
    Unavailable 503 "A needed part is out of reach.";
}

fn response(number: u16, sentence: &str) -> Value {
    let codes: Vec<_> = ErrorCode::ALL
        .iter()
        .filter(|code| on_the_wire(**code) && status(**code).as_u16() == number)
        .collect();
    let listed: Vec<_> = codes.iter().map(|code| format!("`{code}`")).collect();
    let mut headers = Map::new();
    headers.insert("X-Request-Id".to_owned(), header("The request's id, for questions about it."));
    if number == 401 {
        headers.insert("WWW-Authenticate".to_owned(), header("`Bearer realm=\"onegent\"`."));
    }
    if number == 429 || number == 503 {
        headers.insert("Retry-After".to_owned(), header("Seconds to wait before the next try."));
    }
    json!({
        "description": format!("{sentence} Codes: {}.", listed.join(", ")),
        "headers": headers,
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/ErrorBody" } } },
    })
}

fn header(description: &str) -> Value {
    json!({ "description": description, "schema": { "type": "string" } })
}

/// Codes that only the console's pages answer with are no part of the API.
fn on_the_wire(code: ErrorCode) -> bool {
    !matches!(
        code,
        ErrorCode::NotSignedIn
            | ErrorCode::SecondFactorRequired
            | ErrorCode::NotYours
            | ErrorCode::ForgedRequest
            | ErrorCode::ChargeChanged
            | ErrorCode::NothingToConfirm
    )
}
