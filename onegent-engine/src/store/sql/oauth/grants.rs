//! Grants: what an account has connected, and how that ends.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use onegent_core::id::{AccountId, GrantId};
use onegent_core::port::GrantEnd;

use super::clients::client;
use super::tokens::scopes;
use crate::store::StoreError;
use crate::store::oauth::GrantRecord;
use crate::store::sql::query::{Conn, Row, query};
use crate::store::sql::row::{text, text_or_null, time, time_or_null};
use crate::store::sql::tx::Tx;

const USED: &str = "UPDATE oauth_grants SET last_used_at = $2 \
     WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $2 - 60000)";
const LIST: &str = "SELECT g.id, g.client_id, g.scopes, g.environment, g.created_at AS granted_at, g.expires_at, \
     g.last_used_at, g.ended_at, g.end_reason, c.origin, c.name, c.uri, c.redirect_uris, c.secret_hash, c.created_at, \
     c.checked_at FROM oauth_grants g JOIN oauth_clients c ON c.id = g.client_id \
     WHERE g.account_id = $1 AND ((g.ended_at IS NULL AND g.expires_at > $2) OR g.ended_at >= $3) ORDER BY g.id DESC";
const END: &str = "UPDATE oauth_grants SET ended_at = $2, end_reason = $3 WHERE id = $1 AND ended_at IS NULL";
const OWNED: &str = "SELECT id FROM oauth_grants WHERE id = $1 AND account_id = $2";
/// In this order: what is named by others goes after them. A used code is kept as long as what it gave.
const FORGET: [&str; 4] = [
    "DELETE FROM oauth_requests WHERE expires_at <= $1",
    "DELETE FROM oauth_tokens WHERE expires_at <= $1",
    "DELETE FROM oauth_codes WHERE expires_at <= $1 AND (grant_id IS NULL OR grant_id IN \
     (SELECT id FROM oauth_grants WHERE expires_at <= $1))",
    "DELETE FROM oauth_grants WHERE expires_at <= $1 \
     AND NOT EXISTS (SELECT 1 FROM oauth_tokens t WHERE t.grant_id = oauth_grants.id) \
     AND NOT EXISTS (SELECT 1 FROM oauth_codes c WHERE c.grant_id = oauth_grants.id)",
];
const FORGET_CLIENTS: &str = "DELETE FROM oauth_clients \
     WHERE origin <> 'operator' AND removed_at IS NULL AND created_at <= $1 AND coalesce(approved_at, 0) <= $2 \
     AND NOT EXISTS (SELECT 1 FROM oauth_grants g WHERE g.client_id = oauth_clients.id) \
     AND NOT EXISTS (SELECT 1 FROM oauth_codes c WHERE c.client_id = oauth_clients.id) \
     AND NOT EXISTS (SELECT 1 FROM oauth_requests r WHERE r.client_id = oauth_clients.id)";

pub(super) async fn used(tx: Tx<'_>, grant: GrantId) -> Result<(), StoreError> {
    query(USED).bind(grant.to_string()).bind(tx.now.as_millisecond()).execute(tx.conn).await?;
    Ok(())
}

pub(super) async fn list(
    conn: &mut Conn,
    account: AccountId,
    now: Timestamp,
    ended_since: Timestamp,
) -> Result<Vec<GrantRecord>, StoreError> {
    let rows = query(LIST)
        .bind(account.to_string())
        .bind(now.as_millisecond())
        .bind(ended_since.as_millisecond())
        .fetch_all(conn)
        .await?;
    rows.iter().map(grant).collect()
}

fn grant(row: &Row) -> Result<GrantRecord, StoreError> {
    let ended_at = time_or_null(row, "ended_at")?;
    Ok(GrantRecord {
        id: text(row, "id")?,
        client: client(row, "client_id")?,
        scopes: scopes(row)?,
        environment: text(row, "environment")?,
        created_at: time(row, "granted_at")?,
        expires_at: time(row, "expires_at")?,
        last_used_at: time_or_null(row, "last_used_at")?,
        ended: ended_at.zip(text_or_null(row, "end_reason")?),
    })
}

/// Ends a grant; all its tokens go by it.
pub(super) async fn end(
    conn: &mut Conn,
    grant: GrantId,
    why: GrantEnd,
    now: Timestamp,
) -> Result<(), StoreError> {
    query(END).bind(grant.to_string()).bind(now.as_millisecond()).bind(why.as_str()).execute(conn).await?;
    Ok(())
}

pub(super) async fn end_of(
    tx: Tx<'_>,
    account: AccountId,
    grant: GrantId,
    why: GrantEnd,
) -> Result<(), StoreError> {
    let owned = query(OWNED).bind(grant.to_string()).bind(account.to_string());
    if owned.fetch_optional(tx.conn).await?.is_none() {
        return Err(StoreError::NotFound);
    }
    end(tx.conn, grant, why, tx.now).await
}

/// For how long an app is kept that somebody approved once.
const APPROVED: SignedDuration = SignedDuration::from_hours(90 * 24);

pub(super) async fn forget(tx: Tx<'_>, unused: Duration) -> Result<(), StoreError> {
    for statement in FORGET {
        query(statement).bind(tx.now.as_millisecond()).execute(tx.conn).await?;
    }
    let made_before = (tx.now - unused).as_millisecond();
    let approved_before = (tx.now - APPROVED).as_millisecond();
    query(FORGET_CLIENTS).bind(made_before).bind(approved_before).execute(tx.conn).await?;
    Ok(())
}
