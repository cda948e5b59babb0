//! Webhook endpoints and their outbox.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use onegent_core::caller::Environment;
use onegent_core::id::EndpointId;
use onegent_core::webhook::{
    ChangedJob, DeadLetter, DeliveryFailure, EventType, StatusMessage, WebhookEndpoint,
};

use super::SqlStore;
use super::query::{Conn, Query, Row, query};
use super::row::{count, get, int, json, text, time, to_json};
use super::tx::{Only, Tx};
use crate::store::StoreError;
use crate::store::record::JobRecord;
use crate::store::webhooks::{MessageKey, NewEndpoint, Outgoing, Room, WebhookStore, Whose};
use crate::vault::Sealed;

/// How many messages of one endpoint may wait. What comes after is a dead letter at once.
const MOST_WAITING: i64 = 10_000;
/// How many due messages one round looks at.
const LOOK: i64 = 256;

/// Refused by its own condition when the account has as many as it may, or whoever adds it was just removed.
const ADD: &str = "INSERT INTO webhook_endpoints (id, account_id, environment, url, secret, created_at, person_id) \
     SELECT $1, $2, $3, $4, $5, $6, $8 WHERE (SELECT count(*) FROM webhook_endpoints WHERE account_id = $2) < $7 \
     AND EXISTS (SELECT 1 FROM people WHERE id = $8 AND removed_at IS NULL)";
macro_rules! endpoint_columns {
    () => {
        "SELECT e.id, e.environment, e.url, e.created_at, \
         (SELECT count(*) FROM webhook_messages m WHERE m.endpoint_id = e.id AND m.state = 'waiting') AS waiting, \
         (SELECT count(*) FROM webhook_messages m WHERE m.endpoint_id = e.id AND m.state = 'dead') AS dead \
         FROM webhook_endpoints e "
    };
}
const ENDPOINTS: &str = concat!(
    endpoint_columns!(),
    "WHERE e.account_id = $1 AND ($2 IS NULL OR e.environment = $2) ORDER BY e.id"
);
const ENDPOINT: &str = concat!(
    endpoint_columns!(),
    "WHERE e.account_id = $1 AND ($2 IS NULL OR e.environment = $2) AND e.id = $3"
);
const REMOVE: &str =
    "DELETE FROM webhook_endpoints WHERE account_id = $1 AND ($2 IS NULL OR environment = $2) AND id = $3";
const REMOVE_MESSAGES: &str = "DELETE FROM webhook_messages WHERE endpoint_id = $1";
const ROTATE: &str = "UPDATE webhook_endpoints SET old_secret = secret, old_secret_until = $5, secret = $4 \
     WHERE account_id = $1 AND ($2 IS NULL OR environment = $2) AND id = $3";
const DEAD: &str = "SELECT job_id, sequence, attempts, failure, created_at FROM webhook_messages \
     WHERE endpoint_id = $1 AND state = 'dead' ORDER BY created_at DESC, job_id, sequence DESC LIMIT $2";
const REPLAY: &str = "UPDATE webhook_messages SET state = 'waiting', attempts = 0, due_at = $2, failure = NULL \
     WHERE endpoint_id = $1 AND state = 'dead'";

/// A message to each endpoint of the job's account and environment.
const TELL: &str = "INSERT INTO webhook_messages (endpoint_id, job_id, sequence, body, state, attempts, due_at, failure, \
     created_at) SELECT q.id, $1, $2, $3, CASE WHEN q.waiting < $7 THEN 'waiting' ELSE 'dead' END, 0, $4, \
     CASE WHEN q.waiting < $7 THEN NULL ELSE $8 END, $4 FROM (SELECT e.id, (SELECT count(*) FROM (SELECT 1 AS one \
     FROM webhook_messages m WHERE m.endpoint_id = e.id AND m.state = 'waiting' LIMIT $7) w) AS waiting \
     FROM webhook_endpoints e WHERE e.account_id = $5 AND e.environment = $6) q";

/// Whether no older message of the job waits for the same endpoint.
macro_rules! is_first {
    () => {
        "NOT EXISTS (SELECT 1 FROM webhook_messages b WHERE b.endpoint_id = m.endpoint_id AND b.job_id = m.job_id \
         AND b.state = 'waiting' AND b.sequence < m.sequence)"
    };
}
const DUE: &str = concat!(
    "SELECT d.endpoint_id, d.job_id, d.sequence, d.body, d.attempts, e.url, e.secret, \
     CASE WHEN e.old_secret_until > $1 THEN e.old_secret END AS old_secret \
     FROM (SELECT m.*, row_number() OVER (PARTITION BY m.endpoint_id ORDER BY m.due_at, m.job_id) AS place \
     FROM webhook_messages m WHERE m.state = 'waiting' AND m.due_at <= $1 AND ",
    is_first!(),
    ") d JOIN webhook_endpoints e ON e.id = d.endpoint_id WHERE d.place <= $2 \
     ORDER BY d.due_at, d.endpoint_id, d.job_id LIMIT $3"
);
/// Of several nodes that saw the message due, one takes it.
const TAKE: &str = "UPDATE webhook_messages SET attempts = attempts + 1, due_at = $6 WHERE endpoint_id = $1 AND job_id = $2 \
     AND sequence = $3 AND attempts = $4 AND state = 'waiting' AND due_at <= $5";
const DELIVERED: &str =
    "DELETE FROM webhook_messages WHERE endpoint_id = $1 AND job_id = $2 AND sequence = $3";
const NOT_DELIVERED: &str = "UPDATE webhook_messages SET state = $5, due_at = $6, failure = $7 WHERE endpoint_id = $1 \
     AND job_id = $2 AND sequence = $3 AND attempts = $4 AND state = 'waiting'";
const NEXT: &str = concat!(
    "SELECT min(m.due_at) AS due FROM webhook_messages m WHERE m.state = 'waiting' AND ",
    is_first!(),
    " AND EXISTS (SELECT 1 FROM webhook_endpoints e WHERE e.id = m.endpoint_id)"
);
const FORGET: [&str; 2] = [
    "DELETE FROM webhook_messages WHERE state = 'dead' AND created_at < $1",
    "DELETE FROM webhook_messages WHERE created_at < $1 \
     AND NOT EXISTS (SELECT 1 FROM webhook_endpoints e WHERE e.id = webhook_messages.endpoint_id)",
];

#[async_trait]
impl WebhookStore for SqlStore {
    async fn add_webhook(&self, new: NewEndpoint, most: u32) -> Result<WebhookEndpoint, StoreError> {
        self.write(move |tx| Box::pin(add(tx, new, most))).await
    }

    async fn webhooks(&self, whose: Whose) -> Result<Vec<WebhookEndpoint>, StoreError> {
        let rows = of(query(ENDPOINTS), whose).fetch_all(&mut self.read().await?).await?;
        rows.iter().map(endpoint).collect()
    }

    async fn remove_webhook(&self, whose: Whose, id: EndpointId) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(remove(tx, whose, id))).await
    }

    async fn rotate_webhook(
        &self,
        whose: Whose,
        id: EndpointId,
        secret: Sealed,
        overlap: Duration,
    ) -> Result<WebhookEndpoint, StoreError> {
        self.write(move |tx| Box::pin(rotate(tx, whose, id, secret, overlap))).await
    }

    async fn dead_letters(
        &self,
        whose: Whose,
        id: EndpointId,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, StoreError> {
        let mut conn = self.read().await?;
        one(&mut conn, whose, id).await?;
        let dead = query(DEAD).bind(id.to_string()).bind(i64::from(limit)).fetch_all(&mut conn).await?;
        dead.iter().map(dead_letter).collect()
    }

    async fn replay_webhook(&self, whose: Whose, id: EndpointId) -> Result<u64, StoreError> {
        self.write(move |tx| Box::pin(replay(tx, whose, id))).await
    }

    async fn outgoing(&self, room: Room, lease: Duration) -> Result<Vec<Outgoing>, StoreError> {
        self.write(move |tx| Box::pin(outgoing(tx, room, lease))).await
    }

    async fn delivered(&self, key: MessageKey) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                at(query(DELIVERED), key).execute(tx.conn).await?;
                Ok(())
            })
        })
        .await
    }

    async fn not_delivered(
        &self,
        key: MessageKey,
        attempt: u32,
        failure: DeliveryFailure,
        again: Option<Duration>,
    ) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(not_delivered(tx, key, attempt, failure, again))).await
    }

    async fn next_outgoing(&self) -> Result<Option<Timestamp>, StoreError> {
        let row = query(NEXT).fetch_one(&mut self.read().await?).await?;
        let due: Option<i64> = get(&row, "due")?;
        Ok(due.and_then(|millis| Timestamp::from_millisecond(millis).ok()))
    }

    async fn forget_webhooks(&self, before: Timestamp) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(forget(tx, before))).await
    }
}

/// Writes a message of where the job stands to each endpoint that is to be told. Whether there was one.
pub(super) async fn tell(tx: &mut Tx<'_>, record: &JobRecord) -> Result<bool, StoreError> {
    let message = StatusMessage {
        event: EventType::JobStatusChanged,
        timestamp: tx.now,
        data: ChangedJob {
            job_id: record.id,
            status: record.state.status(),
            environment: record.environment,
            sequence: record.version,
            created_at: record.created_at,
            updated_at: record.updated_at,
            completed_at: record.completed_at,
        },
    };
    let told = query(TELL)
        .bind(record.id.to_string())
        .bind(int(record.version))
        .bind(to_json("message", &message)?)
        .bind(tx.now.as_millisecond())
        .bind(record.account.to_string())
        .bind(record.environment.as_str())
        .bind(MOST_WAITING)
        .bind(to_json("failure", &DeliveryFailure::QueueFull)?)
        .execute(tx.conn)
        .await?;
    Ok(told > 0)
}

fn of(statement: Query<'_>, whose: Whose) -> Query<'_> {
    statement.bind(whose.account.to_string()).bind(whose.only.map(Environment::as_str))
}

fn at(statement: Query<'_>, key: MessageKey) -> Query<'_> {
    statement.bind(key.endpoint.to_string()).bind(key.job.to_string()).bind(int(key.sequence))
}

fn endpoint(row: &Row) -> Result<WebhookEndpoint, StoreError> {
    Ok(WebhookEndpoint {
        endpoint_id: text(row, "id")?,
        url: get(row, "url")?,
        environment: text(row, "environment")?,
        created_at: time(row, "created_at")?,
        waiting: count(row, "waiting")?,
        dead: count(row, "dead")?,
    })
}

fn dead_letter(row: &Row) -> Result<DeadLetter, StoreError> {
    let job_id = text(row, "job_id")?;
    Ok(DeadLetter {
        message_id: ChangedJob::message_id(job_id, count(row, "sequence")?),
        job_id,
        created_at: time(row, "created_at")?,
        attempts: count(row, "attempts")?,
        failure: json(row, "failure")?,
    })
}

async fn one(conn: &mut Conn, whose: Whose, id: EndpointId) -> Result<WebhookEndpoint, StoreError> {
    let row = of(query(ENDPOINT), whose).bind(id.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(endpoint).transpose()?.ok_or(StoreError::NotFound)
}

async fn add(mut tx: Tx<'_>, new: NewEndpoint, most: u32) -> Result<WebhookEndpoint, StoreError> {
    tx.only(Only::Account(new.account)).await?;
    let added = query(ADD)
        .bind(new.id.to_string())
        .bind(new.account.to_string())
        .bind(new.environment.as_str())
        .bind(new.url)
        .bind(new.secret.as_str())
        .bind(tx.now.as_millisecond())
        .bind(i64::from(most))
        .bind(new.person.to_string())
        .execute(tx.conn)
        .await?;
    if added != 1 {
        return Err(StoreError::Full);
    }
    one(tx.conn, Whose { account: new.account, only: None }, new.id).await
}

async fn remove(tx: Tx<'_>, whose: Whose, id: EndpointId) -> Result<(), StoreError> {
    let removed = of(query(REMOVE), whose).bind(id.to_string()).execute(tx.conn).await?;
    if removed != 1 {
        return Err(StoreError::NotFound);
    }
    query(REMOVE_MESSAGES).bind(id.to_string()).execute(tx.conn).await?;
    Ok(())
}

async fn rotate(
    tx: Tx<'_>,
    whose: Whose,
    id: EndpointId,
    secret: Sealed,
    overlap: Duration,
) -> Result<WebhookEndpoint, StoreError> {
    of(query(ROTATE), whose)
        .bind(id.to_string())
        .bind(secret.as_str())
        .bind((tx.now + overlap).as_millisecond())
        .execute(tx.conn)
        .await?;
    one(tx.conn, whose, id).await
}

async fn replay(tx: Tx<'_>, whose: Whose, id: EndpointId) -> Result<u64, StoreError> {
    one(tx.conn, whose, id).await?;
    Ok(query(REPLAY).bind(id.to_string()).bind(tx.now.as_millisecond()).execute(tx.conn).await?)
}

async fn outgoing(tx: Tx<'_>, mut room: Room, lease: Duration) -> Result<Vec<Outgoing>, StoreError> {
    let now = tx.now.as_millisecond();
    let of_endpoint = i64::try_from(room.of_endpoint).unwrap_or(i64::MAX);
    let due = query(DUE).bind(now).bind(of_endpoint).bind(LOOK).fetch_all(tx.conn).await?;
    let mut taken = Vec::new();
    for row in &due {
        if taken.len() == room.messages {
            break;
        }
        let key = MessageKey {
            endpoint: text(row, "endpoint_id")?,
            job: text(row, "job_id")?,
            sequence: count(row, "sequence")?,
        };
        let sending = room.sending.entry(key.endpoint).or_default();
        if *sending >= room.of_endpoint {
            continue;
        }
        let attempts: u32 = count(row, "attempts")?;
        let won = at(query(TAKE), key)
            .bind(i64::from(attempts))
            .bind(now)
            .bind((tx.now + lease).as_millisecond())
            .execute(tx.conn)
            .await?;
        if won != 1 {
            continue;
        }
        *sending += 1;
        let old: Option<String> = get(row, "old_secret")?;
        taken.push(Outgoing {
            key,
            url: get(row, "url")?,
            secrets: std::iter::once(get(row, "secret")?)
                .chain(old)
                .map(|text: String| Sealed::kept(text))
                .collect(),
            body: get(row, "body")?,
            attempt: attempts + 1,
        });
    }
    Ok(taken)
}

async fn not_delivered(
    tx: Tx<'_>,
    key: MessageKey,
    attempt: u32,
    failure: DeliveryFailure,
    again: Option<Duration>,
) -> Result<(), StoreError> {
    at(query(NOT_DELIVERED), key)
        .bind(i64::from(attempt))
        .bind(if again.is_some() { "waiting" } else { "dead" })
        .bind((tx.now + again.unwrap_or_default()).as_millisecond())
        .bind(to_json("failure", &failure)?)
        .execute(tx.conn)
        .await?;
    Ok(())
}

async fn forget(tx: Tx<'_>, before: Timestamp) -> Result<(), StoreError> {
    for over in FORGET {
        query(over).bind(before.as_millisecond()).execute(tx.conn).await?;
    }
    Ok(())
}

/// What goes with a person who is removed; messages to it are never due from then on, and are swept.
pub(super) const FORGET_OF_PERSON: &str = "DELETE FROM webhook_endpoints WHERE person_id = $1";
/// What goes with an account that is erased.
pub(super) const ERASE: [&str; 2] = [
    "DELETE FROM webhook_messages WHERE endpoint_id IN (SELECT id FROM webhook_endpoints WHERE account_id = $1)",
    "DELETE FROM webhook_endpoints WHERE account_id = $1",
];
