//! Booking sites to practise on: what a test key reaches.
//!
//! Four sites that look and work like the real kinds (restaurants, hotels, flights, tours), a payment
//! processor of another origin, and a [`Ledger`] that tells what they took; and four more ([`ANNEXES`])
//! that scripts draw. Each [`Entry`] of the [`catalogue`] carries [`Behaviour`]s: the ways in which
//! real sites trip an agent. `SITES.md` beside this crate describes every page.
//!
//! **Invariant:** nothing is reserved or charged but by the final form of a booking
//! (`a_visit_that_stops_at_payment_takes_nothing`), and a repeat of it is taken once, except where the
//! entry is there to show the opposite (`a_repeated_submit_is_taken_once`).

mod app;
mod catalogue;
mod checkout;
mod clock;
mod draft;
mod form;
mod guest;
mod index;
mod ledger;
mod money;
mod page;
mod payments;
mod scripted;
mod seed;
mod server;
mod session;
mod shelf;
mod site;
mod walls;
mod words;

pub use app::SandboxConfig;
pub use catalogue::{Behaviour, Entry, Route, Site, catalogue};
pub use ledger::{Counts, EntryCounts, JournalError, Kind, Ledger, Record, fingerprint};
pub use money::{Currency, Money};
pub use scripted::{ANNEXES, Annex, scripted_catalogue};
pub use server::{Sandbox, SandboxError, ServeConfig, serve};
