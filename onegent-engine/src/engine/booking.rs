//! The booking service: all that an assistant can do. Nothing here confirms a charge.

use std::time::Duration;

use async_trait::async_trait;
use onegent_core::account::TravelDetails;
use onegent_core::caller::{Access, Caller, Environment, Reach, Scope};
use onegent_core::create::CreateJob;
use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::fields::FieldError;
use onegent_core::id::JobId;
use onegent_core::job::Job;
use onegent_core::machine::JobEvent;
use onegent_core::port::{
    AuditPage, AuditQuery, BookingService, Created, JobFilter, JobPage, LONGEST_WATCH, ProviderInfo,
    ProviderMetrics, ProviderPage, Screenshot, ScreenshotInfo, Watch,
};
use onegent_core::request::refuse_past;
use onegent_core::text::{Bounded, ProviderId};
use opentelemetry::Context;
use opentelemetry::trace::SpanKind;
use tokio::time::{Instant, timeout_at};

use super::Engine;
use crate::album::Whose;
use crate::fail_point::{self, FailPoint};
use crate::guests::SavedGuest;
use crate::store::record::{JobRecord, NewJob};
use crate::store::{Advance, CreateOutcome, StoreError};
use crate::trace::{self, TraceParent};
use crate::{secret, trail};

/// How many events a watcher gets in one answer.
const WATCH_PAGE: u32 = 500;

#[async_trait]
impl BookingService for Engine {
    async fn create(&self, caller: &Caller, create: CreateJob) -> Result<Created> {
        let access = allowed(caller, Scope::Book)?;
        let Reach::Only(environment) = access.reach else {
            let message = "Bookings are made with an API key or a connected app, not from the console.";
            return Err(Error::new(ErrorCode::InsufficientScope, message));
        };
        let scenario = create.request.scenario();
        if !access.scenarios.contains(&scenario) {
            let message =
                format!("This key may not book {scenario}. Its owner can make one that may, in the console.");
            return Err(Error::new(ErrorCode::ScenarioNotAllowed, message));
        }
        let idempotency = create
            .client_metadata
            .idempotency_key
            .as_ref()
            .map(|key| (key.as_str().to_owned(), secret::hex(&create.fingerprint())));
        // First, so that a key answers with its job even when the same request would be refused by now.
        if let Some((key, fingerprint)) = &idempotency
            && let Some((record, made_by)) =
                self.parts.store.idempotent(access.account, environment, key).await?
        {
            return if made_by == *fingerprint { Ok(self.replayed(record)) } else { Err(other_request()) };
        }
        let mut wrong = Vec::new();
        refuse_past(&create.request, self.parts.now(), "request.params", &mut wrong);
        let refused = create.request.site().and_then(|site| {
            if access.names_sites {
                self.parts.agent.admit(site, environment).err().map(|refused| refused.to_string())
            } else {
                Some("A connected app can't name the site; an API key can.".to_owned())
            }
        });
        if let Some(message) = refused {
            wrong.push(FieldError { field: "request.params.venueUrl".to_owned(), message });
        }
        let guest = self.guest(access, &create, &mut wrong).await?;
        let Some(SavedGuest { guest, travel }) = guest.filter(|_| wrong.is_empty()) else {
            return Err(Error::invalid_request(wrong));
        };
        let id = self.parts.id(JobId::generate);
        let span =
            trace::begin("job create", SpanKind::Producer, &Context::current(), trace::of_job(id, scenario));
        let new = NewJob {
            id,
            trace: TraceParent::of(&span),
            account: access.account,
            person: access.person,
            environment,
            trail: vec![trail::created(&create.request, environment)],
            request: create.request,
            guest: self.seal_guest(access.account, &SavedGuest { guest, travel })?,
            consent: create.consent,
            client: create.client_metadata,
            idempotency,
        };
        let made = self.parts.store.create(new, self.quota()).await;
        trace::end(&span);
        match made? {
            CreateOutcome::Created(record) => {
                fail_point::reach(FailPoint::AfterCreate);
                Ok(Created { job: self.view(record), replayed: false })
            }
            CreateOutcome::Replayed(record) => Ok(self.replayed(record)),
            CreateOutcome::OtherRequest => Err(other_request()),
        }
    }

    async fn job(&self, caller: &Caller, id: JobId) -> Result<Job> {
        let record = self.visible(allowed(caller, Scope::Read)?, id).await?;
        Ok(self.view(record))
    }

    async fn list(&self, caller: &Caller, filter: JobFilter) -> Result<JobPage> {
        let access = allowed(caller, Scope::Read)?;
        let mut records = self.parts.store.jobs(access.account, only(access.reach), &filter).await?;
        let limit = filter.limit.get() as usize;
        let more = records.len() > limit;
        records.truncate(limit);
        let next_cursor = records.last().filter(|_| more).map(|record| record.id);
        Ok(JobPage { jobs: records.into_iter().map(|record| self.view(record)).collect(), next_cursor })
    }

    async fn audit(&self, caller: &Caller, id: JobId, query: AuditQuery) -> Result<AuditPage> {
        let access = allowed(caller, Scope::Read)?;
        self.visible(access, id).await?;
        let limit = query.limit.get();
        let mut events = self.parts.store.audit(access.account, id, query.after, limit + 1).await?;
        let more = events.len() > limit as usize;
        events.truncate(limit as usize);
        let next_cursor = events.last().filter(|_| more).map(|event| event.seq);
        Ok(AuditPage { job_id: id, events, next_cursor })
    }

    async fn watch(&self, caller: &Caller, id: JobId, after: u64, wait: Duration) -> Result<Watch> {
        let access = allowed(caller, Scope::Read)?;
        self.visible(access, id).await?;
        let Ok(_place) = self.watchers.try_acquire() else {
            let message = "Too many watchers wait already. Ask for the job's status instead.";
            return Err(Error::new(ErrorCode::RateLimited, message).retry_after(Duration::from_secs(5)));
        };
        let until = Instant::now() + wait.min(LONGEST_WATCH);
        // Listening begins before the first look, so that nothing falls in between.
        let mut listener = self.parts.signals.listen(id);
        loop {
            let events = self.parts.store.audit(access.account, id, after, WATCH_PAGE).await?;
            let record = self.visible(access, id).await?;
            let ended = record.completed_at.is_some();
            if events.is_empty() && !ended && self.parts.stopping.is_cancelled() {
                // An empty answer would only be asked for again at once.
                return Err(going_down());
            }
            if !events.is_empty() || ended || Instant::now() >= until {
                let cursor = events.last().map_or(after, |event| event.seq);
                return Ok(Watch { events, job: self.view(record), cursor });
            }
            let news = async { while listener.changed().await.seq <= after {} };
            let heard = timeout_at(until, async {
                tokio::select! {
                    () = news => {}
                    () = self.parts.stopping.cancelled() => {}
                }
            });
            // Either way the next look decides.
            drop(heard.await);
        }
    }

    async fn cancel(&self, caller: &Caller, id: JobId) -> Result<Job> {
        let access = allowed(caller, Scope::Book)?;
        self.visible(access, id).await?;
        let cancel = Advance::new(id, JobEvent::Cancel, vec![trail::cancelled()]);
        match self.parts.store.advance(cancel).await {
            Ok(record) => {
                self.parts.agent.let_go(id);
                Ok(self.view(record))
            }
            Err(StoreError::Refused(refused)) => {
                let message = format!("The job can't be cancelled any more: {refused}.");
                Err(Error::new(ErrorCode::JobNotCancellable, message))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn screenshots(&self, caller: &Caller, id: JobId) -> Result<Vec<ScreenshotInfo>> {
        let record = self.visible(allowed(caller, Scope::Read)?, id).await?;
        self.parts.album.list(pictured(&record)).await.map_err(Error::internal)
    }

    async fn screenshot(
        &self,
        caller: &Caller,
        id: JobId,
        number: Option<u32>,
    ) -> Result<Option<Screenshot>> {
        let record = self.visible(allowed(caller, Scope::Read)?, id).await?;
        self.parts.album.picture(pictured(&record), number).await.map_err(Error::internal)
    }

    async fn provider_metrics(
        &self,
        caller: &Caller,
        provider: ProviderId,
        days: Bounded<1, 365>,
    ) -> Result<ProviderMetrics> {
        allowed(caller, Scope::Read)?;
        let since = self.parts.now() - jiff::SignedDuration::from_hours(24 * i64::from(days.get()));
        let outcomes = self.parts.store.outcomes(&provider, since).await?;
        Ok(ProviderMetrics {
            provider,
            time_range_days: days,
            total: outcomes.total(),
            done: outcomes.done,
            no_availability: outcomes.no_availability,
            errors: outcomes.errors,
            cancelled: outcomes.cancelled,
            expired: outcomes.expired,
            success_rate: outcomes.success_rate(),
            median_duration_ms: outcomes.median_ms,
        })
    }

    async fn providers(&self, caller: &Caller) -> Result<ProviderPage> {
        let access = allowed(caller, Scope::Read)?;
        let mut providers = Vec::new();
        for known in self.parts.agent.providers() {
            if only(access.reach).is_some_and(|environment| environment != known.environment) {
                continue;
            }
            let outcomes = self.parts.health.of(&*self.parts.store, &known.id, self.parts.now()).await?;
            providers.push(ProviderInfo {
                provider: known.id.clone(),
                name: known.name.clone(),
                scenarios: known.scenarios.clone(),
                environment: known.environment,
                health: outcomes.health(),
                success_rate: outcomes.success_rate(),
            });
        }
        Ok(ProviderPage { providers })
    }
}

impl Engine {
    /// A job that the caller may see; any other is as one that never was.
    async fn visible(&self, access: &Access, id: JobId) -> Result<JobRecord> {
        let record = self.job_of(access.account, id).await?;
        let hidden = only(access.reach).is_some_and(|environment| environment != record.environment);
        if hidden { Err(Error::job_not_found()) } else { Ok(record) }
    }

    fn replayed(&self, record: JobRecord) -> Created {
        Created { job: self.view(record), replayed: true }
    }

    /// The guest that the request gives, names, or leaves to the account's default.
    async fn guest(
        &self,
        access: &Access,
        create: &CreateJob,
        wrong: &mut Vec<FieldError>,
    ) -> Result<Option<SavedGuest>> {
        let mut refuse = |field: &str, message: &str| {
            wrong.push(FieldError { field: field.to_owned(), message: message.to_owned() });
        };
        if create.profile.is_some() && create.profile_id.is_some() {
            refuse("profileId", "give either profile or profileId, not both");
            return Ok(None);
        }
        if let Some(guest) = create.profile.clone() {
            return Ok(Some(SavedGuest { guest, travel: TravelDetails::default() }));
        }
        let mut saved = self.parts.store.profiles(access.account).await?.into_iter();
        let found = match create.profile_id {
            Some(id) => saved.find(|profile| profile.id == id),
            None => saved.find(|profile| profile.is_default),
        };
        if found.is_none() {
            match create.profile_id {
                Some(_) => refuse("profileId", "no saved profile of this account has this id"),
                None => {
                    refuse("profile", "is required, or profileId, unless the account has a default profile");
                }
            }
        }
        found.map(|profile| self.open_guest(access.account, &profile.guest)).transpose()
    }
}

fn pictured(record: &JobRecord) -> Whose {
    Whose { account: record.account, job: record.id }
}

fn going_down() -> Error {
    let message = "The service is going down; its jobs are kept. Try again in a moment.";
    Error::new(ErrorCode::BackendUnavailable, message).retry_after(Duration::from_secs(2))
}

fn other_request() -> Error {
    let message = "This idempotency key came with another request before. Use a new key for a new booking.";
    Error::new(ErrorCode::IdempotencyConflict, message)
}

/// What the caller may do, if it has the scope.
pub(super) fn allowed(caller: &Caller, scope: Scope) -> Result<&Access> {
    let access = caller.access()?;
    if access.scopes.contains(&scope) {
        return Ok(access);
    }
    let message = format!("This needs the scope `{scope}`, which the credential does not have.");
    Err(Error::new(ErrorCode::InsufficientScope, message))
}

pub(super) fn only(reach: Reach) -> Option<Environment> {
    match reach {
        Reach::Only(environment) => Some(environment),
        Reach::Everything => None,
    }
}
