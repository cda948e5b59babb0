//! Sessions, the links that open them, and the security log. Of every secret only the SHA-256 is here.

use std::time::Duration;

use jiff::Timestamp;
use onegent_core::account::{Role, SecurityEvent, SessionInfo};
use onegent_core::id::{AccountId, PersonId, SessionId};
use onegent_core::text::Text;

use super::query::{Conn, Row, query};
use super::row::{corrupt, text, text_or_null, time, time_or_null};
use super::tx::Tx;
use crate::store::StoreError;
use crate::store::accounts::NewSession;
use crate::store::record::SessionRecord;

const ADD_LINK: &str =
    "INSERT INTO sign_in_links (hash, account_id, person_id, expires_at) VALUES ($1, $2, $3, $4)";
const USE_LINK: &str = "UPDATE sign_in_links SET used_at = $2 \
     WHERE hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING person_id";
const PERSON: &str = "SELECT account_id, role FROM people WHERE id = $1 AND removed_at IS NULL";
const ADD_SESSION: &str = "INSERT INTO sessions (id, account_id, person_id, hash, signed_in_at, expires_at, method, \
     agent, proven_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const SESSION: &str = "SELECT s.id, s.account_id, s.person_id, p.role, s.proven_at, s.signed_in_at, s.expires_at FROM sessions s \
     JOIN people p ON p.id = s.person_id \
     WHERE s.hash = $1 AND s.ended_at IS NULL AND s.expires_at > $2 AND p.removed_at IS NULL";
const SESSIONS: &str = "SELECT id, method, signed_in_at, expires_at, agent FROM sessions \
     WHERE account_id = $1 AND person_id = $2 AND ended_at IS NULL AND expires_at > $3 ORDER BY id DESC LIMIT 100";
const END_SESSION: &str = "UPDATE sessions SET ended_at = $2 WHERE hash = $1 AND ended_at IS NULL \
     RETURNING account_id, person_id";
const END_SESSION_OF: &str = "UPDATE sessions SET ended_at = $4 \
     WHERE id = $3 AND account_id = $1 AND person_id = $2 AND ended_at IS NULL";
const PROVE: &str =
    "UPDATE sessions SET proven_at = $3 WHERE id = $2 AND account_id = $1 AND ended_at IS NULL";

const ADD_EVENT: &str = "INSERT INTO security_events (id, at, kind, account_id, person_id, address, subject) \
     VALUES ($1, $2, $3, $4, $5, $6, $7)";
const EVENTS: &str = "SELECT id, at, kind, account_id, person_id, address, subject FROM security_events \
     WHERE account_id = $1 ORDER BY id DESC LIMIT $2";
const ALL_EVENTS: &str = "SELECT id, at, kind, account_id, person_id, address, subject FROM security_events \
     ORDER BY id DESC LIMIT $1";
const FORGET_EVENTS: &str = "DELETE FROM security_events WHERE at < $1";

pub(super) async fn add_link(
    tx: Tx<'_>,
    account: AccountId,
    person: PersonId,
    hash: String,
    ttl: Duration,
) -> Result<(), StoreError> {
    query(ADD_LINK)
        .bind(hash)
        .bind(account.to_string())
        .bind(person.to_string())
        .bind((tx.now + ttl).as_millisecond())
        .execute(tx.conn)
        .await?;
    Ok(())
}

pub(super) async fn sign_in(
    tx: Tx<'_>,
    link: String,
    session: NewSession,
) -> Result<Option<SessionRecord>, StoreError> {
    let used = query(USE_LINK).bind(link).bind(tx.now.as_millisecond()).fetch_optional(tx.conn).await?;
    let Some(row) = used else { return Ok(None) };
    let person: PersonId = text(&row, "person_id")?;
    let known = query(PERSON).bind(person.to_string()).fetch_optional(tx.conn).await?;
    let Some(row) = known else { return Ok(None) };
    let (account, role) = (text(&row, "account_id")?, text(&row, "role")?);
    open(tx, account, person, role, session).await.map(Some)
}

pub(super) async fn open_for(
    tx: Tx<'_>,
    account: AccountId,
    person: PersonId,
    session: NewSession,
) -> Result<SessionRecord, StoreError> {
    let known = query(PERSON).bind(person.to_string()).fetch_optional(tx.conn).await?;
    let row = known.ok_or(StoreError::NotFound)?;
    if text::<AccountId>(&row, "account_id")? != account {
        return Err(StoreError::NotFound);
    }
    let role = text(&row, "role")?;
    open(tx, account, person, role, session).await
}

pub(super) async fn open(
    tx: Tx<'_>,
    account: AccountId,
    person: PersonId,
    role: Role,
    new: NewSession,
) -> Result<SessionRecord, StoreError> {
    let session = SessionRecord {
        id: new.id,
        account,
        person,
        role,
        proven_at: new.proven.then_some(tx.now),
        signed_in_at: tx.now,
        expires_at: tx.now + new.ttl,
    };
    query(ADD_SESSION)
        .bind(session.id.to_string())
        .bind(account.to_string())
        .bind(person.to_string())
        .bind(new.hash)
        .bind(session.signed_in_at.as_millisecond())
        .bind(session.expires_at.as_millisecond())
        .bind(new.method.as_str())
        .bind(new.agent.as_ref().map(Text::as_str))
        .bind(session.proven_at.map(Timestamp::as_millisecond))
        .execute(tx.conn)
        .await?;
    Ok(session)
}

pub(super) async fn session(
    conn: &mut Conn,
    hash: &str,
    now: Timestamp,
) -> Result<Option<SessionRecord>, StoreError> {
    let row = query(SESSION).bind(hash).bind(now.as_millisecond()).fetch_optional(conn).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(SessionRecord {
        id: text(&row, "id")?,
        account: text(&row, "account_id")?,
        person: text(&row, "person_id")?,
        role: text(&row, "role")?,
        proven_at: time_or_null(&row, "proven_at")?,
        signed_in_at: time(&row, "signed_in_at")?,
        expires_at: time(&row, "expires_at")?,
    }))
}

pub(super) async fn sessions(
    conn: &mut Conn,
    account: AccountId,
    person: PersonId,
    now: Timestamp,
) -> Result<Vec<SessionInfo>, StoreError> {
    let rows = query(SESSIONS)
        .bind(account.to_string())
        .bind(person.to_string())
        .bind(now.as_millisecond())
        .fetch_all(conn)
        .await?;
    let info = |row: &Row| {
        Ok(SessionInfo {
            id: text(row, "id")?,
            method: text(row, "method")?,
            signed_in_at: time(row, "signed_in_at")?,
            expires_at: time(row, "expires_at")?,
            agent: text_or_null(row, "agent")?,
        })
    };
    rows.iter().map(info).collect()
}

pub(super) async fn end(tx: Tx<'_>, hash: String) -> Result<Option<(AccountId, PersonId)>, StoreError> {
    let ended = query(END_SESSION).bind(hash).bind(tx.now.as_millisecond()).fetch_optional(tx.conn).await?;
    ended.map(|row| Ok((text(&row, "account_id")?, text(&row, "person_id")?))).transpose()
}

pub(super) async fn end_of(
    tx: Tx<'_>,
    account: AccountId,
    person: PersonId,
    session: SessionId,
) -> Result<bool, StoreError> {
    let ended = query(END_SESSION_OF)
        .bind(account.to_string())
        .bind(person.to_string())
        .bind(session.to_string())
        .bind(tx.now.as_millisecond())
        .execute(tx.conn)
        .await?;
    Ok(ended == 1)
}

pub(super) async fn prove(tx: Tx<'_>, account: AccountId, session: SessionId) -> Result<(), StoreError> {
    query(PROVE)
        .bind(account.to_string())
        .bind(session.to_string())
        .bind(tx.now.as_millisecond())
        .execute(tx.conn)
        .await?;
    Ok(())
}

pub(super) async fn note(tx: Tx<'_>, event: SecurityEvent) -> Result<(), StoreError> {
    query(ADD_EVENT)
        .bind(event.id.to_string())
        .bind(event.at.as_millisecond())
        .bind(event.kind.as_str())
        .bind(event.account.map(|id| id.to_string()))
        .bind(event.person.map(|id| id.to_string()))
        .bind(event.address.map(|address| address.to_string()))
        .bind(event.subject.as_ref().map(Text::as_str))
        .execute(tx.conn)
        .await?;
    Ok(())
}

pub(super) async fn events(
    conn: &mut Conn,
    account: Option<AccountId>,
    limit: u32,
) -> Result<Vec<SecurityEvent>, StoreError> {
    let asking = match account {
        Some(account) => query(EVENTS).bind(account.to_string()),
        None => query(ALL_EVENTS),
    };
    asking.bind(i64::from(limit)).fetch_all(conn).await?.iter().map(event).collect()
}

fn event(row: &Row) -> Result<SecurityEvent, StoreError> {
    Ok(SecurityEvent {
        id: text(row, "id")?,
        at: time(row, "at")?,
        kind: text::<onegent_core::account::SecurityEventKind>(row, "kind")
            .map_err(|error| corrupt("kind", error))?,
        account: text_or_null(row, "account_id")?,
        person: text_or_null(row, "person_id")?,
        address: text_or_null(row, "address")?,
        subject: text_or_null(row, "subject")?,
    })
}

pub(super) async fn forget_events(tx: Tx<'_>, before: Timestamp) -> Result<(), StoreError> {
    query(FORGET_EVENTS).bind(before.as_millisecond()).execute(tx.conn).await?;
    Ok(())
}
