//! Which `Host` and `Origin` are this server's own. DNS rebinding and cross-site forms both stop here.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use onegent_core::error::ErrorCode;
use url::{Host, Url};

use crate::app::Shared;
use crate::problem::{self, Problem};
use crate::request::request_id;

/// By these names only the machine itself reaches a server, whatever its public name is.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// The origins under which browsers reach this server.
#[derive(Debug, Clone)]
pub(crate) struct Origins {
    hosts: Vec<String>,
    origins: Vec<String>,
}

impl Origins {
    /// The public URL's origin. A loopback URL stands for the machine's other loopback names as well.
    pub(crate) fn of(public: &Url) -> Self {
        let mut hosts = LOOPBACK.map(str::to_owned).to_vec();
        let own = public.host_str().map(str::to_owned);
        hosts.extend(own.clone().filter(|own| !hosts.contains(own)));
        let names = if is_loopback(public) { hosts.clone() } else { own.into_iter().collect() };
        // A browser leaves out the scheme's default port, and so does `port()`.
        let port = public.port().map_or(String::new(), |port| format!(":{port}"));
        Self {
            hosts,
            origins: names.iter().map(|name| format!("{}://{name}{port}", public.scheme())).collect(),
        }
    }

    /// Host names, without ports: behind a proxy the port is the proxy's affair.
    pub(crate) fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// Whether a `Host` header or a request's authority names this server.
    fn answers_to(&self, authority: &str) -> bool {
        let colon =
            authority.rfind(':').filter(|&at| authority[at + 1..].bytes().all(|b| b.is_ascii_digit()));
        let name = &authority[..colon.unwrap_or(authority.len())];
        self.hosts.iter().any(|own| own.eq_ignore_ascii_case(name))
    }

    /// The same origins for a check that takes a missing port to mean any.
    pub(crate) fn with_ports(&self) -> Vec<String> {
        let full = |origin: &String| {
            let url = Url::parse(origin).ok()?;
            let port = url.port_or_known_default()?;
            Some(format!("{}://{}:{port}", url.scheme(), url.host_str()?))
        };
        self.origins.iter().filter_map(full).collect()
    }

    /// Whether an `Origin` header names this server.
    pub(crate) fn has(&self, origin: &str) -> bool {
        self.origins.iter().any(|own| own.eq_ignore_ascii_case(origin))
    }
}

/// Layer: answers no request that was meant for another host. Browsers always name one, so that whoever names none is
/// no page of a strange site.
pub(crate) async fn own_host(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let ours = |name: &str| shared.origins.answers_to(name);
    let mut named = request.headers().get_all(header::HOST).iter();
    let headers_fit = named.all(|value| value.to_str().is_ok_and(ours));
    if headers_fit && request.uri().authority().is_none_or(|authority| ours(authority.as_str())) {
        return next.run(request).await;
    }
    let message = "This server does not answer to this host name. Use the address of its public URL.";
    let problem = Problem::new(ErrorCode::ForgedRequest, message);
    problem::rendered(problem.into_response(), request_id(&request))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> Origins {
        Origins::of(&Url::parse(url).unwrap())
    }

    #[test]
    fn a_loopback_server_has_all_loopback_names_and_one_port() {
        let own = of("http://127.0.0.1:8080");
        for origin in ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"] {
            assert!(own.has(origin), "{origin}");
        }
        for origin in [
            "http://127.0.0.1",
            "http://127.0.0.1:8081",
            "https://localhost:8080",
            "null",
            "http://evil.test:8080",
        ] {
            assert!(!own.has(origin), "{origin}");
        }
    }

    #[test]
    fn a_public_server_has_exactly_its_own_origin() {
        let own = of("https://onegent.example/");
        assert!(own.has("https://onegent.example"));
        for origin in ["http://onegent.example", "https://onegent.example.evil.test", "https://localhost"] {
            assert!(!own.has(origin), "{origin}");
        }
        assert_eq!(own.with_ports(), ["https://onegent.example:443"]);
        assert_eq!(own.hosts(), ["localhost", "127.0.0.1", "[::1]", "onegent.example"]);
    }

    #[test]
    fn a_host_is_known_with_any_port_and_by_its_whole_name() {
        let own = of("https://onegent.example/");
        for host in
            ["onegent.example", "ONEGENT.example:443", "localhost:4700", "127.0.0.1", "[::1]:4700", "[::1]"]
        {
            assert!(own.answers_to(host), "{host}");
        }
        for host in
            ["", ":80", "evil.test", "onegent.example.evil.test", "onegent.example:x", "a@localhost", "::1"]
        {
            assert!(!own.answers_to(host), "{host}");
        }
    }
}
