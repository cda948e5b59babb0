//! Sites that requests name themselves: which of them a server takes.

use onegent_core::caller::Environment;
use onegent_core::site::SiteUrl;
use url::Url;

use super::SandboxOrigins;
use crate::outbound;

/// Which real sites a request may name. The sandbox's may always be named, in the sandbox.
///
/// None, unless whoever runs the server says so: the guest's details go wherever a visit leads, those of a saved profile
/// among them, and who holds a key that books need not be who may read the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DirectSites {
    /// None.
    #[default]
    Off,
    /// Those at public addresses, over https.
    Public,
    /// Any, those at private addresses and without TLS as well: for a network that is one's own.
    Anywhere,
}

/// Why a site is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SiteRefused {
    /// A `test` key reaches the sandbox alone.
    #[error("must be one of the sandbox's sites: a test key reaches no other")]
    NotSandbox,
    /// A `live` key never does.
    #[error("must not be one of the sandbox's sites: a live key does not reach them")]
    Sandbox,
    /// It is not switched on.
    #[error(
        "is not taken by this server; its owner can start it with --direct-sites public, or add the site as a provider"
    )]
    Off,
    /// Its address is not public.
    #[error("must be a public https address")]
    NotPublic,
    /// It can't be read.
    #[error("must be a web address, such as https://www.example.com/book")]
    NotWeb,
}

impl DirectSites {
    /// Where a visit of the site begins, if it may be visited in this environment.
    pub(crate) fn admit(
        self,
        site: &SiteUrl,
        environment: Environment,
        sandbox: Option<&SandboxOrigins>,
    ) -> Result<Url, SiteRefused> {
        let url = Url::parse(site.as_str()).map_err(|_not_one| SiteRefused::NotWeb)?;
        let of_sandbox = sandbox.is_some_and(|origins| {
            [&origins.sites, &origins.payments].iter().any(|place| place.origin() == url.origin())
        });
        match (environment, self) {
            (Environment::Test, _) if of_sandbox => Ok(url),
            (Environment::Test, _) => Err(SiteRefused::NotSandbox),
            (Environment::Live, Self::Off) => Err(SiteRefused::Off),
            (Environment::Live, _) if of_sandbox => Err(SiteRefused::Sandbox),
            (Environment::Live, Self::Public) if !outbound::may_call(&url) => Err(SiteRefused::NotPublic),
            (Environment::Live, Self::Public | Self::Anywhere) => Ok(url),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_key_reaches_the_sandbox_alone_and_a_live_key_only_what_was_switched_on() {
        use DirectSites::{Anywhere, Off, Public};
        use Environment::{Live, Test};

        let sandbox = SandboxOrigins {
            sites: "http://127.0.0.1:4701".parse().unwrap(),
            payments: "http://127.0.0.1:4702".parse().unwrap(),
        };
        let practice = "http://127.0.0.1:4701/table/";
        for (site, environment, setting, wanted) in [
            (practice, Test, Off, None),
            ("http://127.0.0.1:4703/", Test, Anywhere, Some(SiteRefused::NotSandbox)),
            ("https://example.com/", Test, Anywhere, Some(SiteRefused::NotSandbox)),
            (practice, Live, Anywhere, Some(SiteRefused::Sandbox)),
            ("https://www.example.com/book", Live, Off, Some(SiteRefused::Off)),
            ("https://www.example.com/book", Live, Public, None),
            ("https://127.0.0.1/", Live, Public, Some(SiteRefused::NotPublic)),
            ("https://169.254.169.254/latest", Live, Public, Some(SiteRefused::NotPublic)),
            ("https://intranet/", Live, Public, Some(SiteRefused::NotPublic)),
            ("http://10.0.0.8/", Live, Public, Some(SiteRefused::NotPublic)),
            ("http://10.0.0.8/", Live, Anywhere, None),
        ] {
            let site = site.parse().unwrap();
            assert_eq!(
                setting.admit(&site, environment, Some(&sandbox)).err(),
                wanted,
                "{site:?} {setting:?}"
            );
        }
    }
}
