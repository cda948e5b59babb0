//! What is wished for, drawn by chance over all kinds of sites and of people.

use anyhow::Context as _;
use onegent_core::text::Bounded;

use super::{Intention, Standing, Wanted};
use crate::soak::chance::Chance;
use crate::wish::{self, Wish};

/// Their sites book and charge again with each submit: here a second submit would show as a second booking.
const REPEATING: [&str; 4] = ["juniper-row", "canal-and-crown", "mistral-fco-ber", "letterpress-morning"];
/// Their prices rise once their payment page was seen, so that a first confirmation is void.
const RISING: [&str; 4] = ["petit-corbeau", "hotel-aubepine", "nordlys-jfk-fco", "organ-loft"];
/// They cost nothing now, so that no person stands between the wish and the submit.
const FREE: [&str; 10] = [
    "pomfrets",
    "maison-aubrac",
    "sakaya-nagi",
    "casa-mirto",
    "lindenhof-kantine",
    "hotel-lindenblick",
    "pension-morgenrot",
    "park-sketch-walk",
    "covered-passages",
    "hidden-courtyards",
];
/// All kinds of other things: holds, frames, buttons that mislead, injections, nothing left, a wall.
const OTHERS: [&str; 14] = [
    "osteria-lanterna",
    "the-brass-pear",
    "harbor-and-vine",
    "kumo-no-ma",
    "hoshi-counter",
    "hotel-belle-rive",
    "kawabe-gate",
    "wren-court",
    "nordlys-lhr-lis",
    "tsubame-jfk-hnd",
    "skyline-ferry",
    "uptown-jazz-evening",
    "clockmakers-attic",
    "la-verriere-bleue",
];
/// How many days the bookings are spread over, so that no slot sells out.
const DAYS: u32 = 40;
impl Wanted {
    /// The next wish; `number` makes its guest and its idempotency key unlike any other's.
    pub(in crate::soak) fn draw(chance: &mut Chance, number: usize) -> anyhow::Result<Self> {
        let kind: &[&str] = match chance.below(10) {
            0..=3 => &REPEATING,
            4 => &RISING,
            5..=7 => &FREE,
            _ => &OTHERS,
        };
        let entry = wish::entry(chance.pick(kind).context("no entries")?)?;
        let day = wish::even_day().saturating_add(jiff::Span::new().days(i64::from(chance.below(DAYS))));
        let name = format!("guest-{number:05}");
        let wish = Wish::on(entry, day).for_guest(&name);
        let mut create = wish.create()?;
        create.client_metadata.idempotency_key = Some(name.parse()?);
        // Most outlive many crashes; the rest may end as `too_many_attempts`.
        if !chance.one_in(4) {
            create.consent.max_retries = Bounded::new(10).context("within bounds")?;
        }
        let intention = match chance.below(20) {
            0..=10 => Intention::Confirm,
            11..=12 => Intention::ConfirmTwice,
            13..=14 => Intention::ConfirmStale,
            15..=16 => Intention::Decline,
            17 => Intention::Leave,
            18 => Intention::Cancel,
            _ => Intention::CancelAtOnce,
        };
        Ok(Self {
            wish,
            id: None,
            pressed: Vec::new(),
            stopped: false,
            surprises: Vec::new(),
            refused: 0,
            create,
            intention,
            standing: Standing::Open,
            page: None,
        })
    }
}
