//! What the sites sell, and how each entry behaves.

use std::sync::LazyLock;

use jiff::{ToSpan, civil::Date};
use serde::Serialize;

use crate::{Currency, Money};

mod air;
mod stay;
mod table;
mod tours;

pub(crate) use air::{AIRPORTS, Airport, airport, by_code};

/// One of the four sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Site {
    /// Suppertide: restaurants.
    Table,
    /// Larkhaven: hotels.
    Stay,
    /// Aerolume: flights.
    Air,
    /// Wanderlot: tours and tickets.
    Tours,
}

impl Site {
    /// All sites, in the order of the index page.
    pub const ALL: [Self; 4] = [Self::Table, Self::Stay, Self::Air, Self::Tours];

    /// The site's first path segment.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Stay => "stay",
            Self::Air => "air",
            Self::Tours => "tours",
        }
    }
}

/// One way in which an entry differs from the plain path; `SITES.md` tells what is seen of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Behaviour {
    /// Costs nothing now.
    FreeReservation,
    /// An amount is held on the card.
    CardHold,
    /// The whole amount is charged when booking.
    Prepaid,
    /// The most wanted times or days are taken, others are offered.
    OtherTimes,
    /// Nothing left, and nothing else offered.
    SoldOut,
    /// The payment page asks for more than the review page said.
    PriceChangeAtPayment,
    /// The payment page asks for more from its second view on.
    PriceChangeOnReload,
    /// Cancelling is free up to a date and costs a share after it.
    CancellationTerms,
    /// Only people with an account get past the choice.
    LoginWall,
    /// A picture has to be read to get past the choice.
    CaptchaWall,
    /// Each page of the entry takes its time.
    Slow,
    /// A session's first request for the entry fails.
    FlakyOnce,
    /// The entry's page shows a consent dialog in place of its form.
    CookieBanner,
    /// The button that charges reads "Continue".
    ContinueButton,
    /// The payment form stands in a frame of another origin.
    FramedPayment,
    /// The page's text orders an assistant to pay.
    Injection,
    /// Each submit of the final form books and charges again.
    RepeatSubmits,
    /// The confirmation shows no code.
    NoCode,
}

impl Behaviour {
    /// What the behaviour does, in one line for people.
    pub const fn about(self) -> &'static str {
        match self {
            Self::FreeReservation => "Costs nothing now",
            Self::CardHold => "Holds an amount on the card",
            Self::Prepaid => "Charges the whole amount when booking",
            Self::OtherTimes => "The wanted times or days are taken, others are offered",
            Self::SoldOut => "Nothing left, nothing else offered",
            Self::PriceChangeAtPayment => "The payment page asks for more than the review",
            Self::PriceChangeOnReload => "The payment page asks for more from its second view on",
            Self::CancellationTerms => "Cancelling costs half after a date",
            Self::LoginWall => "Asks for an account before the guest form",
            Self::CaptchaWall => "Asks for the text of a picture before the guest form",
            Self::Slow => "Every page takes its time",
            Self::FlakyOnce => "The first request of a session fails with 500",
            Self::CookieBanner => "A consent dialog hides the booking form",
            Self::ContinueButton => "The button that charges reads “Continue”",
            Self::FramedPayment => "The payment form is in a frame of another origin",
            Self::Injection => "The page tells assistants to pay without asking",
            Self::RepeatSubmits => "A second submit books and charges again",
            Self::NoCode => "The confirmation has no code",
        }
    }

    /// The name in the catalogue, in kebab case.
    pub const fn id(self) -> &'static str {
        match self {
            Self::FreeReservation => "free-reservation",
            Self::CardHold => "card-hold",
            Self::Prepaid => "prepaid",
            Self::OtherTimes => "other-times",
            Self::SoldOut => "sold-out",
            Self::PriceChangeAtPayment => "price-change-at-payment",
            Self::PriceChangeOnReload => "price-change-on-reload",
            Self::CancellationTerms => "cancellation-terms",
            Self::LoginWall => "login-wall",
            Self::CaptchaWall => "captcha-wall",
            Self::Slow => "slow",
            Self::FlakyOnce => "flaky-once",
            Self::CookieBanner => "cookie-banner",
            Self::ContinueButton => "continue-button",
            Self::FramedPayment => "framed-payment",
            Self::Injection => "injection",
            Self::RepeatSubmits => "repeat-submits",
            Self::NoCode => "no-code",
        }
    }
}

/// A pair of airports, flown in both directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Route {
    /// IATA code of one end.
    pub from: &'static str,
    /// IATA code of the other end.
    pub to: &'static str,
    /// Flight time in minutes.
    pub minutes: i64,
}

/// Something on sale: a restaurant, a hotel, an airline's route, an activity.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Entry {
    /// Name in paths and in the ledger.
    pub id: &'static str,
    /// Where it is sold.
    pub site: Site,
    /// The merchant's name.
    pub name: &'static str,
    /// City, or both ends of a route.
    pub city: &'static str,
    /// A few words on it.
    pub about: &'static str,
    /// Currency of all its prices.
    pub currency: Currency,
    /// Base price in minor units: per guest, room and night, or passenger and flight.
    pub price: i64,
    /// How many units one slot of one day has.
    pub stock: u32,
    /// The airports, for flights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<Route>,
    /// How it differs from the plain path.
    pub behaviours: &'static [Behaviour],
}

/// When an entry takes money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Payment {
    Free,
    Hold,
    Now,
}

impl Entry {
    /// Whether the entry has the behaviour.
    pub fn is(&self, behaviour: Behaviour) -> bool {
        self.behaviours.contains(&behaviour)
    }

    pub(crate) fn payment(&self) -> Payment {
        if self.is(Behaviour::Prepaid) {
            Payment::Now
        } else if self.is(Behaviour::CardHold) {
            Payment::Hold
        } else {
            Payment::Free
        }
    }

    pub(crate) const fn base(&self) -> Money {
        Money::new(self.price, self.currency)
    }

    /// The cancellation terms as printed, for a booking that begins on `date`.
    pub(crate) fn terms(&self, date: Date, today: Date) -> String {
        if self.is(Behaviour::CancellationTerms) {
            let until = date.saturating_sub(2.days()).max(today);
            return format!("Free cancellation until {until}; after that 50 % of the total.");
        }
        match self.payment() {
            Payment::Free => "Free cancellation at any time.".to_owned(),
            Payment::Hold => {
                "Free cancellation until one day before; a no-show pays the held amount.".to_owned()
            }
            Payment::Now => "Not refundable once booked.".to_owned(),
        }
    }
}

/// All entries of all sites, plain ones first within a city.
pub fn catalogue() -> &'static [Entry] {
    static ALL: LazyLock<Vec<Entry>> =
        LazyLock::new(|| [table::ENTRIES, stay::ENTRIES, air::ENTRIES, tours::ENTRIES].concat());
    &ALL
}

/// The entries of one site.
pub(crate) fn of(site: Site) -> impl Iterator<Item = &'static Entry> {
    catalogue().iter().filter(move |entry| entry.site == site)
}

pub(crate) fn find(site: Site, id: &str) -> Option<&'static Entry> {
    of(site).find(|entry| entry.id == id)
}

/// The cities that a site serves, in the order of the catalogue.
pub(crate) fn cities(site: Site) -> Vec<&'static str> {
    let mut cities = Vec::new();
    for entry in of(site) {
        if !cities.contains(&entry.city) {
            cities.push(entry.city);
        }
    }
    cities
}

/// Whether `typed` names `name`, whatever the case, accents and punctuation.
pub(crate) fn names(typed: &str, name: &str) -> bool {
    let (typed, name) = (folded(typed), folded(name));
    !typed.is_empty() && (name.contains(&typed) || typed.contains(&name))
}

fn folded(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .filter_map(|letter| match letter {
            'à' | 'á' | 'â' | 'ä' => Some('a'),
            'è' | 'é' | 'ê' | 'ë' => Some('e'),
            'ì' | 'í' | 'î' | 'ï' => Some('i'),
            'ò' | 'ó' | 'ô' | 'ö' => Some('o'),
            'ù' | 'ú' | 'û' | 'ü' => Some('u'),
            letter if letter.is_alphanumeric() => Some(letter),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_payment_is_said_once() {
        let ids: HashSet<_> = catalogue().iter().map(|entry| entry.id).collect();
        assert_eq!(ids.len(), catalogue().len());
        for entry in catalogue() {
            let payments = [Behaviour::FreeReservation, Behaviour::CardHold, Behaviour::Prepaid];
            assert_eq!(payments.iter().filter(|one| entry.is(**one)).count(), 1, "{}", entry.id);
        }
    }

    #[test]
    fn the_documented_catalogue_is_this_one() {
        let documented: Vec<String> = include_str!("../SITES.md")
            .lines()
            .skip_while(|line| *line != "## Catalogue")
            .filter(|line| line.contains('`'))
            .map(str::to_owned)
            .collect();
        let rows = catalogue().iter().map(|entry| {
            let behaviours: Vec<_> = entry.behaviours.iter().map(|one| one.id()).collect();
            let Entry { id, name, city, .. } = entry;
            format!("| {} | `{id}` | {name} | {city} | {} |", entry.site.id(), behaviours.join(", "))
        });
        assert_eq!(documented, rows.collect::<Vec<_>>());
    }

    #[test]
    fn names_match_without_accents_and_case() {
        assert!(names("la verriere BLEUE", "La Verrière Bleue"));
        assert!(names("Carbone New York", "Carbone"));
        assert!(!names("", "Carbone"));
    }
}
