//! The HTTP edge: REST v1, MCP over HTTP, and the console that a person uses.
//!
//! Only core's ports are used here. What an assistant sends reaches [`BookingService`] and nothing else;
//! [`PaymentDesk`] is called from the console's signed-in pages alone.
//!
//! [`BookingService`]: onegent_core::port::BookingService
//! [`PaymentDesk`]: onegent_core::port::PaymentDesk

mod address;
mod app;
mod body;
mod challenge;
mod console;
mod events;
mod gateway;
mod limits;
mod mcp;
mod metrics;
mod oauth;
pub mod openapi;
mod origins;
mod problem;
mod ready;
mod request;
mod rest;
mod server;
mod socket;
mod trace;

pub use app::{App, router};
pub use console::PAGES;
pub use gateway::{Gateway, gateway_router};
pub use metrics::{RequestMeter, Scrape, metrics};
pub use server::serve;
