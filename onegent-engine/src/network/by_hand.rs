//! What a person sends who has the page in their own hands.
//!
//! Places are as narrow for them as for the agent: the site's own origins and nothing else. What they write is theirs to
//! answer for; of it only the address is looked at, never the body, where passwords and cards are.

use reqwest::Method;
use url::Url;

use super::answer::Refusal;
use super::content::Content;
use super::guard::{Guard, Phase};
use super::processor::takes_payment;
use super::request::{Outgoing, Way};
use super::words;

/// One request of a page that a person has, without its body.
#[derive(Debug, Clone, Copy)]
pub struct ByHand<'a> {
    /// Its method.
    pub method: &'a Method,
    /// Its address.
    pub url: &'a Url,
    /// What asks for it.
    pub way: Way,
}

/// What becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a request that was not let pass must not be sent"]
pub enum HandAnswer {
    /// It only reads.
    Pass,
    /// It writes, or concludes something. `known` is whether the site knows the guest by this visit, or stands at
    /// payment: then it may be the booking itself.
    MaySubmit {
        /// Whether it may be the booking whatever the page looks like.
        known: bool,
    },
    /// It goes nowhere.
    Refuse(Refusal),
}

impl Guard {
    /// Judges a request of a page that a person has.
    pub fn judge_by_hand(&self, request: ByHand<'_>) -> HandAnswer {
        let ByHand { method, url, way } = request;
        let bare = Outgoing { method, url, content_type: "", body: &[], way };
        let content = Content::of(&bare);
        // A card's number in an address would stand in logs, whoever typed it.
        if let Err(refusal) = self.policy().admit(&bare, &content) {
            return HandAnswer::Refuse(refusal);
        }
        let known = self.phase() != Phase::Browse;
        let leads = matches!(way, Way::Navigation | Way::Frame | Way::Hop);
        let concludes = takes_payment(url)
            || !method.is_safe()
            || (leads && words::pays(&content))
            || (known && way == Way::Navigation && words::read_concludes(&content));
        if concludes {
            HandAnswer::MaySubmit { known: known || takes_payment(url) }
        } else {
            HandAnswer::Pass
        }
    }
}
