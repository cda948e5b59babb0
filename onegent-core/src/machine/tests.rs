//! Every pair of state and event.
