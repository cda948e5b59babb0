//! How often somebody may ask: strangers by their address, accounts by their name.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::Request;
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use onegent_core::error::{Error, ErrorCode};
use onegent_core::id::AccountId;
use onegent_core::limit::{Quota, Rates, Standing, Wait, Windows};
use onegent_core::time::Clock;

use crate::address;
use crate::app::Shared;
use crate::problem::Problem;

/// The fields of draft-ietf-httpapi-ratelimit-headers.
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// An address as it is counted: of IPv6 the network, since whoever has one address there has 2⁶⁴.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Origin(IpAddr);

impl Origin {
    /// Where a request comes from, seen through the proxies that are trusted.
    pub(crate) fn asking(shared: &Shared, extensions: &Extensions, headers: &HeaderMap) -> Self {
        Self::of(address::client(extensions, headers, &shared.trusted_proxies))
    }

    /// The origin of an address; all whose address is not known are one.
    pub(crate) fn of(address: Option<IpAddr>) -> Self {
        Self(match address {
            Some(IpAddr::V6(address)) => {
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)))
            }
            Some(address @ IpAddr::V4(_)) => address,
            None => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        })
    }
}

/// A limit on something that few do often: a sign-up, a failed attempt.
///
/// [`Tally::take`] counts every attempt, unless [`Tally::take_back`] is told that it came to nothing; [`Tally::check`] and
/// [`Tally::note`] together count only those that failed.
pub(crate) struct Tally<K> {
    windows: Mutex<Windows<K>>,
    clock: Arc<dyn Clock>,
}

impl<K: Hash + Eq + Clone> Tally<K> {
    /// At most `quota` for each key.
    pub(crate) fn new(quota: Quota, clock: Arc<dyn Clock>) -> Self {
        Self { windows: Mutex::new(Windows::new(quota)), clock }
    }

    /// Whether one more is within the quota; `rate_limited` with the time to wait when not.
    pub(crate) fn check(&self, key: &K) -> Result<(), Problem> {
        self.windows().check(key, self.clock.now()).map_err(too_many)
    }

    /// Counts one.
    pub(crate) fn note(&self, key: K) {
        self.windows().note(key, self.clock.now());
    }

    /// Counts one, if it is within the quota.
    pub(crate) fn take(&self, key: K) -> Result<(), Problem> {
        self.windows().take(key, self.clock.now()).map_err(too_many)
    }

    /// What was taken last does not count after all.
    pub(crate) fn take_back(&self, key: &K) {
        self.windows().take_back(key);
    }

    fn windows(&self) -> std::sync::MutexGuard<'_, Windows<K>> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many requests each account may make.
pub(crate) struct AccountRates {
    rates: Option<Mutex<Rates<AccountId>>>,
    clock: Arc<dyn Clock>,
}

/// Where an account stands after a request, to be told in headers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told {
    quota: Quota,
    standing: Standing,
}

impl AccountRates {
    /// No limit with `None`.
    pub(crate) fn new(quota: Option<Quota>, clock: Arc<dyn Clock>) -> Self {
        Self { rates: quota.map(|quota| Mutex::new(Rates::new(quota))), clock }
    }

    /// Counts a request of an account.
    pub(crate) fn take(&self, account: AccountId) -> Result<Option<Told>, Problem> {
        let Some(rates) = &self.rates else { return Ok(None) };
        let mut rates = rates.lock().unwrap_or_else(PoisonError::into_inner);
        let quota = rates.quota();
        let standing = rates.take(&account, self.clock.now()).map_err(too_many)?;
        Ok(Some(Told { quota, standing }))
    }
}

impl Told {
    /// Tells it in an answer's headers.
    pub(crate) fn tell(self, headers: &mut HeaderMap) {
        let policy = format!("\"account\";q={};w={}", self.quota.most, self.quota.window.as_secs());
        let left = format!("\"account\";r={};t={}", self.standing.left, up(self.standing.full_in));
        for (name, text) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, left)] {
            if let Ok(value) = HeaderValue::try_from(text) {
                headers.insert(name, value);
            }
        }
    }
}

/// What a request's extensions carry, for whoever finds out which account asks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Slot(Arc<std::sync::OnceLock<Told>>);

impl Slot {
    /// Counts a request of an account, and remembers what the answer has to tell.
    pub(crate) fn take(
        extensions: &Extensions,
        rates: &AccountRates,
        account: AccountId,
    ) -> Result<(), Problem> {
        let told = rates.take(account)?;
        if let (Some(told), Some(slot)) = (told, extensions.get::<Self>()) {
            // A request is counted once.
            let _counted_before = slot.0.set(told);
        }
        Ok(())
    }
}

/// Layer: every answer to an account tells where it stands.
pub(crate) async fn told(mut request: Request, next: Next) -> Response {
    let slot = Slot::default();
    request.extensions_mut().insert(slot.clone());
    let mut response = next.run(request).await;
    if let Some(told) = slot.0.get() {
        told.tell(response.headers_mut());
    }
    response
}

/// In whole seconds, never too short.
fn up(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

fn too_many(Wait(wait): Wait) -> Problem {
    let message = "Too many requests. Nothing was done; wait as long as `Retry-After` says.";
    let wait = Duration::from_secs(up(wait).max(1));
    Error::new(ErrorCode::RateLimited, message).retry_after(wait).into()
}
