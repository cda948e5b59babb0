#![cfg(test)]
//! Bad conditions: kills at every point, a full disk, a torn journal, clocks that jump.

mod soak {
    mod clocks;
    mod crashes;
    mod disks;
}
