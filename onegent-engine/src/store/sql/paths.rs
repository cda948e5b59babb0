//! Learned paths.

use async_trait::async_trait;
use onegent_core::text::ProviderId;

use super::SqlStore;
use super::query::{Query, Row, query};
use super::row::{count, get, text, time};
use crate::planner::learned::PathKey;
use crate::store::StoreError;
use crate::store::paths::{PathRecord, PathStore};

macro_rules! path_columns {
    () => {
        "SELECT environment, site, entry, scenario, path, revision, learned_at, used_at FROM learned_paths "
    };
}
const ONE: &str =
    concat!(path_columns!(), "WHERE environment = $1 AND site = $2 AND entry = $3 AND scenario = $4");
const ALL: &str = concat!(
    path_columns!(),
    "WHERE $1 IS NULL OR site = $1 ORDER BY used_at DESC, environment, site, entry, scenario"
);
const KEEP: &str = "INSERT INTO learned_paths (environment, site, entry, scenario, path, revision, learned_at, used_at) \
     VALUES ($1, $2, $3, $4, $5, 1, $6, $6) ON CONFLICT (environment, site, entry, scenario) DO UPDATE SET \
     path = excluded.path, revision = learned_paths.revision + 1, learned_at = excluded.learned_at, \
     used_at = excluded.used_at";
const TRIM: &str = "DELETE FROM learned_paths WHERE (environment, site, entry, scenario) IN \
     (SELECT environment, site, entry, scenario FROM learned_paths WHERE environment = $3 \
     ORDER BY used_at DESC, site, entry, scenario LIMIT $1 OFFSET $2)";
const USED: &str = "UPDATE learned_paths SET used_at = $5 \
     WHERE environment = $1 AND site = $2 AND entry = $3 AND scenario = $4";
const FORGET: &str =
    "DELETE FROM learned_paths WHERE environment = $1 AND site = $2 AND entry = $3 AND scenario = $4";
const FORGET_ALL: &str = "DELETE FROM learned_paths WHERE site = $1";

#[async_trait]
impl PathStore for SqlStore {
    async fn path(&self, key: &PathKey) -> Result<Option<PathRecord>, StoreError> {
        let row = at(query(ONE), key).fetch_optional(&mut self.read().await?).await?;
        row.as_ref().map(record).transpose()
    }

    async fn paths(&self, site: Option<&ProviderId>) -> Result<Vec<PathRecord>, StoreError> {
        let statement = query(ALL).bind(site.map(ProviderId::as_str));
        statement.fetch_all(&mut self.read().await?).await?.iter().map(record).collect()
    }

    async fn keep_path(&self, key: PathKey, path: String, most: u32) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                at(query(KEEP), &key).bind(path).bind(tx.now.as_millisecond()).execute(tx.conn).await?;
                let trim = query(TRIM).bind(i64::MAX).bind(i64::from(most));
                trim.bind(key.environment.as_str()).execute(tx.conn).await?;
                Ok(())
            })
        })
        .await
    }

    async fn path_used(&self, key: PathKey) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                at(query(USED), &key).bind(tx.now.as_millisecond()).execute(tx.conn).await?;
                Ok(())
            })
        })
        .await
    }

    async fn forget_path(&self, key: PathKey) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                at(query(FORGET), &key).execute(tx.conn).await?;
                Ok(())
            })
        })
        .await
    }

    async fn forget_paths(&self, site: ProviderId) -> Result<u64, StoreError> {
        self.write(move |tx| {
            Box::pin(async move { Ok(query(FORGET_ALL).bind(site.as_str()).execute(tx.conn).await?) })
        })
        .await
    }
}

fn at<'q>(statement: Query<'q>, key: &PathKey) -> Query<'q> {
    statement
        .bind(key.environment.as_str())
        .bind(key.site.to_string())
        .bind(key.entry.clone())
        .bind(key.scenario.as_str())
}

fn record(row: &Row) -> Result<PathRecord, StoreError> {
    Ok(PathRecord {
        key: PathKey {
            site: text(row, "site")?,
            entry: get(row, "entry")?,
            scenario: text(row, "scenario")?,
            environment: text(row, "environment")?,
        },
        path: get(row, "path")?,
        revision: count(row, "revision")?,
        learned_at: time(row, "learned_at")?,
        used_at: time(row, "used_at")?,
    })
}
