//! What makes them is out of reach.

use onegent_engine::payment::redeem;
use onegent_engine::store::Store;
use onegent_engine::worker::work;

fn main() {}
