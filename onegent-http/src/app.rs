//! The full server: what it is given, what its handlers share, and how its route groups fit together.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::any;
use ipnet::IpNet;
use jiff::Timestamp;
use onegent_core::limit::Quota;
use onegent_core::port::{Accounts, Authority, BookingService, PaymentDesk, Profiles, Webhooks};
use onegent_core::time::Clock;
use onegent_mcp::StateKey;
use tokio::sync::Semaphore;
use url::Url;

use crate::limits::{AccountRates, Origin, Tally};
use crate::metrics::RequestMeter;
use crate::origins::{self, Origins};
use crate::{console, limits, mcp, oauth, openapi, problem, ready, request, rest};

/// What the full server is made of.
pub struct App {
    /// Jobs.
    pub service: Arc<dyn BookingService>,
    /// Confirmations, for signed-in people.
    pub desk: Arc<dyn PaymentDesk>,
    /// Keys, sign-in links, sessions and connected apps.
    pub authority: Arc<dyn Authority>,
    /// Passwords, people, second factors.
    pub accounts: Arc<dyn Accounts>,
    /// Saved guests.
    pub profiles: Arc<dyn Profiles>,
    /// Where accounts are told of their jobs.
    pub webhooks: Arc<dyn Webhooks>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How the outside world reaches this server, for example `http://127.0.0.1:8080`. Its scheme decides about
    /// `Secure` cookies, its host about which `Host` and `Origin` are ours.
    pub public_url: Url,
    /// Where the sandbox's booking sites are, to link to them.
    pub sandbox_url: Option<Url>,
    /// Proxies in front of this server, whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// How many requests one account may make to REST and MCP; `None` for no limit.
    pub account_rate: Option<Quota>,
    /// Counts requests.
    pub requests: RequestMeter,
    /// Seals what MCP clients carry between the rounds of a request; `None` for a key of this process.
    pub state_key: Option<StateKey>,
}

/// What one address may try.
const A_MINUTE: Quota = Quota::new(30, Duration::from_mins(1));
/// Apps that one address may register.
const REGISTRATIONS: Quota = Quota::new(10, Duration::from_hours(1));

/// How much is taken on at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Requests being answered.
    pub(crate) requests: usize,
    /// Event streams being followed.
    pub(crate) streams: usize,
    /// How long an answer may take.
    pub(crate) answer: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { requests: 1024, streams: 512, answer: Duration::from_secs(30) }
    }
}

/// What all handlers share.
pub(crate) struct Shared {
    pub(crate) service: Arc<dyn BookingService>,
    pub(crate) desk: Arc<dyn PaymentDesk>,
    pub(crate) authority: Arc<dyn Authority>,
    pub(crate) accounts: Arc<dyn Accounts>,
    pub(crate) profiles: Arc<dyn Profiles>,
    pub(crate) webhooks: Arc<dyn Webhooks>,
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) state_key: Option<StateKey>,
    pub(crate) rates: AccountRates,
    /// Links and invitations that strangers show and nobody knows.
    pub(crate) guesses: Tally<Origin>,
    /// Visits to the sign-in provider, each of which makes this server ask there.
    pub(crate) visits: Tally<Origin>,
    /// Codes, tokens and clients that programs show at the OAuth endpoints and nobody knows.
    pub(crate) bad_grants: Tally<Origin>,
    /// Apps that registered themselves.
    pub(crate) registrations: Tally<Origin>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) public_url: Url,
    /// The same without a slash at its end: the one form in which OAuth names this server, everywhere.
    pub(crate) issuer: String,
    pub(crate) sandbox_url: Option<Url>,
    pub(crate) origins: Origins,
    pub(crate) started_at: Timestamp,
    pub(crate) streams: Arc<Semaphore>,
    pub(crate) load: request::Load,
}

impl Shared {
    /// Whether people reach this server through TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}

// Layers that stand together are given to a router together, the outermost first: for each layer on its own it would box
// every request and its answer once more.

/// The full server: REST at `/api/v1`, MCP at `/api/mcp`, `/openapi.json`, `/healthz`, `/readyz`, and the console.
pub fn router(app: App) -> Router {
    let limits = Limits::default();
    let shared = Arc::new(Shared {
        origins: Origins::of(&app.public_url),
        started_at: app.clock.now(),
        streams: Arc::new(Semaphore::new(limits.streams)),
        load: request::Load::new(limits.requests, limits.answer),
        service: app.service,
        desk: app.desk,
        authority: app.authority,
        accounts: app.accounts,
        profiles: app.profiles,
        webhooks: app.webhooks,
        trusted_proxies: app.trusted_proxies,
        guesses: Tally::new(A_MINUTE, Arc::clone(&app.clock)),
        visits: Tally::new(A_MINUTE, Arc::clone(&app.clock)),
        bad_grants: Tally::new(A_MINUTE, Arc::clone(&app.clock)),
        registrations: Tally::new(REGISTRATIONS, Arc::clone(&app.clock)),
        state_key: app.state_key,
        rates: AccountRates::new(app.account_rate, Arc::clone(&app.clock)),
        clock: Arc::clone(&app.clock),
        issuer: app.public_url.as_str().trim_end_matches('/').to_owned(),
        public_url: app.public_url,
        sandbox_url: app.sandbox_url,
    });
    let api = Router::new().nest("/v1", rest::routes(&shared)).fallback(problem::no_such_route);
    let router = Router::new()
        .nest("/api", api)
        .merge(mcp::routes(&shared))
        // A nested router does not see its own address with a slash behind it.
        .route("/api/", any(problem::no_such_route))
        .route("/api/v1/", any(problem::no_such_route))
        // An unknown path under `/api` is answered in JSON, any other with a page.
        .layer((from_fn(limits::told), from_fn(request::never_stored), from_fn(problem::as_json)))
        .merge(openapi::routes(&shared))
        .merge(oauth::routes(&shared))
        .merge(console::routes(&shared))
        .layer(from_fn_with_state(Arc::clone(&shared), origins::own_host))
        // A load balancer asks for these by the machine's address.
        .merge(ready::routes(shared))
        .merge(request::health());
    request::framed(router, app.clock, app.requests)
}
