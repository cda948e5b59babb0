//! What the engine's own tests share: a clock turned by hand, a record in a temporary folder, and things to book.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use onegent_core::account::{Role, SignInMethod};
use onegent_core::caller::Environment;
use onegent_core::charge::{Charge, ChargeKind, Fact};
use onegent_core::create::ClientMetadata;
use onegent_core::guest::GuestProfile;
use onegent_core::id::{AccountId, HoldId, JobId, PermitId, PersonId, SessionId, WorkerId};
use onegent_core::money::Money;
use onegent_core::request::{BookingRequest, Scenario};
use onegent_core::time::Clock;
use serde_json::json;

use crate::agent::Evidence;
use crate::checkpoint::AuditKey;
use crate::entropy::tests::Counting;
use crate::entropy::{SystemEntropy, id_bits};
use crate::secret;
use crate::signals::Signals;
use crate::store::accounts::{NewAccess, NewPerson, NewSession};
use crate::store::postgres::{LeaseClock, PostgresConfig, Server};
use crate::store::record::{JobRecord, NewJob, SessionRecord};
use crate::store::sql::SqlStore;
use crate::store::sqlite::File;
use crate::store::{Confirm, CreateOutcome, JobQuota, Pause, Redeem, Store, StoreError};
use crate::trail;
use crate::vault::Sealed;

pub(crate) const LEASE: Duration = Duration::from_secs(30);
pub(crate) const HOLD: Duration = Duration::from_hours(1);
pub(crate) const PERMIT: Duration = Duration::from_mins(2);
pub(crate) const FRESH: Duration = Duration::from_hours(12);
/// Quotas that no test reaches by accident.
pub(crate) const ROOM: JobQuota = JobQuota { open: 1000, open_of_account: 1000, a_day: 1000 };
pub(crate) const SESSION: Duration = Duration::from_hours(48);

/// A clock that stands still until it is turned.
#[derive(Debug)]
pub(crate) struct HandClock(Mutex<Timestamp>);

impl Default for HandClock {
    fn default() -> Self {
        Self(Mutex::new("2026-11-23T12:00:00Z".parse().unwrap()))
    }
}

impl HandClock {
    pub(crate) fn turn(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// A record to work on, with the clock in hand.
#[derive(Debug)]
pub(crate) struct Bench {
    pub store: Arc<dyn Store>,
    pub clock: Arc<HandClock>,
    pub entropy: Arc<Counting>,
    pub account: AccountId,
    pub person: PersonId,
    pub dir: tempfile::TempDir,
    place: Place,
}

/// Which database a bench is on.
#[derive(Debug, Clone)]
enum Place {
    Sqlite,
    Postgres(PostgresConfig),
}

impl Bench {
    /// On SQLite, in a new folder.
    pub(crate) async fn sqlite() -> Self {
        Self::on(Place::Sqlite).await
    }

    /// On PostgreSQL, in a new database.
    pub(crate) async fn postgres() -> Self {
        let url = onegent_test_postgres::fresh().unwrap().into();
        let lease_clock = LeaseClock::Engine;
        Self::on(Place::Postgres(PostgresConfig { connections: 8, lease_clock, ..PostgresConfig::new(url) }))
            .await
    }

    async fn on(place: Place) -> Self {
        let (clock, entropy) = (Arc::new(HandClock::default()), Arc::new(Counting::default()));
        let dir = tempfile::tempdir().unwrap();
        let store = place.open(&dir, &clock, Arc::default()).await;
        let fresh = AccountId::generate(clock.now(), id_bits(&*entropy));
        let owner = PersonId::generate(clock.now(), id_bits(&*entropy));
        let (account, person) = store.owner(fresh, owner).await.unwrap();
        Self { store, clock, entropy, account, person, dir, place }
    }

    /// Closes the record and opens it again, as a new process would.
    pub(crate) async fn reopen(&mut self) {
        self.store.close().await;
        self.store = self.another_node(Arc::default()).await;
    }

    /// The same record, opened once more.
    pub(crate) async fn another_node(&self, signals: Arc<Signals>) -> Arc<dyn Store> {
        self.place.open(&self.dir, &self.clock, signals).await
    }

    /// Where the record is, if it is on PostgreSQL.
    pub(crate) fn server(&self) -> &PostgresConfig {
        match &self.place {
            Place::Postgres(config) => config,
            Place::Sqlite => panic!("the bench is on SQLite"),
        }
    }

    pub(crate) fn id<I>(&self, generate: fn(Timestamp, [u8; 10]) -> I) -> I {
        generate(self.clock.now(), id_bits(&*self.entropy))
    }

    pub(crate) fn new_job(&self) -> NewJob {
        let request = dinner();
        NewJob {
            id: self.id(JobId::generate),
            account: self.account,
            person: self.person,
            environment: Environment::Test,
            trace: None,
            trail: vec![trail::created(&request, Environment::Test)],
            request,
            guest: Sealed::kept("v1.sealed"),
            consent: onegent_core::consent::Consent::default(),
            client: ClientMetadata::default(),
            idempotency: None,
        }
    }

    pub(crate) async fn queued(&self) -> JobRecord {
        let outcome = self.store.create(self.new_job(), ROOM).await.unwrap();
        let CreateOutcome::Created(record) = outcome else { panic!("{outcome:?}") };
        record
    }

    /// A job in a worker's hands, and its epoch.
    pub(crate) async fn running(&self) -> (JobRecord, u64) {
        self.queued().await;
        self.claim_one().await
    }

    pub(crate) async fn claim_one(&self) -> (JobRecord, u64) {
        let mut claimed =
            self.store.claim(self.id(WorkerId::generate), LEASE, 1, &Scenario::ALL).await.unwrap();
        let record = claimed.pop().unwrap();
        let epoch = record.state.turn().unwrap().epoch;
        (record, epoch)
    }

    pub(crate) async fn pause(
        &self,
        job: JobId,
        epoch: u64,
        charge: Charge,
    ) -> Result<JobRecord, StoreError> {
        let pause = Pause {
            job,
            epoch,
            hold: self.id(HoldId::generate),
            charge,
            ttl: HOLD,
            evidence: Evidence::default(),
            trail: Vec::new(),
        };
        self.store.pause(pause).await
    }

    /// A job that waits at payment.
    pub(crate) async fn paused(&self) -> JobRecord {
        let (record, epoch) = self.running().await;
        self.pause(record.id, epoch, charge("412.50")).await.unwrap()
    }

    /// A signed-in session of the account.
    pub(crate) async fn session(&self) -> SessionId {
        let token = secret::fresh("", &*self.entropy);
        self.store.add_sign_in_link(self.account, self.person, secret::hash(&token), LEASE).await.unwrap();
        let cookie = secret::hash(&secret::fresh("", &*self.entropy));
        self.store.sign_in(&secret::hash(&token), self.new_session(cookie)).await.unwrap().unwrap().id
    }

    pub(crate) fn new_session(&self, hash: impl Into<String>) -> NewSession {
        NewSession {
            id: self.id(SessionId::generate),
            hash: hash.into(),
            ttl: SESSION,
            method: SignInMethod::Link,
            agent: None,
            proven: false,
        }
    }

    /// Another account with its owner.
    pub(crate) async fn another(&self) -> (AccountId, PersonId) {
        let account = self.id(AccountId::generate);
        self.store.add_account(account, "Ben's".parse().unwrap()).await.unwrap();
        (account, self.join(account, Role::Owner, &format!("{account}@example.com")).await.person)
    }

    /// Somebody new in an account, with a session.
    pub(crate) async fn join(&self, account: AccountId, role: Role, email: &str) -> SessionRecord {
        let invitation = secret::fresh("", &*self.entropy);
        self.store.add_invitation(account, invitation.clone(), role, LEASE).await.unwrap();
        let by = NewAccess::Password { email: email.to_owned(), hash: "$argon2id$".to_owned() };
        let person = NewPerson { id: self.id(PersonId::generate), invitation, by };
        let cookie = secret::fresh("", &*self.entropy);
        self.store.join(person, self.new_session(cookie)).await.unwrap().unwrap()
    }

    pub(crate) fn confirmation(&self, paused: &JobRecord, session: SessionId) -> Confirm {
        let hold = paused.hold.as_ref().unwrap();
        Confirm {
            job: paused.id,
            account: self.account,
            session,
            hold: hold.id,
            shown: hold.hash,
            fresh: FRESH,
            proven: FRESH,
        }
    }

    /// A job in a worker's hands that carries a person's confirmation.
    pub(crate) async fn running_confirmed(&self) -> (JobRecord, u64) {
        let paused = self.paused().await;
        let session = self.session().await;
        self.store.confirm(self.confirmation(&paused, session)).await.unwrap();
        self.claim_one().await
    }

    pub(crate) fn reserve(&self, job: JobId, epoch: u64) -> Redeem {
        let permit = self.id(PermitId::generate);
        Redeem {
            job,
            epoch,
            permit,
            ttl: PERMIT,
            provider: "tables".parse().unwrap(),
            booking: "A table".parse().unwrap(),
            charge: None,
        }
    }

    /// Asks for the permit of the hold that the job has.
    pub(crate) fn charge(&self, record: &JobRecord, epoch: u64) -> Redeem {
        let hold = record.hold.as_ref().unwrap();
        Redeem { charge: Some((hold.id, hold.hash)), ..self.reserve(record.id, epoch) }
    }
}

impl Place {
    async fn open(
        &self,
        dir: &tempfile::TempDir,
        clock: &Arc<HandClock>,
        signals: Arc<Signals>,
    ) -> Arc<dyn Store> {
        let clock = Arc::<HandClock>::clone(clock);
        match self {
            Self::Sqlite => Arc::new(sqlite_in(dir, clock, signals).await),
            Self::Postgres(config) => {
                let server = Server::open(config, audit_key(dir), Arc::<HandClock>::clone(&clock), signals);
                Arc::new(SqlStore::postgres(server.await.unwrap(), clock))
            }
        }
    }
}

pub(crate) async fn sqlite_in(
    dir: &tempfile::TempDir,
    clock: Arc<HandClock>,
    signals: Arc<Signals>,
) -> SqlStore {
    let path = dir.path().join("onegent.db");
    let file = File::open(&path, audit_key(dir), Arc::<HandClock>::clone(&clock), signals).await.unwrap();
    SqlStore::sqlite(file, clock)
}

pub(crate) fn audit_key(dir: &tempfile::TempDir) -> AuditKey {
    AuditKey::open(&dir.path().join("audit.key"), &SystemEntropy).unwrap()
}

pub(crate) fn dinner() -> BookingRequest {
    let params = json!({
        "restaurant_name": "Carbone", "city": "New York", "date": "2026-12-01", "time": "19:30", "covers": 2
    });
    serde_json::from_value(json!({ "scenario": "restaurant", "params": params })).unwrap()
}

pub(crate) fn guest() -> GuestProfile {
    serde_json::from_value(json!({
        "first_name": "Ana", "last_name": "Silva", "email": "ana@example.com", "phone": "+12125550123"
    }))
    .unwrap()
}

pub(crate) fn charge(amount: &str) -> Charge {
    Charge {
        kind: ChargeKind::Payment,
        amount: Some(Money::parse(amount, "USD").unwrap()),
        merchant: "Hotel Lumen".parse().unwrap(),
        description: "Two nights".parse().unwrap(),
        facts: vec![Fact { label: "Arrival".parse().unwrap(), value: "2026-12-01".parse().unwrap() }],
        terms: None,
        provider: "stay".parse().unwrap(),
    }
}
