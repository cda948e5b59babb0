//! A flight search: its form, and what it asks for.

use jiff::civil::Date;

use super::suggestions;
use crate::{
    app::Shop,
    catalogue::{Airport, airport},
    form::{Control, Field, Form, complain, read_all},
    site::days,
};

/// The fields of a search, which go with a passenger to the flights.
pub(super) const CARRIED: [&str; 6] = ["from", "to", "depart", "return", "pax", "cabin"];

/// A class of travel, and what it costs of the economy fare in percent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cabin {
    id: &'static str,
    pub(super) label: &'static str,
    pub(super) share: u32,
}

const CABINS: [Cabin; 4] = [
    Cabin { id: "economy", label: "Economy", share: 100 },
    Cabin { id: "premium_economy", label: "Premium economy", share: 160 },
    Cabin { id: "business", label: "Business", share: 340 },
    Cabin { id: "first", label: "First", share: 560 },
];

/// What a search asks for.
pub(super) struct Trip {
    pub(super) from: &'static Airport,
    pub(super) to: &'static Airport,
    pub(super) depart: Date,
    pub(super) back: Option<Date>,
    pub(super) pax: u32,
    pub(super) cabin: Cabin,
}

pub(super) fn fields(shop: &Shop) -> Vec<Field> {
    let cabins = CABINS.map(|cabin| (cabin.id.to_owned(), cabin.label.to_owned())).to_vec();
    vec![
        Field::new("from", "From", Control::Suggest(suggestions())),
        Field::new("to", "To", Control::Suggest(suggestions())),
        Field::new("depart", "Departure date", days(shop)),
        Field::new("return", "Return date (leave empty for one way)", days(shop)).optional(),
        Field::new("pax", "Passengers", Control::Number { from: 1, to: 9 }).starting_with("1"),
        Field::new("cabin", "Cabin", Control::Select(cabins)),
    ]
}

/// Reads a search, or gives its fields back with their errors.
pub(super) fn read(shop: &Shop, form: &Form) -> Result<Trip, Vec<Field>> {
    let mut fields = fields(shop);
    let good = read_all(&mut fields, form);
    let (from, to) = (airport(form.get("from")), airport(form.get("to")));
    for (name, found) in [("from", from), ("to", to)] {
        if found.is_none() && !form.get(name).is_empty() {
            complain(&mut fields, name, "We do not fly there. Please choose from the list.");
        }
    }
    let depart = form.get("depart").parse::<Date>().ok();
    let back = form.get("return").parse::<Date>().ok();
    let cabin = CABINS.into_iter().find(|cabin| cabin.id == form.get("cabin"));
    let pax = form.get("pax").parse().ok();
    let ((Some(from), Some(to), Some(depart)), (Some(pax), Some(cabin)), true) =
        ((from, to, depart), (pax, cabin), good)
    else {
        return Err(fields);
    };
    if from == to {
        complain(&mut fields, "to", "Please choose another airport than the one you leave from.");
        return Err(fields);
    }
    if back.is_some_and(|back| back < depart) {
        complain(&mut fields, "return", "The return cannot be before the departure.");
        return Err(fields);
    }
    Ok(Trip { from, to, depart, back, pax, cabin })
}
