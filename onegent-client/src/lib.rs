//! Typed client of Onegent's REST API, version 1.
//!
//! [`Client`] has one method per call of the API. It is also a [`BookingService`](onegent_core::port::BookingService), so
//! that whatever books through the port can book through a server far away.
//!
//! ```no_run
//! use onegent_client::Client;
//! use onegent_core::{create::CreateJob, port::ApiKey};
//!
//! # async fn book(wish: serde_json::Value) -> Result<(), Box<dyn std::error::Error>> {
//! let key = ApiKey::parse(&std::env::var("ONEGENT_API_KEY")?)?;
//! let client = Client::builder("https://onegent.one/api/v1").api_key(key).build()?;
//! let wish: CreateJob = serde_json::from_value(wish)?; // the body of `POST /execution-jobs`
//! let job = client.create_job(&wish).await?.job; // answers at once: `queued`
//! let job = client.job(job.job_id).await?;
//! if let Some(payment) = &job.payment {
//!     println!("a person confirms at {}", payment.confirm_url); // no call does
//! }
//! # Ok(()) }
//! ```
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
