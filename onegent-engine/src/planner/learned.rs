//! Learned paths: the way that led to a booking on a site that nobody described, as data.
//!
//! A path names pages, fields and buttons by what the site calls them, and says which of the guest's details or that words
//! of the request went where. It has no values: no name, no day, no place, no price. It is replayed by the heuristic planner
//! (`heuristic/replay.rs`), and means nothing to the payment gate, which judges each step from the page as ever.

use std::fmt;

use onegent_core::caller::Environment;
use onegent_core::request::Scenario;
use onegent_core::text::ProviderId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use crate::browser::action::Slot;
use crate::browser::observation::{FieldKind, Observation};

mod recorder;

pub(crate) use recorder::Recorder;

/// The longest path that is kept, as JSON, in bytes.
const LONGEST: usize = 16 * 1024;

/// What a path is for: one kind of booking, on one site, from one page on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PathKey {
    /// The site.
    pub site: ProviderId,
    /// A digest of the path and query of the page where visits begin, as 32 hexadecimal digits: a person may have typed it.
    pub entry: String,
    /// The kind of booking.
    pub scenario: Scenario,
    /// Whether it is a real site or the sandbox's.
    pub environment: Environment,
}

impl PathKey {
    /// The key of visits that begin at `entry`.
    pub fn new(site: &ProviderId, entry: &Url, scenario: Scenario, environment: Environment) -> Self {
        let digest: [u8; 32] =
            Sha256::digest(format!("{}?{}", entry.path(), entry.query().unwrap_or_default())).into();
        let entry = digest.iter().take(16).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        Self { site: site.clone(), entry, scenario, environment }
    }
}

/// The way to a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearnedPath {
    /// Page after page.
    pub pages: Vec<LearnedPage>,
}

/// One page on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearnedPage {
    /// The path of its address; `*` stands for a part that differs from booking to booking.
    pub path: String,
    /// Its first heading, where that says nothing of the booking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// What was done there, in order.
    pub deeds: Vec<LearnedDeed>,
}

/// One thing that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearnedDeed {
    /// The part of the booking that it belongs to, such as `search`.
    pub step: String,
    /// What.
    #[serde(flatten)]
    pub what: Deed,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// One of the guest's details was filled in.
    FillSlot {
        /// Where.
        field: FieldMark,
        /// Which.
        slot: Slot,
    },
    /// Words of the request were filled in.
    Fill {
        /// Where.
        field: FieldMark,
    },
    /// What the request asks for was chosen, or what costs nothing besides.
    Choose {
        /// Where.
        field: FieldMark,
    },
    /// A box was ticked or unticked.
    Tick {
        /// Which.
        field: FieldMark,
        /// Ticked.
        on: bool,
    },
    /// A button was pressed.
    Press {
        /// Its name.
        button: String,
    },
    /// A link was followed.
    Follow {
        /// Its name.
        link: String,
    },
    /// Something was taken by what the request asks for: a card of a list, a day, a time. It is looked for anew.
    Take {},
}

/// What a field is known by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldMark {
    /// What it takes.
    pub kind: FieldKind,
    /// Its label; empty where that says something of the booking.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// Its name in the form.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// What a visit taught.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lesson {
    /// The path that is known still leads to a booking.
    Held,
    /// This one does.
    Took(LearnedPath),
    /// The path that is known leads nowhere.
    Misled,
}

/// How far a visit went by a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Course {
    /// Steps that the path gave.
    pub followed: usize,
    /// Steps that were found anew, where the path did not fit.
    pub found: usize,
}

impl LearnedPath {
    /// How many steps it has.
    pub fn steps(&self) -> usize {
        self.pages.iter().map(|page| page.deeds.len()).sum()
    }

    /// As it is stored; `None` where it is too long to be kept.
    pub fn to_json(&self) -> Option<String> {
        serde_json::to_string(self).ok().filter(|text| text.len() <= LONGEST)
    }

    /// As it was stored. What an older or a newer program wrote and this one can't read is no path.
    pub fn from_json(text: &str) -> Option<Self> {
        (text.len() <= LONGEST).then(|| serde_json::from_str(text).ok()).flatten()
    }
}

impl fmt::Display for FieldMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.label.is_empty() { &self.name } else { &self.label };
        write!(f, "{name:?}")
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FillSlot { field, slot } => write!(f, "fill {field} with {slot}"),
            Self::Fill { field } => write!(f, "fill {field} from the request"),
            Self::Choose { field } => write!(f, "choose in {field}"),
            Self::Tick { field, on: true } => write!(f, "tick {field}"),
            Self::Tick { field, on: false } => write!(f, "untick {field}"),
            Self::Press { button } => write!(f, "press {button:?}"),
            Self::Follow { link } => write!(f, "follow {link:?}"),
            Self::Take {} => f.write_str("take what fits the request"),
        }
    }
}

/// What tells one state of a page from another: its address, what it says, and what is filled in.
pub(in crate::planner) fn state(seen: &Observation) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in [seen.url.as_str(), &seen.text] {
        digest.update(part);
        digest.update([0]);
    }
    for field in seen.fields().map(|found| found.it) {
        digest.update(&field.value);
        digest.update([u8::from(field.checked), 0]);
    }
    digest.finalize().into()
}
