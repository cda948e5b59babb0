//! Measures the server beside the least that could do the same: in one run, in turns, so that the noise of the machine is in
//! both.
//!
//! What is compared with are the programs of `src/bin/bare.rs`: a server of the same library with six tools that never
//! change, and a route that answers the same bytes without looking.

mod audit;
mod booking;
mod disk;
mod ground;
mod http;
mod load;
mod program;
mod samples;
mod start;
mod store;
mod table;
mod wake;

pub use audit::audit;
pub use booking::booking;
pub use http::http;
pub use load::{Ask, Connection};
pub use start::start;
pub use store::store;
pub use table::Table;
pub use wake::wake;

/// How thoroughly to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Enough to see what is far off.
    Quick,
    /// Enough to compare.
    Thorough,
}

/// The core that what is measured runs on, and the one of who measures, where there are two.
const SERVER_CORE: usize = 0;
const LOAD_CORE: usize = 1;
