//! Authorization requests between the app's question and the person's answer.

use std::time::Duration;

use onegent_core::caller::Scope;
use onegent_core::id::AccountId;

use crate::oauth::scope_text;
use crate::store::StoreError;
use crate::store::oauth::{Approve, RequestRecord};
use crate::store::record::words;
use crate::store::sql::query::{Row, query};
use crate::store::sql::row::{corrupt, get, int};
use crate::store::sql::tx::Tx;

const DROP_OVER: &str = "DELETE FROM oauth_requests WHERE expires_at <= $1";
const COUNT: &str = "SELECT count(*) AS requests FROM oauth_requests";
const ADD: &str = "INSERT INTO oauth_requests (hash, client_id, redirect_uri, scopes, state, resource, challenge, expires_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const SHOW: &str = "UPDATE oauth_requests SET account_id = $2 \
     WHERE hash = $1 AND expires_at > $3 AND (account_id IS NULL OR account_id = $2) RETURNING *";
const DECIDE: &str =
    "DELETE FROM oauth_requests WHERE hash = $1 AND account_id = $2 AND expires_at > $3 RETURNING *";
const APPROVED: &str = "UPDATE oauth_clients SET approved_at = $2 WHERE id = $1";
const ADD_CODE: &str = "INSERT INTO oauth_codes (hash, account_id, client_id, redirect_uri, scopes, environment, resource, \
     challenge, expires_at, person_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

pub(super) async fn add(
    tx: Tx<'_>,
    hash: String,
    request: RequestRecord,
    ttl: Duration,
    most: u64,
) -> Result<(), StoreError> {
    query(DROP_OVER).bind(tx.now.as_millisecond()).execute(tx.conn).await?;
    let waiting: i64 = get(&query(COUNT).fetch_one(tx.conn).await?, "requests")?;
    if waiting >= int(most) {
        return Err(StoreError::Full);
    }
    query(ADD)
        .bind(hash)
        .bind(request.client)
        .bind(request.redirect_uri)
        .bind(scope_text(&request.scopes))
        .bind(request.state)
        .bind(request.resource)
        .bind(request.challenge)
        .bind((tx.now + ttl).as_millisecond())
        .execute(tx.conn)
        .await?;
    Ok(())
}

pub(super) async fn show(
    tx: Tx<'_>,
    hash: String,
    account: AccountId,
) -> Result<Option<RequestRecord>, StoreError> {
    one(tx, SHOW, hash, account).await
}

pub(super) async fn deny(
    tx: Tx<'_>,
    hash: String,
    account: AccountId,
) -> Result<Option<RequestRecord>, StoreError> {
    one(tx, DECIDE, hash, account).await
}

pub(super) async fn approve(tx: Tx<'_>, approve: Approve) -> Result<Option<RequestRecord>, StoreError> {
    let Tx { conn, key, now, goes_by_database, news } = tx;
    let tx = Tx { conn, key, now, goes_by_database, news };
    let decided = one(tx, DECIDE, approve.request, approve.account).await?;
    let Some(request) = decided else { return Ok(None) };
    query(APPROVED).bind(&request.client).bind(now.as_millisecond()).execute(conn).await?;
    query(ADD_CODE)
        .bind(approve.code)
        .bind(approve.account.to_string())
        .bind(&request.client)
        .bind(&request.redirect_uri)
        .bind(scope_text(&request.scopes))
        .bind(approve.environment.as_str())
        .bind(&request.resource)
        .bind(&request.challenge)
        .bind((now + approve.ttl).as_millisecond())
        .bind(approve.person.to_string())
        .execute(conn)
        .await?;
    Ok(Some(request))
}

async fn one(
    tx: Tx<'_>,
    statement: &'static str,
    hash: String,
    account: AccountId,
) -> Result<Option<RequestRecord>, StoreError> {
    let row = query(statement)
        .bind(hash)
        .bind(account.to_string())
        .bind(tx.now.as_millisecond())
        .fetch_optional(tx.conn)
        .await?;
    row.as_ref().map(request).transpose()
}

fn request(row: &Row) -> Result<RequestRecord, StoreError> {
    Ok(RequestRecord {
        client: get(row, "client_id")?,
        redirect_uri: get(row, "redirect_uri")?,
        scopes: words::<Scope>(get(row, "scopes")?).map_err(|error| corrupt("scopes", error))?,
        state: get(row, "state")?,
        resource: get(row, "resource")?,
        challenge: get(row, "challenge")?,
    })
}
