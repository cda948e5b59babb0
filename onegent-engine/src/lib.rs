//! The machine: jobs in a durable store, workers that drive an agent, and a payment gate that only a person opens.
//!
//! ```no_run
//! use onegent_core::caller::{Access, Caller, Credential, Environment, Reach, Scope};
//! use onegent_core::{create::CreateJob, id::RequestId, port::BookingService, request::Scenario};
//! use onegent_engine::{Engine, EngineConfig};
//!
//! # async fn book(wish: serde_json::Value) -> Result<(), Box<dyn std::error::Error>> {
//! let engine = Engine::open(EngineConfig::new("onegent.db", "http://127.0.0.1:4700")).await?;
//! engine.start()?;
//! // In your own process you say what the assistant may do; an edge reads it from a credential.
//! let (account, person) = (engine.owner(), engine.owner_person());
//! let (scopes, scenarios) = (Scope::ALL.to_vec(), Scenario::ALL.to_vec());
//! let reach = Reach::Only(Environment::Live);
//! let access = Access { account, person, reach, scopes, scenarios, key: None, names_sites: true };
//! let request_id = RequestId::generate(jiff::Timestamp::now(), [0; 10]);
//! let caller = Caller { credential: Credential::Verified(access), request_id };
//! let wish: CreateJob = serde_json::from_value(wish)?; // the body of `POST /execution-jobs`
//! let job = engine.create(&caller, wish).await?.job; // answers at once: `queued`
//! let seen = engine.watch(&caller, job.job_id, 0, std::time::Duration::from_secs(30)).await?;
//! println!("{}: {}", seen.job.status, seen.job.summary);
//! # Ok(()) }
//! ```

#![warn(missing_docs)]

pub mod agent;
mod album;
pub mod browser;
pub mod checkpoint;
mod dispatch;
pub mod engine;
pub mod entropy;
pub mod entry_page;
#[doc(hidden)]
pub mod fail_point;
pub mod fields;
pub mod gate;
mod guests;
mod health;
mod job_error;
pub mod mail;
mod meters;
pub mod network;
mod oauth;
pub mod oidc;
mod outbound;
mod parts;
mod password;
pub mod payment;
pub mod planner;
mod secret;
mod signals;
mod store;
mod takeover;
#[cfg(test)]
mod testing;
mod totp;
mod trace;
mod trail;
mod vault;
mod view;
mod webhook;
mod worker;

pub use engine::{Engine, EngineConfig, EngineError};
