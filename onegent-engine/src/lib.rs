//! The machine: jobs in a durable store, workers that drive an agent, and a payment gate that only a person opens.

#![warn(missing_docs)]

pub mod agent;
pub mod browser;
mod dispatch;
pub mod engine;
pub mod entropy;
#[doc(hidden)]
pub mod fail_point;
pub mod gate;
mod health;
mod job_error;
pub mod network;
mod parts;
pub mod payment;
pub mod planner;
mod secret;
mod signals;
mod store;
#[cfg(test)]
mod testing;
mod trail;
mod view;
mod worker;

pub use engine::{Engine, EngineConfig, EngineError};
