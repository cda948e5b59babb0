//! Learned paths in the record, where every node finds them.

use async_trait::async_trait;
use jiff::Timestamp;
use onegent_core::text::ProviderId;

use super::StoreError;
use crate::planner::learned::PathKey;

/// A path as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PathRecord {
    pub key: PathKey,
    pub path: String,
    /// How often it was learned: once, and again for each time that the site had changed.
    pub revision: u64,
    pub learned_at: Timestamp,
    pub used_at: Timestamp,
}

/// Learned paths. They belong to no account: nothing of a guest or a request is in them.
#[async_trait]
pub(crate) trait PathStore: Send + Sync {
    async fn path(&self, key: &PathKey) -> Result<Option<PathRecord>, StoreError>;
    /// All of a site, or all there are, the last used first.
    async fn paths(&self, site: Option<&ProviderId>) -> Result<Vec<PathRecord>, StoreError>;
    /// Keeps a path in place of the one that was there. Of more than `most` those go that were not used for the longest.
    async fn keep_path(&self, key: PathKey, path: String, most: u32) -> Result<(), StoreError>;
    /// A path led to a booking again.
    async fn path_used(&self, key: PathKey) -> Result<(), StoreError>;
    async fn forget_path(&self, key: PathKey) -> Result<(), StoreError>;
    /// Forgets all of a site. How many.
    async fn forget_paths(&self, site: ProviderId) -> Result<u64, StoreError>;
}
