//! A site's own booking look-up: what became of a submit whose answer was lost.

use onegent_core::request::BookingRequest;
use onegent_core::text::Text;
use serde::Deserialize;
use url::Url;

use super::template::Template;
use super::{Goal, LookUpHints, Step};
use crate::agent::LookUp;
use crate::browser::fold::{fold, has_phrase};
use crate::browser::observation::{Group, Observation};

/// What a number of people is followed by.
const PEOPLE: [&str; 14] = [
    "guest",
    "guests",
    "person",
    "persons",
    "people",
    "adult",
    "adults",
    "cover",
    "covers",
    "passenger",
    "passengers",
    "participant",
    "participants",
    "travellers",
];

/// What a booking has in its first line.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(super) enum Name {
    /// `{merchant}`: who was to be paid, as the submitted page said. Without a payment nothing is known to compare with.
    Merchant,
    /// Words of the request.
    Asked(Template),
}

impl TryFrom<String> for Name {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Err("a booking has a name".to_owned());
        }
        if text == "{merchant}" { Ok(Self::Merchant) } else { Template::try_from(text).map(Self::Asked) }
    }
}

impl Name {
    fn fill(&self, request: &BookingRequest) -> String {
        match self {
            Self::Merchant => String::new(),
            Self::Asked(words) => words.fill(request),
        }
    }
}

/// One look-up for one booking. It only reads.
#[derive(Debug)]
pub struct BookingLookUp<'a> {
    hints: &'a LookUpHints,
    page: Url,
    goal: &'a Goal,
    merchant: Option<&'a Text>,
}

impl<'a> BookingLookUp<'a> {
    pub(super) fn new(hints: &'a LookUpHints, page: Url, goal: &'a Goal, merchant: Option<&'a Text>) -> Self {
        Self { hints, page, goal, merchant }
    }

    /// Where it is asked.
    pub fn page(&self) -> &Url {
        &self.page
    }

    /// What to do next to ask; `None` when it has answered.
    pub fn next(&self, seen: &Observation) -> Option<Step> {
        if self.answered(seen) {
            return None;
        }
        self.hints.deeds.iter().find_map(|deed| deed.next(seen, self.goal, "look_up"))
    }

    fn answered(&self, seen: &Observation) -> bool {
        self.says_none(seen) || !self.bookings(seen).is_empty()
    }

    fn says_none(&self, seen: &Observation) -> bool {
        has_phrase(&fold(&seen.text), &fold(&self.hints.none))
    }

    fn bookings<'s>(&self, seen: &'s Observation) -> Vec<&'s Group> {
        let label = fold(&self.hints.code);
        let coded = |group: &&Group| group.text.lines().any(|line| fold(line) == label);
        let candidates: Vec<_> = seen.groups.iter().filter(coded).collect();
        // What has another one in it is the list around them.
        let around = |group: &Group| {
            candidates.iter().any(|other| other.text != group.text && group.text.contains(&other.text))
        };
        candidates.iter().copied().filter(|group| !around(group)).collect()
    }

    /// What it answered. A person may have other bookings there: one that is not surely this one, or is one of several,
    /// leaves the question open.
    pub fn answer(&self, seen: &Observation) -> LookUp {
        let bookings = self.bookings(seen);
        if bookings.is_empty() {
            return if self.says_none(seen) { LookUp::NotFound } else { LookUp::Unknown };
        }
        let alike = |group: &&&Group| self.is_named(group) || self.has_all(group);
        let sure = |group: &&&Group| self.is_named(group) && self.has_all(group);
        match bookings.iter().filter(sure).collect::<Vec<_>>()[..] {
            [one] => LookUp::Found { confirmation_code: self.code(one) },
            [] if !bookings.iter().any(|group| alike(&group)) => LookUp::NotFound,
            _ => LookUp::Unknown,
        }
    }

    /// Whether its first line is the merchant who was to be paid, or the venue that was asked for.
    fn is_named(&self, group: &Group) -> bool {
        let first = fold(group.text.lines().next().unwrap_or_default());
        let asked = self.hints.name.fill(&self.goal.request);
        let names = [self.merchant.map(Text::as_str), Some(asked.as_str())];
        names.into_iter().flatten().map(fold).any(|name| !name.is_empty() && name == first)
    }

    fn has_all(&self, group: &Group) -> bool {
        let text = fold(&group.text);
        self.hints.must_have.iter().map(|part| fold(&part.fill(&self.goal.request))).all(|part| {
            if part.bytes().all(|b| b.is_ascii_digit()) {
                counts(&group.text, &part)
            } else {
                has_phrase(&text, &part)
            }
        })
    }

    fn code(&self, group: &Group) -> Option<Text<64>> {
        let label = fold(&self.hints.code);
        let value = group.text.lines().skip_while(|line| fold(line) != label).nth(1)?;
        if fold(value) == fold(&self.hints.no_code) { None } else { Text::fit(value) }
    }
}

/// Whether a line is this number of people: `2`, `2 guests`, and not `2 nights`.
fn counts(text: &str, number: &str) -> bool {
    text.lines().map(fold).any(|line| match line.split_once(' ') {
        None => line == number,
        Some((first, rest)) => first == number && PEOPLE.contains(&rest),
    })
}
