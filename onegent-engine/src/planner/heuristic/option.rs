//! Finding the option that is wanted in a list or among radio buttons.

use onegent_core::time::{VenueDate, VenueTime};

use super::dates::dates_in;
use super::words::WITHOUT;
use crate::browser::fold::{fold, has_phrase};
use crate::browser::observation::{Choice, Field};
use crate::browser::price::prices_in;
use crate::fields::{month_of, time_of};

/// The option that says this: as it is, then at the beginning, then somewhere in it.
pub(super) fn named<'a>(field: &'a Field, wanted: &str) -> Option<&'a Choice> {
    let wanted = fold(wanted);
    let find = |fits: &dyn Fn(&str) -> bool| {
        field.options.iter().find(|choice| fits(&fold(&choice.label)) || fits(&fold(&choice.value)))
    };
    find(&|text| text == wanted)
        .or_else(|| find(&|text| text.starts_with(&wanted) && has_phrase(text, &wanted)))
        .or_else(|| find(&|text| has_phrase(text, &wanted)))
        .or_else(|| find(&|text| text.len() > 3 && has_phrase(&wanted, text)))
}

/// The option for so many: its label begins with the number, or is the number.
pub(super) fn counted(field: &Field, wanted: u32) -> Option<&Choice> {
    let number = |text: &str| -> Option<u32> {
        let digits: String = text.trim().chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    let open = |text: &str| text.trim_end().ends_with('+');
    let find = |of: &dyn Fn(&Choice) -> Option<u32>| {
        field.options.iter().find(|choice| of(choice) == Some(wanted) && !open(&choice.label))
    };
    find(&|choice| number(&choice.label)).or_else(|| find(&|choice| number(&choice.value)))
}

/// The option of this day.
pub(super) fn dated(field: &Field, wanted: VenueDate) -> Option<&Choice> {
    let is = |text: &str| matches!(dates_in(text)[..], [only] if only == wanted);
    field.options.iter().find(|choice| is(&choice.value) || is(&choice.label))
}

/// The option of this month, by number or by name; one that names the year as well has to name the right one.
pub(super) fn of_month(field: &Field, wanted: VenueDate) -> Option<&Choice> {
    let (month, year) = (wanted.get().month(), wanted.get().year().to_string());
    let both = |choice: &&Choice| super::dates::month_in(&choice.label) == Some((wanted.get().year(), month));
    let alone = |choice: &&Choice| {
        let other_year = choice
            .label
            .split_whitespace()
            .any(|word| word.len() == 4 && word.parse::<u16>().is_ok() && word != year);
        !other_year && month_of(&choice.label) == Some(month)
    };
    field.options.iter().find(both).or_else(|| field.options.iter().find(alone))
}

/// The options that are times, with them.
pub(super) fn times(field: &Field) -> impl Iterator<Item = (VenueTime, &Choice)> {
    field.options.iter().filter_map(|choice| {
        let read = time_of(&choice.label).or_else(|| time_of(&choice.value));
        // `19:00 - 21:00`, `19:00 (2 left)`: the first word is the time that counts.
        let first = || time_of(choice.label.split([' ', '–', '-']).next().unwrap_or_default());
        Some((read.or_else(first)?, choice))
    })
}

/// The option that wants nothing besides: it says no, or costs nothing where the others cost something.
pub(super) fn without(field: &Field) -> Option<&Choice> {
    let says_no = |choice: &&Choice| {
        let label = fold(&choice.label);
        WITHOUT.iter().any(|word| {
            label == *word
                || label.starts_with(&format!("{word} "))
                || (word.len() > 3 && has_phrase(&label, word))
        })
    };
    field.options.iter().find(says_no)
}

/// The cheapest option by the prices in the labels; the first where none has one.
pub(super) fn cheapest(field: &Field) -> Option<&Choice> {
    let offered = || field.options.iter().filter(|choice| !choice.value.is_empty());
    let priced = offered().filter_map(|choice| {
        let price = prices_in(&choice.label, &[]).first()?.amount.value();
        Some((price, choice))
    });
    priced.min_by_key(|(price, _)| *price).map(|(_, choice)| choice).or_else(|| offered().next())
}
