//! One rule of a playbook: which page it is for, and what to do there.

use onegent_core::machine::PersonWanted;
use onegent_core::text::Text;
use serde::Deserialize;

use super::choose::Pick;
use super::deed::Deed;
use super::pattern::{PathPattern, Pattern};
use super::{Finding, Goal, Step};
use crate::browser::fold::{fold, has_phrase};
use crate::browser::observation::{Field, Observation};

/// A rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Written")]
pub(super) struct Rule {
    step: String,
    pub(super) when: When,
    then: Then,
}

#[derive(Debug, Clone)]
enum Then {
    Do(Vec<Deed>),
    Pick(Pick),
    End(End),
}

/// What a page means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum End {
    Booked,
    NoAvailability,
    NeedsLogin,
    Captcha,
    SiteFailed,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    step: String,
    when: When,
    #[serde(default, rename = "do")]
    deeds: Option<Vec<Deed>>,
    pick: Option<Pick>,
    end: Option<End>,
}

impl TryFrom<Written> for Rule {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written { step, when, deeds, pick, end } = written;
        let then = match (deeds, pick, end) {
            (Some(deeds), None, None) if !deeds.is_empty() => Then::Do(deeds),
            (None, Some(pick), None) => Then::Pick(pick),
            (None, None, Some(end)) => Then::End(end),
            _ => return Err("a page wants exactly one of `do`, `pick`, `end`".to_owned()),
        };
        if step.is_empty() && !matches!(then, Then::End(_)) {
            return Err("a page with something to do wants a `step`".to_owned());
        }
        if when.is_empty() {
            return Err("`when` wants a condition".to_owned());
        }
        Ok(Self { step, when, then })
    }
}

/// Conditions on a page; all of them have to hold.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct When {
    path: Option<PathPattern>,
    heading: Option<Pattern>,
    text: Option<String>,
    button: Option<Pattern>,
    field: Option<Pattern>,
}

impl When {
    fn is_empty(&self) -> bool {
        self.path.is_none()
            && self.heading.is_none()
            && self.text.is_none()
            && self.button.is_none()
            && self.field.is_none()
    }

    pub(super) fn fits(&self, seen: &Observation) -> bool {
        let path = self.path.as_ref().is_none_or(|path| path.fits(seen.url.path()));
        let heading =
            self.heading.as_ref().is_none_or(|wanted| seen.headings.iter().any(|found| wanted.fits(found)));
        let text = self.text.as_ref().is_none_or(|phrase| has_phrase(&fold(&seen.text), &fold(phrase)));
        let button =
            self.button.as_ref().is_none_or(|wanted| seen.buttons().any(|found| wanted.fits(&found.it.name)));
        let field =
            self.field.as_ref().is_none_or(|wanted| seen.fields().any(|found| wanted.fits(&found.it.label)));
        path && heading && text && button && field
    }
}

impl Rule {
    /// The next step on a page that this rule is for.
    pub(super) fn next(&self, seen: &Observation, goal: &Goal) -> Step {
        match &self.then {
            Then::Do(deeds) => {
                if let Some(finding) = refused_fields(seen, deeds) {
                    return Step::End(finding);
                }
                let next = deeds.iter().find_map(|deed| deed.next(seen, goal, &self.step));
                let stuck = || Finding::NotUnderstood {
                    why: "the playbook has nothing more to do on the page".to_owned(),
                };
                next.unwrap_or_else(|| Step::End(stuck()))
            }
            Then::Pick(pick) => pick.next(seen, goal, &self.step),
            Then::End(end) => Step::End(match end {
                End::Booked => Finding::Booked { code: code(seen) },
                End::NoAvailability => Finding::NoAvailability { alternatives: Vec::new() },
                End::NeedsLogin => Finding::NeedsPerson(PersonWanted::Login),
                End::Captcha => Finding::NeedsPerson(PersonWanted::Captcha),
                End::SiteFailed => Finding::SiteFailed,
            }),
        }
    }

    /// The code, if this rule says that the page is a confirmation.
    #[expect(clippy::option_option, reason = "booked or not, and with a code or without")]
    pub(super) fn booked(&self, seen: &Observation) -> Option<Option<Text<64>>> {
        matches!(self.then, Then::End(End::Booked)).then(|| code(seen))
    }
}

/// What the site says is wrong with what was filled in.
fn refused_fields(seen: &Observation, deeds: &[Deed]) -> Option<Finding> {
    let marked: Vec<&Field> =
        seen.fields().map(|found| found.it).filter(|field| field.message.is_some()).collect();
    if marked.is_empty() {
        return None;
    }
    let slot = |field: &&Field| deeds.iter().find_map(|deed| deed.slot_for(&field.label));
    let slots: Vec<_> = marked.iter().filter_map(slot).collect();
    if slots.is_empty() {
        return Some(Finding::NotUnderstood {
            why: "the site refuses what the playbook filled in".to_owned(),
        });
    }
    Some(Finding::DetailsRefused { slots })
}

/// The confirmation code: what follows a label that speaks of a code or a locator.
fn code(seen: &Observation) -> Option<Text<64>> {
    const LABELS: [&str; 6] = [
        "confirmation code",
        "confirmation number",
        "booking code",
        "booking reference",
        "record locator",
        "reference",
    ];
    let is_label = |label: &str| LABELS.contains(&fold(label).as_str());
    let by_line =
        seen.text.lines().filter_map(|line| line.split_once(':')).find(|(label, _)| is_label(label));
    let by_detail =
        || seen.details.iter().find(|detail| is_label(&detail.label)).map(|detail| detail.value.as_str());
    by_line.map(|(_, value)| value).or_else(by_detail).and_then(Text::fit)
}
