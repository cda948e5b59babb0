//! What a list to choose from says by its options: months, days, years, countries, provinces, counts, times.

use std::sync::LazyLock;

use crate::browser::fold::fold;
use crate::browser::observation::{Choice, Field};

/// What the options of a list are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Listed {
    Days,
    Months,
    /// Years, the latest of which lies ahead of the earliest; whether they begin with the present or end with it is seen from
    /// their order.
    YearsAhead,
    YearsPast,
    Countries,
    PhoneCodes,
    UsStates,
    Titles,
    CardBrands,
    Times,
    Dates,
    Counts,
}

const SOME_COUNTRIES: [&str; 12] = [
    "germany",
    "france",
    "japan",
    "deutschland",
    "frankreich",
    "allemagne",
    "alemania",
    "germania",
    "duitsland",
    "us",
    "ドイツ",
    "德国",
];
const TITLES: [&str; 16] = [
    "mr", "mrs", "ms", "miss", "herr", "frau", "m", "mme", "monsieur", "madame", "sr", "sra", "sig",
    "signora", "dhr", "mevr",
];
const BRANDS: [&str; 5] = ["visa", "mastercard", "american express", "amex", "discover"];
const STATES: [&str; 6] = ["alabama", "arizona", "california", "al", "az", "ca"];

/// Names of months in the languages of the word lists, January to December. Numbers do as well.
static MONTHS: LazyLock<Vec<[&str; 12]>> = LazyLock::new(|| {
    vec![
        [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ],
        [
            "januar",
            "februar",
            "marz",
            "april",
            "mai",
            "juni",
            "juli",
            "august",
            "september",
            "oktober",
            "november",
            "dezember",
        ],
        [
            "janvier",
            "fevrier",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "aout",
            "septembre",
            "octobre",
            "novembre",
            "decembre",
        ],
        [
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ],
        [
            "gennaio",
            "febbraio",
            "marzo",
            "aprile",
            "maggio",
            "giugno",
            "luglio",
            "agosto",
            "settembre",
            "ottobre",
            "novembre",
            "dicembre",
        ],
        [
            "janeiro",
            "fevereiro",
            "marco",
            "abril",
            "maio",
            "junho",
            "julho",
            "agosto",
            "setembro",
            "outubro",
            "novembro",
            "dezembro",
        ],
        [
            "januari",
            "februari",
            "maart",
            "april",
            "mei",
            "juni",
            "juli",
            "augustus",
            "september",
            "oktober",
            "november",
            "december",
        ],
        [
            "januari",
            "februari",
            "mars",
            "april",
            "maj",
            "juni",
            "juli",
            "augusti",
            "september",
            "oktober",
            "november",
            "december",
        ],
        [
            "styczen",
            "luty",
            "marzec",
            "kwiecien",
            "maj",
            "czerwiec",
            "lipiec",
            "sierpien",
            "wrzesien",
            "pazdziernik",
            "listopad",
            "grudzien",
        ],
        [
            "stycznia",
            "lutego",
            "marca",
            "kwietnia",
            "maja",
            "czerwca",
            "lipca",
            "sierpnia",
            "wrzesnia",
            "pazdziernika",
            "listopada",
            "grudnia",
        ],
    ]
});

/// The month, 1 to 12, that a label names: by number, by name, or by the beginning of its name.
pub(crate) fn month_of(label: &str) -> Option<i8> {
    let folded = fold(label);
    let word = folded.trim_end_matches(['月', '월']).trim();
    if let Ok(number) = word.parse::<i8>() {
        return (1..=12).contains(&number).then_some(number);
    }
    let named = |name: &str| {
        folded.split(' ').any(|word| word == name || (word.chars().count() >= 3 && name.starts_with(word)))
    };
    MONTHS.iter().find_map(|names| names.iter().zip(1..).find(|(name, _)| named(name)).map(|(_, n)| n))
}

/// What the options are, if they are something of the list.
pub(super) fn listed(field: &Field) -> Option<Listed> {
    let shown: Vec<&Choice> = field.options.iter().filter(|choice| !is_empty(choice)).collect();
    if shown.is_empty() {
        return None;
    }
    let labels: Vec<String> = shown.iter().map(|choice| fold(&choice.label)).collect();
    let is = |own: &[&str], least: usize| {
        labels.iter().filter(|label| own.contains(&label.as_str())).count() >= least
    };
    let shown_raw: Vec<&str> = shown.iter().map(|choice| choice.label.trim()).collect();
    if shown_raw.iter().all(|label| is_time(label)) {
        return Some(Listed::Times);
    }
    // What is sent says it where what is shown is written for people.
    let is_day = |text: &str| text.trim().parse::<onegent_core::time::VenueDate>().is_ok();
    if shown.iter().all(|choice| is_day(&choice.label) || is_day(&choice.value) || names_day(&choice.label)) {
        return Some(Listed::Dates);
    }
    if labels.iter().filter(|label| has_dial_code(label)).count() * 2 > labels.len() && labels.len() > 20 {
        return Some(Listed::PhoneCodes);
    }
    if labels.len() > 20 && is(&SOME_COUNTRIES, 2) {
        return Some(Listed::Countries);
    }
    if (45..=75).contains(&labels.len()) && is(&STATES, 3) {
        return Some(Listed::UsStates);
    }
    if labels.len() <= 12 && is(&TITLES, 2) {
        return Some(Listed::Titles);
    }
    if labels.len() <= 12 && is(&BRANDS, 2) {
        return Some(Listed::CardBrands);
    }
    let numbers: Vec<i32> = labels
        .iter()
        .filter_map(|label| label.trim_end_matches(['年', '月', '日', '人', '名']).trim().parse().ok())
        .collect();
    if numbers.len() == labels.len() {
        return by_numbers(&numbers);
    }
    let months = labels.iter().filter(|label| month_of(label).is_some()).count();
    ((11..=13).contains(&labels.len()) && months >= 11).then_some(Listed::Months)
}

fn by_numbers(numbers: &[i32]) -> Option<Listed> {
    let (least, most) = (numbers.iter().min()?, numbers.iter().max()?);
    let years = |of: i32| (1900..2200).contains(&of);
    Some(if years(*least) && years(*most) {
        let falls = numbers.first() > numbers.last();
        if falls || most - least > 40 { Listed::YearsPast } else { Listed::YearsAhead }
    } else if *least >= 20 && *most <= 60 && numbers.len() >= 8 && numbers.len() <= 30 {
        Listed::YearsAhead
    } else if (28..=31).contains(most) && numbers.len() >= 28 {
        Listed::Days
    } else if *most == 12 && numbers.len() == 12 {
        Listed::Months
    } else {
        Listed::Counts
    })
}

/// `19:00`, `7:30 PM`, `19h30`, `19.30 Uhr`.
pub(crate) fn is_time(label: &str) -> bool {
    super::row::time_of(label).is_some()
}

/// `Dec 10 Th, 2026`: a month's name, a year and a day, in any order.
fn names_day(label: &str) -> bool {
    let words = || label.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let number = |word: &str| word.parse::<u16>().ok();
    words().filter_map(number).any(|year| (2000..2200).contains(&year))
        && words().filter_map(number).any(|day| (1..=31).contains(&day))
        && words().any(|word| {
            word.chars().all(char::is_alphabetic) && word.chars().count() >= 3 && month_of(word).is_some()
        })
}

/// An option that stands for none: `Please choose`.
fn is_empty(choice: &Choice) -> bool {
    choice.value.is_empty() || choice.label.is_empty() || choice.label.starts_with('-')
}

fn has_dial_code(label: &str) -> bool {
    let digits = label
        .rsplit(' ')
        .next()
        .is_some_and(|last| !last.is_empty() && last.len() <= 4 && last.bytes().all(|b| b.is_ascii_digit()));
    digits && label.contains(|c: char| c.is_alphabetic())
}
