//! What a program sends to the token and revocation endpoints: a form, and perhaps its secret in the header.

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use onegent_core::port::{OAuthError, OAuthErrorCode, Params, ShownClient};
use secrecy::SecretString;
use url::form_urlencoded;

use super::answer;
use crate::body::{at_most, media_type};
use crate::problem;

/// The most that a request may have, in bytes.
pub(super) const MOST: usize = 16 * 1024;

/// What can't be read is answered with this.
#[derive(Debug)]
pub(super) struct Unreadable(StatusCode, OAuthError);

impl IntoResponse for Unreadable {
    fn into_response(self) -> Response {
        answer::with_status(self.0, &self.1)
    }
}

/// Reads header and form. The query counts for nothing.
pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<(ShownClient, Params), Unreadable> {
    if media_type(headers) != "application/x-www-form-urlencoded" {
        return Err(wrong("Send the parameters as application/x-www-form-urlencoded, in the body."));
    }
    let bytes = at_most(body, MOST).await.map_err(|problem| {
        let error =
            OAuthError::new(OAuthErrorCode::InvalidRequest, "The body is larger than 16 KiB, or broke off.");
        Unreadable(problem::status(problem.error().code()), error)
    })?;
    let params = Params::new(form_urlencoded::parse(&bytes).into_owned())
        .map_err(|_repeated| wrong("A parameter stands more than once."))?;
    Ok((shown(headers)?, params))
}

/// `client_secret_basic`, url-encoded or not: ids and secrets made here look the same either way.
fn shown(headers: &HeaderMap) -> Result<ShownClient, Unreadable> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(ShownClient::default()) };
    if values.next().is_some() {
        return Err(wrong("There is more than one Authorization header."));
    }
    basic(value.as_bytes()).map(|basic| ShownClient { basic: Some(basic) }).ok_or_else(|| {
        let description = "The Authorization header is not of the scheme Basic, or can not be read.";
        Unreadable(StatusCode::UNAUTHORIZED, OAuthError::new(OAuthErrorCode::InvalidClient, description))
    })
}

fn wrong(description: &'static str) -> Unreadable {
    Unreadable(StatusCode::BAD_REQUEST, OAuthError::new(OAuthErrorCode::InvalidRequest, description))
}

fn basic(value: &[u8]) -> Option<(String, SecretString)> {
    let (scheme, rest) = value.split_at_checked(6)?;
    if !scheme.eq_ignore_ascii_case(b"Basic ") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(rest.trim_ascii()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((decode(id), SecretString::from(decode(secret))))
}

/// A value as forms encode it.
fn decode(text: &str) -> String {
    let pair = format!("v={}", text.replace('&', "%26"));
    form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn basic_is_read_encoded_or_not() {
        for (sent, id, secret) in [
            ("ogc_a-b:ogx_c", "ogc_a-b", "ogx_c"),
            ("https%3A%2F%2Fa.example%2Fc:", "https://a.example/c", ""),
            ("a:b&c=d", "a", "b&c=d"),
        ] {
            let header = format!("basic {}", STANDARD.encode(sent));
            let (read_id, read_secret) = basic(header.as_bytes()).unwrap();
            assert_eq!((read_id.as_str(), read_secret.expose_secret()), (id, secret));
        }
        for wrong in ["", "Basic", "Basic ?", "Bearer abc", "Basic YQ=="] {
            assert!(basic(wrong.as_bytes()).is_none(), "{wrong}");
        }
    }
}
