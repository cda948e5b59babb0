#![cfg(test)]
//! The tools as a client meets them: what they look like, what they say, on a pipe and over HTTP.

mod calls;
mod definitions;
mod http;
mod pipe;
mod support;
mod texts;
