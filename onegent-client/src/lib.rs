//! Typed client of Onegent's REST API, version 1.
//!
//! [`Client`] has one method per call of the API. It is also a [`BookingService`](onegent_core::port::BookingService), so
//! that whatever books through the port can book through a server far away.
//!
//! # Invariants
//!
//! - A credential that came with a caller is used for that caller's calls alone. Held by
//!   `interleaved_callers_never_share_a_credential`.
//! - What may have been done is never sent again without an idempotency key. Held by
//!   `a_cancel_that_may_have_been_done_is_not_sent_again`.
//! - No credential is found in a URL, an error or a `Debug` text. Held by `a_credential_is_never_printed`.

#![warn(missing_docs)]

mod bearer;
mod builder;
mod client;
mod error;
mod events;
mod service;
mod transport;

pub use builder::{BuildError, ClientBuilder};
pub use client::Client;
pub use error::{ApiError, ClientError};
pub use events::{JobEvents, JobUpdate};
