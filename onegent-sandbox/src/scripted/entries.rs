//! What the second storey sells.

use crate::{
    Behaviour::{self, FreeReservation, Prepaid},
    Currency::{self, Brl, Jpy, Pln, Sek},
    Entry, Site,
};

/// When the restaurants have tables.
pub(super) const TIMES: [&str; 6] = ["17:30", "18:00", "18:30", "19:00", "19:30", "20:30"];
/// When flights and tours begin.
pub(super) const STARTS: [&str; 2] = ["09:10", "14:35"];

const fn entry(
    id: &'static str,
    site: Site,
    (name, city, about): (&'static str, &'static str, &'static str),
    (price, currency): (i64, Currency),
    behaviours: &'static [Behaviour],
) -> Entry {
    Entry { id, site, name, city, about, currency, price, stock: 400, route: None, behaviours }
}

const fn tour(id: &'static str, name: &'static str, city: &'static str, price: i64) -> Entry {
    entry(id, Site::Tours, (name, city, "Mała grupa, trzy godziny"), (price, Pln), &[Prepaid])
}

pub(super) const ENTRIES: &[Entry] = &[
    entry("hinokitei", Site::Table, ("檜亭", "京都", "炭火と季節の野菜"), (0, Jpy), &[FreeReservation]),
    entry("tsukimi-sabo", Site::Table, ("月見茶房", "京都", "懐石、八席"), (13_400, Jpy), &[Prepaid]),
    entry("kawabata-soba", Site::Table, ("川端そば", "京都", "手打ちそば"), (0, Jpy), &[FreeReservation]),
    entry(
        "pousada-ipe",
        Site::Stay,
        ("Pousada do Ipê", "Paraty", "Doze quartos no jardim"),
        (24_000, Brl),
        &[Prepaid],
    ),
    entry(
        "solar-mangue",
        Site::Stay,
        ("Solar do Mangue", "Paraty", "Varandas sobre o rio"),
        (31_000, Brl),
        &[Prepaid],
    ),
    entry(
        "casa-caju",
        Site::Stay,
        ("Casa Caju", "Olinda", "Sobrado azul"),
        (18_000, Brl),
        &[FreeReservation],
    ),
    entry(
        "norr-arn-got",
        Site::Air,
        ("Norrskensflyg", "Stockholm – Göteborg", "Direkt"),
        (84_000, Sek),
        &[Prepaid],
    ),
    entry(
        "norr-arn-lla",
        Site::Air,
        ("Norrskensflyg", "Stockholm – Luleå", "Direkt"),
        (112_000, Sek),
        &[Prepaid],
    ),
    entry(
        "norr-got-lla",
        Site::Air,
        ("Norrskensflyg", "Göteborg – Luleå", "Direkt"),
        (139_000, Sek),
        &[Prepaid],
    ),
    tour("amber-morning", "Bursztyn o świcie", "Gdańsk", 9_000),
    tour("shipyard-walk", "Spacer po stoczni", "Gdańsk", 6_000),
    tour("crane-and-granary", "Żuraw i spichlerze", "Gdańsk", 7_500),
    tour("kashubian-lakes", "Kaszubskie jeziora", "Gdańsk", 18_000),
    tour("pierogi-evening", "Wieczór pierogów", "Gdańsk", 14_000),
    tour("organ-of-oliwa", "Organy w Oliwie", "Gdańsk", 5_000),
    tour("kayaks-on-motlawa", "Kajaki na Motławie", "Gdańsk", 11_000),
    tour("dunes-of-leba", "Wydmy w Łebie", "Gdańsk", 21_000),
    tour("gdansk-by-night", "Gdańsk nocą", "Gdańsk", 6_500),
    tour("malbork-day", "Dzień w Malborku", "Gdańsk", 16_000),
    tour("ceramics-workshop", "Warsztaty ceramiki", "Gdańsk", 12_000),
    tour("bike-to-sopot", "Rowerem do Sopotu", "Gdańsk", 8_000),
    tour("herring-and-vodka", "Śledź i wódka", "Gdańsk", 13_000),
    tour("lighthouse-of-hel", "Latarnia na Helu", "Gdańsk", 19_000),
];
