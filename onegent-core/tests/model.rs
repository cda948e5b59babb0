#![cfg(test)]
//! The job machine, model-checked: every interleaving of workers, crashes, clocks, people and price changes.
//!
//! The model's transition function is core's own [`onegent_core::machine::JobState::apply`]; the model adds the store's unique
//! submission record, workers that may freeze or die between any two steps, a site, and a person who confirms late,
//! twice, or something that was shown long ago. Seeded faults show that each property can fail.

#[path = "model/checks.rs"]
mod checks;
#[path = "model/world.rs"]
mod world;
