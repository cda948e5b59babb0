//! One request as the guard sees it.

use reqwest::Method;
use sha2::{Digest, Sha256};
use url::Url;

use crate::browser::observation::{Method as Sends, Target};

/// One request that a driver is about to send.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// Its method.
    pub method: &'a Method,
    /// Its address, with query.
    pub url: &'a Url,
    /// Its `Content-Type`; empty when it has none.
    pub content_type: &'a str,
    /// Its body, byte for byte as it goes out.
    pub body: &'a [u8],
    /// What asks for it.
    pub way: Way,
}

/// What asks for a request. In Chromium's words: `Document` of the page is a navigation, with a
/// `redirectedRequestId` a hop; `Document` of a frame is a frame; `WebSocket` and `EventSource` are channels; all others
/// are parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// The page goes somewhere: an address, a link, a form.
    Navigation,
    /// A redirect of a navigation that passed.
    Hop,
    /// A frame of the page loads.
    Frame,
    /// Something that the page asks for: a script's call, a beacon, an image, a style; and their redirects.
    Part,
    /// A WebSocket or an event stream.
    Channel,
}

/// What tells one request from every other: method, address and the hash of its body.
///
/// It can be kept and logged: query and body are in it as a SHA-256 only.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fingerprint {
    method: Method,
    /// Origin and path.
    place: String,
    digest: [u8; 32],
}

impl Fingerprint {
    /// Of this request. A fragment is no part of it: it is never sent.
    pub fn of(request: &Outgoing<'_>) -> Self {
        let mut digest = Sha256::new();
        // Lengths keep what stands in the query apart from what stands in the body.
        for part in [request.url.query().unwrap_or_default().as_bytes(), request.body] {
            digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            digest.update(part);
        }
        Self { method: request.method.clone(), place: place(request.url), digest: digest.finalize().into() }
    }
}

/// Whether a request goes to what was judged: same method, origin and path.
pub(super) fn goes_to(request: &Outgoing<'_>, judged: &Target) -> bool {
    *request.method == Method::from(judged.method) && place(request.url) == place(&judged.url)
}

/// Origin and path.
pub(super) fn place(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

impl From<Sends> for Method {
    fn from(method: Sends) -> Self {
        match method {
            Sends::Get => Self::GET,
            Sends::Post => Self::POST,
        }
    }
}
