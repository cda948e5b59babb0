//! The last of the four locks on money: a judge over every request that a driver is about to send.
//!
//! It knows nothing of pages or planners. It holds even if the gate were wrong: no card data in any request, no address
//! that the job's booking site does not own, no write that no judged action explains, no processor's confirm endpoint
//! without a permit.

use std::collections::BTreeSet;
use std::net::IpAddr;

use url::{Host, Origin, Url};

use crate::browser::observation::{Method, Target};
use crate::payment::SubmitPermit;

pub mod address;
pub mod card;
mod resolver;

pub use resolver::PublicResolver;

/// Paths at which payment processors take money: the ends and the middles of their published interfaces.
const CONFIRM_PATHS: [&str; 12] = [
    "/confirm",
    "/capture",
    "/v1/payment_intents",
    "/v1/setup_intents",
    "/v1/charges",
    "/v1/payment_methods",
    "/v2/checkout/orders",
    "/payments/details",
    "/sessions/payments",
    "/authorize-payment",
    "/wallet/pay",
    "/3ds",
];

/// Hosts of payment processors. A request to one of them is never a harmless one.
const PROCESSORS: [&str; 16] = [
    "stripe.com",
    "adyen.com",
    "adyenpayments.com",
    "braintreegateway.com",
    "braintree-api.com",
    "paypal.com",
    "checkout.com",
    "squareup.com",
    "mollie.com",
    "klarna.com",
    "worldpay.com",
    "cybersource.com",
    "authorize.net",
    "payu.com",
    "razorpay.com",
    "datatrans.com",
];

/// One request that a driver is about to send.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// Its method.
    pub method: Method,
    /// Its address, with query.
    pub url: &'a Url,
    /// The fields in its body.
    pub body: &'a [(String, String)],
    /// What explains it.
    pub cause: Cause<'a>,
}

/// Why a request is sent.
#[derive(Debug, Clone, Copy)]
pub enum Cause<'a> {
    /// The page needs it: a redirect, a frame, a reload.
    Page,
    /// An action that the gate allowed, and where it said that it would send.
    Action(&'a Target),
}

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Neither `https`, nor `http` to the sandbox.
    #[error("the address is not https")]
    Scheme,
    /// The job's booking site does not own the address.
    #[error("{0} does not belong to the booking site")]
    ForeignOrigin(String),
    /// The address is private, loopback or otherwise special.
    #[error("the address is not a public one")]
    PrivateAddress,
    /// The request carries what looks like a card's number.
    #[error("the request carries a card number")]
    CardNumber,
    /// The request carries what looks like a card's security code.
    #[error("the request carries a card's security code")]
    SecurityCode,
    /// A payment processor's endpoint, without a permit.
    #[error("the request goes to a payment processor")]
    Processor,
    /// A write that no judged action explains, or another one than was judged.
    #[error("no judged action explains the request")]
    Unexplained,
    /// The permit's time is over.
    #[error("the permit is over")]
    PermitOver,
}

impl Refusal {
    /// A short stable word for the audit trail.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Scheme => "scheme",
            Self::ForeignOrigin(_) => "foreign_origin",
            Self::PrivateAddress => "private_address",
            Self::CardNumber => "card_number",
            Self::SecurityCode => "security_code",
            Self::Processor => "processor",
            Self::Unexplained => "unexplained",
            Self::PermitOver => "permit_over",
        }
    }
}

/// Where the requests of one visit may go.
#[derive(Debug, Clone)]
pub struct NetworkPolicy {
    origins: BTreeSet<String>,
    sandbox: bool,
}

/// The right to send exactly one request: made of a permit and of what the gate judged, used up by sending.
#[derive(Debug)]
pub struct Release {
    target: Target,
    permit: SubmitPermit,
}

impl Release {
    /// Binds a permit to the request that was judged.
    pub fn new(permit: SubmitPermit, target: Target) -> Self {
        Self { target, permit }
    }

    /// The permit.
    pub fn permit(&self) -> &SubmitPermit {
        &self.permit
    }
}

impl NetworkPolicy {
    /// A real site: these origins only, over https, at public addresses.
    pub fn site(origins: impl IntoIterator<Item = Origin>) -> Self {
        Self { origins: names(origins), sandbox: false }
    }

    /// The sandbox: these origins only; plain http and loopback are fine there.
    pub fn sandbox(origins: impl IntoIterator<Item = Origin>) -> Self {
        Self { origins: names(origins), sandbox: true }
    }

    /// Whether it is the sandbox's policy, so that names may resolve to loopback.
    pub fn is_sandbox(&self) -> bool {
        self.sandbox
    }

    /// Judges a request that carries no permit.
    pub fn judge(&self, request: &Outgoing<'_>) -> Result<(), Refusal> {
        self.always(request)?;
        if is_processor(request.url) || (request.method == Method::Post && is_confirm_path(request.url)) {
            return Err(Refusal::Processor);
        }
        match (request.method, request.cause) {
            (Method::Get, Cause::Page) => Ok(()),
            (Method::Post, Cause::Page) => Err(Refusal::Unexplained),
            (_, Cause::Action(judged)) => same(request, judged),
        }
    }

    /// Judges the one request of a permit, and uses the release up. `now` is compared with the permit's deadline.
    pub fn judge_submit(
        &self,
        request: &Outgoing<'_>,
        release: Release,
        now: jiff::Timestamp,
    ) -> Result<(), Refusal> {
        // Taken apart, so that it is gone whatever the answer.
        let Release { target, permit } = release;
        self.always(request)?;
        if permit.deadline() <= now {
            return Err(Refusal::PermitOver);
        }
        same(request, &target)
    }

    /// What holds for every request, permit or not.
    fn always(&self, request: &Outgoing<'_>) -> Result<(), Refusal> {
        let url = request.url;
        let spoken = url.scheme() == "https" || (self.sandbox && url.scheme() == "http");
        if !spoken || !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Scheme);
        }
        let origin = url.origin().ascii_serialization();
        if !self.origins.contains(&origin) {
            return Err(Refusal::ForeignOrigin(origin));
        }
        if !self.sandbox && !is_public_host(url) {
            return Err(Refusal::PrivateAddress);
        }
        let query: Vec<_> = url.query_pairs().into_owned().collect();
        for (name, value) in query.iter().chain(request.body) {
            if card::has_card_number(value) || card::has_card_number(name) {
                return Err(Refusal::CardNumber);
            }
            if card::is_security_code(name, value) {
                return Err(Refusal::SecurityCode);
            }
        }
        if card::has_card_number(url.path()) { Err(Refusal::CardNumber) } else { Ok(()) }
    }
}

fn names(origins: impl IntoIterator<Item = Origin>) -> BTreeSet<String> {
    origins.into_iter().filter(Origin::is_tuple).map(|origin| origin.ascii_serialization()).collect()
}

fn same(request: &Outgoing<'_>, judged: &Target) -> Result<(), Refusal> {
    let sent = Target::new(request.method, request.url);
    if sent == *judged { Ok(()) } else { Err(Refusal::Unexplained) }
}

fn is_public_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address::is_public(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => address::is_public(IpAddr::V6(address)),
        Some(Host::Domain(name)) => address::is_public_name(name),
        None => false,
    }
}

fn is_processor(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    PROCESSORS
        .iter()
        .any(|known| host == *known || host.strip_suffix(known).is_some_and(|rest| rest.ends_with('.')))
}

/// Whether an address is one at which payment processors take money.
pub(crate) fn takes_payment(url: &Url) -> bool {
    is_processor(url) || is_confirm_path(url)
}

fn is_confirm_path(url: &Url) -> bool {
    let path = url.path().trim_end_matches('/').to_ascii_lowercase();
    CONFIRM_PATHS.iter().any(|known| {
        // A booking site's own `/confirm` is the gate's to judge; the processors' come below an interface's version.
        if matches!(*known, "/confirm" | "/capture") {
            path.ends_with(known) && (path.starts_with("/v1/") || path.starts_with("/v2/"))
        } else {
            path.contains(known)
        }
    })
}

#[cfg(test)]
mod tests;
