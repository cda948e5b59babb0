//! Removes trails whose time is over, a few jobs at a time, so that nobody waits behind it for long.

use std::sync::Arc;
use std::time::Duration;

use crate::parts::Parts;

/// How many jobs lose their trails in one transaction: some thousand events, which take tens of milliseconds.
const JOBS: u32 = 100;

/// Goes on until it comes to a job that is open, or whose time is not over.
pub(super) async fn remove(parts: Arc<Parts>, kept: Duration) {
    let mut removed = 0;
    let failed = loop {
        match parts.store.remove_trails(parts.now() - kept, JOBS).await {
            Ok(0) => break None,
            Ok(some) => removed += some,
            Err(error) => break Some(error),
        }
    };
    if let Some(error) = failed {
        // It is tried again within the hour.
        tracing::warn!(%error, removed, "trails whose time is over could not all be removed");
    } else if removed > 0 {
        tracing::info!(removed, "trails whose time is over were removed");
    }
}
