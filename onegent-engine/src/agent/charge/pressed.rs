//! What is about to be pressed, and all that goes with it: a person who confirms a charge confirms this very button, where
//! it sends, and what is chosen in its form.

use onegent_core::charge::Fact;
use onegent_core::money::Money;
use url::Url;

use super::listed::listed;
use super::unseen;
use crate::browser::action::Action;
use crate::browser::fold::fold;
use crate::browser::mask::GuestMask;
use crate::browser::observation::{Carried, Field, FieldKind, Form, Observation, Target};
use crate::browser::reference::Ref;
use crate::fields::{Meaning, meanings};
use crate::gate::{Shown, amounts_in, has_secret, offers_card};

/// Where a script's button sends, as a person is told. The network's judge holds it to that.
const BY_SCRIPT: &str = "where the page's script says, once, within the booking site";

/// A button or a link on a page, ready to be pressed.
pub(in crate::agent) struct Pressed<'a> {
    /// What kind of thing it is.
    kind: &'static str,
    name: &'a str,
    /// Which of how many of this name on the page.
    place: (usize, usize),
    page: &'a Observation,
    frame: &'a Observation,
    form: Option<&'a Form>,
    /// What is sent without being shown.
    sent: Vec<Carried>,
    /// `None` where a script decides.
    target: Option<&'a Target>,
}

impl<'a> Pressed<'a> {
    /// What an action presses. `None` when the page no longer has it.
    pub(in crate::agent) fn of(
        page: &'a Observation,
        action: &Action,
        target: Option<&'a Target>,
    ) -> Option<Self> {
        match action {
            Action::Press { button } => {
                let found = page.button(button)?;
                let all = page.buttons().map(|found| (&found.it.reference, found.it.name.as_str()));
                let carries = found.form.map_or(&[][..], |form| &form.carries);
                Some(Self {
                    kind: "Button pressed",
                    name: &found.it.name,
                    place: place(all, button, &found.it.name),
                    page,
                    frame: found.frame,
                    form: found.form,
                    sent: carries.iter().chain(&found.it.adds).cloned().collect(),
                    target,
                })
            }
            Action::Follow { link } => {
                let found = page.link(link)?;
                let all = page.links().map(|found| (&found.it.reference, found.it.name.as_str()));
                let query = found.it.url.query_pairs().into_owned();
                Some(Self {
                    kind: "Link followed",
                    name: &found.it.name,
                    place: place(all, link, &found.it.name),
                    page,
                    frame: found.frame,
                    form: None,
                    sent: query.map(|(name, value)| Carried { name, value }).collect(),
                    target,
                })
            }
            Action::Goto { .. } | Action::Fill { .. } | Action::Choose { .. } | Action::Check { .. } => None,
        }
    }

    /// What a person has to know of it, beside the page's own facts.
    pub(super) fn facts(&self, mask: &GuestMask) -> Vec<Fact> {
        let frame = (self.frame.origin() != self.page.origin()).then(|| self.frame.origin());
        let facts = [
            listed(self.kind, &[mask.hide(&self.called())]),
            listed("In a frame of", frame.as_slice()),
            listed("Sends to", self.elsewhere().map(|place| mask.hide(&place)).as_slice()),
            listed("Chosen in the form", &self.choices(mask)),
            listed("Sent unseen", &unseen::bound(&self.sent, mask)),
        ];
        facts.into_iter().flatten().collect()
    }

    /// Whether something that is chosen in its form has a price that may not be in this sum.
    pub(super) fn may_add_to(&self, sum: Money) -> bool {
        let is_sum = |shown: &Shown| matches!(shown, Shown::Read(price) if price.amount == sum);
        let adds = |field: &Field| {
            chosen(field).is_some_and(|label| amounts_in(label, &[]).iter().any(|shown| !is_sum(shown)))
        };
        self.form.is_some_and(|form| form.fields.iter().any(|field| !offers_card(field) && adds(field)))
    }

    fn called(&self) -> String {
        let name = if self.name.trim().is_empty() { "one without a name" } else { self.name };
        match self.place {
            (_, 0 | 1) => name.to_owned(),
            (place, all) => format!("{name} ({place} of {all} of this name)"),
        }
    }

    /// Where it sends, when that is another place than the page's own.
    fn elsewhere(&self) -> Option<String> {
        let Some(target) = self.target else { return Some(BY_SCRIPT.to_owned()) };
        let (to, here) = (&target.url, &self.frame.url);
        (to.origin() != here.origin() || to.path() != here.path()).then(|| lasting(to))
    }

    /// What is chosen, ticked or typed in the form, the guest's details and cards' left out.
    fn choices(&self, mask: &GuestMask) -> Vec<String> {
        let Some(form) = self.form else { return Vec::new() };
        let fields = form.fields.iter().zip(meanings(self.frame, form));
        let told = fields.filter_map(|(field, meaning)| {
            let choice = choice(form, field, meaning, mask)?;
            let named = [&field.label, &field.group, &field.near, &field.placeholder, &field.name];
            let name = named.into_iter().find(|name| !name.trim().is_empty()).map_or("", String::as_str);
            Some(if name == choice { choice } else { format!("{name}: {choice}") })
        });
        told.map(|told| mask.hide(&told)).collect()
    }
}

/// Which of all controls of this name, counted from 1, and how many there are.
fn place<'a>(all: impl Iterator<Item = (&'a Ref, &'a str)>, it: &Ref, name: &str) -> (usize, usize) {
    let name = fold(name);
    let alike: Vec<_> =
        all.filter(|(_, other)| fold(other) == name).map(|(reference, _)| reference).collect();
    (alike.iter().position(|reference| *reference == it).map_or(0, |place| place + 1), alike.len())
}

/// What a field says in words, if something is chosen or ticked in it.
fn chosen(field: &Field) -> Option<&str> {
    match field.kind {
        FieldKind::Select | FieldKind::Radio => field
            .options
            .iter()
            .find(|option| option.value == field.value)
            .map(|option| option.label.as_str()),
        FieldKind::Checkbox => field.checked.then_some(field.label.as_str()),
        // How many, at a price each.
        FieldKind::Number => {
            field.value.contains(|c: char| matches!(c, '1'..='9')).then_some(field.label.as_str())
        }
        FieldKind::Text
        | FieldKind::LongText
        | FieldKind::Search
        | FieldKind::Email
        | FieldKind::Tel
        | FieldKind::Url
        | FieldKind::Date
        | FieldKind::Time
        | FieldKind::Other
        | FieldKind::Password
        | FieldKind::File => None,
    }
}

/// What a person is told of a field, if anything stands in it that is neither the guest's nor a secret.
fn choice(form: &Form, field: &Field, meaning: Meaning, mask: &GuestMask) -> Option<String> {
    match field.kind {
        FieldKind::Password | FieldKind::File => None,
        FieldKind::Checkbox => field.checked.then(|| "ticked".to_owned()),
        FieldKind::Select | FieldKind::Radio => {
            let priced = field.options.iter().any(|option| !amounts_in(&option.label, &[]).is_empty());
            let private = has_secret(form, field) || (meaning.is_guest() && !priced);
            chosen(field).filter(|_| !private).map(str::to_owned)
        }
        FieldKind::Text
        | FieldKind::LongText
        | FieldKind::Search
        | FieldKind::Email
        | FieldKind::Tel
        | FieldKind::Url
        | FieldKind::Number
        | FieldKind::Date
        | FieldKind::Time
        | FieldKind::Other => {
            let value = field.value.trim();
            let private = has_secret(form, field) || meaning.is_guest() || mask.finds(value);
            let fresh =
                meaning == Meaning::BookingCode || meaning == Meaning::Captcha || unseen::is_fresh(value);
            (!value.is_empty() && !private && !fresh).then(|| value.to_owned())
        }
    }
}

/// Origin and path, without the parts of the path that are new on each visit: numbers of orders, tokens.
fn lasting(url: &Url) -> String {
    let lasts = |part: &str| {
        let digits = part.bytes().any(|b| b.is_ascii_digit());
        if part.len() >= 20 || (digits && part.len() >= 4) { "…".to_owned() } else { part.to_owned() }
    };
    let path: Vec<_> = url.path().split('/').map(lasts).collect();
    format!("{}{}", url.origin().ascii_serialization(), path.join("/"))
}
