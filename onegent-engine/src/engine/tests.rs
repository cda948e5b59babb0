//! The engine at its ports, on a real record. There is no booking site here: a job that is taken up ends with
//! `no_provider`; those that have to stand somewhere are put there through the store.

use std::sync::Arc;
use std::time::Duration;

use onegent_core::audit::AuditKind;
use onegent_core::caller::{Access, Caller, Credential, Environment, Person, Reach, Scope};
use onegent_core::create::CreateJob;
use onegent_core::error::ErrorCode;
use onegent_core::id::{AccountId, JobId, RequestId, WorkerId};
use onegent_core::job::JobErrorCode;
use onegent_core::port::{
    AuditQuery, Authority, BookingService, KeyRequest, PaymentDesk, Profiles, SignInToken, Visitor,
};
use onegent_core::request::Scenario;
use onegent_core::status::JobStatus;
use onegent_core::text::Bounded;
use onegent_core::time::Clock;

use super::*;
use crate::agent::Evidence;
use crate::store::Pause;
use crate::testing::{HandClock, LEASE, charge, dinner, guest};
use crate::trail;

mod audit;
mod booking;
mod desk;
mod life;
mod webhooks;

/// An engine that does not run yet, its clock, and its folder.
struct Bed {
    engine: Arc<Engine>,
    clock: Arc<HandClock>,
    dir: tempfile::TempDir,
}

impl Bed {
    async fn new() -> Self {
        let (clock, dir) = (Arc::new(HandClock::default()), tempfile::tempdir().unwrap());
        let engine = Engine::open(config(&clock, &dir)).await.unwrap();
        Self { engine, clock, dir }
    }

    /// Lets the record go and opens it again, as a new process would.
    async fn reopen(&mut self) {
        self.engine.shutdown(Duration::ZERO).await;
        self.engine = Engine::open(config(&self.clock, &self.dir)).await.unwrap();
    }

    /// What a check of the whole record finds.
    async fn verified(&self) -> Vec<AuditProblem> {
        self.engine.verify_audit(&[self.engine.audit_key()]).await.unwrap().problems
    }

    fn caller(&self, environment: Environment) -> Caller {
        let access = Access {
            account: self.engine.owner(),
            person: self.engine.owner_person(),
            reach: Reach::Only(environment),
            scopes: Scope::ALL.to_vec(),
            scenarios: Scenario::ALL.to_vec(),
            key: None,
            names_sites: true,
        };
        self.with(access)
    }

    fn with(&self, access: Access) -> Caller {
        let request_id = self.engine.parts.id(RequestId::generate);
        Caller { credential: Credential::Verified(access), request_id }
    }

    async fn person(&self) -> Person {
        let link = self.engine.sign_in_link().await.unwrap();
        self.engine.sign_in(&visitor(), &link).await.unwrap().1.person
    }

    async fn created(&self) -> Job {
        let caller = self.caller(Environment::Live);
        self.engine.create(&caller, CreateJob::new(dinner(), guest())).await.unwrap().job
    }

    /// A job in the hands of a worker that is not there.
    async fn claimed(&self) -> (JobId, u64) {
        let job = self.created().await.job_id;
        let worker = self.engine.parts.id(WorkerId::generate);
        let claimed = self.engine.parts.store.claim(worker, LEASE, 10, &Scenario::ALL).await.unwrap();
        let record = claimed.into_iter().find(|record| record.id == job).unwrap();
        (job, record.state.turn().unwrap().epoch)
    }

    /// A job that waits at payment.
    async fn paused(&self) -> JobId {
        let (job, epoch) = self.claimed().await;
        let hold = self.engine.parts.id(onegent_core::id::HoldId::generate);
        let charge = charge("412.50");
        let trail = vec![trail::paused(hold, &charge, charge.hash(job))];
        let evidence = Evidence { url: None, page_text: Some("Pay USD 412.50".to_owned()) };
        let ttl = self.engine.parts.config.hold_ttl;
        self.engine
            .parts
            .store
            .pause(Pause { job, epoch, hold, charge, ttl, evidence, trail })
            .await
            .unwrap();
        job
    }

    async fn seen(&self, id: JobId) -> Job {
        self.engine.job(&self.caller(Environment::Live), id).await.unwrap()
    }

    async fn trail(&self, id: JobId) -> Vec<AuditKind> {
        let query = AuditQuery { after: 0, limit: Bounded::new(500).unwrap() };
        let page = self.engine.audit(&self.caller(Environment::Live), id, query).await.unwrap();
        page.events.into_iter().map(|event| event.kind).collect()
    }

    /// Watches until the job has ended.
    async fn ended(&self, id: JobId) -> Job {
        let caller = self.caller(Environment::Live);
        let mut cursor = 0;
        loop {
            let watch = self.engine.watch(&caller, id, cursor, Duration::from_secs(50)).await.unwrap();
            if watch.job.status.is_terminal() {
                return watch.job;
            }
            cursor = watch.cursor;
        }
    }
}

fn config(clock: &Arc<HandClock>, dir: &tempfile::TempDir) -> EngineConfig {
    EngineConfig {
        clock: Arc::<HandClock>::clone(clock),
        backoff: Duration::from_millis(1),
        ..EngineConfig::new(dir.path().join("onegent.db"), "http://127.0.0.1:4700/")
    }
}

fn visitor() -> Visitor {
    let request_id = RequestId::generate(jiff::Timestamp::UNIX_EPOCH, [0; 10]);
    Visitor { address: Some(std::net::Ipv4Addr::LOCALHOST.into()), agent: None, request_id }
}

fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> ErrorCode {
    result.unwrap_err().code()
}
