//! What whoever runs the engine sees of learned paths.

use jiff::Timestamp;
use onegent_core::caller::Environment;
use onegent_core::error::Result;
use onegent_core::request::Scenario;
use onegent_core::text::ProviderId;
use serde::Serialize;

use super::Engine;
use crate::planner::learned::LearnedPath;

/// A path that bookings taught.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KnownPath {
    /// The site.
    pub provider: ProviderId,
    /// The kind of booking.
    pub scenario: Scenario,
    /// Whether it is a real site or the sandbox's.
    pub environment: Environment,
    /// How often it was learned: once, and again for each time that the site had changed.
    pub revision: u64,
    /// When it was learned last.
    pub learned_at: Timestamp,
    /// When it led to a booking last.
    pub used_at: Timestamp,
    /// The way.
    pub path: LearnedPath,
}

impl Engine {
    /// What was learned of a site, or of all; the last used first.
    pub async fn learned_paths(&self, site: Option<&ProviderId>) -> Result<Vec<KnownPath>> {
        let known = self.parts.store.paths(site).await?.into_iter().filter_map(|record| {
            Some(KnownPath {
                path: LearnedPath::from_json(&record.path)?,
                provider: record.key.site,
                scenario: record.key.scenario,
                environment: record.key.environment,
                revision: record.revision,
                learned_at: record.learned_at,
                used_at: record.used_at,
            })
        });
        Ok(known.collect())
    }

    /// Forgets what was learned of a site. How many paths that were.
    pub async fn forget_learned(&self, site: &ProviderId) -> Result<u64> {
        Ok(self.parts.store.forget_paths(site.clone()).await?)
    }
}
