//! How a client is set up.

use std::net::IpAddr;
use std::time::Duration;

use onegent_core::port::ApiKey;
use url::{Host, Url};

use crate::bearer::Bearer;
use crate::client::Client;
use crate::transport::retry::Retry;
use crate::transport::{Transport, TransportOptions};

/// The client can't be built like this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// Not a base URL.
    #[error("the base URL must be http(s)://host/path, without user, query and fragment: {0}")]
    BaseUrl(&'static str),
    /// A key would cross a network in the clear.
    #[error(
        "refusing to send an API key to {host} over plain http, where everybody on the way can read it; \
         use https, or allow plain http explicitly"
    )]
    PlainHttp {
        /// The host of the base URL.
        host: String,
    },
}

/// Sets up a [`Client`]; made by [`Client::builder`].
#[derive(Debug, Clone)]
pub struct ClientBuilder {
    base_url: String,
    bearer: Option<Bearer>,
    plain_http: bool,
    options: TransportOptions,
}

impl ClientBuilder {
    pub(crate) fn new(base_url: &str) -> Self {
        let options = TransportOptions {
            connect_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(30),
            body_limit: 8 * 1024 * 1024,
            retry: Retry {
                tries: 3,
                backoff: Duration::from_millis(200),
                longest_pause: Duration::from_secs(10),
            },
        };
        Self { base_url: base_url.to_owned(), bearer: None, plain_http: false, options }
    }

    /// The key for calls whose caller brings none.
    pub fn api_key(mut self, key: impl Into<Option<ApiKey>>) -> Self {
        self.bearer = key.into().and_then(|key| Bearer::new(key.expose()));
        self
    }

    /// Sends keys over plain http to hosts other than this machine. Only for networks where nobody listens.
    pub fn allow_plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// How long connecting may take; 5 seconds unless said.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.options.connect_timeout = timeout;
        self
    }

    /// How long one try may take, from connecting to the last byte; 30 seconds unless said.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.options.request_timeout = timeout;
        self
    }

    /// The largest answer that is read, in bytes; 8 MiB unless said.
    pub fn max_answer_bytes(mut self, bytes: usize) -> Self {
        self.options.body_limit = bytes;
        self
    }

    /// How often a call is tried at most, where trying again is safe; 3 unless said.
    pub fn max_tries(mut self, tries: u32) -> Self {
        self.options.retry.tries = tries.max(1);
        self
    }

    /// The pause before the second try, which doubles from try to try; 200 milliseconds unless said. Up to half of it is
    /// taken off by chance, so that clients that failed together do not come back together.
    pub fn backoff(mut self, first: Duration) -> Self {
        self.options.retry.backoff = first;
        self
    }

    /// The longest pause between two tries; 10 seconds unless said. When the server asks for a longer one, its answer is
    /// given back instead, with the wait it asked for.
    pub fn longest_pause(mut self, pause: Duration) -> Self {
        self.options.retry.longest_pause = pause;
        self
    }

    /// The client. Nothing is opened before its first call.
    pub fn build(self) -> Result<Client, BuildError> {
        let base = parse_base(&self.base_url)?;
        let in_the_clear = base.scheme() == "http" && !is_this_machine(&base) && !self.plain_http;
        if in_the_clear && self.bearer.is_some() {
            return Err(BuildError::PlainHttp { host: base.host_str().unwrap_or_default().to_owned() });
        }
        Ok(Client::from_parts(Transport::new(base, in_the_clear, self.options), self.bearer))
    }
}

fn parse_base(text: &str) -> Result<Url, BuildError> {
    let url = Url::parse(text.trim()).map_err(|_cause| BuildError::BaseUrl("not a URL"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(BuildError::BaseUrl("not http or https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(BuildError::BaseUrl("a user or password stands in it"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(BuildError::BaseUrl("a query or fragment stands in it"));
    }
    Ok(url)
}

/// Whether the host is the loopback interface, by address or by the name that RFC 6761 reserves for it.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> ApiKey {
        ApiKey::parse(&format!("ogk_live_{}", "k".repeat(32))).unwrap()
    }

    #[test]
    fn a_key_never_crosses_a_network_in_the_clear() {
        for far in ["http://api.example.com/v1", "http://10.0.0.7/v1", "http://localhost.example.com"] {
            let refused = Client::builder(far).api_key(key()).build().unwrap_err();
            assert!(matches!(&refused, BuildError::PlainHttp { .. }), "{far}");
            assert!(refused.to_string().contains("plain http"));
            assert!(Client::builder(far).api_key(key()).allow_plain_http().build().is_ok());
        }
        for near in
            ["http://127.0.0.1:8080/api/v1", "http://[::1]:1", "http://localhost:3000", "https://a.example"]
        {
            assert!(Client::builder(near).api_key(key()).build().is_ok(), "{near}");
        }
    }

    #[test]
    fn what_is_no_base_url_is_refused_without_repeating_it() {
        for wrong in [
            "",
            "onegent.one/api",
            "ftp://a.example",
            "https://u:secret@a.example",
            "https://a.example/?k=secret",
        ] {
            let error = Client::builder(wrong).build().unwrap_err();
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_credential_is_never_printed() {
        let builder = Client::builder("https://a.example").api_key(key());
        let client = builder.clone().build().unwrap();
        assert!(!format!("{builder:?} {client:?}").contains("kkkk"));
    }
}
