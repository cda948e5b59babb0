//! What the sites took: every reservation and every charge, for tests to count.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Currency, Site};

mod journal;

pub use journal::JournalError;
pub(crate) use journal::{Journal, Order, Submitted};

/// What a record tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Something was reserved.
    Reservation,
    /// Money was taken.
    Charge,
    /// Money was held on the card.
    Hold,
    /// A final form came again and nothing more was taken.
    Repeat,
}

/// One thing that a site did. A charged booking has a reservation and a charge with one `booking_id`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// What the record tells.
    pub kind: Kind,
    /// Id of the booking, `bk_000001` and up.
    pub booking_id: String,
    /// Where it was sold.
    pub site: Site,
    /// Catalogue entry.
    pub entry: String,
    /// The merchant's name.
    pub merchant: String,
    /// What is booked, in words.
    pub booked: String,
    /// [`fingerprint`] of the guest's e-mail address.
    pub guest: String,
    /// [`fingerprint`] of the guest's family name.
    pub guest_name: String,
    /// First day of the booking.
    pub date: Date,
    /// Check-out or return day.
    pub until: Option<Date>,
    /// Time at the venue, `HH:MM`.
    pub time: Option<String>,
    /// The stock that it took from: a time, a room kind, a flight number.
    pub slot: String,
    /// How many units of that stock.
    pub units: u32,
    /// Number of people.
    pub party: u32,
    /// The code that the guest was shown.
    pub code: Option<String>,
    /// Amount taken or held.
    pub amount: Option<Decimal>,
    /// Currency of the amount.
    pub currency: Option<Currency>,
    /// The visit's token: equal for repeats of one submit.
    pub token: String,
    /// 1 for the first submit of the token, 2 and up for repeats.
    pub attempt: u32,
    /// When it happened.
    pub at: Timestamp,
}

/// How often each thing happened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Reservations of all entries.
    pub reservations: usize,
    /// Charges and holds of all entries.
    pub charges: usize,
    /// Repeated submits that took nothing.
    pub repeats: usize,
    /// The same by entry.
    pub per_entry: BTreeMap<String, EntryCounts>,
}

/// How often each thing happened for one entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryCounts {
    /// Reservations.
    pub reservations: usize,
    /// Charges and holds.
    pub charges: usize,
    /// Repeated submits that took nothing.
    pub repeats: usize,
}

/// A snapshot of everything that the sites took, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ledger {
    /// Reservations.
    pub reservations: Vec<Record>,
    /// Charges and holds.
    pub charges: Vec<Record>,
    /// Repeated submits that took nothing.
    pub repeats: Vec<Record>,
    /// Totals.
    pub counts: Counts,
}

impl FromIterator<Record> for Ledger {
    fn from_iter<I: IntoIterator<Item = Record>>(records: I) -> Self {
        let mut ledger = Self::default();
        for record in records {
            let entry = ledger.counts.per_entry.entry(record.entry.clone()).or_default();
            match record.kind {
                Kind::Reservation => {
                    entry.reservations += 1;
                    ledger.reservations.push(record);
                }
                Kind::Charge | Kind::Hold => {
                    entry.charges += 1;
                    ledger.charges.push(record);
                }
                Kind::Repeat => {
                    entry.repeats += 1;
                    ledger.repeats.push(record);
                }
            }
        }
        ledger.counts.reservations = ledger.reservations.len();
        ledger.counts.charges = ledger.charges.len();
        ledger.counts.repeats = ledger.repeats.len();
        ledger
    }
}

/// How the ledger names a guest without keeping the address: the SHA-256 of the trimmed, lower-cased
/// text, as hex.
pub fn fingerprint(text: &str) -> String {
    use std::fmt::Write as _;

    let digest = Sha256::digest(text.trim().to_lowercase().as_bytes());
    digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a `String` cannot fail.
        let _infallible = write!(hex, "{byte:02x}");
        hex
    })
}
