//! The machine: jobs in a durable store, workers that drive an agent, and a payment gate that only a person opens.

#![warn(missing_docs)]

pub mod agent;
pub mod network;
pub mod gate;
pub mod browser;
pub mod payment;
pub mod entropy;
mod signals;
mod store;
mod trail;
