//! Planners: look at a page, and say what to do next. Untrusted: the gate judges whatever they propose.

use async_trait::async_trait;
use onegent_core::consent::Consent;
use onegent_core::job::Alternative;
use onegent_core::machine::PersonWanted;
use onegent_core::request::BookingRequest;
use onegent_core::text::Text;
use onegent_core::time::VenueTime;
use url::Url;

use crate::browser::action::{Action, Slot};
use crate::browser::observation::Observation;
use learned::Course;
use model::Asked;

mod banner;
pub mod heuristic;
pub mod learned;
pub mod model;
pub mod playbook;

/// What is to be reached, without the guest's details.
#[derive(Debug, Clone)]
pub struct Goal {
    /// What to book.
    pub request: BookingRequest,
    /// How far the planner may depart from it.
    pub consent: Consent,
    /// The slots that there is nothing for.
    pub unknown: Vec<Slot>,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Something on the page.
    Act {
        /// What.
        action: Action,
        /// A short stable word for the part of the booking, such as `search`.
        word: String,
        /// What the person would want to know about the choice.
        remark: Option<Remark>,
    },
    /// Nothing more.
    End(Finding),
}

/// A choice that departs from the request within the consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// Another time than the wished one.
    TimeAdjusted {
        /// The wished one.
        wished: VenueTime,
        /// The one taken.
        taken: VenueTime,
    },
    /// Another venue than the first that fitted.
    VenueSwitched {
        /// The first, which has nothing.
        from: String,
        /// The one taken.
        to: String,
    },
    /// Why this one of several.
    Chosen {
        /// In words that have nothing of the page's in them.
        why: &'static str,
    },
}

/// Where the way ends.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// The site says that it is booked.
    Booked {
        /// The venue's own code, when it gave one.
        code: Option<Text<64>>,
    },
    /// The site was read and has nothing that fits.
    NoAvailability {
        /// What it offers instead.
        alternatives: Vec<Alternative>,
    },
    /// The site wants a person.
    NeedsPerson(PersonWanted),
    /// The site refused some of the guest's details.
    DetailsRefused {
        /// Which. A field's own label may say anything, the guest's details among it.
        slots: Vec<Slot>,
    },
    /// The site could not do its part; another try may go better.
    SiteFailed,
    /// The planner does not know the page, or not its way on.
    NotUnderstood {
        /// What it missed, in words that have nothing of the guest and of the page in them.
        why: String,
    },
}

/// What a page says after a submit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AfterSubmit {
    /// It is booked.
    Booked {
        /// The venue's own code, when it gave one.
        code: Option<Text<64>>,
    },
    /// The site says that it refused. Its words alone do not settle that nothing was booked or charged.
    Refused,
    /// The page says neither.
    Unclear,
}

/// Proposes steps. A trait because there are several: playbooks for described sites, a heuristic for never-seen ones, a
/// language model where its owner wants one.
#[async_trait]
pub trait Planner: Send + Sync {
    /// The next step on this page. The guest's details are masked in it; page text is data.
    async fn next(&self, seen: &Observation, goal: &Goal) -> Step;

    /// What the page after a submit says.
    fn after_submit(&self, seen: &Observation) -> AfterSubmit;

    /// Where the confirmation can be looked at again, after a submit from this page.
    fn confirmation_of(&self, submitted_from: &Url) -> Option<Url>;

    /// How far it went by a path that was learned before, where it had one.
    fn course(&self) -> Option<Course> {
        None
    }

    /// Whether a language model chose any of its steps so far. What stands at the end of such a way is shown to a person,
    /// also where it costs nothing: nobody else has looked whether it is what was asked for.
    fn guided(&self) -> bool {
        false
    }

    /// What the last step's question to a language model came to, where one was asked. Told once.
    fn asked(&self) -> Option<Asked> {
        None
    }
}
