//! The gate: sorts every action of the agent by what the page shows, never by what the planner says it is.
//!
//! **Invariant:** [`Cleared`] and [`Armed`] are made here alone, and a page takes nothing else
//! (`gate::tests`, and the sandbox's ledger in `agent::tests`).

use onegent_core::charge::ChargeKind;
use serde::Serialize;

use crate::browser::action::Action;
use crate::browser::observation::{Method, Observation, Target};

mod commit;
mod later;
mod money;
mod secret;
mod signs;
pub(crate) mod words;

pub(crate) use commit::asks_for_details;
pub(crate) use later::is_later;
pub(crate) use money::{
    asks_for_card, has_pay_form, has_pay_frame, is_payment_page, shows_card_on_file, uses_card_on_file,
};
pub use secret::{SecretKind, secret_kind};
pub(crate) use secret::{
    has_secret, holds_secret, names_card, offers_card, parted, secret_fields, secret_phrases,
};
pub(crate) use signs::{Shown, amounts_in, speaks_of_money, speaks_of_paying};

/// A short stable word and a sentence: why the gate answered as it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Stable, to count and to match on.
    pub word: &'static str,
    /// For people. Made of the gate's own words, never of the page's.
    pub sentence: &'static str,
}

/// An action that the gate allowed, and where it will send, if it sends. Not made outside the gate; used up by acting.
#[derive(Debug)]
pub struct Cleared {
    action: Action,
    target: Option<Target>,
    reasons: Vec<Reason>,
}

impl Cleared {
    /// An action that no gate has judged, for the tests of what stands behind it.
    #[cfg(test)]
    pub(crate) fn for_tests(action: Action, target: Option<Target>) -> Self {
        Self { action, target, reasons: Vec::new() }
    }

    /// The action.
    pub fn action(&self) -> &Action {
        &self.action
    }

    /// Where it sends.
    pub fn target(&self) -> Option<&Target> {
        self.target.as_ref()
    }

    /// Why it was allowed.
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }
}

/// An irreversible action, ready to be sent with a permit. Not made outside the gate; used up by sending.
#[derive(Debug)]
pub struct Armed {
    action: Action,
    target: Option<Target>,
}

impl Armed {
    /// The action.
    pub fn action(&self) -> &Action {
        &self.action
    }

    /// The one request that is to be released; `None` where a script of the page decides when it is pressed.
    pub fn target(&self) -> Option<&Target> {
        self.target.as_ref()
    }
}

/// What an irreversible action does, as far as the page tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Commitment {
    /// Books what costs nothing now.
    Reserve,
    /// Takes, holds or promises money, or might.
    Charge(ChargeKind),
}

/// The gate's answer.
#[derive(Debug)]
pub enum Verdict {
    /// Go on.
    Allowed(Cleared),
    /// Never.
    Denied {
        /// Why.
        reasons: Vec<Reason>,
    },
    /// Only with a permit.
    NeedsPermit {
        /// The action, to be sent with the permit.
        armed: Armed,
        /// What it does.
        commitment: Commitment,
        /// Why.
        reasons: Vec<Reason>,
    },
}

impl Verdict {
    /// What [`Verdict::word`] may say.
    pub(crate) const WORDS: [&'static str; 4] = ["allowed", "denied", "reserve", "charge"];

    /// In one word, to be counted: for what needs a permit, which.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Allowed(_) => "allowed",
            Self::Denied { .. } => "denied",
            Self::NeedsPermit { commitment: Commitment::Reserve, .. } => "reserve",
            Self::NeedsPermit { commitment: Commitment::Charge(_), .. } => "charge",
        }
    }
}

/// The gate of one visit. It remembers what it let through, since the same button means more once the site knows the
/// guest.
#[derive(Debug, Default)]
pub struct Gate {
    /// Whether the page's scripts run: then a script's button does something.
    scripts: bool,
    details_given: bool,
    /// Whether a page that was left since then asked for money.
    money_before: bool,
}

impl Gate {
    /// A gate for a new visit.
    pub fn new() -> Self {
        Self::default()
    }

    /// A gate for a new visit of a browser that runs scripts. What a script's button sends is not known before it is
    /// pressed: it is judged by all else that the page says, and its requests by the network's judge as they come.
    pub fn with_scripts() -> Self {
        Self { scripts: true, ..Self::default() }
    }

    /// Judges an action on the page as it stands.
    pub fn judge(&mut self, seen: &Observation, action: Action) -> Verdict {
        let ruling = match &action {
            Action::Goto { url } => self.judge_goto(seen, url),
            Action::Follow { link } => self.judge_follow(seen, link),
            Action::Fill { field, value } => secret::judge_fill(seen, field, value),
            Action::Choose { field, option } => secret::judge_choose(seen, field, option),
            Action::Check { field, .. } => secret::judge_check(seen, field),
            Action::Press { button } => self.judge_press(seen, button),
        };
        if let (Action::Fill { value: crate::browser::action::Filling::Slot(_), .. }, Ruling::Allow { .. }) =
            (&action, &ruling)
        {
            self.details_given = true;
        }
        let leaves = matches!(action, Action::Press { .. } | Action::Follow { .. });
        if leaves && self.details_given && !self.money_before && matches!(ruling, Ruling::Allow { .. }) {
            self.money_before = commit::asked_for_money(seen);
        }
        match ruling {
            Ruling::Allow { target, reason } => {
                Verdict::Allowed(Cleared { action, target, reasons: vec![reason] })
            }
            Ruling::Deny(reason) => Verdict::Denied { reasons: vec![reason] },
            Ruling::Permit { target, commitment, reasons } => {
                Verdict::NeedsPermit { armed: Armed { action, target }, commitment, reasons }
            }
        }
    }

    /// Opens the first page of a visit, before there is anything to observe.
    pub fn entry(&self, url: url::Url) -> Verdict {
        if self.details_given || !is_web(&url) {
            return Verdict::Denied { reasons: vec![reason::FOREIGN_ADDRESS] };
        }
        let target = Some(Target::new(Method::Get, &url));
        Verdict::Allowed(Cleared { action: Action::Goto { url }, target, reasons: vec![reason::READS] })
    }

    fn judge_goto(&self, seen: &Observation, url: &url::Url) -> Ruling {
        let same_page = *url == seen.url && seen.reloadable;
        // A planner can write anything into an address, and some sites act on a GET.
        let harmless = is_web(url) && (same_page || !self.details_given);
        if harmless {
            allow(Some(Target::new(Method::Get, url)), reason::READS)
        } else {
            Ruling::Deny(reason::FOREIGN_ADDRESS)
        }
    }

    fn judge_follow(&self, seen: &Observation, link: &crate::browser::reference::Ref) -> Ruling {
        let Some(found) = seen.link(link) else { return Ruling::Deny(reason::NOT_THERE) };
        if !is_web(&found.it.url) || found.it.download {
            return Ruling::Deny(reason::FOREIGN_ADDRESS);
        }
        let target = Target::new(Method::Get, &found.it.url);
        commit::judge_link(self, seen, &found, target)
    }

    fn judge_press(&self, seen: &Observation, button: &crate::browser::reference::Ref) -> Ruling {
        let Some(found) = seen.button(button) else { return Ruling::Deny(reason::NOT_THERE) };
        if found.it.disabled {
            return Ruling::Deny(reason::DISABLED);
        }
        let target = found.it.target.clone();
        match &target {
            None if !self.scripts => return Ruling::Deny(reason::SENDS_NOTHING),
            Some(target) if !is_web(&target.url) => return Ruling::Deny(reason::FOREIGN_ADDRESS),
            None | Some(_) => {}
        }
        if let Some(form) = found.form
            && secret::holds_secret(form)
        {
            return Ruling::Deny(reason::SECRET_HELD);
        }
        commit::judge_button(self, seen, &found, target)
    }
}

fn is_web(url: &url::Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// A verdict before the action is put into it.
enum Ruling {
    Allow { target: Option<Target>, reason: Reason },
    Deny(Reason),
    Permit { target: Option<Target>, commitment: Commitment, reasons: Vec<Reason> },
}

fn allow(target: Option<Target>, reason: Reason) -> Ruling {
    Ruling::Allow { target, reason }
}

/// Every reason that the gate can give.
mod reason {
    use super::Reason;

    macro_rules! reasons {
        ($($name:ident = $word:literal, $sentence:literal;)+) => {
            $(pub(super) const $name: Reason = Reason { word: $word, sentence: $sentence };)+
        };
    }

    reasons! {
        READS = "reads", "It only reads.";
        FILLS = "fills", "It fills a field of the booking.";
        SEARCHES = "searches", "It searches or chooses; the site does not know the guest yet.";
        LEADS_ON = "leads_on", "Its label says that it leads to another step, and the page shows no way to pay.";
        DISMISSES = "dismisses", "It answers a banner or a dialog.";
        NOT_THERE = "not_there", "The page has no such element.";
        DISABLED = "disabled", "It can't be used now.";
        SENDS_NOTHING = "sends_nothing", "It is a script's button, and this browser runs no scripts.";
        FOREIGN_ADDRESS = "foreign_address", "The address is not one that the page or the entry gave.";
        SECRET_FIELD = "secret_field", "The field takes a secret: a card, an account, a password, a code.";
        SECRET_HELD = "secret_held", "The form holds a secret.";
        CARD_NUMBER = "card_number", "The text has a card number in it.";
        PAYMENT_METHOD = "payment_method", "It chooses how to pay; that is the person's.";
        FOREIGN_FRAME = "foreign_frame", "The guest's details go to no frame of another origin.";
        NOT_A_FIELD = "not_a_field", "The field takes no such thing.";
        SPEAKS_OF_MONEY = "speaks_of_money", "The page speaks of money in a way that can't be read for sure.";
        MONEY_BEFORE = "money_before", "A page before asked for money, and this one does not say that nothing is due.";
        PAY_ADDRESS = "pay_address", "What it would send, or where, speaks of paying.";
        FINAL_ADDRESS = "final_address", "Its address speaks of concluding.";
        LEAVES_SITE = "leaves_site", "It leads to another site.";
        CARD_FIELDS = "card_fields", "The form asks for a card.";
        CARD_ON_FILE = "card_on_file", "The form pays with a card that the site has.";
        PAY_FRAME = "pay_frame", "The page has a payment frame.";
        PAY_WORDS = "pay_words", "Its label speaks of paying.";
        BOOK_WORDS = "book_words", "Its label speaks of booking for good.";
        AMOUNT_ON_BUTTON = "amount_on_button", "Its label names an amount.";
        PAYMENT_PAGE = "payment_page", "The page calls itself a payment page.";
        REVIEW_PAGE = "review_page", "The page sums up a booking with the guest's details in it.";
        LAST_STEP = "last_step", "The page says that it is the last step.";
        UNKNOWN_LABEL = "unknown_label", "The site knows the guest, and the label says nothing known.";
        AMOUNT_DUE = "amount_due", "The page shows an amount that is due.";
        CARD_PROMISED = "card_promised", "The page speaks of a card guarantee or hold.";
        NOTHING_DUE = "nothing_due", "The page shows nothing that is due now.";
    }
}

#[cfg(test)]
mod tests;
