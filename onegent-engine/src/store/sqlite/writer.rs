//! The one writer: intents queue up, and all that wait are written in one transaction with one fsync.
//!
//! Each intent has a savepoint of its own, so that one that is refused leaves nothing behind and harms no other.
//! After the commit, listeners are told first and callers answered second: whoever has an answer and begins to listen
//! hears only what comes after it. A panic inside an intent ends the writer; from then on every write is
//! `Unavailable`, and so nothing is submitted.

use std::sync::Arc;

use onegent_core::time::Clock;
use sqlx::{Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use crate::checkpoint::AuditKey;
use crate::fail_point::{self, FailPoint};
use crate::signals::{Announcement, Signals};
use crate::store::StoreError;
use crate::store::sql::query::{Conn, query};
use crate::store::sql::tx::{BoxFuture, Tx};

/// How many intents may wait. Beyond this callers wait for room, which is the back-pressure.
const QUEUE: usize = 1024;
/// How many intents share one commit at most.
const GROUP: usize = 256;

/// Two statements at once spare a change of threads.
const BEGIN: &str = "BEGIN IMMEDIATE; SAVEPOINT intent";
const NEXT: &str = "RELEASE intent; SAVEPOINT intent";
const COMMIT: &str = "COMMIT";
const ROLLBACK: &str = "ROLLBACK";
const ROLLBACK_TO: &str = "ROLLBACK TO intent";

/// A queued intent with its caller.
trait Intent: Send {
    /// Does the work; `false` when it has to be undone.
    fn run<'c>(&'c mut self, tx: Tx<'c>) -> BoxFuture<'c, bool>;
    /// Answers the caller.
    fn answer(self: Box<Self>, committed: Result<(), Arc<sqlx::Error>>);
}

struct Waiting<F, T> {
    work: Option<F>,
    result: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<F, T> Intent for Waiting<F, T>
where
    F: for<'c> FnOnce(Tx<'c>) -> BoxFuture<'c, Result<T, StoreError>> + Send,
    T: Send,
{
    fn run<'c>(&'c mut self, tx: Tx<'c>) -> BoxFuture<'c, bool> {
        Box::pin(async move {
            if let Some(work) = self.work.take() {
                self.result = Some(work(tx).await);
            }
            matches!(self.result, Some(Ok(_)))
        })
    }

    fn answer(self: Box<Self>, committed: Result<(), Arc<sqlx::Error>>) {
        let result = match (self.result, committed) {
            (Some(Err(refused)), _) => Err(refused),
            (Some(done), Ok(())) => done,
            (_, Err(error)) => Err(StoreError::Unavailable(Box::new(error))),
            (None, Ok(())) => Err(StoreError::Unavailable("the intent did not run".into())),
        };
        // Nobody waits any more when the caller was dropped; what is written is written.
        drop(self.reply.send(result));
    }
}

/// The way to the writer.
#[derive(Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Box<dyn Intent>>,
}

impl Writer {
    /// Starts the writer on its connection. The task ends when the last `Writer` is dropped.
    pub(super) fn start(
        conn: SqliteConnection,
        key: AuditKey,
        clock: Arc<dyn Clock>,
        signals: Arc<Signals>,
    ) -> (Self, tokio::task::JoinHandle<()>) {
        let (queue, intents) = mpsc::channel(QUEUE);
        (Self { queue }, tokio::spawn(write(Conn::Writer(conn), key, clock, signals, intents)))
    }

    /// Runs an intent; what it answers is durable.
    pub(super) async fn run<F, T>(&self, work: F) -> Result<T, StoreError>
    where
        F: for<'c> FnOnce(Tx<'c>) -> BoxFuture<'c, Result<T, StoreError>> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let intent = Box::new(Waiting { work: Some(work), result: None, reply });
        let gone = || StoreError::Unavailable("the writer has ended".into());
        self.queue.send(intent).await.ok().ok_or_else(gone)?;
        answer.await.ok().ok_or_else(gone)?
    }
}

async fn write(
    mut conn: Conn,
    key: AuditKey,
    clock: Arc<dyn Clock>,
    signals: Arc<Signals>,
    mut intents: mpsc::Receiver<Box<dyn Intent>>,
) {
    let _vital = signals.vital();
    let mut group = Vec::with_capacity(GROUP);
    while intents.recv_many(&mut group, GROUP).await > 0 {
        let mut news = Vec::new();
        let committed = commit(&mut conn, &key, &mut group, &*clock, &mut news).await;
        if let Err(error) = &committed {
            tracing::error!(%error, intents = group.len(), "a group of writes failed");
            // After a failed commit SQLite may or may not have ended the transaction; without one this is refused.
            drop(query(ROLLBACK).execute(&mut conn).await);
        }
        conclude(&mut group, &committed.map_err(Arc::new), news, &signals);
    }
    if let Conn::Writer(conn) = conn
        && let Err(error) = conn.close().await
    {
        tracing::warn!(%error, "the database was not closed cleanly");
    }
}

fn conclude(
    group: &mut Vec<Box<dyn Intent>>,
    committed: &Result<(), Arc<sqlx::Error>>,
    news: Vec<Announcement>,
    signals: &Signals,
) {
    if committed.is_ok() {
        for one in news {
            signals.announce(one);
        }
    }
    for intent in group.drain(..) {
        intent.answer(committed.clone());
    }
}

async fn commit(
    conn: &mut Conn,
    key: &AuditKey,
    group: &mut [Box<dyn Intent>],
    clock: &dyn Clock,
    news: &mut Vec<Announcement>,
) -> Result<(), sqlx::Error> {
    let statements = std::iter::once(BEGIN).chain(std::iter::repeat(NEXT));
    for (intent, statement) in group.iter_mut().zip(statements) {
        let told = news.len();
        query(statement).execute(conn).await?;
        let tx = Tx { conn, key, now: clock.now(), goes_by_database: false, news };
        if !intent.run(tx).await {
            news.truncate(told);
            query(ROLLBACK_TO).execute(conn).await?;
        }
    }
    fail_point::reach(FailPoint::BeforeCommit);
    query(COMMIT).execute(conn).await?;
    fail_point::reach(FailPoint::AfterCommit);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;
    use onegent_core::id::JobId;

    use super::*;
    use crate::signals::{Listener, Standing};

    /// Begins to listen when it is answered.
    struct Late {
        signals: Arc<Signals>,
        job: JobId,
        ear: oneshot::Sender<Listener>,
    }

    impl Intent for Late {
        fn run<'c>(&'c mut self, _: Tx<'c>) -> BoxFuture<'c, bool> {
            Box::pin(async { true })
        }

        fn answer(self: Box<Self>, _: Result<(), Arc<sqlx::Error>>) {
            drop(self.ear.send(self.signals.listen(self.job)));
        }
    }

    #[tokio::test]
    async fn who_listens_after_an_answer_hears_nothing_older() {
        let (signals, job) = (Arc::new(Signals::default()), JobId::generate(Timestamp::UNIX_EPOCH, [1; 10]));
        let news = |seq| Announcement {
            job,
            standing: Standing { seq, holder: None },
            claimable: false,
            outbox: false,
            counted: None,
        };
        let (ear, listener) = oneshot::channel();
        let mut group: Vec<Box<dyn Intent>> =
            vec![Box::new(Late { signals: Arc::clone(&signals), job, ear })];
        conclude(&mut group, &Ok(()), vec![news(1)], &signals);
        let mut listener = listener.await.unwrap();
        assert!(tokio::time::timeout(Duration::ZERO, listener.changed()).await.is_err());
        signals.announce(news(2));
        assert_eq!(listener.changed().await.seq, 2);
    }
}
