//! One world with real parts, and what the tests need to live in it.
//!
//! [`World`] is a whole server over a temporary folder, the practice sites beside it, and typed callers: an assistant
//! over MCP, a program over REST, a person at the console. [`contract`] is what every booking service has to keep,
//! written once. [`app`] is an app that a person connects by OAuth. [`process`] runs the real binaries, [`soak`] kills
//! them, [`bench`] measures them, [`foreign`] and [`connectors`] have the MCP and OAuth clients of other houses.

pub mod app;
pub mod balancer;
pub mod bench;
pub mod cable;
pub mod clock;
pub mod conformance;
pub mod connectors;
pub mod contract;
pub mod foreign;
pub mod person;
pub mod process;
pub mod soak;
pub mod tap;
pub mod wish;
pub mod world;

pub use world::World;
