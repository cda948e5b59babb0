//! What fields ask for by the company they are in: a day beside a month and a year, a month beside a card's number, a name
//! beside a surname.

use onegent_core::time::VenueTime;

use super::meaning::Meaning::{self, *};
use super::options::{Listed, listed};
use crate::browser::fold::{fold, has_phrase};
use crate::browser::observation::{Field, FieldKind};

/// How far apart fields of one date or one card stand.
const NEAR: usize = 3;

/// Settles what fields say only together.
pub(super) fn settle(fields: &[Field], ranked: &[Vec<Meaning>], meanings: &mut [Meaning]) {
    places(ranked, meanings);
    names(meanings);
    dates(fields, meanings);
    cards(fields, meanings);
    spans(fields, ranked, meanings);
    trips(meanings);
    phones(fields, meanings);
    addresses(fields, meanings);
}

fn has(meanings: &[Meaning], wanted: Meaning) -> bool {
    meanings.contains(&wanted)
}

/// Where an address is asked for, nobody asks where a trip goes.
fn places(ranked: &[Vec<Meaning>], meanings: &mut [Meaning]) {
    if !has(meanings, Street) && !has(meanings, PostalCode) {
        return;
    }
    for (ranked, meaning) in ranked.iter().zip(meanings) {
        if matches!(meaning, Destination | Origin | Venue) {
            *meaning = ranked.iter().copied().find(|other| other.is_guest()).unwrap_or(*meaning);
        }
    }
}

fn places_of(meanings: &[Meaning], wanted: fn(Meaning) -> bool) -> Vec<usize> {
    meanings.iter().enumerate().filter(|(_, meaning)| wanted(**meaning)).map(|(place, _)| place).collect()
}

/// "Name" beside "Surname" is the given one; beside "Vorname" the family's.
fn names(meanings: &mut [Meaning]) {
    for place in 0..meanings.len() {
        if meanings[place] != FullName {
            continue;
        }
        let around = || {
            let from = place.saturating_sub(2);
            (from..meanings.len().min(place + 3)).filter(|other| *other != place).map(|other| meanings[other])
        };
        let first = around().any(|other| other == FirstName);
        let last = around().any(|other| other == LastName);
        meanings[place] = match (first, last) {
            (true, false) => LastName,
            (false, true) => FirstName,
            _ => FullName,
        };
    }
}

/// Months and years, codes and names beside a card's number belong to it.
fn cards(fields: &[Field], meanings: &mut [Meaning]) {
    if let [at] = places_of(meanings, Meaning::is_card)[..] {
        // A month or a year alone is no card's.
        meanings[at] = match meanings[at] {
            CardMonth => Month,
            CardYear => Year,
            other => other,
        };
    }
    if !meanings.iter().any(|meaning| matches!(meaning, CardNumber | CardCode)) {
        return;
    }
    for (place, field) in fields.iter().enumerate() {
        let from = place.saturating_sub(NEAR + 1);
        let near = &meanings[from..meanings.len().min(place + NEAR + 2)];
        let beside = near.iter().any(|meaning| matches!(meaning, CardNumber | CardCode | CardHolder));
        let listed = listed(field);
        meanings[place] = match meanings[place] {
            CardExpiry if field.kind == FieldKind::Select => match listed {
                Some(Listed::Months) => CardMonth,
                Some(Listed::YearsAhead | Listed::YearsPast) => CardYear,
                _ => CardExpiry,
            },
            FullName if is_on_card(meanings, place) => CardHolder,
            Month | Unknown | Date if beside && listed == Some(Listed::Months) => CardMonth,
            Month if beside => CardMonth,
            Year | Unknown | Date if beside && listed == Some(Listed::YearsAhead) => CardYear,
            Year if beside => CardYear,
            other => other,
        };
    }
    // Two fields that each ask for the expiry: the first is its month, the second its year.
    for place in 1..meanings.len() {
        let short = |field: &Field| {
            field.kind == FieldKind::Select || field.constraints.max_length.is_some_and(|most| most <= 4)
        };
        let (before, here) = (meanings[place - 1], meanings[place]);
        let both = short(&fields[place - 1]) && short(&fields[place]);
        if before == CardExpiry && matches!(here, CardExpiry | CardYear) && (both || here == CardYear) {
            meanings[place - 1] = CardMonth;
            meanings[place] = CardYear;
        } else if before == CardMonth && here == CardExpiry {
            meanings[place] = CardYear;
        }
    }
}

/// A name right beside a card's fields, where no other is the card's holder and no address follows.
fn is_on_card(meanings: &[Meaning], place: usize) -> bool {
    let next_to = |other: Option<&Meaning>| other.is_some_and(|other| other.is_card());
    let before = place.checked_sub(1).and_then(|before| meanings.get(before));
    !meanings.contains(&CardHolder) && (next_to(before) || next_to(meanings.get(place + 1)))
}

/// Days, months and years in a row are one date: of birth where one of them says so.
fn dates(fields: &[Field], meanings: &mut [Meaning]) {
    let parts: Vec<Option<Meaning>> =
        fields.iter().zip(&*meanings).map(|(field, own)| part(field, *own)).collect();
    let mut place = 0;
    while place < parts.len() {
        let length = parts[place..].iter().take(3).take_while(|part| part.is_some()).count();
        let row = &parts[place..place + length];
        let distinct = (0..length).all(|at| !row[..at].contains(&row[at]));
        if length >= 2 && distinct && row.contains(&Some(Month)) {
            let said = fields[place..place + length].iter().zip(&meanings[place..]);
            let birth = said.clone().any(|(field, own)| {
                own.is_guest()
                    || (listed(field) == Some(Listed::YearsPast) && !own.is_card())
                    || is_birth(field)
            });
            let card = said.clone().any(|(_, own)| own.is_card());
            for (at, part) in row.iter().enumerate() {
                if let (Some(part), false) = (part, card) {
                    meanings[place + at] = if birth { of_birth(*part) } else { *part };
                }
            }
            place += length;
        } else {
            place += 1;
        }
    }
}

/// Which part of a date a field takes, if it takes one.
fn part(field: &Field, own: Meaning) -> Option<Meaning> {
    if !matches!(field.kind, FieldKind::Select | FieldKind::Text | FieldKind::Number | FieldKind::Tel)
        || own.is_card()
    {
        return None;
    }
    let by_list = listed(field).and_then(|listed| match listed {
        Listed::Days => Some(Day),
        Listed::Months => Some(Month),
        Listed::YearsAhead | Listed::YearsPast => Some(Year),
        _ => None,
    });
    by_list.or(match own {
        BirthDay | Day => Some(Day),
        BirthMonth | Month => Some(Month),
        BirthYear | Year => Some(Year),
        Unknown | BirthDate | Date => by_word(field),
        _ => None,
    })
}

fn by_word(field: &Field) -> Option<Meaning> {
    const DAY: &[&str] =
        &["day", "dd", "tag", "tt", "jour", "jj", "dia", "giorno", "gg", "dag", "日", "d", "день"];
    const MONTH: &[&str] = &["month", "mm", "monat", "mois", "mes", "mese", "maand", "月", "m", "месяц"];
    const YEAR: &[&str] =
        &["year", "yyyy", "yy", "jahr", "jjjj", "annee", "aaaa", "ano", "anno", "jaar", "年", "y", "год"];
    let names = [&field.name, &field.id].map(|name| fold(&crate::gate::parted(name)));
    let shown = [&field.label, &field.placeholder].map(|text| fold(text));
    let says = |words: &[&str]| {
        shown.iter().any(|text| words.contains(&text.as_str()))
            || names.iter().any(|name| name.split(' ').any(|word| word.len() > 2 && words.contains(&word)))
            || names.iter().any(|name| name.split(' ').next_back().is_some_and(|last| words.contains(&last)))
    };
    let found: Vec<_> =
        [(Day, DAY), (Month, MONTH), (Year, YEAR)].into_iter().filter(|(_, words)| says(words)).collect();
    match found[..] {
        [(part, _)] => Some(part),
        _ => None,
    }
}

fn is_birth(field: &Field) -> bool {
    const BIRTH: &[&str] = &[
        "birth",
        "born",
        "birthday",
        "dob",
        "bday",
        "geburt",
        "geburtsdatum",
        "naissance",
        "nacimiento",
        "nascita",
        "nascimento",
        "geboortedatum",
        "生年月日",
        "出生",
    ];
    let texts = [&field.label, &field.group, &field.near, &field.name, &field.id];
    texts.into_iter().any(|text| {
        let text = fold(&crate::gate::parted(text));
        BIRTH.iter().any(|word| has_phrase(&text, word))
    })
}

fn of_birth(part: Meaning) -> Meaning {
    match part {
        Day => BirthDay,
        Month => BirthMonth,
        _ => BirthYear,
    }
}

/// A day, and beside it one that says no more than "to": from the one until the other.
fn spans(fields: &[Field], ranked: &[Vec<Meaning>], meanings: &mut [Meaning]) {
    #[rustfmt::skip]
    const UNTIL: [&str; 16] = [
        "to", "until", "till", "through", "bis", "au", "jusquau", "hasta", "al", "fino al", "ate", "tot", "do", "まで", "至", "到",
    ];
    let (from, until) = if has(meanings, Origin) { (DepartDate, ReturnDate) } else { (CheckIn, CheckOut) };
    for place in 1..fields.len() {
        let (before, field) = (&fields[place - 1], &fields[place]);
        let says = [&field.label, &field.near].iter().any(|text| UNTIL.contains(&fold(text).as_str()));
        let same_list = !field.options.is_empty() && field.options.last() == before.options.last();
        let day = same_list || ranked[place].iter().any(|meaning| meaning.is_day());
        if says && day && matches!(meanings[place - 1], Date | CheckIn | DepartDate) {
            meanings[place - 1] = from;
            meanings[place] = until;
        }
    }
}

/// "Departure" is a day of a stay where there is an arrival, and of a trip where there is a way back or an origin.
fn trips(meanings: &mut [Meaning]) {
    let flight = has(meanings, Origin) || has(meanings, ReturnDate) || has(meanings, Cabin);
    let stay = has(meanings, CheckIn);
    for place in 0..meanings.len() {
        meanings[place] = match meanings[place] {
            CheckOut if flight && !stay => DepartDate,
            DepartDate if stay && !flight && !has(meanings, CheckOut) => CheckOut,
            other => other,
        };
    }
}

/// The part of a number before it.
fn phones(fields: &[Field], meanings: &mut [Meaning]) {
    for place in 0..meanings.len() {
        let next = meanings.get(place + 1).copied();
        let field = &fields[place];
        let select = field.kind == FieldKind::Select;
        meanings[place] = match (meanings[place], next) {
            (Phone | Unknown, Some(Phone)) if select && field.options.len() > 1 && is_dialled(field) => {
                PhoneCountry
            }
            (PhoneCountry, _) if select && !is_dialled(field) => Country,
            (other, _) => other,
        };
    }
}

/// Whether a list of countries is one of their telephone codes.
fn is_dialled(field: &Field) -> bool {
    let texts = field.options.iter().take(40).flat_map(|choice| [&choice.label, &choice.value]);
    texts.filter(|text| text.contains('+') || text.bytes().any(|b| b.is_ascii_digit())).count() > 3
        || field.options.len() <= 1
}

/// A second line of an address that is called like the first.
fn addresses(fields: &[Field], meanings: &mut [Meaning]) {
    for place in 1..meanings.len() {
        let unsaid = fields[place].label.is_empty() || fields[place].label == fields[place - 1].label;
        if meanings[place] == Street && meanings[place - 1] == Street && unsaid {
            meanings[place] = Street2;
        }
    }
}

/// A time of day as sites write it: `19:00`, `7:30 PM`, `19h30`, `19.30 Uhr`, `19時30分`.
pub(crate) fn time_of(text: &str) -> Option<VenueTime> {
    let text = text.trim().to_ascii_lowercase();
    let afternoon = ["pm", "p.m."].iter().any(|end| text.ends_with(end));
    let morning = ["am", "a.m."].iter().any(|end| text.ends_with(end));
    let text =
        text.trim_end_matches("p.m.").trim_end_matches("a.m.").trim_end_matches("pm").trim_end_matches("am");
    let text = text
        .trim()
        .trim_end_matches("uhr")
        .trim_end_matches("hrs")
        .trim_end_matches(['時', '分', '点'])
        .trim();
    let (hour, minute) = match text.find([':', 'h', '.', '時', '点']) {
        Some(at) => {
            let rest = text[at..].trim_start_matches([':', 'h', '.', '時', '点']).trim_end_matches('分');
            (&text[..at], if rest.is_empty() { "00" } else { rest })
        }
        None if afternoon || morning => (text, "00"),
        None => return None,
    };
    let number = |part: &str| {
        (1..=2).contains(&part.len()).then(|| part.parse::<u16>().ok()).flatten().filter(|n| *n < 60)
    };
    let (hour, minute) = (number(hour)?, number(minute).filter(|_| minute.len() == 2)?);
    let hour = match (hour, afternoon, morning) {
        (12, false, true) => 0,
        (1..=11, true, _) => hour + 12,
        _ => hour,
    };
    (hour < 24).then(|| VenueTime::from_minutes(hour * 60 + minute)).flatten()
}
