//! The HTTP edge from outside, over ports that a fake stands in for.

#![cfg(test)]

mod assistants;
mod auth;
mod console;
mod events;
mod fake;
mod forms;
mod gateway;
mod headers;
mod live_page;
mod mcp;
mod rest;
mod sample;
mod server;
mod sign_in;
mod world;
