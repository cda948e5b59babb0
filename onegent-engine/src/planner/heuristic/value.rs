//! What a field gets: one of the guest's slots, words of the request, an option, or nothing.

use onegent_core::request::{BookingRequest, Cabin};
use onegent_core::text::Bounded;
use onegent_core::time::{VenueDate, VenueTime};

use super::dates::{Format, format_of};
use super::option;
use super::view::{FormView, Role};
use super::wall::has_any;
use super::words::REDUCED;
use crate::browser::action::Slot;
use crate::browser::fold::fold;
use crate::browser::observation::{Choice, Field, FieldKind};
use crate::fields::{Meaning, asks_for};
use crate::planner::playbook::choose::{Chosen, nearest_time};
use crate::planner::{Goal, Remark};

/// What is to stand in a field.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Want {
    /// Whatever stands there.
    Leave,
    /// One of the guest's details.
    Slot(Slot),
    /// These words.
    Text(String),
    /// This option's value.
    Choice(String),
    /// This option's value, which departs from the request.
    Departing(String, Remark),
    /// Ticked or not.
    Tick(bool),
    /// The site does not offer what is wanted.
    NotOffered,
    /// The site asks for something that nobody said.
    Missing,
}

/// What the `place`th field of a form is to hold.
pub(super) fn want(form: &FormView<'_>, place: usize, goal: &Goal) -> Want {
    let (field, meaning) = (&form.form.fields[place], form.meanings[place]);
    let before = &form.meanings[..place];
    let want = match meaning {
        Meaning::Email => Want::Slot(Slot::Email),
        Meaning::FirstName | Meaning::LastName | Meaning::FullName | Meaning::Phone => {
            return person(field, meaning, before, goal);
        }
        Meaning::BirthDate | Meaning::Document => travel(field, meaning, before, goal),
        Meaning::Terms => Want::Tick(true),
        Meaning::Marketing | Meaning::Extra => besides(field),
        _ => request(form, place, meaning, goal),
    };
    match want {
        Want::Leave if needs(field) => unsaid(field, meaning),
        want => want,
    }
}

/// Whether the site does not go on without something in it.
fn needs(field: &Field) -> bool {
    let empty = match field.kind {
        FieldKind::Checkbox => !field.checked,
        _ => field.value.is_empty(),
    };
    field.required && empty
}

/// The guest's name and number are known once: a second person's are not.
fn person(field: &Field, meaning: Meaning, before: &[Meaning], goal: &Goal) -> Want {
    let again =
        before.contains(&meaning) || (meaning != Meaning::Phone && before.contains(&Meaning::FullName));
    if again && meaning != Meaning::Phone && goal.request.party() > 1 {
        return if field.required { Want::Missing } else { Want::Leave };
    }
    match meaning {
        Meaning::FirstName => Want::Slot(Slot::FirstName),
        Meaning::LastName => Want::Slot(Slot::LastName),
        Meaning::FullName => Want::Slot(Slot::FullName),
        _ if again && !field.required => Want::Leave,
        _ => Want::Slot(Slot::Phone),
    }
}

/// Of one traveller it may be known. A day goes only into a field that says how it is written.
fn travel(field: &Field, meaning: Meaning, before: &[Meaning], goal: &Goal) -> Want {
    let (slot, fits) = match meaning {
        Meaning::Document => (Slot::PassportNumber, true),
        _ => (Slot::BornOn, field.kind == FieldKind::Date),
    };
    let another = before.contains(&meaning) && goal.request.party() > 1;
    if fits && !another && !goal.unknown.contains(&slot) { Want::Slot(slot) } else { Want::Leave }
}

/// What advertises or costs besides is not wanted.
fn besides(field: &Field) -> Want {
    match field.kind {
        FieldKind::Checkbox => Want::Tick(false),
        FieldKind::Radio | FieldKind::Select => {
            option::without(field).map_or(Want::Leave, |choice| Want::Choice(choice.value.clone()))
        }
        _ => Want::Leave,
    }
}

/// A choice that has to be made and that nobody spoke of: the one that stands for none, or costs least.
fn unsaid(field: &Field, meaning: Meaning) -> Want {
    let any = matches!(
        meaning,
        Meaning::Product
            | Meaning::ArrivalTime
            | Meaning::Time
            | Meaning::TripKind
            | Meaning::Unknown
            | Meaning::Cabin
    );
    match field.kind {
        FieldKind::Radio | FieldKind::Select if any => {
            let choice = option::without(field)
                .filter(|_| meaning == Meaning::Unknown)
                .or_else(|| option::cheapest(field));
            choice.map_or(Want::Missing, |choice| Want::Choice(choice.value.clone()))
        }
        FieldKind::Radio | FieldKind::Select if meaning == Meaning::Honorific => neutral(field),
        _ => Want::Missing,
    }
}

/// A title that says nothing of the guest.
fn neutral(field: &Field) -> Want {
    const NEUTRAL: [&str; 14] = [
        "mx",
        "other",
        "prefer not to say",
        "not specified",
        "divers",
        "keine angabe",
        "autre",
        "otro",
        "altro",
        "outro",
        "anders",
        "x",
        "その他",
        "其他",
    ];
    let found = NEUTRAL.iter().find_map(|word| option::named(field, word));
    found.map_or(Want::Missing, |choice| Want::Choice(choice.value.clone()))
}

fn request(form: &FormView<'_>, place: usize, meaning: Meaning, goal: &Goal) -> Want {
    let field = &form.form.fields[place];
    match meaning {
        Meaning::Guests if !counts_party(form, place, goal) => none(field),
        Meaning::Guests | Meaning::Adults => count(field, goal.request.party()),
        Meaning::City if is_address(form) => Want::Leave,
        Meaning::Children | Meaning::Infants => count(field, 0),
        Meaning::Rooms => match &goal.request {
            BookingRequest::Hotel(params) => count(field, params.rooms.map_or(1, Bounded::get)),
            _ => Want::Leave,
        },
        Meaning::Nights => nights(field, goal),
        Meaning::Time => time(field, goal),
        Meaning::Cabin => cabin(field, goal),
        Meaning::TripKind => trip(field, goal),
        Meaning::Day | Meaning::Month | Meaning::Year => part(form, place, meaning, goal),
        Meaning::DateRange => range(field, goal),
        meaning if meaning.is_day() => day(meaning, goal).map_or(Want::Leave, |day| dated(field, day)),
        meaning => word(meaning, goal).map_or(Want::Leave, |word| named(field, &word)),
    }
}

/// The request's word for a field.
fn word(meaning: Meaning, goal: &Goal) -> Option<String> {
    let word = match (&goal.request, meaning) {
        (BookingRequest::Restaurant(p), Meaning::City | Meaning::Destination) => &p.city,
        (BookingRequest::Restaurant(p), Meaning::Venue | Meaning::Search) => &p.restaurant_name,
        (
            BookingRequest::Hotel(p),
            Meaning::City | Meaning::Destination | Meaning::Venue | Meaning::Search,
        ) => &p.destination,
        (BookingRequest::Flight(p), Meaning::Origin) => &p.origin,
        (BookingRequest::Flight(p), Meaning::Destination) => &p.destination,
        (BookingRequest::Activity(p), Meaning::City | Meaning::Destination) => &p.city,
        (BookingRequest::Activity(p), Meaning::Venue | Meaning::Search) => {
            p.activity_name.as_ref().unwrap_or(&p.city)
        }
        _ => return None,
    };
    Some(word.to_string())
}

/// The request's day for a field.
pub(super) fn day(meaning: Meaning, goal: &Goal) -> Option<VenueDate> {
    match (&goal.request, meaning) {
        (BookingRequest::Restaurant(p), Meaning::Date | Meaning::CheckIn | Meaning::DepartDate) => {
            Some(p.date)
        }
        (BookingRequest::Activity(p), Meaning::Date | Meaning::CheckIn | Meaning::DepartDate) => Some(p.date),
        (BookingRequest::Hotel(p), Meaning::CheckIn | Meaning::Date | Meaning::DepartDate) => {
            Some(p.check_in)
        }
        (BookingRequest::Hotel(p), Meaning::CheckOut | Meaning::ReturnDate) => Some(p.check_out),
        (
            BookingRequest::Flight(p),
            Meaning::DepartDate | Meaning::Date | Meaning::CheckIn | Meaning::CheckOut,
        ) => Some(p.depart_date),
        (BookingRequest::Flight(p), Meaning::ReturnDate) => p.return_date,
        _ => None,
    }
}

fn named(field: &Field, wanted: &str) -> Want {
    match field.kind {
        FieldKind::Select | FieldKind::Radio => choose(option::named(field, wanted)),
        _ if field.suggestions.is_empty() => Want::Text(wanted.to_owned()),
        _ => {
            let suggested = field.suggestions.iter().find(|own| fold(own) == fold(wanted));
            Want::Text(suggested.cloned().unwrap_or_else(|| wanted.to_owned()))
        }
    }
}

fn choose(choice: Option<&Choice>) -> Want {
    choice.map_or(Want::NotOffered, |choice| Want::Choice(choice.value.clone()))
}

/// Whether a form asks where the guest lives: nobody said it. A form that asks for the booking too may ask where that is.
fn is_address(form: &FormView<'_>) -> bool {
    let books = |meaning: Meaning| meaning.is_day() || meaning.is_party() || meaning == Meaning::Time;
    form.asks(|meaning| matches!(meaning, Meaning::Street | Meaning::PostalCode))
        || (form.role == Role::Guest && !form.asks(books))
}

/// Whether this is the one count of a form that takes the party: where every product has one, it is the first that may be
/// had by anybody and has room. Where grown-ups are counted, products besides are not.
fn counts_party(form: &FormView<'_>, place: usize, goal: &Goal) -> bool {
    let counts = || (0..form.form.fields.len()).filter(|at| form.meanings[*at] == Meaning::Guests);
    let open = |at: &usize| {
        let field = &form.form.fields[*at];
        let fits = !matches!(count(field, goal.request.party()), Want::NotOffered);
        fits && !field.disabled && !has_any(&fold(&field.label), REDUCED)
    };
    let people = |at: usize| asks_for(&fold(&form.form.fields[at].label)) == Meaning::Guests;
    if form.asks(|meaning| meaning == Meaning::Adults) && !people(place) {
        return false;
    }
    counts().find(open).or_else(|| counts().next()) == Some(place)
}

/// Nothing of it, where it has something.
fn none(field: &Field) -> Want {
    let held = field.value.trim();
    if held.is_empty() || held == "0" {
        return Want::Leave;
    }
    match count(field, 0) {
        Want::NotOffered => Want::Leave,
        want => want,
    }
}

fn count(field: &Field, wanted: u32) -> Want {
    match field.kind {
        FieldKind::Select | FieldKind::Radio => match option::counted(field, wanted) {
            None if wanted == 0 => Want::Leave,
            found => choose(found),
        },
        FieldKind::Text | FieldKind::Number | FieldKind::Tel | FieldKind::Other => {
            let within = |limit: &Option<String>, fits: fn(u32, u32) -> bool| {
                limit.as_ref().and_then(|limit| limit.parse().ok()).is_none_or(|limit| fits(wanted, limit))
            };
            let fits = within(&field.constraints.min, |wanted, least| wanted >= least)
                && within(&field.constraints.max, |wanted, most| wanted <= most);
            if fits { Want::Text(wanted.to_string()) } else { Want::NotOffered }
        }
        _ => Want::Leave,
    }
}

fn nights(field: &Field, goal: &Goal) -> Want {
    match &goal.request {
        BookingRequest::Hotel(p) => {
            count(field, u32::try_from(p.check_in.nights_until(p.check_out)).unwrap_or(1))
        }
        _ => Want::Leave,
    }
}

fn dated(field: &Field, day: VenueDate) -> Want {
    match field.kind {
        FieldKind::Select | FieldKind::Radio => choose(option::dated(field, day)),
        FieldKind::Date => Want::Text(day.to_string()),
        _ => Want::Text(format_of(field).unwrap_or_else(Format::iso).write(day)),
    }
}

fn range(field: &Field, goal: &Goal) -> Want {
    let BookingRequest::Hotel(p) = &goal.request else {
        return dated(field, goal.request.first_day());
    };
    if matches!(field.kind, FieldKind::Select | FieldKind::Radio) {
        return Want::Leave;
    }
    let format = format_of(field).unwrap_or_else(Format::iso);
    Want::Text(format!("{} - {}", format.write(p.check_in), format.write(p.check_out)))
}

/// A day, a month or a year that stands alone: of the first day, or of the second where the parts come a second time.
fn part(form: &FormView<'_>, place: usize, meaning: Meaning, goal: &Goal) -> Want {
    let field = &form.form.fields[place];
    let second = form.meanings[..place].contains(&meaning);
    let of = if second {
        day(Meaning::CheckOut, goal).or(day(Meaning::ReturnDate, goal))
    } else {
        Some(goal.request.first_day())
    };
    let Some(day) = of else { return Want::Leave };
    let date = day.get();
    match (meaning, field.kind) {
        (Meaning::Month, FieldKind::Select | FieldKind::Radio) => choose(option::of_month(field, day)),
        (Meaning::Month, _) => Want::Text(format!("{:02}", date.month())),
        (Meaning::Day, FieldKind::Select | FieldKind::Radio) => {
            choose(option::counted(field, u32::from(date.day().unsigned_abs())))
        }
        (Meaning::Day, _) => Want::Text(format!("{:02}", date.day())),
        (_, FieldKind::Select | FieldKind::Radio) => choose(option::named(field, &date.year().to_string())),
        _ => Want::Text(date.year().to_string()),
    }
}

fn time(field: &Field, goal: &Goal) -> Want {
    let BookingRequest::Restaurant(params) = &goal.request else {
        return Want::Leave;
    };
    let wished = params.time;
    if !matches!(field.kind, FieldKind::Select | FieldKind::Radio) {
        return Want::Text(written(field, wished));
    }
    match nearest_time(option::times(field), wished, &goal.consent) {
        Some(Chosen { it, time }) if time == wished => Want::Choice(it.value.clone()),
        Some(Chosen { it, time: taken }) => {
            Want::Departing(it.value.clone(), Remark::TimeAdjusted { wished, taken })
        }
        None => Want::NotOffered,
    }
}

/// A time as a field wants it: `19:00`, or `7:00 PM` where its example is written so.
fn written(field: &Field, time: VenueTime) -> String {
    let example = [&field.placeholder, &field.value].into_iter().any(|text| {
        let text = text.to_ascii_lowercase();
        text.ends_with("am") || text.ends_with("pm") || text.contains("hh:mm a")
    });
    if !example || field.kind == FieldKind::Time {
        return time.to_string();
    }
    let (hour, minute) = (time.minutes() / 60, time.minutes() % 60);
    let half = if hour < 12 { "AM" } else { "PM" };
    format!("{}:{minute:02} {half}", (hour + 11) % 12 + 1)
}

fn cabin(field: &Field, goal: &Goal) -> Want {
    let BookingRequest::Flight(params) = &goal.request else { return Want::Leave };
    let words: &[&str] = match params.cabin.unwrap_or(Cabin::Economy) {
        Cabin::Economy => &[
            "economy",
            "economy class",
            "coach",
            "standard",
            "economica",
            "economique",
            "economy klasse",
            "turista",
            "エコノミー",
            "经济舱",
        ],
        Cabin::PremiumEconomy => {
            &["premium economy", "premium_economy", "premium", "プレミアムエコノミー", "超级经济舱"]
        }
        Cabin::Business => {
            &["business", "business class", "affaires", "ejecutiva", "executiva", "ビジネス", "商务舱"]
        }
        Cabin::First => &[
            "first",
            "first class",
            "premiere",
            "primera",
            "prima",
            "primeira",
            "erste klasse",
            "ファースト",
            "头等舱",
        ],
    };
    if !matches!(field.kind, FieldKind::Select | FieldKind::Radio) {
        return Want::Leave;
    }
    choose(words.iter().find_map(|word| option::named(field, word)))
}

fn trip(field: &Field, goal: &Goal) -> Want {
    const ONE_WAY: [&str; 11] = [
        "one way",
        "oneway",
        "einfach",
        "nur hinflug",
        "aller simple",
        "solo ida",
        "solo andata",
        "so ida",
        "enkele reis",
        "片道",
        "单程",
    ];
    const RETURN: [&str; 13] = [
        "return",
        "round trip",
        "roundtrip",
        "hin und ruck",
        "hin und zuruck",
        "aller retour",
        "ida y vuelta",
        "andata e ritorno",
        "ida e volta",
        "retour",
        "往復",
        "往返",
        "roundtrip flight",
    ];
    let BookingRequest::Flight(params) = &goal.request else { return Want::Leave };
    let words: &[&str] = if params.return_date.is_some() { &RETURN } else { &ONE_WAY };
    let found = words.iter().find_map(|word| option::named(field, word));
    found.map_or(Want::Leave, |choice| Want::Choice(choice.value.clone()))
}
