#![cfg(test)]
//! Bad conditions: kills at every point, a full disk, a torn journal, clocks that jump, many nodes that die, workers that
//! wake up.

mod soak {
    mod clocks;
    mod crashes;
    mod disks;
    mod nodes;
    mod rolling;
    mod zombies;
}
