//! A page as the planner looks at it: its forms with what their fields ask for, and what each form is for.

use crate::browser::observation::{Button, Field, FieldKind, Form, Method, Observation};
use crate::fields::{Meaning, meanings};
use crate::gate::words::{BOOK, LOOK, Label, ON};

use super::words::{ASIDE_FORM, SIGN_IN};

/// What a form is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// Something else: a newsletter, a language, a sign-in, a booking that there is.
    Aside,
    /// Looks for what can be booked.
    Search,
    /// Has nothing to fill in: its button is what it is for.
    Go,
    /// Asks how to pay.
    Payment,
    /// Chooses among what can be booked, or what goes with it.
    Choice,
    /// Asks for the guest.
    Guest,
}

/// A form with what its fields ask for.
#[derive(Debug)]
pub(super) struct FormView<'a> {
    pub(super) form: &'a Form,
    pub(super) meanings: Vec<Meaning>,
    pub(super) role: Role,
}

/// A page.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub(super) seen: &'a Observation,
    pub(super) forms: Vec<FormView<'a>>,
}

impl<'a> View<'a> {
    pub(super) fn of(seen: &'a Observation) -> Self {
        let frames = seen.all().into_iter();
        let forms = frames.flat_map(|frame| frame.forms.iter().map(move |form| FormView::of(frame, form)));
        Self { seen, forms: forms.collect() }
    }

    /// Whether the page has a form of this role.
    pub(super) fn has(&self, role: Role) -> bool {
        self.forms.iter().any(|form| form.role == role)
    }
}

impl<'a> FormView<'a> {
    fn of(frame: &Observation, form: &'a Form) -> Self {
        let meanings = meanings(frame, form);
        let role = role(form, &meanings);
        Self { form, meanings, role }
    }

    /// The fields with what they ask for.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&'a Field, Meaning)> {
        self.form.fields.iter().zip(self.meanings.iter().copied())
    }

    pub(super) fn asks(&self, wanted: impl Fn(Meaning) -> bool) -> bool {
        self.meanings.iter().any(|meaning| wanted(*meaning))
    }
}

fn role(form: &Form, meanings: &[Meaning]) -> Role {
    let has = |wanted: &[Meaning]| meanings.iter().any(|meaning| wanted.contains(meaning));
    let name = has(&[Meaning::FirstName, Meaning::LastName, Meaning::FullName]);
    let contact = has(&[Meaning::Email, Meaning::Phone]);
    let place = has(&[Meaning::City, Meaning::Destination, Meaning::Origin, Meaning::Venue]);
    let day = meanings.iter().any(|meaning| meaning.is_day())
        || has(&[Meaning::DateRange, Meaning::Day, Meaning::Month]);
    let booking = place
        || day
        || has(&[Meaning::Time, Meaning::Rooms, Meaning::Nights, Meaning::Cabin])
        || meanings.iter().any(|m| m.is_party());
    let buttons: Vec<Label> = form.buttons.iter().map(label).collect();
    let says = |words: &[&str]| buttons.iter().any(|button| button.has(words));
    if form.buttons.is_empty() && form.fields.is_empty() {
        return Role::Aside;
    }
    if has(&[Meaning::BookingCode]) || (has(&[Meaning::Password]) && !name) || says(ASIDE_FORM) {
        return Role::Aside;
    }
    if meanings.iter().any(|meaning| meaning.is_card()) {
        return Role::Payment;
    }
    if name || (contact && (has(&[Meaning::Terms, Meaning::Remarks]) || booking)) {
        return Role::Guest;
    }
    if says(SIGN_IN) {
        return Role::Aside;
    }
    if booking {
        let searches = form.target.as_ref().is_some_and(|to| to.method == Method::Get) || says(LOOK);
        return if searches && (place || day) { Role::Search } else { Role::Choice };
    }
    if contact || has(&[Meaning::Username, Meaning::Coupon]) {
        return Role::Aside;
    }
    let typed = form
        .fields
        .iter()
        .any(|field| !matches!(field.kind, FieldKind::Checkbox | FieldKind::Radio | FieldKind::Select));
    if has(&[Meaning::Search]) {
        return Role::Search;
    }
    if form.fields.is_empty() {
        return if form.in_dialog { Role::Aside } else { Role::Go };
    }
    let chooses =
        has(&[Meaning::Product, Meaning::Extra, Meaning::Terms, Meaning::Remarks, Meaning::ArrivalTime])
            || says(BOOK)
            || says(ON);
    if chooses || (!typed && form.fields.iter().any(|field| field.kind != FieldKind::Select)) {
        Role::Choice
    } else {
        Role::Aside
    }
}

/// What a button says, in all its names.
pub(super) fn label(button: &Button) -> Label {
    Label::of_control(&button.name, &button.says)
}
