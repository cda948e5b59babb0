//! Clients, however they came to be known.

use onegent_core::port::{ClientOrigin, GrantEnd};

use crate::store::StoreError;
use crate::store::oauth::ClientRecord;
use crate::store::sql::query::{Conn, Row, query};
use crate::store::sql::row::{get, int, json, text, time, to_json};
use crate::store::sql::tx::Tx;

const COUNT: &str = "SELECT count(*) AS clients FROM oauth_clients WHERE origin <> 'operator'";
const ADD: &str = "INSERT INTO oauth_clients (id, origin, name, uri, redirect_uris, secret_hash, created_at, checked_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING";
const UPDATE: &str =
    "UPDATE oauth_clients SET name = $2, uri = $3, redirect_uris = $4, checked_at = $5 WHERE id = $1";
const FIND: &str = "SELECT * FROM oauth_clients WHERE id = $1 AND removed_at IS NULL";
const ALL: &str = "SELECT * FROM oauth_clients WHERE removed_at IS NULL ORDER BY created_at, id";
const REMOVE: &str = "UPDATE oauth_clients SET removed_at = $2 WHERE id = $1 AND removed_at IS NULL";
const END_GRANTS: &str =
    "UPDATE oauth_grants SET ended_at = $2, end_reason = $3 WHERE client_id = $1 AND ended_at IS NULL";
const DROP_CODES: &str = "DELETE FROM oauth_codes WHERE client_id = $1";
const DROP_REQUESTS: &str = "DELETE FROM oauth_requests WHERE client_id = $1";

pub(super) async fn add(tx: Tx<'_>, client: ClientRecord, most: u64) -> Result<(), StoreError> {
    if client.origin != ClientOrigin::Operator {
        let known: i64 = get(&query(COUNT).fetch_one(tx.conn).await?, "clients")?;
        if known >= int(most) {
            return Err(StoreError::Full);
        }
    }
    query(ADD)
        .bind(&client.id)
        .bind(client.origin.as_str())
        .bind(client.name.as_str())
        .bind(&client.uri)
        .bind(to_json("redirect_uris", &client.redirect_uris)?)
        .bind(&client.secret_hash)
        .bind(client.created_at.as_millisecond())
        .bind(client.checked_at.as_millisecond())
        .execute(tx.conn)
        .await?;
    Ok(())
}

pub(super) async fn update(tx: Tx<'_>, client: ClientRecord) -> Result<(), StoreError> {
    query(UPDATE)
        .bind(&client.id)
        .bind(client.name.as_str())
        .bind(&client.uri)
        .bind(to_json("redirect_uris", &client.redirect_uris)?)
        .bind(client.checked_at.as_millisecond())
        .execute(tx.conn)
        .await?;
    Ok(())
}

pub(super) async fn find(conn: &mut Conn, id: &str) -> Result<Option<ClientRecord>, StoreError> {
    let row = query(FIND).bind(id).fetch_optional(conn).await?;
    row.as_ref().map(|row| client(row, "id")).transpose()
}

pub(super) async fn all(conn: &mut Conn) -> Result<Vec<ClientRecord>, StoreError> {
    let rows = query(ALL).fetch_all(conn).await?;
    rows.iter().map(|row| client(row, "id")).collect()
}

pub(super) async fn remove(tx: Tx<'_>, id: String) -> Result<(), StoreError> {
    let now = tx.now.as_millisecond();
    let removed = query(REMOVE).bind(&id).bind(now).execute(tx.conn).await?;
    if removed == 0 {
        return Err(StoreError::NotFound);
    }
    let why = GrantEnd::ClientRemoved.as_str();
    query(END_GRANTS).bind(&id).bind(now).bind(why).execute(tx.conn).await?;
    for drop in [DROP_CODES, DROP_REQUESTS] {
        query(drop).bind(&id).execute(tx.conn).await?;
    }
    Ok(())
}

/// A client's columns, with its id in the column `id`. In a join its times are those of the client.
pub(super) fn client(row: &Row, id: &'static str) -> Result<ClientRecord, StoreError> {
    Ok(ClientRecord {
        id: get(row, id)?,
        origin: text(row, "origin")?,
        name: text(row, "name")?,
        uri: get(row, "uri")?,
        redirect_uris: json(row, "redirect_uris")?,
        secret_hash: get(row, "secret_hash")?,
        created_at: time(row, "created_at")?,
        checked_at: time(row, "checked_at")?,
    })
}
