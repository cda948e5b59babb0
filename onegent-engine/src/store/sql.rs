//! The record in SQL, over [SQLite](super::sqlite) and [PostgreSQL](super::postgres).
//!
//! The statements and what they mean are here, once; how to connect, to write and to be told is the databases' own.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use onegent_core::audit::AuditEvent;
use onegent_core::caller::Environment;
use onegent_core::id::{AccountId, HoldId, JobId, KeyId, PersonId, ProfileId, WorkerId};
use onegent_core::machine::Permit;
use onegent_core::port::{JobFilter, KeyInfo};
use onegent_core::request::Scenario;
use onegent_core::text::ProviderId;
use onegent_core::time::Clock;
use tokio::time::Instant;

use super::accounts::NewSession;
use super::oauth::TokenRecord;
use super::open::OpenError;
use super::postgres::Server;
use super::record::{HoldPage, JobRecord, KeyRecord, NewJob, Outcomes, ProfileRecord, SessionRecord};
use super::sqlite::File;
use super::{
    Advance, ByHand, Confirm, Counts, CreateOutcome, EachStored, JobQuota, NewKey, Pause, Redeem, Store,
    StoreError,
};
use crate::agent::Note;
use crate::meters::Meters;
use crate::vault::Sealed;

mod access;
mod accounts;
mod checkpoints;
pub(super) mod jobs;
pub(super) mod moves;
mod oauth;
mod paths;
mod people;
pub(super) mod query;
mod redeem;
mod removals;
pub(super) mod row;
mod sessions;
mod stored;
pub(super) mod sweep;
mod together;
pub(super) mod tx;
mod webhooks;

use query::{Conn, Readers, query};
use together::Together;
use tx::{BoxFuture, Tx};

const PING: &str = "SELECT 1";

/// Where the record is.
#[derive(Debug)]
enum Base {
    Sqlite(File),
    Postgres(Server),
}

/// The record in a database.
#[derive(Debug)]
pub(crate) struct SqlStore {
    base: Base,
    clock: Arc<dyn Clock>,
    meters: Arc<Meters>,
    /// What requests look up: keys and tokens by their hashes, and jobs.
    keys: Together<String, KeyRecord>,
    tokens: Together<String, TokenRecord>,
    jobs: Together<JobId, JobRecord>,
}

impl SqlStore {
    pub(crate) fn sqlite(file: File, clock: Arc<dyn Clock>) -> Self {
        Self::over(Base::Sqlite(file), clock)
    }

    pub(crate) fn postgres(server: Server, clock: Arc<dyn Clock>) -> Self {
        Self::over(Base::Postgres(server), clock)
    }

    fn over(base: Base, clock: Arc<dyn Clock>) -> Self {
        let turns = match &base {
            Base::Sqlite(_) => 1,
            Base::Postgres(_) => 4,
        };
        let (keys, tokens, jobs) = (Together::new(turns), Together::new(turns), Together::new(turns));
        Self { base, clock, keys, tokens, jobs, meters: Arc::default() }
    }

    /// The same, whose writes are measured by somebody's meters.
    pub(crate) fn measured_by(self, meters: Arc<Meters>) -> Self {
        Self { meters, ..self }
    }

    /// One transaction. What it answers is durable. On PostgreSQL it is begun anew when another one was in its way.
    async fn write<F, T>(&self, work: F) -> Result<T, StoreError>
    where
        F: for<'c> FnOnce(Tx<'c>) -> BoxFuture<'c, Result<T, StoreError>> + Clone + Send + Sync + 'static,
        T: Send + 'static,
    {
        let (began, _under_way) = (Instant::now(), self.meters.write_begun());
        let written = match &self.base {
            Base::Sqlite(file) => file.write(work).await,
            Base::Postgres(server) => server.write(work).await,
        };
        let result = match &written {
            Ok(_) => "done",
            Err(StoreError::Unavailable(_) | StoreError::Corrupt { .. }) => "failed",
            Err(_refused) => "refused",
        };
        self.meters.wrote(result, began.elapsed());
        written
    }

    /// A connection for single reads.
    async fn read(&self) -> Result<Conn, StoreError> {
        self.readers().lend().await
    }

    fn readers(&self) -> Readers {
        match &self.base {
            Base::Sqlite(file) => file.readers(),
            Base::Postgres(server) => server.readers(),
        }
    }

    /// A connection that sees the record as it stands now, for as long as it lasts.
    async fn snapshot(&self) -> Result<Conn, StoreError> {
        match &self.base {
            Base::Sqlite(file) => file.snapshot().await,
            Base::Postgres(server) => server.snapshot().await,
        }
    }

    /// This process's time: good enough to tell whether a session is over.
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The time that leases go by: with many nodes, the database's.
    async fn now_of(&self, conn: &mut Conn) -> Result<Timestamp, StoreError> {
        match &self.base {
            Base::Sqlite(_) => Ok(self.clock.now()),
            Base::Postgres(server) => server.now(conn).await,
        }
    }
}

#[async_trait]
impl Store for SqlStore {
    fn begin_work(&self) -> Result<(), OpenError> {
        match &self.base {
            Base::Sqlite(file) => file.begin_work(),
            Base::Postgres(_) => Ok(()),
        }
    }

    async fn create(&self, new: NewJob, quota: JobQuota) -> Result<CreateOutcome, StoreError> {
        self.write(move |tx| Box::pin(jobs::create(tx, new, quota))).await
    }

    async fn idempotent(
        &self,
        account: AccountId,
        environment: Environment,
        key: &str,
    ) -> Result<Option<(JobRecord, String)>, StoreError> {
        jobs::idempotent(&mut self.read().await?, account, environment, key).await
    }

    async fn job(&self, account: AccountId, id: JobId) -> Result<Option<JobRecord>, StoreError> {
        let readers = self.readers();
        let read = move |ids: Vec<JobId>| -> BoxFuture<'static, _> {
            let readers = readers.clone();
            Box::pin(async move { jobs::find_each(&mut readers.lend().await?, &ids).await })
        };
        Ok(self.jobs.find(id, read).await?.filter(|job| job.account == account))
    }

    async fn jobs(
        &self,
        account: AccountId,
        only: Option<Environment>,
        filter: &JobFilter,
    ) -> Result<Vec<JobRecord>, StoreError> {
        jobs::list(&mut self.read().await?, account, only, filter, self.now()).await
    }

    async fn audit(
        &self,
        account: AccountId,
        id: JobId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<AuditEvent>, StoreError> {
        jobs::audit(&mut self.read().await?, account, id, after, limit).await
    }

    async fn claim(
        &self,
        worker: WorkerId,
        lease: Duration,
        limit: usize,
        of: &[Scenario],
    ) -> Result<Vec<JobRecord>, StoreError> {
        let of = of.to_vec();
        self.write(move |tx| Box::pin(moves::claim(tx, worker, lease, limit, of))).await
    }

    async fn renew(&self, id: JobId, epoch: u64, lease: Duration) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(moves::renew(tx, id, epoch, lease))).await
    }

    async fn note(&self, id: JobId, epoch: u64, note: Note) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(moves::note(tx, id, epoch, note))).await
    }

    async fn advance(&self, advance: Advance) -> Result<JobRecord, StoreError> {
        self.write(move |tx| Box::pin(moves::advance(tx, advance))).await
    }

    async fn pause(&self, pause: Pause) -> Result<JobRecord, StoreError> {
        self.write(move |tx| Box::pin(moves::pause(tx, pause))).await
    }

    async fn confirm(&self, confirm: Confirm) -> Result<JobRecord, StoreError> {
        self.write(move |tx| Box::pin(moves::confirm(tx, confirm))).await
    }

    async fn redeem(&self, redeem: Redeem) -> Result<Permit, StoreError> {
        self.write(move |tx| Box::pin(redeem::redeem(tx, redeem))).await
    }

    async fn submit_by_hand(&self, hand: ByHand) -> Result<JobRecord, StoreError> {
        self.write(move |tx| Box::pin(redeem::by_hand(tx, hand))).await
    }

    async fn hold_page(&self, account: AccountId, hold: HoldId) -> Result<Option<HoldPage>, StoreError> {
        jobs::hold_page(&mut self.read().await?, account, hold).await
    }

    async fn overdue(&self, limit: u32) -> Result<Vec<JobRecord>, StoreError> {
        let mut conn = self.read().await?;
        let now = self.now_of(&mut conn).await?;
        sweep::overdue(&mut conn, now, limit).await
    }

    async fn orphans(&self, me: WorkerId) -> Result<Vec<JobRecord>, StoreError> {
        match &self.base {
            Base::Sqlite(_) => sweep::orphans(&mut self.read().await?, me).await,
            // Other nodes' workers are alive until their leases say otherwise.
            Base::Postgres(_) => Ok(Vec::new()),
        }
    }

    async fn take_in_hand(&self, id: JobId, for_a_while: Duration) -> Result<bool, StoreError> {
        self.write(move |tx| Box::pin(sweep::take_in_hand(tx, id, for_a_while))).await
    }

    async fn next_due(&self, claims: &[Scenario]) -> Result<Option<Timestamp>, StoreError> {
        sweep::next_due(&mut self.read().await?, claims).await
    }

    async fn forget(&self, ended_before: Timestamp) -> Result<u64, StoreError> {
        self.write(move |tx| Box::pin(sweep::forget(tx, ended_before))).await
    }

    async fn remove_trails(&self, ended_before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.write(move |tx| Box::pin(removals::remove(tx, ended_before, limit))).await
    }

    async fn outcomes(&self, provider: &ProviderId, since: Timestamp) -> Result<Outcomes, StoreError> {
        sweep::outcomes(&mut self.read().await?, provider, since).await
    }

    async fn add_key(&self, key: NewKey) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(access::add_key(tx, key))).await
    }

    async fn key(&self, hash: &str) -> Result<Option<KeyRecord>, StoreError> {
        let readers = self.readers();
        let read = move |hashes: Vec<String>| -> BoxFuture<'static, _> {
            let readers = readers.clone();
            Box::pin(async move { access::find_each(&mut readers.lend().await?, &hashes).await })
        };
        self.keys.find(hash.to_owned(), read).await
    }

    async fn keys(&self, account: AccountId) -> Result<Vec<KeyInfo>, StoreError> {
        access::keys(&mut self.read().await?, account).await
    }

    async fn revoke_key(&self, account: AccountId, key: KeyId) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(access::revoke_key(tx, account, key))).await
    }

    async fn rotate_key(
        &self,
        account: AccountId,
        key: KeyId,
        fresh: KeyId,
        hash: String,
        ending: String,
    ) -> Result<KeyInfo, StoreError> {
        self.write(move |tx| Box::pin(access::rotate_key(tx, account, key, fresh, hash, ending))).await
    }

    async fn key_used(&self, account: AccountId, key: KeyId) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(access::key_used(tx, account, key))).await
    }

    async fn add_sign_in_link(
        &self,
        account: AccountId,
        person: PersonId,
        hash: String,
        ttl: Duration,
    ) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(sessions::add_link(tx, account, person, hash, ttl))).await
    }

    async fn sign_in(&self, link: &str, session: NewSession) -> Result<Option<SessionRecord>, StoreError> {
        let link = link.to_owned();
        self.write(move |tx| Box::pin(sessions::sign_in(tx, link, session))).await
    }

    async fn session(&self, hash: &str) -> Result<Option<SessionRecord>, StoreError> {
        sessions::session(&mut self.read().await?, hash, self.now()).await
    }

    async fn end_session(&self, hash: &str) -> Result<Option<(AccountId, PersonId)>, StoreError> {
        let hash = hash.to_owned();
        self.write(move |tx| Box::pin(sessions::end(tx, hash))).await
    }

    async fn add_profile(
        &self,
        account: AccountId,
        id: ProfileId,
        guest: Sealed,
        default: bool,
    ) -> Result<ProfileRecord, StoreError> {
        self.write(move |tx| Box::pin(access::add_profile(tx, account, id, guest, default))).await
    }

    async fn profiles(&self, account: AccountId) -> Result<Vec<ProfileRecord>, StoreError> {
        access::profiles(&mut self.read().await?, account).await
    }

    async fn set_default_profile(&self, account: AccountId, id: Option<ProfileId>) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(access::set_default(tx, account, id))).await
    }

    async fn delete_profile(&self, account: AccountId, id: ProfileId) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(access::delete_profile(tx, account, id))).await
    }

    async fn stored(&self, each: &mut EachStored<'_>) -> Result<(), StoreError> {
        stored::stored(&mut self.snapshot().await?, each).await
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        let mut conn = self.read().await?;
        let now = self.now_of(&mut conn).await?;
        sweep::counts(&mut conn, now).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        query(PING).fetch_one(&mut self.read().await?).await?;
        self.write(|_| Box::pin(async { Ok(()) })).await
    }

    async fn close(&self) {
        match &self.base {
            Base::Sqlite(file) => file.close().await,
            Base::Postgres(server) => server.close().await,
        }
    }
}
