//! Requests to addresses that strangers name: client metadata documents to fetch, webhooks to tell; and, without the
//! guard, to what whoever runs the engine named.
//!
//! https alone, no redirects, no proxy, no special-use address: literal ones are refused before, names after their
//! resolution, and the connection goes to the very address that was judged. Size and time are bounded, and so is how many
//! run at once.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use reqwest::header::HeaderMap;
use reqwest::{Client, StatusCode};
use tokio::sync::Semaphore;
use url::Url;

use crate::network::{NoPublicAddress, PublicResolver, is_public_host};

/// The most that an answer may have, in bytes.
const MOST_BYTES: usize = 64 * 1024;
/// How long a whole exchange may take.
const WHOLE: Duration = Duration::from_secs(5);
/// How many run at once.
const AT_ONCE: usize = 8;
const USER_AGENT: &str = concat!("Onegent/", env!("CARGO_PKG_VERSION"), " (+https://onegent.one)");

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutboundError {
    /// The address is not one that may be called.
    #[error("the address is not a public https address")]
    Address,
    /// Too many others are called just now.
    #[error("too many addresses are called at once")]
    Busy,
    /// It could not be reached, or not in time.
    #[error("the address could not be reached")]
    Unreachable(#[source] reqwest::Error),
    /// It answered with something else than 200; redirects are not followed.
    #[error("the address answered {0}")]
    Status(StatusCode),
    /// It answered with too much.
    #[error("the answer is too large")]
    TooLarge,
}

/// The way out for addresses that strangers name.
#[derive(Debug)]
pub(crate) struct Outbound {
    client: Client,
    room: Semaphore,
    /// Whether only public addresses are called, and only over https.
    guarded: bool,
}

impl Outbound {
    /// The guarded way out. Fails when no TLS can be set up.
    pub(crate) fn new() -> Result<Self, reqwest::Error> {
        // Whoever came first has installed one already.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let client = builder().https_only(true).dns_resolver(Arc::new(PublicResolver)).build()?;
        Ok(Self { client, room: Semaphore::new(AT_ONCE), guarded: true })
    }

    /// The way out to private addresses as well, and without TLS: for what whoever runs the engine said so of.
    pub(crate) fn unguarded() -> Result<Self, reqwest::Error> {
        // Whoever came first has installed one already.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        Ok(Self { client: builder().build()?, room: Semaphore::new(AT_ONCE), guarded: false })
    }

    /// Whether an address may be called at all, as far as its text tells.
    pub(crate) fn may_call(&self, url: &Url) -> bool {
        let plain = matches!(url.scheme(), "http" | "https") && url.has_host() && is_bare(url);
        plain && (!self.guarded || may_call(url))
    }

    /// Tells an address something, and gives the status of its answer, whose body nobody reads.
    pub(crate) async fn post(
        &self,
        url: &Url,
        headers: HeaderMap,
        body: String,
    ) -> Result<StatusCode, OutboundError> {
        if !self.may_call(url) {
            return Err(OutboundError::Address);
        }
        let Ok(_place) = self.room.acquire().await else { return Err(OutboundError::Busy) };
        let request = self.client.post(url.clone()).headers(headers).body(body);
        let response = request.send().await.map_err(failed)?;
        Ok(response.status())
    }

    /// Tells an address something, and gives the status and the body of its answer, both within `(time, bytes)`.
    pub(crate) async fn ask(
        &self,
        url: &Url,
        headers: HeaderMap,
        body: String,
        (within, most_bytes): (Duration, usize),
    ) -> Result<(StatusCode, Vec<u8>), OutboundError> {
        if !self.may_call(url) {
            return Err(OutboundError::Address);
        }
        // Whoever waits for a place here waits for the same address.
        let began = tokio::time::Instant::now();
        let place = tokio::time::timeout(within, self.room.acquire()).await;
        let Ok(Ok(_place)) = place else { return Err(OutboundError::Busy) };
        let left = within.saturating_sub(began.elapsed());
        let request = self.client.post(url.clone()).headers(headers).body(body).timeout(left);
        let response = request.send().await.map_err(failed)?;
        let status = response.status();
        Ok((status, bounded(response, most_bytes).await?))
    }

    /// Fetches what stands at an address.
    pub(crate) async fn get(&self, url: &Url) -> Result<Vec<u8>, OutboundError> {
        if self.guarded && !may_call(url) {
            return Err(OutboundError::Address);
        }
        let Ok(_place) = self.room.try_acquire() else { return Err(OutboundError::Busy) };
        let request = self.client.get(url.clone()).header("accept", "application/json");
        let response = request.send().await.map_err(failed)?;
        if response.status() != StatusCode::OK {
            return Err(OutboundError::Status(response.status()));
        }
        bounded(response, MOST_BYTES).await
    }
}

/// A body, if it is no larger than that.
async fn bounded(response: reqwest::Response, most: usize) -> Result<Vec<u8>, OutboundError> {
    let mut body = Vec::new();
    let mut chunks = response.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(failed)?;
        if body.len() + chunk.len() > most {
            return Err(OutboundError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// An address may carry what no log should. A name that leads to no public address was refused while it was resolved.
fn failed(error: reqwest::Error) -> OutboundError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(one) = cause {
        if one.is::<NoPublicAddress>() {
            return OutboundError::Address;
        }
        cause = one.source();
    }
    OutboundError::Unreachable(error.without_url())
}

fn builder() -> reqwest::ClientBuilder {
    Client::builder()
        .user_agent(USER_AGENT)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .timeout(WHOLE)
        .retry(reqwest::retry::never())
        .pool_max_idle_per_host(0)
}

/// Whether an address may be called at all, as far as its text tells.
pub(crate) fn may_call(url: &Url) -> bool {
    url.scheme() == "https" && is_bare(url) && is_public_host(url)
}

/// Whether an address has no credentials in it.
fn is_bare(url: &Url) -> bool {
    url.username().is_empty() && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::response::Redirect;
    use axum::routing::get;
    use tokio::net::TcpListener;

    use super::*;

    /// The same bounds, without the guard.
    fn open(within: Duration) -> Outbound {
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let client = builder().timeout(within).build().unwrap();
        Outbound { client, room: Semaphore::new(1), guarded: false }
    }

    async fn site() -> Url {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/fine", get(async || "x".repeat(MOST_BYTES)))
            .route("/large", get(async || "x".repeat(MOST_BYTES + 1)))
            .route("/away", get(async || Redirect::to("/fine")))
            .route("/never", get(std::future::pending::<String>));
        tokio::spawn(axum::serve(listener, router).into_future());
        url.parse().unwrap()
    }

    #[tokio::test]
    async fn size_time_and_redirects_are_bounded() {
        let (site, out) = (site().await, open(WHOLE));
        let at = |path: &str| site.join(path).unwrap();
        assert_eq!(out.get(&at("fine")).await.unwrap().len(), MOST_BYTES);
        assert!(matches!(out.get(&at("large")).await, Err(OutboundError::TooLarge)));
        assert!(
            matches!(out.get(&at("away")).await, Err(OutboundError::Status(status)) if status.is_redirection())
        );
        let impatient = open(Duration::from_millis(50));
        assert!(matches!(impatient.get(&at("never")).await, Err(OutboundError::Unreachable(_))));
    }

    #[tokio::test]
    async fn no_more_than_so_many_run_at_once() {
        let (site, out) = (site().await, open(WHOLE));
        let (never, fine) = (site.join("never").unwrap(), site.join("fine").unwrap());
        tokio::select! {
            biased;
            _ = out.get(&never) => panic!("that address never answers"),
            other = out.get(&fine) => assert!(matches!(other, Err(OutboundError::Busy))),
        }
        out.get(&fine).await.unwrap();
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_refused_after_its_resolution() {
        use reqwest::dns::Resolve as _;
        let found = PublicResolver.resolve("localhost".parse().unwrap()).await;
        assert!(found.is_err(), "the name was resolved to a special-use address");
    }
}
