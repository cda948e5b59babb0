//! The durable record, behind one narrow trait.
//!
//! One method is one transaction, named for what it is for. A job's row and its audit events change together or not at
//! all, and a job's state changes only by [`JobState::apply`](onegent_core::machine::JobState::apply), inside that
//! transaction, on the newest state. The store has the clock: times are compared where the rows are.

use std::ops::ControlFlow;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use onegent_core::audit::{AuditDraft, AuditEvent};
use onegent_core::caller::Environment;
use onegent_core::charge::{Charge, ChargeHash};
use onegent_core::id::{AccountId, HoldId, JobId, KeyId, PermitId, PersonId, ProfileId, SessionId, WorkerId};
use onegent_core::machine::{JobEvent, Permit, Refused};
use onegent_core::port::{JobFilter, KeyInfo};
use onegent_core::request::Scenario;
use onegent_core::text::{ProviderId, Text};

use crate::agent::{Evidence, Note};
use crate::vault::Sealed;

pub(crate) mod accounts;
pub(crate) mod backup;
pub(crate) mod change;
pub(crate) mod import;
pub(crate) mod oauth;
pub(crate) mod open;
pub(crate) mod paths;
pub(crate) mod postgres;
pub(crate) mod record;
pub(crate) mod sql;
pub(crate) mod sqlite;
#[cfg(test)]
pub(crate) mod suite;
pub(crate) mod verify;
pub(crate) mod webhooks;

use accounts::NewSession;
use oauth::OAuthStore;
use open::OpenError;
use paths::PathStore;
use record::{HoldPage, JobRecord, KeyRecord, NewJob, Outcomes, ProfileRecord, SessionRecord};
use verify::Stored;
use webhooks::WebhookStore;

/// Why the store did not do what was asked. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// No such row.
    #[error("there is no such record")]
    NotFound,
    /// The job's state does not allow it.
    #[error("the job's state does not allow it")]
    Refused(#[source] Refused),
    /// A guard of the statement did not hold.
    #[error("not permitted: {0}")]
    NotPermitted(&'static str),
    /// Somebody else changed the row in between.
    #[error("the record was changed by somebody else")]
    LostRace,
    /// Too many jobs are open.
    #[error("too many jobs are open")]
    Full,
    /// The account has as many jobs open, or made as many today, as it may.
    #[error("the account's quota is used up")]
    OverQuota(OverQuota),
    /// A row can't be read back.
    #[error("the record's {what} can't be read")]
    Corrupt {
        what: &'static str,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database failed. When a commit failed, whether anything was written is known only to the disk.
    #[error("the database failed")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Which quota of an account is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OverQuota {
    /// Jobs that are open.
    Open,
    /// Jobs made since midnight, UTC.
    Day,
}

/// How many jobs may be there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JobQuota {
    /// Open ones, of all accounts.
    pub open: u64,
    /// Open ones of one account.
    pub open_of_account: u64,
    /// Made by one account on one day, UTC.
    pub a_day: u64,
}

/// What came of a create.
#[derive(Debug)]
pub(crate) enum CreateOutcome {
    /// It is durable.
    Created(JobRecord),
    /// The idempotency key had made this job before.
    Replayed(JobRecord),
    /// The idempotency key had made another job before.
    OtherRequest,
}

/// One thing that happens to one job, with the trail that it leaves.
#[derive(Debug, Clone)]
pub(crate) struct Advance {
    pub job: JobId,
    pub event: JobEvent,
    pub trail: Vec<AuditDraft>,
    /// Whether a run failed by this; runs that failed are counted against the consent's `maxRetries`.
    pub failed: bool,
    /// What was seen when the job stopped or a submit came to its end.
    pub evidence: Option<Evidence>,
}

impl Advance {
    pub(crate) fn new(job: JobId, event: JobEvent, trail: Vec<AuditDraft>) -> Self {
        Self { job, event, trail, failed: false, evidence: None }
    }
}

/// A stop at payment.
#[derive(Debug, Clone)]
pub(crate) struct Pause {
    pub job: JobId,
    pub epoch: u64,
    pub hold: HoldId,
    pub charge: Charge,
    pub ttl: Duration,
    pub evidence: Evidence,
    pub trail: Vec<AuditDraft>,
}

/// A person's yes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Confirm {
    pub job: JobId,
    pub account: AccountId,
    pub session: SessionId,
    pub hold: HoldId,
    pub shown: ChargeHash,
    /// A session that was opened longer ago than this can't confirm.
    pub fresh: Duration,
    /// Where the account wants a second factor: how long ago at most the session was proven.
    pub proven: Duration,
}

/// A worker asks for the one permit.
#[derive(Debug, Clone)]
pub(crate) struct Redeem {
    pub job: JobId,
    pub epoch: u64,
    pub permit: PermitId,
    pub ttl: Duration,
    pub provider: ProviderId,
    /// What is booked, in the site's words.
    pub booking: Text<500>,
    /// The confirmed hold and the hash of the charge as it was read just now; `None` for a reserve.
    pub charge: Option<(HoldId, ChargeHash)>,
}

/// A person who has the page is about to send something that may submit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ByHand {
    pub job: JobId,
    /// The session of who has it.
    pub session: SessionId,
    /// Who reads what comes of it.
    pub worker: WorkerId,
    pub permit: PermitId,
    /// By then what came of it was read.
    pub ttl: Duration,
}

/// A new key, with the SHA-256 of its secret.
#[derive(Debug, Clone)]
pub(crate) struct NewKey {
    pub account: AccountId,
    pub person: PersonId,
    pub hash: String,
    pub info: KeyInfo,
}

/// How the record stands, in numbers.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// All open jobs.
    pub open: i64,
    /// The same by the word of their state, counted up to a bound; one that is missing has none.
    pub jobs: Vec<(String, i64)>,
    /// For how long the queued job that waits longest could have been claimed.
    pub queued_for: Duration,
    /// The same of confirmed jobs.
    pub confirmed_for: Duration,
    pub messages_waiting: i64,
    pub messages_dead: i64,
}

impl Counts {
    /// Jobs in a state, by its word.
    pub(crate) fn jobs_in(&self, state: &str) -> i64 {
        self.jobs.iter().find(|(word, _)| word == state).map_or(0, |(_, number)| *number)
    }
}

/// What is done with each piece of the record.
pub(crate) type EachStored<'a> = dyn FnMut(Stored) -> ControlFlow<()> + Send + 'a;

/// The durable record: what the machine may do with it. [`SqlStore`](sql::SqlStore) keeps it in one SQLite file, or in
/// PostgreSQL for many nodes; no caller can tell which.
#[async_trait]
pub(crate) trait Store:
    accounts::AccountStore + OAuthStore + PathStore + WebhookStore + std::fmt::Debug
{
    /// From now on this process runs jobs. Where a record belongs to one process at a time, this makes sure of it.
    fn begin_work(&self) -> Result<(), OpenError>;

    /// Accepts a job, if the quotas leave room.
    async fn create(&self, new: NewJob, quota: JobQuota) -> Result<CreateOutcome, StoreError>;
    /// The job that an idempotency key made, and the fingerprint of the request that it was made by.
    async fn idempotent(
        &self,
        account: AccountId,
        environment: Environment,
        key: &str,
    ) -> Result<Option<(JobRecord, String)>, StoreError>;
    async fn job(&self, account: AccountId, id: JobId) -> Result<Option<JobRecord>, StoreError>;
    /// Newest first, one more than the filter's limit when there are more.
    async fn jobs(
        &self,
        account: AccountId,
        only: Option<Environment>,
        filter: &JobFilter,
    ) -> Result<Vec<JobRecord>, StoreError>;
    /// Oldest first.
    async fn audit(
        &self,
        account: AccountId,
        id: JobId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<AuditEvent>, StoreError>;

    /// Takes up to `limit` due jobs of these scenarios: confirmed ones first, then by turns among accounts, and the oldest
    /// of each. Confirmations that came to nothing expire on the way.
    async fn claim(
        &self,
        worker: WorkerId,
        lease: Duration,
        limit: usize,
        of: &[Scenario],
    ) -> Result<Vec<JobRecord>, StoreError>;
    /// Prolongs a lease.
    async fn renew(&self, id: JobId, epoch: u64, lease: Duration) -> Result<(), StoreError>;
    /// Writes down what a run saw, under its lease.
    async fn note(&self, id: JobId, epoch: u64, note: Note) -> Result<(), StoreError>;
    /// Moves a job.
    async fn advance(&self, advance: Advance) -> Result<JobRecord, StoreError>;
    /// Stops a job at payment, with a new hold. A confirmation that the run carried is void.
    async fn pause(&self, pause: Pause) -> Result<JobRecord, StoreError>;
    /// Writes down a person's yes to exactly the charge that was shown to them.
    async fn confirm(&self, confirm: Confirm) -> Result<JobRecord, StoreError>;
    /// Writes the one submission record that a job can ever have, or refuses.
    async fn redeem(&self, redeem: Redeem) -> Result<Permit, StoreError>;
    /// Writes the same record for a person's own hand: from then on the agent never submits.
    async fn submit_by_hand(&self, hand: ByHand) -> Result<JobRecord, StoreError>;
    /// The hold that waits, with the page where the agent stood and the charge that it replaces.
    async fn hold_page(&self, account: AccountId, hold: HoldId) -> Result<Option<HoldPage>, StoreError>;

    /// Jobs whose lease, offer or wait is over, and submits whose outcome nobody will tell any more; up to `limit` of
    /// those, and as many confirmed jobs whose offer ended.
    async fn overdue(&self, limit: u32) -> Result<Vec<JobRecord>, StoreError>;
    /// Runs whose worker is proven dead, by other means than their lease.
    async fn orphans(&self, me: WorkerId) -> Result<Vec<JobRecord>, StoreError>;
    /// Takes an overdue submit in hand for a while, so that only one look-up asks for it. `false`: somebody else did.
    async fn take_in_hand(&self, id: JobId, for_a_while: Duration) -> Result<bool, StoreError>;
    /// When the next job becomes overdue, or claimable if it is of one of these scenarios.
    async fn next_due(&self, claims: &[Scenario]) -> Result<Option<Timestamp>, StoreError>;
    /// Forgets the guests of jobs that ended before `ended_before`, and credentials that are over.
    async fn forget(&self, ended_before: Timestamp) -> Result<u64, StoreError>;

    /// Removes the trails of jobs that ended before then, oldest jobs first, and says so under the node's signature. Looks at
    /// `limit` jobs at most, and stops at the first that is open or ended later: how many it passed.
    async fn remove_trails(&self, ended_before: Timestamp, limit: u32) -> Result<u64, StoreError>;

    /// How all jobs with a provider went since then.
    async fn outcomes(&self, provider: &ProviderId, since: Timestamp) -> Result<Outcomes, StoreError>;

    async fn add_key(&self, key: NewKey) -> Result<(), StoreError>;
    async fn key(&self, hash: &str) -> Result<Option<KeyRecord>, StoreError>;
    async fn keys(&self, account: AccountId) -> Result<Vec<KeyInfo>, StoreError>;
    async fn revoke_key(&self, account: AccountId, key: KeyId) -> Result<(), StoreError>;
    /// Ends a key that works, and adds another that takes its name and rights.
    async fn rotate_key(
        &self,
        account: AccountId,
        key: KeyId,
        fresh: KeyId,
        hash: String,
        ending: String,
    ) -> Result<KeyInfo, StoreError>;
    /// Remembers that a key was used, at most once a minute.
    async fn key_used(&self, account: AccountId, key: KeyId) -> Result<(), StoreError>;

    async fn add_sign_in_link(
        &self,
        account: AccountId,
        person: PersonId,
        hash: String,
        ttl: Duration,
    ) -> Result<(), StoreError>;
    /// Uses up a link and opens a session; `None` when the link is unknown, used or over.
    async fn sign_in(&self, link: &str, session: NewSession) -> Result<Option<SessionRecord>, StoreError>;
    async fn session(&self, hash: &str) -> Result<Option<SessionRecord>, StoreError>;
    /// Whose it was, if it was open.
    async fn end_session(&self, hash: &str) -> Result<Option<(AccountId, PersonId)>, StoreError>;

    /// Adds a saved profile, which is the default only if it is to be.
    async fn add_profile(
        &self,
        account: AccountId,
        id: ProfileId,
        guest: Sealed,
        default: bool,
    ) -> Result<ProfileRecord, StoreError>;
    async fn profiles(&self, account: AccountId) -> Result<Vec<ProfileRecord>, StoreError>;
    async fn set_default_profile(&self, account: AccountId, id: Option<ProfileId>) -> Result<(), StoreError>;
    async fn delete_profile(&self, account: AccountId, id: ProfileId) -> Result<(), StoreError>;

    /// The whole record as it stood at one moment, exactly as it is stored: what was removed, then jobs by id with their trails, then all
    /// checkpoints by key and number, then strays. `each` may stop it.
    async fn stored(&self, each: &mut EachStored<'_>) -> Result<(), StoreError>;
    /// How many jobs are open and how many messages there are, for gauges. Costs the same beside any number of rows.
    async fn counts(&self) -> Result<Counts, StoreError>;
    /// Whether the database answers.
    async fn ping(&self) -> Result<(), StoreError>;
    /// Finishes what is being written and lets the database go.
    async fn close(&self);
}
