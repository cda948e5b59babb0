//! What clients say about themselves: at registration (RFC 7591), or in a document at the address that is their id
//! (draft-ietf-oauth-client-id-metadata-document).

use onegent_core::port::{OAuthError, OAuthErrorCode};
use onegent_core::text::Text;
use serde_json::{Map, Value};
use url::Url;

use super::brand::poses;
use super::redirect::{registrable, site_host};

/// More are no client's.
const MOST_REDIRECTS: usize = 20;
/// The longest address of a client.
const LONGEST_ADDRESS: usize = 512;
/// What an app is called that does not say its name.
const UNNAMED: &str = "An app without a name";

/// A client's metadata, as far as it counts here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClientMetadata {
    pub name: Text<64>,
    /// Its site.
    pub uri: Option<String>,
    pub redirect_uris: Vec<String>,
    pub auth: AuthMethod,
}

/// How a client authenticates at the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AuthMethod {
    /// Not at all; PKCE alone binds its codes.
    None,
    /// By its secret, in the header.
    Basic,
    /// By its secret, in the body.
    Post,
}

impl AuthMethod {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
        }
    }
}

/// Reads the metadata of a client that registers itself.
pub(crate) fn registration(metadata: &Value) -> Result<ClientMetadata, OAuthError> {
    let members = metadata.as_object().ok_or_else(|| bad("Send the metadata as a JSON object."))?;
    let auth = match text(members, "token_endpoint_auth_method")? {
        None | Some("client_secret_basic") => AuthMethod::Basic,
        Some("client_secret_post") => AuthMethod::Post,
        Some("none") => AuthMethod::None,
        Some(_) => {
            return Err(bad(
                "token_endpoint_auth_method is none, client_secret_basic or client_secret_post.",
            ));
        }
    };
    has(members, "grant_types", "authorization_code", "grant_types has authorization_code, or is left out.")?;
    has(members, "response_types", "code", "response_types has code, or is left out.")?;
    read(members, auth)
}

/// Reads a client's metadata document. It stands at its id and has no secret.
pub(crate) fn document(address: &str, body: &[u8]) -> Result<ClientMetadata, OAuthError> {
    let metadata: Value = serde_json::from_slice(body)
        .map_err(|error| bad("The client's metadata document is not JSON.").caused_by(error))?;
    let members =
        metadata.as_object().ok_or_else(|| bad("The client's metadata document is not a JSON object."))?;
    if text(members, "client_id")? != Some(address) {
        return Err(bad("The client's metadata document names another client_id than its own address."));
    }
    if members.contains_key("client_secret") {
        return Err(bad("The client's metadata document publishes a secret."));
    }
    let lists_none = members
        .get("token_endpoint_auth_methods_supported")
        .and_then(Value::as_array)
        .is_some_and(|methods| methods.iter().any(|method| method == "none"));
    match text(members, "token_endpoint_auth_method")? {
        None | Some("none") => {}
        Some(_) if lists_none => {}
        Some(_) => {
            return Err(bad(
                "The client's metadata document allows no authentication method but others than none.",
            ));
        }
    }
    has(members, "grant_types", "authorization_code", "The client does not use authorization codes.")?;
    has(members, "response_types", "code", "The client does not use authorization codes.")?;
    let mut read = read(members, AuthMethod::None)?;
    // What the document says about other hosts is not proven by where it stands.
    read.uri = Some(address.to_owned());
    Ok(read)
}

/// Whether an id is the address of a metadata document: https, a path, no port games, nothing to be read in two ways.
pub(crate) fn document_address(id: &str) -> Option<Url> {
    let printable = id.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'\\' | b'#' | b'?'));
    if id.len() > LONGEST_ADDRESS || !printable {
        return None;
    }
    let url = Url::parse(id).ok()?;
    let plain = url.scheme() == "https" && url.username().is_empty() && url.password().is_none();
    (plain && url.as_str() == id && url.path() != "/").then_some(url)
}

fn read(members: &Map<String, Value>, auth: AuthMethod) -> Result<ClientMetadata, OAuthError> {
    let redirect_uris = redirects(members)?;
    let shown: String =
        text(members, "client_name")?.unwrap_or_default().chars().filter(|c| visible(*c)).collect();
    let name =
        Text::fit(&shown).or_else(|| Text::fit(UNNAMED)).ok_or_else(|| bad("client_name is no text."))?;
    if poses(name.as_str(), &redirect_uris) {
        return Err(bad(
            "client_name is the name of somebody known who does not live at these redirect URIs.",
        ));
    }
    let uri =
        text(members, "client_uri")?.filter(|uri| uri.len() <= LONGEST_ADDRESS && site_host(uri).is_some());
    Ok(ClientMetadata { name, uri: uri.map(str::to_owned), redirect_uris, auth })
}

fn redirects(members: &Map<String, Value>) -> Result<Vec<String>, OAuthError> {
    let wrong = |text: String| OAuthError::new(OAuthErrorCode::InvalidRedirectUri, text);
    let listed = members.get("redirect_uris").and_then(Value::as_array);
    let listed = listed.filter(|all| (1..=MOST_REDIRECTS).contains(&all.len()));
    let listed =
        listed.ok_or_else(|| wrong(format!("redirect_uris lists 1 to {MOST_REDIRECTS} addresses.")))?;
    let mut uris = Vec::with_capacity(listed.len());
    for uri in listed {
        let uri = uri.as_str().ok_or_else(|| wrong("A redirect URI is text.".to_owned()))?;
        registrable(uri).map_err(|error| wrong(format!("{error}.")))?;
        uris.push(uri.to_owned());
    }
    Ok(uris)
}

/// A text member. What is `null` counts as left out.
fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, OAuthError> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            Err(bad("A member of the metadata has another type than RFC 7591 gives it."))
        }
    }
}

/// A list that is there has to have a certain word.
fn has(
    members: &Map<String, Value>,
    name: &str,
    word: &str,
    otherwise: &'static str,
) -> Result<(), OAuthError> {
    let fits = match members.get(name) {
        None | Some(Value::Null) => true,
        Some(Value::Array(words)) => words.is_empty() || words.iter().any(|one| one == word),
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => false,
    };
    if fits { Ok(()) } else { Err(bad(otherwise)) }
}

/// What can't be seen makes two names look alike.
fn visible(c: char) -> bool {
    !matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

fn bad(description: &'static str) -> OAuthError {
    OAuthError::new(OAuthErrorCode::InvalidClientMetadata, description)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_registration_without_a_word_more_than_needed_is_taken() {
        let read = registration(&json!({ "redirect_uris": ["http://localhost/cb"] })).unwrap();
        assert_eq!((read.name.as_str(), read.auth), (UNNAMED, AuthMethod::Basic));
    }

    #[test]
    fn names_are_stripped_of_what_can_not_be_seen_and_cut() {
        let name = format!("Trip\u{202e}\u{200b}\u{7}s{}", "x".repeat(100));
        let read =
            registration(&json!({ "redirect_uris": ["http://localhost/cb"], "client_name": name })).unwrap();
        assert_eq!(read.name.as_str().chars().count(), 64);
        assert!(read.name.as_str().starts_with("Trip sx"), "{}", read.name);
    }

    #[test]
    fn wrong_metadata_is_refused_by_its_kind() {
        let redirect = json!(["https://a.example/cb"]);
        for (metadata, code) in [
            (json!([]), "invalid_client_metadata"),
            (json!({}), "invalid_redirect_uri"),
            (json!({ "redirect_uris": [] }), "invalid_redirect_uri"),
            (json!({ "redirect_uris": [7] }), "invalid_redirect_uri"),
            (json!({ "redirect_uris": ["javascript:x"] }), "invalid_redirect_uri"),
            (json!({ "redirect_uris": redirect, "client_name": 7 }), "invalid_client_metadata"),
            (json!({ "redirect_uris": redirect, "client_name": "Claude" }), "invalid_client_metadata"),
            (json!({ "redirect_uris": redirect, "grant_types": ["implicit"] }), "invalid_client_metadata"),
            (json!({ "redirect_uris": redirect, "response_types": ["token"] }), "invalid_client_metadata"),
            (
                json!({ "redirect_uris": redirect, "token_endpoint_auth_method": "private_key_jwt" }),
                "invalid_client_metadata",
            ),
        ] {
            let error = registration(&metadata).unwrap_err();
            assert_eq!(error.code().as_str(), code, "{metadata}");
        }
    }

    #[test]
    fn a_document_names_its_own_address_and_lists_none() {
        let address = "https://app.example/client.json";
        let read = |more: Value| {
            let mut whole = json!({ "client_id": address, "client_name": "App", "redirect_uris": ["http://127.0.0.1/cb"] });
            whole.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            document(address, whole.to_string().as_bytes())
        };
        for fine in [
            json!({}),
            json!({ "token_endpoint_auth_method": "none" }),
            json!({ "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_methods_supported": ["private_key_jwt", "none"] }),
        ] {
            assert_eq!(read(fine).unwrap().auth, AuthMethod::None);
        }
        for wrong in [
            json!({ "client_id": "https://app.example/other.json" }),
            json!({ "token_endpoint_auth_method": "private_key_jwt" }),
            json!({ "token_endpoint_auth_method": "client_secret_basic" }),
            json!({ "client_secret": "x" }),
            json!({ "client_name": "ChatGPT" }),
        ] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
        assert!(document(address, b"<html>").is_err());
    }

    #[test]
    fn only_a_plain_https_address_with_a_path_is_a_documents() {
        assert!(document_address("https://app.example/client.json").is_some());
        for wrong in [
            "https://app.example/",
            "https://app.example",
            "http://app.example/client.json",
            "https://u@app.example/client.json",
            "https://app.example/a/../client.json",
            "https://app.example/client.json#a",
            "https://app.example/client.json?a",
            "https://APP.example/client.json",
            "https://app.example\\@evil.example/client.json",
            "ogc_abc",
        ] {
            assert!(document_address(wrong).is_none(), "{wrong}");
        }
    }
}
