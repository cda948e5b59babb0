//! What it costs to check the whole record, beside hashing as much.

use std::time::{Duration, Instant};

use anyhow::ensure;
use futures_util::future::try_join_all;
use onegent_core::port::BookingService as _;
use sha2::{Digest as _, Sha256};

use super::Pace;
use super::ground::Ground;
use super::samples::Samples;
use super::table::Table;

/// About what an event of a trail is long, in bytes.
const EVENT: usize = 300;
/// Callers at a time, to fill the record.
const CALLERS: u32 = 64;

/// Seconds for a million events.
pub async fn audit(pace: Pace) -> anyhow::Result<Table> {
    let (rounds, jobs) = if pace == Pace::Quick { (7, 2_000) } else { (7, 50_000) };
    let mut table = Table::new();
    let folder = tempfile::tempdir()?;
    let ground = Ground::sqlite(folder.path(), 0).await?;
    let filling = (0..CALLERS).map(|_| {
        let ground = ground.clone();
        tokio::spawn(async move {
            for _job in 0..jobs / CALLERS {
                let job = ground.create().await?;
                ground.engine.cancel(&ground.caller()?, job).await?;
            }
            anyhow::Ok(())
        })
    });
    for filled in try_join_all(filling).await? {
        filled?;
    }
    let (mut checked, mut hashed) = (Samples::default(), Samples::default());
    for _round in 0..rounds {
        let begun = Instant::now();
        let report = ground.engine.verify_audit(&[ground.engine.audit_key()]).await?;
        let took = begun.elapsed().as_secs_f64();
        ensure!(report.problems.is_empty() && report.events >= 2 * u64::from(jobs / CALLERS), "{report:?}");
        let events = u32::try_from(report.events)?;
        checked.push(took * 1e6 / f64::from(events));
        let begun = Instant::now();
        for event in 0..events {
            let mut message = [0; EVENT];
            message[..4].copy_from_slice(&event.to_be_bytes());
            std::hint::black_box(Sha256::digest(message));
        }
        hashed.push(begun.elapsed().as_secs_f64() * 1e6 / f64::from(events));
    }
    table.compare(
        ("SQLite: check a million audit events", "s"),
        &checked,
        ("SHA-256 of as much", &hashed),
        None,
    );
    ground.engine.shutdown(Duration::from_secs(5)).await;
    Ok(table)
}
