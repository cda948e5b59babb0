#![cfg(test)]
//! Bookings end to end: asked for over MCP, confirmed at the console, counted in the practice sites' own ledger.

mod booking {
    mod catalogue;
    mod consent;
    mod direct;
    mod money;
    mod person;
    mod scenarios;
}
