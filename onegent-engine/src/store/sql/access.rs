//! Keys and saved profiles. Of a key only the SHA-256 is here, of a guest only what the vault sealed.

use jiff::Timestamp;
use onegent_core::caller::Scope;
use onegent_core::id::{AccountId, KeyId, ProfileId};
use onegent_core::port::KeyInfo;
use onegent_core::request::{Scenario, UnknownWord};

use super::query::{Conn, Row, group, query};
use super::row::{corrupt, get, text, time, time_or_null};
use super::together::Found;
use super::tx::{Only, Tx};
use crate::store::record::{KeyRecord, ProfileRecord, words};
use crate::store::{NewKey, StoreError};
use crate::vault::Sealed;

const ADD_KEY: &str = "INSERT INTO api_keys (id, account_id, hash, name, environment, scopes, scenarios, ending, \
     created_at, person_id, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
/// The new key takes name, rights and end of one that works.
const ADD_ROTATED: &str = "INSERT INTO api_keys (id, account_id, hash, name, environment, scopes, scenarios, ending, \
     created_at, person_id, expires_at) SELECT $3, account_id, $4, name, environment, scopes, scenarios, $5, $6, \
     person_id, expires_at FROM api_keys \
     WHERE id = $1 AND account_id = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $6)";
const KEY_OF: &str = "SELECT * FROM api_keys WHERE id = $1 AND account_id = $2";
const KEY_EACH: &str = concat!(
    "SELECT * FROM api_keys WHERE hash IN ",
    group!(),
    " AND NOT EXISTS (SELECT 1 FROM people p WHERE p.id = person_id AND p.removed_at IS NOT NULL)"
);
const KEYS: &str = "SELECT * FROM api_keys WHERE account_id = $1 ORDER BY id DESC";
const REVOKE_KEY: &str =
    "UPDATE api_keys SET revoked_at = coalesce(revoked_at, $3) WHERE id = $1 AND account_id = $2";
const KEY_USED: &str = "UPDATE api_keys SET last_used_at = $2 WHERE id = $1 AND account_id = $3 AND (last_used_at IS NULL OR last_used_at <= $2 - 60000)";

const ADD_PROFILE: &str = "INSERT INTO profiles (id, account_id, guest, is_default, created_at) \
     VALUES ($1, $2, $3, 0, $4)";
const PROFILE: &str = "SELECT id, guest, is_default FROM profiles WHERE id = $1 AND account_id = $2";
const PROFILES: &str = "SELECT id, guest, is_default FROM profiles WHERE account_id = $1 ORDER BY id";
const NO_DEFAULT: &str = "UPDATE profiles SET is_default = 0 WHERE account_id = $1 AND is_default = 1";
const SET_DEFAULT: &str = "UPDATE profiles SET is_default = 1 WHERE id = $1 AND account_id = $2";
const DELETE_PROFILE: &str = "DELETE FROM profiles WHERE id = $1 AND account_id = $2";

pub(super) async fn add_key(tx: Tx<'_>, key: NewKey) -> Result<(), StoreError> {
    let scopes: Vec<_> = key.info.scopes.iter().map(|scope| scope.as_str()).collect();
    let scenarios: Vec<_> = key.info.scenarios.iter().map(|scenario| scenario.as_str()).collect();
    query(ADD_KEY)
        .bind(key.info.key_id.to_string())
        .bind(key.account.to_string())
        .bind(key.hash)
        .bind(key.info.name.as_str())
        .bind(key.info.environment.as_str())
        .bind(scopes.join(" "))
        .bind(scenarios.join(" "))
        .bind(key.info.ending)
        .bind(key.info.created_at.as_millisecond())
        .bind(key.person.to_string())
        .bind(key.info.expires_at.map(Timestamp::as_millisecond))
        .execute(tx.conn)
        .await?;
    Ok(())
}

/// Keys by their hashes.
pub(super) async fn find_each(
    conn: &mut Conn,
    hashes: &[String],
) -> Result<Found<String, KeyRecord>, StoreError> {
    let rows = query(KEY_EACH).bind_group(hashes).fetch_all(conn).await?;
    rows.iter().map(|row| Ok((get(row, "hash")?, key(row)))).collect()
}

fn key(row: &Row) -> Result<KeyRecord, StoreError> {
    let (account, person) = (text(row, "account_id")?, text(row, "person_id")?);
    Ok(KeyRecord { account, person, info: key_info(row)? })
}

pub(super) async fn keys(conn: &mut Conn, account: AccountId) -> Result<Vec<KeyInfo>, StoreError> {
    let rows = query(KEYS).bind(account.to_string()).fetch_all(conn).await?;
    rows.iter().map(key_info).collect()
}

fn key_info(row: &Row) -> Result<KeyInfo, StoreError> {
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
        expires_at: time_or_null(row, "expires_at")?,
        revoked_at: time_or_null(row, "revoked_at")?,
    })
}

pub(super) async fn revoke_key(mut tx: Tx<'_>, account: AccountId, key: KeyId) -> Result<(), StoreError> {
    end_key(&mut tx, account, key).await
}

async fn end_key(tx: &mut Tx<'_>, account: AccountId, key: KeyId) -> Result<(), StoreError> {
    let revoked = query(REVOKE_KEY)
        .bind(key.to_string())
        .bind(account.to_string())
        .bind(tx.now.as_millisecond())
        .execute(tx.conn)
        .await?;
    if revoked == 1 { Ok(()) } else { Err(StoreError::NotFound) }
}

pub(super) async fn rotate_key(
    mut tx: Tx<'_>,
    account: AccountId,
    key: KeyId,
    fresh: KeyId,
    hash: String,
    ending: String,
) -> Result<KeyInfo, StoreError> {
    tx.only(Only::Key(key)).await?;
    let added = query(ADD_ROTATED)
        .bind(key.to_string())
        .bind(account.to_string())
        .bind(fresh.to_string())
        .bind(hash)
        .bind(ending)
        .bind(tx.now.as_millisecond())
        .execute(tx.conn)
        .await?;
    if added != 1 {
        return Err(StoreError::NotFound);
    }
    let row = query(KEY_OF).bind(fresh.to_string()).bind(account.to_string()).fetch_one(tx.conn).await?;
    let info = key_info(&row)?;
    end_key(&mut tx, account, key).await?;
    Ok(info)
}

pub(super) async fn key_used(tx: Tx<'_>, account: AccountId, key: KeyId) -> Result<(), StoreError> {
    query(KEY_USED)
        .bind(key.to_string())
        .bind(tx.now.as_millisecond())
        .bind(account.to_string())
        .execute(tx.conn)
        .await?;
    Ok(())
}

pub(super) async fn add_profile(
    mut tx: Tx<'_>,
    account: AccountId,
    id: ProfileId,
    guest: Sealed,
    default: bool,
) -> Result<ProfileRecord, StoreError> {
    query(ADD_PROFILE)
        .bind(id.to_string())
        .bind(account.to_string())
        .bind(guest.as_str())
        .bind(tx.now.as_millisecond())
        .execute(tx.conn)
        .await?;
    if default {
        make_default(&mut tx, account, id).await?;
    }
    one_profile(tx.conn, account, id).await
}

async fn one_profile(
    conn: &mut Conn,
    account: AccountId,
    id: ProfileId,
) -> Result<ProfileRecord, StoreError> {
    let row = query(PROFILE).bind(id.to_string()).bind(account.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(profile).transpose()?.ok_or(StoreError::NotFound)
}

fn profile(row: &Row) -> Result<ProfileRecord, StoreError> {
    Ok(ProfileRecord {
        id: text(row, "id")?,
        guest: Sealed::kept(get::<String>(row, "guest")?),
        is_default: get::<i64>(row, "is_default")? == 1,
    })
}

pub(super) async fn profiles(conn: &mut Conn, account: AccountId) -> Result<Vec<ProfileRecord>, StoreError> {
    let rows = query(PROFILES).bind(account.to_string()).fetch_all(conn).await?;
    rows.iter().map(profile).collect()
}

pub(super) async fn set_default(
    mut tx: Tx<'_>,
    account: AccountId,
    id: Option<ProfileId>,
) -> Result<(), StoreError> {
    if let Some(id) = id {
        return make_default(&mut tx, account, id).await;
    }
    query(NO_DEFAULT).bind(account.to_string()).execute(tx.conn).await?;
    Ok(())
}

async fn make_default(tx: &mut Tx<'_>, account: AccountId, id: ProfileId) -> Result<(), StoreError> {
    query(NO_DEFAULT).bind(account.to_string()).execute(tx.conn).await?;
    let set = query(SET_DEFAULT).bind(id.to_string()).bind(account.to_string()).execute(tx.conn).await?;
    if set == 1 { Ok(()) } else { Err(StoreError::NotFound) }
}

pub(super) async fn delete_profile(tx: Tx<'_>, account: AccountId, id: ProfileId) -> Result<(), StoreError> {
    let gone = query(DELETE_PROFILE).bind(id.to_string()).bind(account.to_string()).execute(tx.conn).await?;
    if gone == 1 { Ok(()) } else { Err(StoreError::NotFound) }
}
