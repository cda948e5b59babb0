//! Onegent's words and rules. No I/O, no runtime, no HTTP, no SQL.
//!
//! # Glossary
//!
//! - **job**: one booking that somebody asked for, from acceptance to its end.
//! - **account**: whose jobs, keys and profiles; its **people** sign in, as owners or members.
//! - **caller**: who asks, and by what right ([`caller::Caller`]); **person**: somebody signed in at the console.
//! - **provider**: a booking site; **venue**: the restaurant, hotel, airline or organiser behind it.
//! - **worker**: what runs jobs; **lease**: its right to one job for a while; **epoch**: the lease's fencing token.
//! - **charge**: money that a site would take, hold or be promised, with all that a person has to see.
//! - **hold**: one stop at payment, with its charge, waiting for a person.
//! - **confirmation** / **approval**: a signed-in person's yes to exactly one hold's charge.
//! - **submit**: the irreversible step. *Reserve* costs nothing now; *charge* is everything else, and every doubt.
//! - **webhook**: an **endpoint** of an account, told of its jobs by **messages**; a **dead letter** is one that was given up.
//! - **permit**: the write-ahead record without which nothing is submitted; a job gets one, ever.
//!
//! # Invariants
//!
//! - A job's state changes only through [`machine::JobState::apply`].
//! - No method of [`port::BookingService`] confirms a charge; [`port::PaymentDesk`] takes only a person.
//! - Personal data and secrets have a `Debug` that shows nothing.

#![warn(missing_docs)]

pub mod account;
pub mod audit;
pub mod caller;
pub mod charge;
pub mod consent;
pub mod create;
pub mod error;
pub mod fields;
pub mod guest;
pub mod id;
pub mod job;
pub mod limit;
pub mod machine;
pub mod money;
pub mod port;
pub mod request;
pub mod site;
pub mod status;
pub mod text;
pub mod time;
pub mod webhook;
