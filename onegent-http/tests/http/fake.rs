//! The three ports in memory, with no rule but those that the edge relies on. A stand-in for tests and the preview.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use onegent_core::audit::{AuditDraft, AuditEvent, AuditKind, ChainHead};
use onegent_core::caller::{Access, Caller, Environment, Person, Reach, Scope};
use onegent_core::create::CreateJob;
use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::id::{AccountId, JobId, KeyId, RequestId, SessionId};
use onegent_core::job::Job;
use onegent_core::port::{
    ApiKey, AuditPage, AuditQuery, Authority, BookingService, Created, CsrfToken, Health, IssuedKey,
    JobFilter, JobPage, KeyInfo, KeyRequest, ProviderInfo, ProviderMetrics, ProviderPage, Review, Screenshot,
    ScreenshotInfo, Session, SessionToken, SignInToken, Visitor, Watch,
};
use onegent_core::request::Scenario;
use onegent_core::status::JobStatus;
use onegent_core::text::{Bounded, ProviderId};
use onegent_core::time::Clock;
use tokio::sync::Notify;

use crate::sample;

#[path = "apps.rs"]
mod apps;
#[path = "desk.rs"]
mod desk;
#[path = "people.rs"]
mod people;
#[path = "webhooks.rs"]
mod webhooks;

/// A clock that stands still.
#[derive(Debug)]
pub(crate) struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        sample::now()
    }
}

/// One job with what belongs to it.
pub(crate) struct Kept {
    pub(crate) account: AccountId,
    pub(crate) job: Job,
    pub(crate) review: Option<Review>,
    pub(crate) events: Vec<AuditEvent>,
    head: ChainHead,
}

#[derive(Default)]
struct State {
    jobs: BTreeMap<JobId, Kept>,
    keys: BTreeMap<String, Access>,
    listed: Vec<KeyInfo>,
    links: Vec<(String, AccountId)>,
    sessions: BTreeMap<String, Session>,
    by_idempotency: BTreeMap<String, JobId>,
    calls: Vec<String>,
    desk_calls: Vec<&'static str>,
    down: bool,
    next: u8,
    endings: u64,
}

/// All three ports.
#[derive(Default)]
pub(crate) struct Fake {
    state: Mutex<State>,
    news: Notify,
}

impl Fake {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The calls that wrote something, in their order.
    pub(crate) fn writes(&self) -> Vec<String> {
        self.state().calls.clone()
    }

    /// What the payment desk was asked, reads as well.
    pub(crate) fn desk_calls(&self) -> Vec<&'static str> {
        self.state().desk_calls.clone()
    }

    /// From now on nothing can be reached.
    pub(crate) fn go_down(&self) {
        self.state().down = true;
    }

    pub(crate) fn add_key(&self, text: &str, account: AccountId, scopes: &[Scope]) {
        let access = Access {
            account,
            person: sample::owner(account),
            reach: Reach::Only(Environment::Test),
            scopes: scopes.to_vec(),
            scenarios: Scenario::ALL.to_vec(),
            key: None,
            names_sites: true,
        };
        self.state().keys.insert(text.to_owned(), access);
    }

    pub(crate) fn end_key(&self, text: &str) {
        let mut state = self.state();
        state.keys.remove(text);
        state.endings += 1;
        drop(state);
        self.news.notify_waiters();
    }

    pub(crate) fn list_key(&self, info: KeyInfo) {
        self.state().listed.push(info);
    }

    pub(crate) fn add_link(&self, token: &str, account: AccountId) {
        self.state().links.push((token.to_owned(), account));
    }

    pub(crate) fn add_session(&self, token: &str, csrf: &str, account: AccountId) {
        self.state().sessions.insert(token.to_owned(), session(account, csrf));
    }

    /// A session that is open, but too old to confirm with.
    pub(crate) fn age_session(&self, token: &str) {
        let mut state = self.state();
        state.sessions.get_mut(token).unwrap().person.signed_in_at =
            sample::now() - SignedDuration::from_hours(9);
    }

    pub(crate) fn add_job(&self, account: AccountId, job: Job, review: Option<Review>) -> JobId {
        let id = job.job_id;
        let kept = Kept { account, job, review, events: Vec::new(), head: ChainHead::EMPTY };
        self.state().jobs.insert(id, kept);
        id
    }

    /// Something happens to a job.
    pub(crate) fn tell(&self, id: JobId, draft: AuditDraft) {
        self.change(id, draft, |_| {});
    }

    /// Something happens to a job and changes it.
    pub(crate) fn change(&self, id: JobId, draft: AuditDraft, change: impl FnOnce(&mut Job)) {
        let mut state = self.state();
        let kept = state.jobs.get_mut(&id).unwrap();
        let at = sample::now() + SignedDuration::from_secs(i64::try_from(kept.head.seq).unwrap() * 3);
        let event = kept.head.append(id, at, draft);
        kept.events.push(event);
        change(&mut kept.job);
        drop(state);
        self.news.notify_waiters();
    }

    fn read<T>(&self, account: AccountId, id: JobId, read: impl FnOnce(&Kept) -> T) -> Result<T> {
        let state = self.state();
        if state.down {
            return Err(unreachable());
        }
        let kept = state.jobs.get(&id).filter(|kept| kept.account == account);
        kept.map(read).ok_or_else(Error::job_not_found)
    }

    fn write(&self, what: String) -> Result<()> {
        let mut state = self.state();
        if state.down {
            return Err(unreachable());
        }
        state.calls.push(what);
        Ok(())
    }

    fn look(&self, account: AccountId, id: JobId, after: u64) -> Result<Watch> {
        self.read(account, id, |kept| Watch {
            events: kept.events.iter().filter(|event| event.seq > after).cloned().collect(),
            job: kept.job.clone(),
            cursor: kept.head.seq.max(after),
        })
    }
}

fn unreachable() -> Error {
    Error::unavailable(std::io::Error::other("disk of /secret/path is gone"))
}

fn session(account: AccountId, csrf: &str) -> Session {
    let person = Person {
        id: sample::owner(account),
        account,
        role: onegent_core::account::Role::Owner,
        proven_at: None,
        session: SessionId::generate(sample::now(), [1; 10]),
        signed_in_at: sample::now(),
        request_id: RequestId::generate(sample::now(), [1; 10]),
    };
    Session { person, csrf: CsrfToken::new(csrf), expires_at: sample::now() + SignedDuration::from_hours(12) }
}

fn allowed(caller: &Caller, scope: Scope) -> Result<&Access> {
    let access = caller.access()?;
    if access.scopes.contains(&scope) {
        return Ok(access);
    }
    Err(Error::new(ErrorCode::InsufficientScope, format!("This key lacks the scope `{scope}`.")))
}

#[async_trait]
impl BookingService for Fake {
    async fn create(&self, caller: &Caller, create: CreateJob) -> Result<Created> {
        let account = allowed(caller, Scope::Book)?.account;
        let key = create.client_metadata.idempotency_key.as_ref().map(ToString::to_string);
        self.write(format!("create {}", key.as_deref().unwrap_or("-")))?;
        if let Some(id) = key.as_ref().and_then(|key| self.state().by_idempotency.get(key).copied()) {
            return Ok(Created { job: self.read(account, id, |kept| kept.job.clone())?, replayed: true });
        }
        let number = {
            let mut state = self.state();
            state.next += 1;
            state.next
        };
        let job = sample::job(100 + number, JobStatus::Queued, create.request);
        let id = self.add_job(account, job.clone(), None);
        if let Some(key) = key {
            self.state().by_idempotency.insert(key, id);
        }
        self.tell(id, AuditDraft::new(AuditKind::JobCreated, "Accepted."));
        Ok(Created { job, replayed: false })
    }

    async fn job(&self, caller: &Caller, id: JobId) -> Result<Job> {
        self.read(allowed(caller, Scope::Read)?.account, id, |kept| kept.job.clone())
    }

    async fn list(&self, caller: &Caller, filter: JobFilter) -> Result<JobPage> {
        let account = allowed(caller, Scope::Read)?.account;
        let state = self.state();
        if state.down {
            return Err(unreachable());
        }
        let fits = |kept: &&Kept| {
            kept.account == account
                && filter.status.is_none_or(|status| kept.job.status == status)
                && filter.scenario.is_none_or(|scenario| kept.job.scenario == scenario)
                && filter.cursor.is_none_or(|cursor| kept.job.job_id < cursor)
        };
        let mut jobs: Vec<_> = state.jobs.values().rev().filter(fits).map(|kept| kept.job.clone()).collect();
        let most = usize::try_from(filter.limit.get()).unwrap();
        let more = jobs.len() > most;
        jobs.truncate(most);
        let next_cursor = jobs.last().filter(|_| more).map(|job| job.job_id);
        Ok(JobPage { jobs, next_cursor })
    }

    async fn audit(&self, caller: &Caller, id: JobId, query: AuditQuery) -> Result<AuditPage> {
        let watch = self.look(allowed(caller, Scope::Read)?.account, id, query.after)?;
        let mut events = watch.events;
        let most = usize::try_from(query.limit.get()).unwrap();
        let more = events.len() > most;
        events.truncate(most);
        let next_cursor = events.last().filter(|_| more).map(|event| event.seq);
        Ok(AuditPage { job_id: id, events, next_cursor })
    }

    async fn watch(&self, caller: &Caller, id: JobId, after: u64, wait: Duration) -> Result<Watch> {
        let account = allowed(caller, Scope::Read)?.account;
        let until = tokio::time::Instant::now() + wait;
        loop {
            let news = self.news.notified();
            let watch = self.look(account, id, after)?;
            if !watch.events.is_empty() || tokio::time::timeout_at(until, news).await.is_err() {
                return Ok(watch);
            }
        }
    }

    async fn cancel(&self, caller: &Caller, id: JobId) -> Result<Job> {
        let account = allowed(caller, Scope::Book)?.account;
        let status = self.read(account, id, |kept| kept.job.status)?;
        self.write(format!("cancel {id}"))?;
        if status.is_terminal() {
            return Err(Error::new(ErrorCode::JobNotCancellable, "The job has ended."));
        }
        self.change(id, AuditDraft::new(AuditKind::JobCancelled, "Stopped."), |job| {
            job.status = JobStatus::Cancelled;
        });
        self.read(account, id, |kept| kept.job.clone())
    }

    async fn provider_metrics(
        &self,
        caller: &Caller,
        provider: ProviderId,
        days: Bounded<1, 365>,
    ) -> Result<ProviderMetrics> {
        allowed(caller, Scope::Read)?;
        Ok(ProviderMetrics {
            provider,
            time_range_days: days,
            total: 0,
            done: 0,
            no_availability: 0,
            errors: 0,
            cancelled: 0,
            expired: 0,
            success_rate: 0.0,
            median_duration_ms: 0,
        })
    }

    async fn providers(&self, caller: &Caller) -> Result<ProviderPage> {
        allowed(caller, Scope::Read)?;
        let table = ProviderInfo {
            provider: "sandbox-table".parse().unwrap(),
            name: "Sandbox Table".parse().unwrap(),
            scenarios: vec![Scenario::Restaurant],
            environment: Environment::Test,
            health: Health::Healthy,
            success_rate: 1.0,
        };
        Ok(ProviderPage { providers: vec![table] })
    }

    async fn screenshots(&self, caller: &Caller, id: JobId) -> Result<Vec<ScreenshotInfo>> {
        let pictured = self.read(allowed(caller, Scope::Read)?.account, id, |kept| kept.review.is_some())?;
        Ok(pictured.then(sample::screenshot).into_iter().collect())
    }

    async fn screenshot(
        &self,
        caller: &Caller,
        id: JobId,
        number: Option<u32>,
    ) -> Result<Option<Screenshot>> {
        let found = self.screenshots(caller, id).await?.pop();
        let found = found.filter(|info| number.is_none_or(|number| info.number == number));
        Ok(found.map(|info| Screenshot { info, image: sample::IMAGE.to_vec() }))
    }
}

#[async_trait]
impl Authority for Fake {
    async fn access(&self, key: &ApiKey) -> Result<Access> {
        let state = self.state();
        if state.down {
            return Err(unreachable());
        }
        let access = state.keys.get(key.expose()).cloned();
        access.ok_or_else(|| Error::new(ErrorCode::InvalidApiKey, "This API key is not valid."))
    }

    async fn create_key(&self, _: &Person, request: KeyRequest) -> Result<IssuedKey> {
        self.write(format!("create_key {}", request.name))?;
        let info = sample::key_info(50, request);
        self.state().listed.insert(0, info.clone());
        let secret = ApiKey::parse(&format!("ogk_test_{}", "Q7".repeat(16))).unwrap();
        Ok(IssuedKey { info, secret })
    }

    async fn keys(&self, _: &Person) -> Result<Vec<KeyInfo>> {
        Ok(self.state().listed.clone())
    }

    async fn revoke_key(&self, _: &Person, key: KeyId) -> Result<()> {
        self.write(format!("revoke_key {key}"))?;
        let mut state = self.state();
        let found = state.listed.iter_mut().find(|info| info.key_id == key);
        let info = found.ok_or_else(|| Error::new(ErrorCode::NotFound, "No such key."))?;
        info.revoked_at = Some(sample::now());
        Ok(())
    }

    async fn rotate_key(&self, person: &Person, key: KeyId) -> Result<IssuedKey> {
        let info = self.keys(person).await?.into_iter().find(|info| info.key_id == key);
        let info = info.ok_or_else(|| Error::new(ErrorCode::NotFound, "No such key."))?;
        self.write(format!("rotate_key {key}"))?;
        Ok(IssuedKey { info, secret: ApiKey::parse(&format!("ogk_test_{}", "R8".repeat(16))).unwrap() })
    }

    fn endings(&self) -> u64 {
        self.state().endings
    }

    async fn ended_since(&self, seen: u64) {
        loop {
            let news = self.news.notified();
            if self.endings() != seen {
                return;
            }
            news.await;
        }
    }

    async fn sign_in(&self, _: &Visitor, token: &SignInToken) -> Result<(SessionToken, Session)> {
        let mut state = self.state();
        let at = state.links.iter().position(|(known, _)| known == token.expose());
        let at = at.ok_or_else(|| Error::new(ErrorCode::NotSignedIn, "This link is over."))?;
        let (_, account) = state.links.remove(at);
        state.calls.push("sign_in".to_owned());
        let opened = session(account, "csrf-after-sign-in");
        state.sessions.insert("session-after-sign-in".to_owned(), opened.clone());
        Ok((SessionToken::new("session-after-sign-in"), opened))
    }

    async fn session(&self, token: &SessionToken, _: RequestId) -> Result<Session> {
        let state = self.state();
        if state.down {
            return Err(unreachable());
        }
        let known = state.sessions.get(token.expose()).cloned();
        known.ok_or_else(|| Error::new(ErrorCode::NotSignedIn, "This session is over."))
    }

    async fn sign_out(&self, token: &SessionToken) -> Result<()> {
        self.write("sign_out".to_owned())?;
        let mut state = self.state();
        state.sessions.remove(token.expose());
        state.endings += 1;
        drop(state);
        self.news.notify_waiters();
        Ok(())
    }

    async fn ping(&self) -> Result<()> {
        if self.state().down { Err(unreachable()) } else { Ok(()) }
    }
}
