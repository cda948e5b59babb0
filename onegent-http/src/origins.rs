//! Which `Host` and `Origin` are this server's own. DNS rebinding and cross-site forms both stop here.

use url::{Host, Url};

/// The origins under which browsers reach this server.
#[derive(Debug, Clone)]
pub(crate) struct Origins {
    hosts: Vec<String>,
    origins: Vec<String>,
}

impl Origins {
    /// The public URL's origin. A loopback URL stands for the machine's other loopback names as well.
    pub(crate) fn of(public: &Url) -> Self {
        let mut names: Vec<String> = public.host_str().map(str::to_owned).into_iter().collect();
        if is_loopback(public) {
            names = ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned).to_vec();
        }
        // A browser leaves out the scheme's default port, and so does `port()`.
        let port = public.port().map_or(String::new(), |port| format!(":{port}"));
        Self {
            hosts: names.clone(),
            origins: names.iter().map(|name| format!("{}://{name}{port}", public.scheme())).collect(),
        }
    }

    /// Host names, without ports: behind a proxy the port is the proxy's affair.
    pub(crate) fn hosts(&self) -> &[String] {
        &self.hosts
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
        assert_eq!(own.hosts(), ["onegent.example"]);
    }
}
