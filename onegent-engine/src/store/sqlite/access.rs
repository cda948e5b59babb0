//! Accounts, keys, sign-in links, sessions and saved profiles. Of every secret only the SHA-256 is here.

use std::time::Duration;

use onegent_core::caller::Scope;
use onegent_core::guest::GuestProfile;
use onegent_core::id::{AccountId, KeyId, ProfileId, SessionId};
use onegent_core::port::KeyInfo;
use onegent_core::request::{Scenario, UnknownWord};
use sqlx::sqlite::SqliteRow;
use sqlx::{SqlitePool, sqlite::SqliteConnection};

use super::row::{corrupt, get, json, text, time, time_or_null, to_json};
use super::writer::Tx;
use crate::store::record::{KeyRecord, ProfileRecord, SessionRecord, words};
use crate::store::{NewKey, StoreError};

const OWNER: &str = "SELECT id FROM accounts ORDER BY created_at, id LIMIT 1";
const ADD_ACCOUNT: &str = "INSERT INTO accounts (id, created_at) VALUES ($1, $2)";

const ADD_KEY: &str = "INSERT INTO api_keys (id, account_id, hash, name, environment, scopes, scenarios, ending, \
     created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const KEY: &str = "SELECT * FROM api_keys WHERE hash = $1";
const KEYS: &str = "SELECT * FROM api_keys WHERE account_id = $1 ORDER BY id DESC";
const REVOKE_KEY: &str =
    "UPDATE api_keys SET revoked_at = coalesce(revoked_at, $3) WHERE id = $1 AND account_id = $2";
const KEY_USED: &str = "UPDATE api_keys SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $2 - 60000)";

const ADD_LINK: &str = "INSERT INTO sign_in_links (hash, account_id, expires_at) VALUES ($1, $2, $3)";
const USE_LINK: &str = "UPDATE sign_in_links SET used_at = $2 \
     WHERE hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING account_id";
const ADD_SESSION: &str = "INSERT INTO sessions (id, account_id, hash, signed_in_at, expires_at) \
     VALUES ($1, $2, $3, $4, $5)";
const SESSION: &str = "SELECT id, account_id, signed_in_at, expires_at FROM sessions \
     WHERE hash = $1 AND ended_at IS NULL AND expires_at > $2";
const END_SESSION: &str = "UPDATE sessions SET ended_at = $2 WHERE hash = $1 AND ended_at IS NULL";

const ADD_PROFILE: &str = "INSERT INTO profiles (id, account_id, guest, is_default, created_at) \
     SELECT $1, $2, $3, NOT EXISTS (SELECT 1 FROM profiles WHERE account_id = $2 AND is_default = 1), $4";
const PROFILE: &str = "SELECT id, guest, is_default FROM profiles WHERE id = $1 AND account_id = $2";
const PROFILES: &str = "SELECT id, guest, is_default FROM profiles WHERE account_id = $1 ORDER BY id";
const NO_DEFAULT: &str = "UPDATE profiles SET is_default = 0 WHERE account_id = $1 AND is_default = 1";
const SET_DEFAULT: &str = "UPDATE profiles SET is_default = 1 WHERE id = $1 AND account_id = $2";
const DELETE_PROFILE: &str = "DELETE FROM profiles WHERE id = $1 AND account_id = $2";

pub(super) async fn owner(tx: Tx<'_>, fresh: AccountId) -> Result<AccountId, StoreError> {
    if let Some(row) = sqlx::query(OWNER).fetch_optional(&mut *tx.conn).await? {
        return text(&row, "id");
    }
    sqlx::query(ADD_ACCOUNT)
        .bind(fresh.to_string())
        .bind(tx.now.as_millisecond())
        .execute(&mut *tx.conn)
        .await?;
    Ok(fresh)
}

pub(super) async fn add_key(tx: Tx<'_>, key: NewKey) -> Result<(), StoreError> {
    let scopes: Vec<_> = key.info.scopes.iter().map(|scope| scope.as_str()).collect();
    let scenarios: Vec<_> = key.info.scenarios.iter().map(|scenario| scenario.as_str()).collect();
    sqlx::query(ADD_KEY)
        .bind(key.info.key_id.to_string())
        .bind(key.account.to_string())
        .bind(key.hash)
        .bind(key.info.name.as_str())
        .bind(key.info.environment.as_str())
        .bind(scopes.join(" "))
        .bind(scenarios.join(" "))
        .bind(key.info.ending)
        .bind(key.info.created_at.as_millisecond())
        .execute(&mut *tx.conn)
        .await?;
    Ok(())
}

pub(super) async fn key(pool: &SqlitePool, hash: &str) -> Result<Option<KeyRecord>, StoreError> {
    let row = sqlx::query(KEY).bind(hash).fetch_optional(pool).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(KeyRecord { account: text(&row, "account_id")?, info: key_info(&row)? }))
}

pub(super) async fn keys(pool: &SqlitePool, account: AccountId) -> Result<Vec<KeyInfo>, StoreError> {
    let rows = sqlx::query(KEYS).bind(account.to_string()).fetch_all(pool).await?;
    rows.iter().map(key_info).collect()
}

fn key_info(row: &SqliteRow) -> Result<KeyInfo, StoreError> {
    let bad = |what| move |error: UnknownWord| corrupt(what, error);
    Ok(KeyInfo {
        key_id: text(row, "id")?,
        name: text(row, "name")?,
        environment: text(row, "environment")?,
        scopes: words::<Scope>(get(row, "scopes")?).map_err(bad("scopes"))?,
        scenarios: words::<Scenario>(get(row, "scenarios")?).map_err(bad("scenarios"))?,
        ending: get(row, "ending")?,
        created_at: time(row, "created_at")?,
        last_used_at: time_or_null(row, "last_used_at")?,
        revoked_at: time_or_null(row, "revoked_at")?,
    })
}

pub(super) async fn revoke_key(tx: Tx<'_>, account: AccountId, key: KeyId) -> Result<(), StoreError> {
    let revoked = sqlx::query(REVOKE_KEY)
        .bind(key.to_string())
        .bind(account.to_string())
        .bind(tx.now.as_millisecond())
        .execute(&mut *tx.conn)
        .await?;
    if revoked.rows_affected() == 1 { Ok(()) } else { Err(StoreError::NotFound) }
}

pub(super) async fn key_used(tx: Tx<'_>, key: KeyId) -> Result<(), StoreError> {
    sqlx::query(KEY_USED).bind(key.to_string()).bind(tx.now.as_millisecond()).execute(&mut *tx.conn).await?;
    Ok(())
}

pub(super) async fn add_link(
    tx: Tx<'_>,
    account: AccountId,
    hash: String,
    ttl: Duration,
) -> Result<(), StoreError> {
    let until = (tx.now + ttl).as_millisecond();
    sqlx::query(ADD_LINK).bind(hash).bind(account.to_string()).bind(until).execute(&mut *tx.conn).await?;
    Ok(())
}

pub(super) async fn sign_in(
    tx: Tx<'_>,
    link: String,
    id: SessionId,
    hash: String,
    ttl: Duration,
) -> Result<Option<SessionRecord>, StoreError> {
    let used =
        sqlx::query(USE_LINK).bind(link).bind(tx.now.as_millisecond()).fetch_optional(&mut *tx.conn).await?;
    let Some(row) = used else { return Ok(None) };
    let session = SessionRecord {
        id,
        account: text(&row, "account_id")?,
        signed_in_at: tx.now,
        expires_at: tx.now + ttl,
    };
    sqlx::query(ADD_SESSION)
        .bind(id.to_string())
        .bind(session.account.to_string())
        .bind(hash)
        .bind(session.signed_in_at.as_millisecond())
        .bind(session.expires_at.as_millisecond())
        .execute(&mut *tx.conn)
        .await?;
    Ok(Some(session))
}

pub(super) async fn session(
    pool: &SqlitePool,
    hash: &str,
    now: jiff::Timestamp,
) -> Result<Option<SessionRecord>, StoreError> {
    let row = sqlx::query(SESSION).bind(hash).bind(now.as_millisecond()).fetch_optional(pool).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(SessionRecord {
        id: text(&row, "id")?,
        account: text(&row, "account_id")?,
        signed_in_at: time(&row, "signed_in_at")?,
        expires_at: time(&row, "expires_at")?,
    }))
}

pub(super) async fn end_session(tx: Tx<'_>, hash: String) -> Result<(), StoreError> {
    sqlx::query(END_SESSION).bind(hash).bind(tx.now.as_millisecond()).execute(&mut *tx.conn).await?;
    Ok(())
}

pub(super) async fn add_profile(
    mut tx: Tx<'_>,
    account: AccountId,
    id: ProfileId,
    guest: GuestProfile,
    default: bool,
) -> Result<ProfileRecord, StoreError> {
    sqlx::query(ADD_PROFILE)
        .bind(id.to_string())
        .bind(account.to_string())
        .bind(to_json("guest", &guest)?)
        .bind(tx.now.as_millisecond())
        .execute(&mut *tx.conn)
        .await?;
    if default {
        make_default(&mut tx, account, id).await?;
    }
    one_profile(tx.conn, account, id).await
}

async fn one_profile(
    conn: &mut SqliteConnection,
    account: AccountId,
    id: ProfileId,
) -> Result<ProfileRecord, StoreError> {
    let row =
        sqlx::query(PROFILE).bind(id.to_string()).bind(account.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(profile).transpose()?.ok_or(StoreError::NotFound)
}

fn profile(row: &SqliteRow) -> Result<ProfileRecord, StoreError> {
    Ok(ProfileRecord {
        id: text(row, "id")?,
        guest: json(row, "guest")?,
        is_default: get::<i64>(row, "is_default")? == 1,
    })
}

pub(super) async fn profiles(
    pool: &SqlitePool,
    account: AccountId,
) -> Result<Vec<ProfileRecord>, StoreError> {
    let rows = sqlx::query(PROFILES).bind(account.to_string()).fetch_all(pool).await?;
    rows.iter().map(profile).collect()
}

pub(super) async fn set_default(mut tx: Tx<'_>, account: AccountId, id: ProfileId) -> Result<(), StoreError> {
    make_default(&mut tx, account, id).await
}

async fn make_default(tx: &mut Tx<'_>, account: AccountId, id: ProfileId) -> Result<(), StoreError> {
    sqlx::query(NO_DEFAULT).bind(account.to_string()).execute(&mut *tx.conn).await?;
    let set = sqlx::query(SET_DEFAULT)
        .bind(id.to_string())
        .bind(account.to_string())
        .execute(&mut *tx.conn)
        .await?;
    if set.rows_affected() == 1 { Ok(()) } else { Err(StoreError::NotFound) }
}

pub(super) async fn delete_profile(tx: Tx<'_>, account: AccountId, id: ProfileId) -> Result<(), StoreError> {
    let gone = sqlx::query(DELETE_PROFILE)
        .bind(id.to_string())
        .bind(account.to_string())
        .execute(&mut *tx.conn)
        .await?;
    if gone.rows_affected() == 1 { Ok(()) } else { Err(StoreError::NotFound) }
}
