//! What a client can read: an answer as JSON, as an event stream, or both.

use http::{HeaderMap, HeaderValue, header};

/// What the transport wants to see; it then answers in the form that was chosen here.
const BOTH: HeaderValue = HeaderValue::from_static("application/json, text/event-stream");

/// What a client accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Accepts {
    /// Both, as the protocol wants it. JSON is given where one message is the whole answer.
    Both,
    /// JSON alone: nothing is told on the way to the answer.
    OnlyJson,
    /// An event stream alone.
    OnlyStream,
    /// Neither; the transport refuses it.
    Neither,
}

/// In the extensions of a request whose answer must be one JSON message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OnlyJson;

impl Accepts {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut named =
            headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).peekable();
        if named.peek().is_none() {
            return Self::Both;
        }
        let (mut json, mut stream) = (false, false);
        for kind in named.flat_map(|value| value.split(',')).filter_map(wanted) {
            json |= matches!(kind.as_str(), "application/json" | "application/*" | "*/*");
            stream |= matches!(kind.as_str(), "text/event-stream" | "text/*" | "*/*");
        }
        match (json, stream) {
            (true, true) => Self::Both,
            (true, false) => Self::OnlyJson,
            (false, true) => Self::OnlyStream,
            (false, false) => Self::Neither,
        }
    }

    /// Makes the header what the transport wants, where it will be answered at all.
    pub(super) fn complete(self, headers: &mut HeaderMap) {
        if self != Self::Neither {
            headers.insert(header::ACCEPT, BOTH);
        }
    }
}

/// The media type of one entry, unless its weight is zero (RFC 9110, section 12.4.2).
fn wanted(entry: &str) -> Option<String> {
    let mut parts = entry.split(';').map(str::trim);
    let kind = parts.next()?.to_ascii_lowercase();
    let refused = parts.any(|parameter| {
        let (name, weight) = parameter.split_once('=').unwrap_or((parameter, "1"));
        name.trim().eq_ignore_ascii_case("q") && weight.trim().parse() == Ok(0.0_f32)
    });
    (!refused).then_some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_gets_what_it_can_read() {
        for (header, wanted) in [
            ("application/json, text/event-stream", Accepts::Both),
            ("text/event-stream;q=0.5,application/json", Accepts::Both),
            ("*/*", Accepts::Both),
            ("Application/JSON", Accepts::OnlyJson),
            ("application/json, text/event-stream;q=0", Accepts::OnlyJson),
            ("text/event-stream", Accepts::OnlyStream),
            ("text/html", Accepts::Neither),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(header));
            assert_eq!(Accepts::of(&headers), wanted, "{header}");
        }
        assert_eq!(Accepts::of(&HeaderMap::new()), Accepts::Both);
    }
}
