//! Writing down the way that a visit takes, without anything of its guest or its request.

use onegent_core::request::BookingRequest;
use onegent_core::text::Text;
use url::Url;

use super::{Deed, FieldMark, LearnedDeed, LearnedPage, LearnedPath, state};
use crate::browser::action::{Action, Filling};
use crate::browser::fold::fold;
use crate::browser::mask::GuestMask;
use crate::browser::observation::{Field, Observation};

/// More steps than the longest booking takes.
const MOST_STEPS: usize = 80;
/// Longer names are texts.
const LONGEST_NAME: usize = 60;

/// What one visit did so far.
#[derive(Debug)]
pub(crate) struct Recorder {
    /// Words of the request, folded: whatever bears one says something of the booking.
    asked: Vec<String>,
    /// The parts of the path that the request named its site by, which a person may have typed.
    named: Vec<String>,
    /// Finds the guest, also by a single name.
    guest: GuestMask,
    taken: Vec<Taken>,
    /// Whether there were more than are kept.
    over: bool,
}

#[derive(Debug)]
struct Taken {
    state: [u8; 32],
    path: String,
    heading: Option<String>,
    deed: LearnedDeed,
}

impl Recorder {
    /// For a booking of this, for this guest.
    pub(crate) fn new(request: &BookingRequest, guest: GuestMask) -> Self {
        let texts: Vec<&str> = match request {
            BookingRequest::Restaurant(p) => vec![p.restaurant_name.as_str(), p.city.as_str()],
            BookingRequest::Hotel(p) => vec![p.destination.as_str()],
            BookingRequest::Flight(p) => vec![p.origin.as_str(), p.destination.as_str()],
            BookingRequest::Activity(p) => {
                p.activity_name.iter().map(Text::as_str).chain([p.city.as_str()]).collect()
            }
        };
        let words = texts.into_iter().flat_map(|text| {
            let words: Vec<_> = fold(text).split(' ').map(str::to_owned).collect();
            words
        });
        let site = request.site().and_then(|site| Url::parse(site.as_str()).ok());
        let named = site.iter().filter_map(Url::path_segments).flatten().filter(|part| !part.is_empty());
        Self {
            asked: words.filter(|word| word.len() > 2).collect(),
            named: named.map(str::to_owned).collect(),
            guest,
            taken: Vec::new(),
            over: false,
        }
    }

    /// Writes down a step from a page. `seen` and `path` have the guest masked; `picked` says that it was one of several, by
    /// what was asked for. A page that is as it was before means that what was done since led nowhere: that is left out.
    pub(crate) fn note(&mut self, seen: &Observation, path: &str, action: &Action, step: &str, picked: bool) {
        if step == "banner" || matches!(action, Action::Goto { .. }) {
            return;
        }
        let now = state(seen);
        if let Some(before) = self.taken.iter().position(|taken| taken.state == now) {
            self.taken.truncate(before);
        }
        if self.taken.len() >= MOST_STEPS {
            self.over = true;
            return;
        }
        let heading = seen.headings.first().and_then(|heading| self.neutral(heading));
        // How often a stepper or a calendar is pressed hangs on the party and the day.
        let counts = step == "choose" && matches!(action, Action::Press { .. } | Action::Follow { .. });
        let what = if picked || counts { Deed::Take {} } else { self.deed(seen, action) };
        let deed = LearnedDeed { step: step.to_owned(), what };
        self.taken.push(Taken { state: now, path: self.general(path), heading, deed });
    }

    /// The way, if it can be kept.
    pub(crate) fn path(self) -> Option<LearnedPath> {
        let mut pages: Vec<LearnedPage> = Vec::new();
        for Taken { path, heading, deed, .. } in self.taken {
            match pages.last_mut().filter(|page| page.path == path && page.heading == heading) {
                // A calendar is leafed through in one breath.
                Some(page) if deed.what == (Deed::Take {}) && page.deeds.last() == Some(&deed) => {}
                Some(page) => page.deeds.push(deed),
                None => pages.push(LearnedPage { path, heading, deeds: vec![deed] }),
            }
        }
        let learned = LearnedPath { pages };
        (!self.over && learned.steps() > 0 && learned.to_json().is_some()).then_some(learned)
    }

    fn deed(&self, seen: &Observation, action: &Action) -> Deed {
        let named = |name: Option<&str>, alike: usize| {
            name.filter(|_| alike == 1).and_then(|name| self.neutral(name))
        };
        let known = match action {
            Action::Press { button } => {
                let name = seen.button(button).map(|found| found.it.name.as_str());
                let alike = seen.buttons().filter(|other| Some(other.it.name.as_str()) == name).count();
                named(name, alike).map(|button| Deed::Press { button })
            }
            Action::Follow { link } => {
                let name = seen.link(link).map(|found| found.it.name.as_str());
                let alike = seen.links().filter(|other| Some(other.it.name.as_str()) == name).count();
                named(name, alike).map(|link| Deed::Follow { link })
            }
            Action::Fill { field, value: Filling::Slot(slot) } => seen
                .field(field)
                .and_then(|found| self.mark(found.it))
                .map(|field| Deed::FillSlot { field, slot: *slot }),
            Action::Fill { field, value: Filling::Text(_) } => {
                seen.field(field).and_then(|found| self.mark(found.it)).map(|field| Deed::Fill { field })
            }
            Action::Choose { field, .. } => {
                seen.field(field).and_then(|found| self.mark(found.it)).map(|field| Deed::Choose { field })
            }
            Action::Check { field, on } => seen
                .field(field)
                .and_then(|found| self.mark(found.it))
                .map(|field| Deed::Tick { field, on: *on }),
            Action::Goto { .. } => None,
        };
        known.unwrap_or(Deed::Take {})
    }

    fn mark(&self, field: &Field) -> Option<FieldMark> {
        let mark = FieldMark {
            kind: field.kind,
            label: self.neutral(&field.label).unwrap_or_default(),
            name: technical(&field.name).unwrap_or_default(),
        };
        (!mark.label.is_empty() || !mark.name.is_empty()).then_some(mark)
    }

    /// A name that says nothing of this booking: short, without numbers, without the guest, without words of the request.
    fn neutral(&self, text: &str) -> Option<String> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let fine = !text.is_empty()
            && text.chars().count() <= LONGEST_NAME
            && !text.chars().any(|c| c.is_numeric() || c.is_control() || matches!(c, '@' | '{' | '}' | '•'));
        let folded = fold(&text);
        let asked = folded.split(' ').any(|word| self.asked.iter().any(|asked| asked == word));
        (fine && !asked && self.guest.hide(&text) == text).then_some(text)
    }

    /// The path of an address with `*` for each part that may be another one next time.
    fn general(&self, path: &str) -> String {
        let parts = path.split('/').map(|part| {
            let plain = |b: u8| b.is_ascii_alphabetic() || matches!(b, b'-' | b'_' | b'.');
            let fits = part.is_empty()
                || (part.len() <= 32
                    && part.bytes().all(plain)
                    && !self.named.iter().any(|named| named == part)
                    && self.neutral(part).is_some());
            if fits { part } else { "*" }
        });
        parts.collect::<Vec<_>>().join("/")
    }
}

/// A form's own name for a field, unless it may be a key of something.
fn technical(name: &str) -> Option<String> {
    let fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '[' | ']');
    let digits = name.chars().filter(char::is_ascii_digit).count();
    (!name.is_empty() && name.len() <= 48 && name.chars().all(fit) && digits <= 2).then(|| name.to_owned())
}
