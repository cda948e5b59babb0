//! What one field asks for, by what it says of itself.

use super::lexicon::{named, said};
use super::meaning::Meaning::{self, *};
use super::options::{Listed, listed, month_of};
use super::{ticks, token};
use crate::browser::fold::fold;
use crate::browser::observation::{Field, FieldKind};
use crate::gate::parted;

/// Below this a field says nothing.
const LEAST: f32 = 0.3;

/// How much a label counts, a name, and the rest. A label is what a person goes by.
const LABEL: f32 = 1.0;
const NAME: f32 = 0.75;
const ID: f32 = 0.55;
const PLACEHOLDER: f32 = 0.6;
const NEAR: f32 = 0.6;
const GROUP: f32 = 0.25;
/// The same over a number: where each product has one, only the legend says that it counts.
const GROUP_OF_NUMBER: f32 = 0.5;
/// How a day is to be written says that it is one, and not which.
const FORMAT: f32 = 0.32;
/// What it adds that name and id say the same.
const BOTH: f32 = 0.1;

/// What a field may ask for, as far as it says itself: the likeliest first, nothing where it says nothing.
pub(super) fn meanings(field: &Field) -> Vec<Meaning> {
    if field.kind == FieldKind::Checkbox {
        return vec![ticks::meaning(field)];
    }
    if matches!(field.kind, FieldKind::Radio | FieldKind::Select) && ticks::is_extra(field) {
        return vec![Extra];
    }
    let mut scores = Scores::default();
    if let Some(token) = token::meaning(field) {
        // What a page says of `username` may be an e-mail address as well.
        if token != Username {
            return vec![token];
        }
        scores.add(Username, 0.6);
    }
    let names = by_names(field);
    if field.kind == FieldKind::Password && names.iter().any(|(meaning, _)| *meaning == Coupon) {
        return vec![Coupon];
    }
    for (text, weight) in texts(field) {
        scores.add_all(said(&text), weight);
    }
    scores.add_all(names, 1.0);
    scores.add_shape(field);
    scores.ranked(field)
}

/// What name and id say. They are one source: most pages write the same into both.
fn by_names(field: &Field) -> Vec<(Meaning, f32)> {
    let mut found: Vec<(Meaning, f32)> = Vec::new();
    for (name, weight) in [(&field.name, NAME), (&field.id, ID)] {
        for (meaning, sure) in named(&without_prefix(&fold(&parted(name)))) {
            match found.iter_mut().find(|(known, _)| *known == meaning) {
                Some((_, most)) => *most = most.max(sure * weight) + BOTH,
                None => found.push((meaning, sure * weight)),
            }
        }
    }
    found
}

/// The texts that are shown with a field. A label that only repeats the placeholder counts once.
fn texts(field: &Field) -> impl Iterator<Item = (String, f32)> {
    let repeated = field.label == field.placeholder;
    let placeholder = if repeated { "" } else { field.placeholder.as_str() };
    let group = match field.kind {
        FieldKind::Radio => 0.0,
        FieldKind::Number => GROUP_OF_NUMBER,
        _ => GROUP,
    };
    [
        (field.label.as_str(), LABEL),
        (placeholder, PLACEHOLDER),
        (field.near.as_str(), NEAR),
        (field.group.as_str(), group),
    ]
    .into_iter()
    .map(|(text, weight)| (text, if is_format(text) { FORMAT } else { weight }))
    .filter(|(text, weight)| !text.is_empty() && *weight > 0.0)
    .map(|(text, weight)| (fold(&text.replace(['™', '®'], " ")), weight))
}

/// Without what programs put before a name to say that it is a field's: `txt`, `input`, `ctl00`.
fn without_prefix(name: &str) -> String {
    const MARKS: [&str; 12] =
        ["txt", "input", "field", "ctl00", "form", "frm", "text", "tb", "sel", "select", "id", "fld"];
    let words = name.split(' ').filter(|word| !MARKS.contains(word));
    let kept: Vec<_> =
        words.filter(|word| !word.bytes().all(|b| b.is_ascii_digit()) || word.len() == 1).collect();
    kept.join(" ")
}

/// Whether a text is nothing but the form of a day: `TT.MM.JJJJ`.
fn is_format(text: &str) -> bool {
    const PARTS: [&str; 10] = ["dd", "d", "mm", "m", "yyyy", "tt", "jj", "jjjj", "gg", "aaaa"];
    let folded = fold(text);
    folded.split(' ').count() == 3 && folded.split(' ').all(|part| PARTS.contains(&part))
}

#[derive(Default)]
struct Scores(Vec<(Meaning, f32)>);

impl Scores {
    fn add(&mut self, meaning: Meaning, score: f32) {
        match self.0.iter_mut().find(|(known, _)| *known == meaning) {
            Some((_, sum)) => *sum += score,
            None => self.0.push((meaning, score)),
        }
    }

    fn add_all(&mut self, found: Vec<(Meaning, f32)>, weight: f32) {
        for (meaning, sure) in found {
            self.add(meaning, sure * weight);
        }
    }

    /// What a field's kind and its options tell.
    fn add_shape(&mut self, field: &Field) {
        match field.kind {
            FieldKind::Email => self.add(Email, 0.8),
            FieldKind::Tel => self.add(Phone, 0.31),
            FieldKind::Password => self.add(Password, 0.35),
            FieldKind::Search => self.add(Search, 0.5),
            FieldKind::Date => self.add(Date, 0.35),
            FieldKind::Time => self.add(Time, 0.8),
            FieldKind::LongText => self.add(Remarks, 0.5),
            FieldKind::Select | FieldKind::Radio => self.add_listed(field),
            FieldKind::Text
            | FieldKind::Url
            | FieldKind::Number
            | FieldKind::Other
            | FieldKind::File
            | FieldKind::Checkbox => {}
        }
    }

    fn add_listed(&mut self, field: &Field) {
        let Some(listed) = listed(field) else { return };
        let (meaning, score) = match listed {
            Listed::Countries => (Country, 0.6),
            Listed::PhoneCodes => (PhoneCountry, 1.2),
            Listed::UsStates => (Province, 0.6),
            Listed::Titles => (Honorific, 0.8),
            Listed::CardBrands => (CardType, 0.6),
            Listed::Times => (Time, 0.5),
            Listed::Dates => (Date, 0.5),
            Listed::Days => (Day, 0.4),
            Listed::Months => (Month, 0.4),
            Listed::YearsAhead | Listed::YearsPast => (Year, 0.4),
            Listed::Counts => return,
        };
        self.add(meaning, score);
    }

    fn ranked(mut self, field: &Field) -> Vec<Meaning> {
        let days = listed(field) == Some(Listed::Dates);
        let place = |meaning: Meaning| matches!(meaning, Origin | Destination | City | Venue | PhoneCountry);
        self.0.retain(|(meaning, score)| {
            *score >= LEAST && fits(*meaning, field) && !(days && place(*meaning))
        });
        // Of equal ones the first of the list, so that the same page always reads the same.
        self.0.sort_by(|(a, a_score), (b, b_score)| b_score.total_cmp(a_score).then(a.cmp(b)));
        let ranked: Vec<_> = self.0.into_iter().map(|(meaning, _)| meaning).collect();
        if ranked.is_empty() && fold(&field.label).ends_with(" id") && fits(Username, field) {
            return vec![Username];
        }
        ranked
    }
}

/// Whether the options can be days: one of them names a month, or has the numbers of a date.
fn lists_days(field: &Field) -> bool {
    let is_day = |label: &str| {
        let numbers = label.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).count();
        let clock = label.contains(':');
        let named = label
            .split_whitespace()
            .any(|word| word.contains(char::is_alphabetic) && month_of(word).is_some());
        (numbers >= 3 && !clock) || (numbers >= 1 && named)
    };
    field.options.is_empty()
        || field.options.iter().any(|choice| is_day(&choice.label) || is_day(&choice.value))
}

/// Whether a field of this kind can ask for it.
fn fits(meaning: Meaning, field: &Field) -> bool {
    if matches!(field.kind, FieldKind::Select | FieldKind::Radio) && meaning.is_day() && !lists_days(field) {
        return false;
    }
    let day = meaning.is_day() || matches!(meaning, BirthDate | CardExpiry | DocumentExpiry | DateRange);
    match field.kind {
        FieldKind::Email => matches!(meaning, Email | Username | Unknown),
        FieldKind::Tel => !matches!(meaning, Email | Country) || field.label.is_empty(),
        FieldKind::Password => {
            matches!(meaning, Password | CardCode | CardNumber | OneTimeCode | Coupon | Captcha | Unknown)
        }
        FieldKind::Date => day,
        FieldKind::Time => matches!(meaning, Time | ArrivalTime),
        FieldKind::Number => !matches!(
            meaning,
            Email
                | FirstName
                | LastName
                | FullName
                | Street
                | City
                | CardHolder
                | Search
                | Password
                | Venue
                | Destination
                | Origin
                | Product
        ),
        FieldKind::LongText => {
            matches!(meaning, Remarks | Street | Street2 | Unknown | Captcha | Company | FullName)
        }
        FieldKind::Select => !matches!(
            meaning,
            Email
                | FirstName
                | LastName
                | MiddleName
                | FullName
                | Street
                | Street2
                | CardHolder
                | CardCode
                | Password
                | Username
                | Search
                | Remarks
                | Captcha
        ),
        FieldKind::Radio => !meaning.is_guest() || matches!(meaning, Honorific),
        FieldKind::File | FieldKind::Checkbox => meaning == Unknown,
        FieldKind::Text | FieldKind::Search | FieldKind::Url | FieldKind::Other => true,
    }
}
