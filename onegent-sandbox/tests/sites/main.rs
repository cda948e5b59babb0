#![cfg(test)]
//! The sites as a visitor meets them: over HTTP, page by page, with the ledger as the truth.

mod behaviours;
mod browser;
mod input;
mod paths;
mod taking;
mod walk;
mod world;
