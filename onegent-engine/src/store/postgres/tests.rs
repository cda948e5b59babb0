//! The suite on PostgreSQL, and what only PostgreSQL has.

use crate::store::suite::store_suite;
use crate::testing::Bench;

store_suite!(Bench::postgres());
