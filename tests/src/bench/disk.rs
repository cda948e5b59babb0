//! What the disk can do: the limit of whatever is durable before it is answered.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

/// Appends half a kilobyte and waits until it is on disk, one after the other.
pub(super) fn syncs_a_second(path: &Path, time: Duration) -> anyhow::Result<f64> {
    let mut file = File::create(path)?;
    let begun = Instant::now();
    let mut syncs = 0_u32;
    while begun.elapsed() < time {
        file.write_all(&[b'x'; 512])?;
        file.sync_data()?;
        syncs += 1;
    }
    Ok(f64::from(syncs) / begun.elapsed().as_secs_f64())
}
