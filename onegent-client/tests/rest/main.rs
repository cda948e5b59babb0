#![cfg(test)]
//! The client against servers that answer well, badly, late and in pieces.

mod answers;
mod callers;
mod events;
mod retries;
mod support;
