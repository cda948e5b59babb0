//! Codes into grants, refresh tokens into the next pair, access tokens into what they allow.

use jiff::Timestamp;
use onegent_core::caller::Scope;
use onegent_core::id::GrantId;
use onegent_core::port::{GrantEnd, OAuthErrorCode};

use super::grants;
use crate::oauth::{CodeRules, CodeVerdict, RefreshRules, RefreshVerdict, narrowed, scope_text};
use crate::store::StoreError;
use crate::store::oauth::{Issue, Pair, RedeemCode, Refresh, TokenRecord};
use crate::store::record::words;
use crate::store::sql::query::{Conn, Row, group, query};
use crate::store::sql::row::{corrupt, count, get, text, text_or_null, time, time_or_null};
use crate::store::sql::together::Found;
use crate::store::sql::tx::{Only, Tx};

const CODE: &str = "SELECT * FROM oauth_codes WHERE hash = $1";
const USE_CODE: &str = "UPDATE oauth_codes SET grant_id = $2 WHERE hash = $1 AND grant_id IS NULL";
const ADD_GRANT: &str = "INSERT INTO oauth_grants (id, account_id, client_id, scopes, environment, resource, created_at, \
     expires_at, person_id) SELECT $2, account_id, client_id, scopes, environment, resource, $3, $4, person_id \
     FROM oauth_codes WHERE hash = $1";
const ADD_TOKEN: &str =
    "INSERT INTO oauth_tokens (hash, grant_id, kind, scopes, expires_at) VALUES ($1, $2, $3, $4, $5)";
const REFRESH: &str = "SELECT t.grant_id, t.scopes, t.rotated_at, t.again, g.client_id, g.expires_at \
     FROM oauth_tokens t JOIN oauth_grants g ON g.id = t.grant_id \
     WHERE t.hash = $1 AND t.kind = 'refresh' AND g.ended_at IS NULL";
const ROTATE: &str = "UPDATE oauth_tokens SET rotated_at = $2 WHERE hash = $1 AND rotated_at IS NULL";
const AGAIN: &str = "UPDATE oauth_tokens SET again = again + 1 WHERE hash = $1";
const OWNED: &str = "SELECT t.grant_id, t.kind FROM oauth_tokens t JOIN oauth_grants g ON g.id = t.grant_id \
     WHERE t.hash = $1 AND g.client_id = $2";
const REVOKE: &str = "UPDATE oauth_tokens SET revoked_at = coalesce(revoked_at, $2) WHERE hash = $1";
const ACCESS_EACH: &str = concat!(
    "SELECT t.hash, t.grant_id, t.scopes, g.account_id, g.person_id, g.environment, g.last_used_at \
     FROM oauth_tokens t JOIN oauth_grants g ON g.id = t.grant_id WHERE t.hash IN ",
    group!(),
    " AND t.kind = 'access' AND t.revoked_at IS NULL AND t.expires_at > $17 AND g.ended_at IS NULL \
     AND NOT EXISTS (SELECT 1 FROM people p WHERE p.id = g.person_id AND p.removed_at IS NOT NULL)"
);

pub(super) async fn redeem(tx: Tx<'_>, redeem: RedeemCode) -> Result<Issue, StoreError> {
    let row = query(CODE).bind(&redeem.code).fetch_optional(tx.conn).await?;
    let Some(row) = row else { return Ok(Issue::Unknown) };
    let given: Option<GrantId> = text_or_null(&row, "grant_id")?;
    let rules = CodeRules {
        client: get(&row, "client_id")?,
        redirect_uri: get(&row, "redirect_uri")?,
        challenge: get(&row, "challenge")?,
        resource: get(&row, "resource")?,
        expires_at: time(&row, "expires_at")?,
        used: given.is_some(),
    };
    match (rules.judge(&redeem.shown, tx.now), given) {
        (CodeVerdict::Give, _) => {}
        (CodeVerdict::Reused, Some(given)) => {
            grants::end(tx.conn, given, GrantEnd::CodeReused, tx.now).await?;
            return Ok(Issue::Ended(given, GrantEnd::CodeReused));
        }
        (CodeVerdict::Reused, None) => return Err(StoreError::LostRace),
        (CodeVerdict::Refuse(why), _) => return Ok(refused(why)),
        (CodeVerdict::OtherResource, _) => {
            let why = "The code was asked for with another resource.".to_owned();
            return Ok(Issue::Refused(OAuthErrorCode::InvalidTarget, why));
        }
    }
    let scopes = scopes(&row)?;
    let until = tx.now + redeem.family_ttl;
    query(ADD_GRANT)
        .bind(&redeem.code)
        .bind(redeem.grant.to_string())
        .bind(tx.now.as_millisecond())
        .bind(until.as_millisecond())
        .execute(tx.conn)
        .await?;
    let used = query(USE_CODE).bind(&redeem.code).bind(redeem.grant.to_string()).execute(tx.conn).await?;
    if used != 1 {
        return Err(StoreError::LostRace);
    }
    add_pair(tx.conn, redeem.grant, &redeem.pair, (&scopes, &scopes), tx.now, until).await
}

pub(super) async fn refresh(mut tx: Tx<'_>, refresh: Refresh) -> Result<Issue, StoreError> {
    tx.only(Only::Token(&refresh.token)).await?;
    let row = query(REFRESH).bind(&refresh.token).fetch_optional(tx.conn).await?;
    let Some(row) = row else { return Ok(Issue::Unknown) };
    let grant: GrantId = text(&row, "grant_id")?;
    let rules = RefreshRules {
        client: get(&row, "client_id")?,
        expires_at: time(&row, "expires_at")?,
        rotated_at: time_or_null(&row, "rotated_at")?,
        again: count(&row, "again")?,
    };
    let verdict = rules.judge(&refresh.client, tx.now, refresh.grace);
    match verdict {
        RefreshVerdict::Rotate | RefreshVerdict::Again => {}
        RefreshVerdict::Refuse(why) => return Ok(refused(why)),
        RefreshVerdict::Reused => {
            grants::end(tx.conn, grant, GrantEnd::RefreshReused, tx.now).await?;
            return Ok(Issue::Ended(grant, GrantEnd::RefreshReused));
        }
    }
    let granted = scopes(&row)?;
    let wanted = match narrowed(&granted, refresh.scope.as_deref()) {
        Ok(wanted) => wanted,
        Err(error) => return Ok(Issue::Refused(error.code(), error.description().to_owned())),
    };
    let used = if verdict == RefreshVerdict::Rotate {
        query(ROTATE).bind(&refresh.token).bind(tx.now.as_millisecond()).execute(tx.conn).await?
    } else {
        query(AGAIN).bind(&refresh.token).execute(tx.conn).await?
    };
    if used != 1 {
        return Err(StoreError::LostRace);
    }
    add_pair(tx.conn, grant, &refresh.pair, (&wanted, &granted), tx.now, rules.expires_at).await
}

/// Writes a pair down: the access token for the first scopes, the refresh token for the second. Neither outlives the
/// grant.
async fn add_pair(
    conn: &mut Conn,
    grant: GrantId,
    pair: &Pair,
    (access, refresh): (&[Scope], &[Scope]),
    now: Timestamp,
    until: Timestamp,
) -> Result<Issue, StoreError> {
    let access_until = until.min(now + pair.access_ttl);
    let tokens = [(&pair.access, "access", access, access_until), (&pair.refresh, "refresh", refresh, until)];
    for (hash, kind, scopes, until) in tokens {
        query(ADD_TOKEN)
            .bind(hash)
            .bind(grant.to_string())
            .bind(kind)
            .bind(scope_text(scopes))
            .bind(until.as_millisecond())
            .execute(conn)
            .await?;
    }
    Ok(Issue::Issued { scopes: access.to_vec(), access_until })
}

pub(super) async fn revoke(tx: Tx<'_>, hash: String, client: String) -> Result<(), StoreError> {
    let row = query(OWNED).bind(&hash).bind(client).fetch_optional(tx.conn).await?;
    let Some(row) = row else { return Ok(()) };
    if get::<&str>(&row, "kind")? == "refresh" {
        return grants::end(tx.conn, text(&row, "grant_id")?, GrantEnd::Revoked, tx.now).await;
    }
    query(REVOKE).bind(&hash).bind(tx.now.as_millisecond()).execute(tx.conn).await?;
    Ok(())
}

/// Access tokens that are good at `now`, by their hashes.
pub(super) async fn find_each(
    conn: &mut Conn,
    hashes: &[String],
    now: Timestamp,
) -> Result<Found<String, TokenRecord>, StoreError> {
    let rows = query(ACCESS_EACH).bind_group(hashes).bind(now.as_millisecond()).fetch_all(conn).await?;
    rows.iter().map(|row| Ok((get(row, "hash")?, token(row)))).collect()
}

fn token(row: &Row) -> Result<TokenRecord, StoreError> {
    Ok(TokenRecord {
        grant: text(row, "grant_id")?,
        account: text(row, "account_id")?,
        person: text(row, "person_id")?,
        environment: text(row, "environment")?,
        scopes: scopes(row)?,
        last_used_at: time_or_null(row, "last_used_at")?,
    })
}

pub(super) fn scopes(row: &Row) -> Result<Vec<Scope>, StoreError> {
    words(get(row, "scopes")?).map_err(|error| corrupt("scopes", error))
}

fn refused(why: &str) -> Issue {
    Issue::Refused(OAuthErrorCode::InvalidGrant, why.to_owned())
}
