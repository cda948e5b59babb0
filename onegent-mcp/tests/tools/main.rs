#![cfg(test)]
//! The tools as a client meets them: what they look like, what they say, on a pipe and over HTTP.

mod calls;
mod channels;
mod definitions;
mod handing_over;
mod http;
mod live;
mod pipe;
mod resources;
mod support;
mod tasks;
mod texts;
mod waiting;
