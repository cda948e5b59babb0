//! Onegent's six MCP tools over any [`BookingService`](onegent_core::port::BookingService).
//!
//! One handler on every transport: [`serve_stdio`] for a local client, [`http_service`] for Streamable HTTP. Only edges make
//! callers; a tool hands its caller to the port and adds no right of its own.
//!
//! **Invariant:** nothing here can confirm a charge: the crate knows no other port than the booking service. Held by
//! `no_tool_and_no_argument_can_confirm_a_charge`.

#![warn(missing_docs)]

mod card;
mod hand_over;
mod http;
mod icon;
mod identity;
mod prompt;
mod reply;
mod resource;
mod schema;
mod server;
mod state_key;
mod stdio;
mod subscription;
mod task;
mod text;
mod tool;
mod trace;
mod wait;

pub use http::{
    Answer, Closing, HttpOptions, Link, MAX_REQUEST_BYTES, McpHttp, McpHttpService, http_service,
};
pub use server::McpServer;
pub use state_key::StateKey;
pub use stdio::{ServeError, serve_pipe, serve_stdio};
pub use tool::{Inventory, ToolEntry};
