//! Answers that are the same for everybody, prepared as bytes: a plain `tools/list` is answered without parsing more than
//! its envelope and without building anything but the id.

use std::borrow::Cow;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Response, header};
use http_body_util::{BodyExt, Full};
use rmcp::model::{ListToolsResult, RequestId};
use serde::Deserialize;

use super::{Answer, HEADER_PROTOCOL_VERSION, HEADER_SESSION_ID};

/// The versions whose list has the form that is prepared, and which need no more of a request than its method.
const VERSIONS: [&str; 3] = ["2025-03-26", "2025-06-18", "2025-11-25"];

/// The beginning of a message, as far as it decides who answers it.
#[derive(Deserialize)]
pub(super) struct Envelope<'a> {
    #[serde(borrow)]
    pub(super) method: Option<Cow<'a, str>>,
}

/// A message that has nothing but these.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bare<'a> {
    #[serde(borrow)]
    jsonrpc: Cow<'a, str>,
    id: RequestId,
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(default, rename = "params")]
    _params: Option<Nothing>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// A list of tools that never changes.
#[derive(Debug, Clone)]
pub(crate) struct PreparedList(Bytes);

impl PreparedList {
    pub(crate) fn new(list: &ListToolsResult) -> serde_json::Result<Self> {
        let mut list = serde_json::to_value(list)?;
        if let Some(members) = list.as_object_mut() {
            // Before 2026-07-28 results have no kind.
            members.remove("resultType");
        }
        serde_json::to_vec(&list).map(|json| Self(json.into()))
    }

    /// The answer to a plain `tools/list`; `None` for anything that is more than that, which goes the long way.
    pub(super) fn answer(&self, headers: &HeaderMap, body: &[u8]) -> Option<Response<Answer>> {
        let version = headers.get(HEADER_PROTOCOL_VERSION);
        let known = version.is_none_or(|version| VERSIONS.iter().any(|known| version == known));
        let plain = known
            && !headers.contains_key(HEADER_SESSION_ID)
            && !headers
                .keys()
                .any(|name| name.as_str().starts_with("mcp-") && name != HEADER_PROTOCOL_VERSION)
            && is_json(headers);
        if !plain {
            return None;
        }
        let request: Bare<'_> = serde_json::from_slice(body).ok()?;
        if request.method != "tools/list" || request.jsonrpc != "2.0" {
            return None;
        }
        let id = serde_json::to_vec(&request.id).ok()?;
        let mut bytes = BytesMut::with_capacity(self.0.len() + id.len() + 40);
        bytes.extend_from_slice(b"{\"jsonrpc\":\"2.0\",\"id\":");
        bytes.extend_from_slice(&id);
        bytes.extend_from_slice(b",\"result\":");
        bytes.extend_from_slice(&self.0);
        bytes.extend_from_slice(b"}");
        let answer = Response::builder()
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(bytes.freeze()).boxed());
        answer.ok()
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}
