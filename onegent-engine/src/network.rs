//! The last of the four locks on money: a judge over every request that a driver is about to send.
//!
//! It holds even if the gate were wrong. A [`Guard`] goes through one visit with the driver, whichever driver it is. It
//! is pure: it is told what is done on the page and what is about to be sent, it is given the time, and it answers
//! [`Answer::Pass`], [`Answer::Hold`] (never without a permit) or [`Answer::Refuse`] (never at all). Its phases:
//!
//! - [`Phase::Browse`]: the site does not know the guest. Reads pass; a form is sent only by an allowed action.
//! - [`Phase::DetailsIn`]: one of the guest's details was filled in or stands in what is sent. Writes and navigations pass
//!   only in the causal window of an allowed action, which ends with the next look or action, and only when the second
//!   look (`second_look`) finds a reason to let them: what it does not know, it holds.
//! - [`Phase::Armed`]: the page is at payment, or the agent stands before the submit. Writes, and reads that conclude
//!   something by their words, are held.
//! - [`Phase::Commit`]: a permit is there. Exactly the request that was armed is released, once, by method, address and
//!   the hash of its body; its redirects are followed as reads, within the site.
//! - [`Phase::Done`]: the release was used. From here on the guard lets nothing be written.
//!
//! Whatever the phase: only the job's own origins, over https, at public addresses, also after the name was resolved
//! ([`PublicResolver`]) and on each redirect; no card number, security code or account number (IBAN) in any request, with
//! or without a permit; no processor's endpoint without one; no WebSocket and no event stream.
//!
//! While a person has the page in their own hands ([`Guard::judge_by_hand`]), they answer for what is written: it waits until it
//! stands in the record that they may be submitting. Where it may go is the same.
//!
//! What it shares with the gate are vocabulary and the recognition of fields that pay, not the judgement: once the guest
//! is known the gate asks for a reason to stop, and the guard for a reason to go on.
//!
//! What it can't see: a card's number that is split unevenly over fields, encrypted by a script, or put into a header; a
//! sub-resource's address that concludes something without saying so.

pub mod address;
mod answer;
mod by_hand;
pub mod card;
mod content;
mod guard;
mod policy;
mod processor;
mod request;
mod resolver;
mod second_look;
mod words;

pub use answer::{Answer, Held, Refusal};
pub use by_hand::{ByHand, HandAnswer};
pub use guard::{Guard, Phase};
pub use policy::NetworkPolicy;
pub(crate) use policy::is_public_host;
pub(crate) use processor::takes_payment;
pub use request::{Fingerprint, Outgoing, Way};
pub(crate) use resolver::NoPublicAddress;
pub use resolver::PublicResolver;

#[cfg(test)]
mod tests;
