//! Aerolume: airlines on routes. The price is per passenger and flight, in economy.

use super::{
    Behaviour::{
        self, CancellationTerms, CaptchaWall, ContinueButton, CookieBanner, FlakyOnce, FramedPayment,
        Injection, LoginWall, NoCode, OtherTimes, Prepaid, PriceChangeAtPayment, PriceChangeOnReload,
        RepeatSubmits, Slow, SoldOut,
    },
    Entry, Route, Site, names,
};
use crate::Currency::{self, Eur, Gbp, Jpy, Usd};

/// An airport of the network.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Airport {
    pub(crate) code: &'static str,
    pub(crate) city: &'static str,
    /// IATA code of the whole city, which people type as well.
    metro: &'static str,
    /// Hours ahead of UTC in winter; the sites know no summer time.
    pub(crate) offset: i64,
}

const fn at(code: &'static str, city: &'static str, metro: &'static str, offset: i64) -> Airport {
    Airport { code, city, metro, offset }
}

pub(crate) const AIRPORTS: &[Airport] = &[
    at("JFK", "New York", "NYC", -5),
    at("LAX", "Los Angeles", "LAX", -8),
    at("LHR", "London", "LON", 0),
    at("CDG", "Paris", "PAR", 1),
    at("FCO", "Rome", "ROM", 1),
    at("HND", "Tokyo", "TYO", 9),
    at("CTS", "Sapporo", "SPK", 9),
    at("BER", "Berlin", "BER", 1),
    at("LIS", "Lisbon", "LIS", 0),
    at("BCN", "Barcelona", "BCN", 1),
];

/// The airport that a person means: by code, city, or "London (LHR)".
pub(crate) fn airport(typed: &str) -> Option<&'static Airport> {
    let typed = typed.trim();
    by_code(typed)
        .or_else(|| AIRPORTS.iter().find(|airport| airport.metro.eq_ignore_ascii_case(typed)))
        .or_else(|| AIRPORTS.iter().find(|airport| typed.len() > 2 && names(typed, airport.city)))
}

pub(crate) fn by_code(code: &str) -> Option<&'static Airport> {
    AIRPORTS.iter().find(|airport| airport.code.eq_ignore_ascii_case(code))
}

const fn flight(
    id: &'static str,
    name: &'static str,
    city: &'static str,
    currency: Currency,
    price: i64,
    (from, to, minutes): (&'static str, &'static str, i64),
    behaviours: &'static [Behaviour],
) -> Entry {
    let route = Some(Route { from, to, minutes });
    let about = "Direct flights, three a day";
    Entry { id, site: Site::Air, name, city, about, currency, price, stock: 400, route, behaviours }
}

pub(super) const ENTRIES: &[Entry] = &[
    flight(
        "nordlys-jfk-lhr",
        "Nordlys Air",
        "JFK – LHR",
        Usd,
        33350,
        ("JFK", "LHR", 425),
        &[Prepaid, CancellationTerms],
    ),
    flight("cobalt-jfk-lhr", "Cobalt Airways", "JFK – LHR", Usd, 38350, ("JFK", "LHR", 425), &[Prepaid]),
    flight("cobalt-jfk-lax", "Cobalt Airways", "JFK – LAX", Usd, 31550, ("JFK", "LAX", 375), &[Prepaid]),
    flight("nordlys-lhr-lis", "Nordlys Air", "LHR – LIS", Gbp, 11550, ("LHR", "LIS", 165), &[Prepaid]),
    flight("mistral-cdg-bcn", "Mistral", "CDG – BCN", Eur, 10050, ("CDG", "BCN", 110), &[Prepaid]),
    flight("tsubame-hnd-cts", "Tsubame Air", "HND – CTS", Jpy, 18720, ("HND", "CTS", 95), &[Prepaid]),
    flight(
        "cobalt-jfk-cdg",
        "Cobalt Airways",
        "JFK – CDG",
        Usd,
        34850,
        ("JFK", "CDG", 440),
        &[Prepaid, PriceChangeAtPayment],
    ),
    flight(
        "nordlys-jfk-fco",
        "Nordlys Air",
        "JFK – FCO",
        Usd,
        38650,
        ("JFK", "FCO", 510),
        &[Prepaid, PriceChangeOnReload],
    ),
    flight(
        "tsubame-jfk-hnd",
        "Tsubame Air",
        "JFK – HND",
        Usd,
        56450,
        ("JFK", "HND", 840),
        &[Prepaid, FramedPayment],
    ),
    flight(
        "cobalt-jfk-ber",
        "Cobalt Airways",
        "JFK – BER",
        Usd,
        37250,
        ("JFK", "BER", 500),
        &[Prepaid, ContinueButton],
    ),
    flight("mistral-lhr-cdg", "Mistral", "LHR – CDG", Gbp, 7650, ("LHR", "CDG", 80), &[Prepaid, OtherTimes]),
    flight(
        "nordlys-lhr-fco",
        "Nordlys Air",
        "LHR – FCO",
        Gbp,
        11450,
        ("LHR", "FCO", 155),
        &[Prepaid, SoldOut],
    ),
    flight(
        "tsubame-lhr-hnd",
        "Tsubame Air",
        "LHR – HND",
        Gbp,
        41050,
        ("LHR", "HND", 820),
        &[Prepaid, LoginWall],
    ),
    flight(
        "nordlys-lhr-ber",
        "Nordlys Air",
        "LHR – BER",
        Gbp,
        9750,
        ("LHR", "BER", 115),
        &[Prepaid, CaptchaWall],
    ),
    flight("mistral-cdg-fco", "Mistral", "CDG – FCO", Eur, 11550, ("CDG", "FCO", 130), &[Prepaid, Slow]),
    flight(
        "tsubame-cdg-hnd",
        "Tsubame Air",
        "CDG – HND",
        Eur,
        47650,
        ("CDG", "HND", 830),
        &[Prepaid, FlakyOnce],
    ),
    flight(
        "mistral-cdg-ber",
        "Mistral",
        "CDG – BER",
        Eur,
        10350,
        ("CDG", "BER", 105),
        &[Prepaid, CookieBanner],
    ),
    flight(
        "tsubame-fco-hnd",
        "Tsubame Air",
        "FCO – HND",
        Eur,
        45150,
        ("FCO", "HND", 800),
        &[Prepaid, Injection],
    ),
    flight(
        "mistral-fco-ber",
        "Mistral",
        "FCO – BER",
        Eur,
        12350,
        ("FCO", "BER", 125),
        &[Prepaid, RepeatSubmits],
    ),
    flight(
        "tsubame-hnd-ber",
        "Tsubame Air",
        "HND – BER",
        Jpy,
        76830,
        ("HND", "BER", 835),
        &[Prepaid, NoCode],
    ),
];
