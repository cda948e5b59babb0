//! How providers fare, from how their jobs ended.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use onegent_core::port::Health;
use onegent_core::text::ProviderId;

use crate::store::record::Outcomes;
use crate::store::{Store, StoreError};

/// Over how long back.
const SPAN: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long an answer is good enough.
const FRESH: SignedDuration = SignedDuration::from_secs(30);
/// Below this many jobs nothing is said.
const FEW: u64 = 5;

/// Remembers for a short while what the store said, so that claims stay cheap.
#[derive(Debug, Default)]
pub(crate) struct HealthBook {
    known: Mutex<HashMap<ProviderId, (Timestamp, Outcomes)>>,
}

impl HealthBook {
    /// How the last 30 days went.
    pub(crate) async fn of(
        &self,
        store: &dyn Store,
        provider: &ProviderId,
        now: Timestamp,
    ) -> Result<Outcomes, StoreError> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(provider).copied();
        if let Some((at, outcomes)) = known
            && now.duration_since(at).abs() < FRESH
        {
            return Ok(outcomes);
        }
        let outcomes = store.outcomes(provider, now - SPAN).await?;
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(provider.clone(), (now, outcomes));
        Ok(outcomes)
    }
}

impl Outcomes {
    pub(crate) fn total(&self) -> u64 {
        self.done + self.no_availability + self.errors + self.cancelled + self.expired
    }

    /// Among the jobs that nobody stopped or let lapse: the provider is to blame for neither.
    fn judged(&self) -> u64 {
        self.done + self.no_availability + self.errors
    }

    /// From 0 to 1; 0 without data.
    pub(crate) fn success_rate(&self) -> f64 {
        if self.judged() == 0 {
            return 0.0;
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of jobs are far below 2^52")]
        let (good, all) = ((self.done + self.no_availability) as f64, self.judged() as f64);
        good / all
    }

    pub(crate) fn health(&self) -> Health {
        if self.judged() < FEW {
            return Health::Unknown;
        }
        match self.success_rate() {
            rate if rate >= 0.9 => Health::Healthy,
            rate if rate >= 0.5 => Health::Degraded,
            _ => Health::Failing,
        }
    }

    /// By what sites are ordered: one that few have tried gets its chance.
    pub(crate) fn rank(&self) -> f64 {
        if self.judged() < FEW { 1.0 } else { self.success_rate() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_is_said_only_of_enough_jobs_and_nobody_is_blamed_for_cancelled_ones() {
        let of = |done, errors, cancelled| Outcomes { done, errors, cancelled, ..Outcomes::default() };
        assert_eq!(of(4, 0, 90).health(), Health::Unknown);
        assert_eq!(of(9, 1, 90).health(), Health::Healthy);
        assert_eq!(of(8, 2, 0).health(), Health::Degraded);
        assert_eq!(of(2, 8, 0).health(), Health::Failing);
        assert!(of(0, 0, 0).rank() > of(8, 2, 0).rank());
    }
}
