//! The book behind the ledger: decides what a submit takes, and keeps it in memory and in a file.
//!
//! One line of the file is one submit (a JSON array of records), so that a torn write loses a submit
//! as a whole and never its charge alone.

use std::{
    collections::HashMap,
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
};

use jiff::{Timestamp, civil::Date};

use super::{Kind, Ledger, Record, fingerprint};
use crate::{
    Behaviour, Entry, Money,
    catalogue::Payment,
    seed::{Seed, code},
};

/// Why the ledger's file could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file could not be read or written.
    #[error("the ledger file cannot be used")]
    File(#[from] io::Error),
    /// A line in the file is no list of records.
    #[error("line {line} of the ledger file is not a record")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

/// A booking as its final form asks for it.
pub(crate) struct Order {
    pub(crate) entry: &'static Entry,
    pub(crate) booked: String,
    pub(crate) email: String,
    pub(crate) family: String,
    pub(crate) date: Date,
    pub(crate) until: Option<Date>,
    pub(crate) time: Option<String>,
    pub(crate) slot: String,
    pub(crate) units: u32,
    pub(crate) party: u32,
    pub(crate) due: Money,
    pub(crate) token: String,
}

/// What became of a submit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Submitted {
    /// Booked, or booked before under the same token.
    Booked,
    /// Somebody else took the last one.
    Gone,
}

/// What came under one token.
struct Submits {
    /// Index of the latest reservation.
    latest: usize,
    attempts: u32,
}

pub(crate) struct Journal {
    seed: Seed,
    records: Vec<Record>,
    /// Units taken by entry, day and slot.
    taken: HashMap<(String, Date, String), u32>,
    by_token: HashMap<String, Submits>,
    reservations: usize,
    file: Option<File>,
}

impl Journal {
    /// Opens the book, and reads what the file holds when there is one.
    pub(crate) fn open(seed: Seed, path: Option<&Path>) -> Result<Self, JournalError> {
        let mut journal = Self {
            seed,
            records: Vec::new(),
            taken: HashMap::new(),
            by_token: HashMap::new(),
            reservations: 0,
            file: None,
        };
        if let Some(path) = path {
            let mut file =
                OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
            let mut text = String::new();
            file.read_to_string(&mut text)?;
            // What follows the last line end is a write that a crash tore: its guest saw no answer.
            let whole = text.rfind('\n').map_or(0, |end| end + 1);
            for (index, line) in text[..whole].lines().enumerate() {
                let records: Vec<Record> = serde_json::from_str(line)
                    .map_err(|source| JournalError::Line { line: index + 1, source })?;
                journal.keep(records);
            }
            file.set_len(u64::try_from(whole).unwrap_or(u64::MAX))?;
            file.seek(SeekFrom::End(0))?;
            journal.file = Some(file);
        }
        Ok(journal)
    }

    /// Takes a submit: stock is judged and all records are written in one step.
    ///
    /// **Invariant:** a token is booked once, unless the entry has [`Behaviour::RepeatSubmits`]
    /// (`a_repeated_submit_is_taken_once`).
    pub(crate) fn submit(&mut self, order: &Order, now: Timestamp) -> Result<Submitted, JournalError> {
        let attempt = self.by_token.get(&order.token).map_or(1, |submits| submits.attempts + 1);
        let repeat = self.booked(&order.token).filter(|_| !order.entry.is(Behaviour::RepeatSubmits));
        let records = match repeat {
            Some(first) => vec![Record { kind: Kind::Repeat, attempt, at: now, ..first.clone() }],
            None if self.left(order.entry, order.date, &order.slot) < order.units => {
                return Ok(Submitted::Gone);
            }
            None => self.records_of(order, attempt, now),
        };
        if let Some(file) = &mut self.file {
            let mut line = serde_json::to_vec(&records).map_err(io::Error::from)?;
            line.push(b'\n');
            file.write_all(&line)?;
        }
        self.keep(records);
        Ok(Submitted::Booked)
    }

    fn records_of(&self, order: &Order, attempt: u32, now: Timestamp) -> Vec<Record> {
        let number = self.reservations + 1;
        let drawn = self.seed.draw(&["code", order.entry.id, &number.to_string()]);
        let reservation = Record {
            kind: Kind::Reservation,
            booking_id: format!("bk_{number:06}"),
            site: order.entry.site,
            entry: order.entry.id.to_owned(),
            merchant: order.entry.name.to_owned(),
            booked: order.booked.clone(),
            guest: fingerprint(&order.email),
            guest_name: fingerprint(&order.family),
            date: order.date,
            until: order.until,
            time: order.time.clone(),
            slot: order.slot.clone(),
            units: order.units,
            party: order.party,
            code: (!order.entry.is(Behaviour::NoCode)).then(|| code(drawn)),
            amount: None,
            currency: None,
            token: order.token.clone(),
            attempt,
            at: now,
        };
        let kind = match order.entry.payment() {
            Payment::Free => return vec![reservation],
            Payment::Hold => Kind::Hold,
            Payment::Now => Kind::Charge,
        };
        let money = Record {
            kind,
            amount: Some(order.due.amount()),
            currency: Some(order.due.currency()),
            ..reservation.clone()
        };
        vec![reservation, money]
    }

    fn keep(&mut self, records: Vec<Record>) {
        for record in records {
            let submits = self
                .by_token
                .entry(record.token.clone())
                .or_insert(Submits { latest: self.records.len(), attempts: 0 });
            submits.attempts = record.attempt;
            if record.kind == Kind::Reservation {
                submits.latest = self.records.len();
                self.reservations += 1;
                let stock = (record.entry.clone(), record.date, record.slot.clone());
                *self.taken.entry(stock).or_default() += record.units;
            }
            self.records.push(record);
        }
    }

    /// Units that a slot of a day still has.
    pub(crate) fn left(&self, entry: &Entry, date: Date, slot: &str) -> u32 {
        let taken = self.taken.get(&(entry.id.to_owned(), date, slot.to_owned())).copied();
        entry.stock.saturating_sub(taken.unwrap_or_default())
    }

    /// The latest reservation under a token.
    pub(crate) fn booked(&self, token: &str) -> Option<&Record> {
        self.by_token.get(token).and_then(|submits| self.records.get(submits.latest))
    }

    /// Reservations of a site for a guest, by e-mail address or family name, and by code when given.
    pub(crate) fn find(&self, site: crate::Site, contact: &str, code: &str) -> Vec<&Record> {
        let contact = fingerprint(contact);
        self.records
            .iter()
            .filter(|record| record.kind == Kind::Reservation && record.site == site)
            .filter(|record| record.guest == contact || record.guest_name == contact)
            .filter(|record| {
                code.is_empty() || record.code.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(code))
            })
            .collect()
    }

    pub(crate) fn snapshot(&self) -> Ledger {
        self.records.iter().cloned().collect()
    }
}
