//! What a site's entry page says of the site: its name, and what can be booked there. Words of a stranger: they are shown to
//! whoever adds the site, who decides.

use onegent_core::request::Scenario;
use onegent_core::text::Text;
use serde_json::Value;

use crate::browser::observation::Observation;
use crate::fields::{Meaning, meanings};

/// How deep and how wide JSON-LD is looked through.
const DEEPEST: usize = 6;
const WIDEST: usize = 200;

/// What the page says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryPage {
    /// What the site calls itself: in JSON-LD, else in the title.
    pub name: Option<Text>,
    /// What can be booked there: by JSON-LD, else by what its forms ask for.
    pub scenario: Option<Scenario>,
}

impl EntryPage {
    /// Reads it.
    pub fn read(seen: &Observation) -> Self {
        let mut things = Vec::new();
        for value in &seen.json_ld {
            gather(value, DEEPEST, &mut things);
        }
        let told = things.iter().find_map(|thing| Some((scenario_of(thing)?, *thing)));
        let name = told.and_then(|(_, thing)| thing.get("name")).and_then(Value::as_str).and_then(Text::fit);
        let titled = || seen.title.split(['|', '·', '–', '—']).map(str::trim).find_map(Text::fit);
        Self {
            name: name.or_else(titled),
            scenario: told.map(|(scenario, _)| scenario).or_else(|| by_forms(seen)),
        }
    }
}

/// All objects within, the outer ones first.
fn gather<'v>(value: &'v Value, depth: usize, things: &mut Vec<&'v Value>) {
    if depth == 0 || things.len() >= WIDEST {
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| gather(item, depth - 1, things)),
        Value::Object(members) => {
            things.push(value);
            members.values().for_each(|member| gather(member, depth - 1, things));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What a thing of schema.org's is booked as.
fn scenario_of(thing: &Value) -> Option<Scenario> {
    let kinds = match thing.get("@type")? {
        Value::String(kind) => vec![kind.as_str()],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => return None,
    };
    kinds.into_iter().find_map(|kind| match kind.rsplit(['/', '#', ':']).next().unwrap_or(kind) {
        "Restaurant" | "FoodEstablishment" | "CafeOrCoffeeShop" | "BarOrPub" | "Winery" | "Brewery" => {
            Some(Scenario::Restaurant)
        }
        "Hotel" | "LodgingBusiness" | "Hostel" | "Motel" | "Resort" | "BedAndBreakfast" | "Campground"
        | "VacationRental" => Some(Scenario::Hotel),
        "Airline" | "Flight" => Some(Scenario::Flight),
        "TouristTrip"
        | "TouristAttraction"
        | "TravelAgency"
        | "Museum"
        | "Course"
        | "HealthAndBeautyBusiness" => Some(Scenario::Activity),
        kind if kind.ends_with("Event") => Some(Scenario::Activity),
        _ => None,
    })
}

/// What only one kind of booking asks for.
fn by_forms(seen: &Observation) -> Option<Scenario> {
    let asked: Vec<Meaning> = seen
        .all()
        .into_iter()
        .flat_map(|frame| frame.forms.iter().flat_map(move |form| meanings(frame, form)))
        .collect();
    let asks = |meaning| asked.contains(&meaning);
    if asks(Meaning::Origin) && asks(Meaning::Destination) {
        Some(Scenario::Flight)
    } else if asks(Meaning::CheckIn)
        || asks(Meaning::CheckOut)
        || asks(Meaning::Nights)
        || asks(Meaning::Rooms)
    {
        Some(Scenario::Hotel)
    } else if asks(Meaning::Time) && asked.iter().any(|meaning| meaning.is_party()) {
        Some(Scenario::Restaurant)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_thing_of_schema_org_tells_what_it_is_booked_as() {
        let graph = json!({ "@context": "https://schema.org", "@graph": [
            { "@type": "WebSite", "name": "A site" },
            { "@type": ["LocalBusiness", "Restaurant"], "name": "Osteria" },
        ] });
        let mut things = Vec::new();
        gather(&graph, DEEPEST, &mut things);
        let told: Vec<_> = things.iter().filter_map(|thing| scenario_of(thing)).collect();
        assert_eq!(told, [Scenario::Restaurant]);
        for (kind, wanted) in [
            ("https://schema.org/MusicEvent", Some(Scenario::Activity)),
            ("Hostel", Some(Scenario::Hotel)),
            ("Product", None),
        ] {
            assert_eq!(scenario_of(&json!({ "@type": kind })), wanted);
        }
        let mut deep = json!({ "@type": "Hotel" });
        for _ in 0..50 {
            deep = json!([deep]);
        }
        let mut things = Vec::new();
        gather(&deep, DEEPEST, &mut things);
        assert!(things.is_empty());
    }
}
