//! Tells the other nodes what this one committed, and listens to them, by `NOTIFY` and `LISTEN`.
//!
//! News are told after the commit and not inside of it, since PostgreSQL lets transactions that notify commit only one
//! after the other. So news can be lost, with a node or with a connection. Whoever hears them acts on what the record
//! says, never on the news alone; and a node whose connection was lost looks at everything that somebody waits for.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::time::Duration;

use onegent_core::id::JobId;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use crate::signals::{Announcement, Signals, Standing};
use crate::store::StoreError;
use crate::store::change::announcement;
use crate::store::sql::jobs::find;
use crate::store::sql::query::Conn;

const CHANNEL: &str = "onegent";
const TELL: &str = "SELECT pg_notify('onegent', $1)";
/// How many news may wait to be told. What does not fit is lost, as with a lost connection.
const QUEUE: usize = 10_000;
/// How many share one notification; its text may have 8,000 bytes, and one of these is shorter than 90.
const GROUP: usize = 80;
/// How often a node gives a sign of life, if only to itself.
const BEAT: Duration = Duration::from_secs(15);
/// After this without any, the connection is taken for dead.
const SILENCE: Duration = Duration::from_secs(45);
/// The pause before another try to connect.
const PAUSE: Duration = Duration::from_secs(1);
/// What is told when a credential ended.
const CREDENTIAL: &str = "credential";

/// Takes news to be told to other nodes.
#[derive(Debug)]
pub(super) struct Herald {
    queue: mpsc::Sender<Announcement>,
}

impl Herald {
    pub(super) fn tell(&self, news: &[Announcement]) {
        for one in news {
            if self.queue.try_send(*one).is_err() {
                tracing::warn!(job = %one.job, "other nodes were not told of a change");
            }
        }
    }
}

/// Begins to tell and to listen, until `stop`.
pub(super) fn start(
    pool: &PgPool,
    options: PgConnectOptions,
    signals: &Arc<Signals>,
    stop: CancellationToken,
) -> (Herald, JoinHandle<()>) {
    let (queue, news) = mpsc::channel(QUEUE);
    // Tells nodes apart, so that none hears itself; it is no secret and need not be drawn again in a test.
    let me = format!("{:016x}", RandomState::new().hash_one(CHANNEL));
    let post = Post { me, pool: pool.clone(), signals: Arc::clone(signals), stop };
    // Apart from the pool: listening takes a connection for good.
    let ear = PgPoolOptions::new().max_connections(1).connect_lazy_with(options);
    let working = tokio::spawn(async move {
        tokio::join!(post.tell(news), post.listen(&ear));
    });
    (Herald { queue }, working)
}

struct Post {
    me: String,
    pool: PgPool,
    signals: Arc<Signals>,
    stop: CancellationToken,
}

impl Post {
    async fn tell(&self, mut news: mpsc::Receiver<Announcement>) {
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut ended = self.signals.own_endings();
        let (mut heard, mut rest) = (Vec::with_capacity(GROUP), Vec::new());
        loop {
            tokio::select! {
                () = self.stop.cancelled() => break,
                _ = beat.tick() => self.send(&[]).await,
                () = self.signals.own_ended_since(ended) => {
                    ended = self.signals.own_endings();
                    self.send(&[CREDENTIAL.to_owned()]).await;
                }
                _ = news.recv_many(&mut heard, GROUP) => {
                    self.send(&heard.drain(..).map(|one| line(&one)).collect::<Vec<_>>()).await;
                }
            }
        }
        // Jobs that a stopping node hands back are to be taken up at once.
        while let Ok(one) = news.try_recv() {
            rest.push(line(&one));
        }
        for some in rest.chunks(GROUP) {
            self.send(some).await;
        }
    }

    async fn send(&self, lines: &[String]) {
        let mut text = self.me.clone();
        for line in lines {
            text.push('\n');
            text.push_str(line);
        }
        if let Err(error) = sqlx::query(TELL).bind(&text).execute(&self.pool).await {
            tracing::warn!(%error, "other nodes could not be told of changes");
        }
    }

    async fn listen(&self, pool: &PgPool) {
        while let Err(error) = self.attend(pool).await {
            tracing::warn!(%error, "other nodes can't be heard; trying again");
            tokio::select! {
                () = self.stop.cancelled() => break,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
        pool.close().await;
    }

    /// Listens until it is told to stop, or the connection fails.
    async fn attend(&self, pool: &PgPool) -> Result<(), sqlx::Error> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.ignore_pool_close_event(true);
        listener.listen(CHANNEL).await?;
        self.catch_up().await;
        loop {
            let heard = tokio::select! {
                () = self.stop.cancelled() => return Ok(()),
                heard = timeout(SILENCE, listener.try_recv()) => heard,
            };
            match heard {
                Ok(Ok(Some(notification))) => self.hear(notification.payload()),
                // It is connected again, and what was told meanwhile is lost.
                Ok(Ok(None)) => self.catch_up().await,
                Ok(Err(error)) => return Err(error),
                Err(_silence) => return Err(sqlx::Error::WorkerCrashed),
            }
        }
    }

    fn hear(&self, text: &str) {
        let mut lines = text.lines();
        if lines.next() == Some(&self.me) {
            return;
        }
        for told in lines {
            if told == CREDENTIAL {
                self.signals.credential_ended_elsewhere();
            } else if let Some(news) = read(told) {
                self.signals.announce(news);
            }
        }
    }

    /// Looks at everything that somebody in this process waits for.
    async fn catch_up(&self) {
        for job in self.signals.listened() {
            match self.standing(job).await {
                Ok(Some(news)) => self.signals.announce(news),
                Ok(None) => {}
                Err(error) => tracing::warn!(%job, %error, "what was told of a job is lost"),
            }
        }
        self.signals.credential_ended_elsewhere();
        self.signals.wake_dispatcher();
    }

    async fn standing(&self, job: JobId) -> Result<Option<Announcement>, StoreError> {
        let mut conn = Conn::Pooled(self.pool.acquire().await?);
        Ok(find(&mut conn, job).await?.as_ref().map(announcement))
    }
}

fn line(news: &Announcement) -> String {
    let holder = news.standing.holder.map_or_else(|| "-".to_owned(), |epoch| epoch.to_string());
    let claimable = if news.claimable { "claimable" } else { "-" };
    format!("{} {} {holder} {claimable}", news.job, news.standing.seq)
}

/// `None` for what another version may say.
fn read(line: &str) -> Option<Announcement> {
    let mut words = line.split(' ');
    let (job, seq) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    let holder = match words.next()? {
        "-" => None,
        epoch => Some(epoch.parse().ok()?),
    };
    let claimable = words.next()? == "claimable";
    Some(Announcement { job, standing: Standing { seq, holder }, claimable, outbox: false, counted: None })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn news_are_heard_as_they_were_told() {
        let job = JobId::generate(Timestamp::UNIX_EPOCH, [7; 10]);
        for (seq, holder, claimable) in [(1, None, true), (u64::MAX, Some(u64::MAX), false)] {
            let standing = Standing { seq, holder };
            let told = line(&Announcement { job, standing, claimable, outbox: false, counted: None });
            assert!(told.len() < 90, "{told}");
            let heard = read(&told).unwrap();
            assert_eq!(
                (heard.job, heard.standing, heard.claimable),
                (job, Standing { seq, holder }, claimable)
            );
        }
        assert!(read("something new").is_none());
    }
}
