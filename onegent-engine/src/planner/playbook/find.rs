//! A site's own booking look-up: what became of a submit whose answer was lost.

use onegent_core::text::Text;
use url::Url;

use super::choose::same_name;
use super::{Goal, LookUpHints, Step};
use crate::agent::LookUp;
use crate::browser::fold::{fold, has_phrase};
use crate::browser::observation::{Group, Observation};

/// One look-up for one booking. It only reads.
#[derive(Debug)]
pub struct BookingLookUp<'a> {
    hints: &'a LookUpHints,
    page: Url,
    goal: &'a Goal,
}

impl<'a> BookingLookUp<'a> {
    pub(super) fn new(hints: &'a LookUpHints, page: Url, goal: &'a Goal) -> Self {
        Self { hints, page, goal }
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

    /// What it answered. A booking that fits but for its name leaves the question open.
    pub fn answer(&self, seen: &Observation) -> LookUp {
        let bookings = self.bookings(seen);
        if bookings.is_empty() {
            return if self.says_none(seen) { LookUp::NotFound } else { LookUp::Unknown };
        }
        let has_all = |group: &&&Group| {
            let text = fold(&group.text);
            self.hints.must_have.iter().all(|part| has_phrase(&text, &fold(&part.fill(&self.goal.request))))
        };
        let fitting: Vec<_> = bookings.iter().filter(has_all).collect();
        let wished = self.hints.name.as_ref().map(|name| name.fill(&self.goal.request)).unwrap_or_default();
        let first_line = |group: &Group| group.text.lines().next().unwrap_or_default().to_owned();
        let named: Vec<_> = fitting
            .iter()
            .filter(|group| wished.is_empty() || same_name(&first_line(group), &wished))
            .collect();
        match named[..] {
            [] if fitting.is_empty() => LookUp::NotFound,
            [] => LookUp::Unknown,
            [one] => LookUp::Found { confirmation_code: self.code(one) },
            // Which of them it is can't be told.
            [_, ..] => LookUp::Found { confirmation_code: None },
        }
    }

    fn code(&self, group: &Group) -> Option<Text<64>> {
        let label = fold(&self.hints.code);
        let value = group.text.lines().skip_while(|line| fold(line) != label).nth(1)?;
        if fold(value) == fold(&self.hints.no_code) { None } else { Text::fit(value) }
    }
}
