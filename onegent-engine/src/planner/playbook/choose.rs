//! Picking from what a site offers: the venue by its name, the time within the consent.

use onegent_core::consent::Consent;
use onegent_core::job::Alternative;
use onegent_core::text::Text;
use onegent_core::time::{VenueDate, VenueTime};
use serde::Deserialize;

use super::pattern::Pattern;
use super::template::{Template, wished_time};
use super::{Finding, Goal, Step};
use crate::browser::action::Action;
use crate::browser::fold::{fold, has_phrase};
use crate::browser::observation::{Group, Observation};
use crate::browser::reference::Ref;
use crate::planner::Remark;

const MOST_ALTERNATIVES: usize = 20;

/// Which card of a list to take, and what in it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pick {
    /// The name that the card has to bear; the first card where the request names none.
    #[serde(default)]
    named: Option<Template>,
    /// Whether another card will do when none bears the name: for words that may be a place.
    #[serde(default)]
    or_any: bool,
    /// The link or button to use.
    #[serde(default)]
    take: Option<Pattern>,
    /// Whether the links are times, to choose the wished or nearest one of.
    #[serde(default)]
    take_time: bool,
    /// Phrases with which a card says that it has nothing.
    #[serde(default)]
    gone: Vec<String>,
}

/// A choice and how far it is from what was wished.
pub(in crate::planner) struct Chosen<T> {
    pub(in crate::planner) it: T,
    pub(in crate::planner) time: VenueTime,
}

/// The wished time, else the nearest within the consent; the earlier of two.
pub(in crate::planner) fn nearest_time<T>(
    offered: impl Iterator<Item = (VenueTime, T)>,
    wished: VenueTime,
    consent: &Consent,
) -> Option<Chosen<T>> {
    let most = if consent.allow_time_adjustment { consent.max_time_adjustment_minutes.get() } else { 0 };
    let most = jiff::SignedDuration::from_mins(i64::from(most));
    let within = offered.filter(|(time, _)| time.distance(wished) <= most);
    within.min_by_key(|(time, _)| (time.distance(wished), *time)).map(|(time, it)| Chosen { it, time })
}

/// Whether a card's name and a wished name are the same venue: equal, or one within the other as whole words.
pub(in crate::planner) fn same_name(card: &str, wished: &str) -> bool {
    let (card, wished) = (fold(card), fold(wished));
    has_phrase(&card, &wished) || has_phrase(&wished, &card)
}

/// Something in a card that can be used.
#[derive(Debug, Clone)]
struct Handle<'a> {
    reference: &'a Ref,
    name: &'a str,
    link: bool,
}

impl Pick {
    /// What to use on this page.
    pub(super) fn next(&self, seen: &Observation, goal: &Goal, word: &str) -> Step {
        let wished_name = self.named.as_ref().map(|named| named.fill(&goal.request)).unwrap_or_default();
        let cards: Vec<_> = seen.groups.iter().filter(|card| !card.name.is_empty()).collect();
        let exact =
            cards.iter().filter(|card| fold(&card.name) == fold(&wished_name)).copied().collect::<Vec<_>>();
        let alike =
            cards.iter().filter(|card| same_name(&card.name, &wished_name)).copied().collect::<Vec<_>>();
        let named = if exact.is_empty() { alike } else { exact };
        let fitting = match (wished_name.is_empty(), named.is_empty(), self.or_any) {
            (true, _, _) | (false, true, true) => cards,
            (false, _, _) => named,
        };
        for (place, card) in fitting.iter().enumerate() {
            if let Some((handle, mut remark)) = self.handle(seen, card, goal) {
                let passed = fitting[..place].iter().find(|passed| self.is_gone(passed));
                if let (None, Some(passed)) = (&remark, passed) {
                    remark = Some(Remark::VenueSwitched { from: passed.name.clone(), to: card.name.clone() });
                }
                let reference = handle.reference.clone();
                let action = if handle.link {
                    Action::Follow { link: reference }
                } else {
                    Action::Press { button: reference }
                };
                return Step::Act { action, word: word.to_owned(), remark };
            }
        }
        let offers = fitting.iter().flat_map(|card| self.offers(seen, card, goal));
        Step::End(Finding::NoAvailability { alternatives: offers.take(MOST_ALTERNATIVES).collect() })
    }

    fn is_gone(&self, card: &Group) -> bool {
        let text = fold(&card.text);
        self.gone.iter().any(|phrase| has_phrase(&text, &fold(phrase)))
    }

    fn handle<'a>(
        &self,
        seen: &'a Observation,
        card: &Group,
        goal: &Goal,
    ) -> Option<(Handle<'a>, Option<Remark>)> {
        let handles = handles(seen, card);
        if !self.take_time {
            let take = self.take.as_ref()?;
            return handles.into_iter().find(|handle| take.fits(handle.name)).map(|handle| (handle, None));
        }
        let mut times = handles.into_iter().filter_map(|handle| Some((handle.name.parse().ok()?, handle)));
        let Some(wished) = wished_time(&goal.request) else {
            return times.next().map(|(_, handle)| (handle, None));
        };
        let Chosen { it, time } = nearest_time(times, wished, &goal.consent)?;
        let remark = (time != wished).then_some(Remark::TimeAdjusted { wished, taken: time });
        Some((it, remark))
    }

    /// What a card without a fitting choice offers instead: its times, its days.
    fn offers(&self, seen: &Observation, card: &Group, goal: &Goal) -> Vec<Alternative> {
        let name = card.name.split(':').next().unwrap_or_default();
        let read = handles(seen, card).into_iter().filter_map(|handle| {
            let time: Option<VenueTime> = handle.name.parse().ok().filter(|_| self.take_time);
            let date: Option<VenueDate> = handle.name.split_whitespace().find_map(|part| part.parse().ok());
            let date = date.or(time.map(|_| goal.request.first_day()))?;
            let label = Text::fit(&format!("{name}, {}", handle.name))?;
            Some(Alternative { label, date: Some(date), time, price: None })
        });
        read.collect()
    }
}

fn handles<'a>(seen: &'a Observation, card: &Group) -> Vec<Handle<'a>> {
    let links =
        seen.links.iter().map(|link| Handle { reference: &link.reference, name: &link.name, link: true });
    let buttons = seen.forms.iter().flat_map(|form| &form.buttons).filter(|button| !button.disabled);
    let buttons =
        buttons.map(|button| Handle { reference: &button.reference, name: &button.name, link: false });
    let mut within: Vec<_> =
        links.chain(buttons).filter(|handle| card.controls.contains(&handle.reference.node)).collect();
    within.sort_by_key(|handle| handle.reference.node);
    within
}
