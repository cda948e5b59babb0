//! What every booking service has to keep, written once at the port.
//!
//! Each clause is a function over a [`Subject`]; `tests/contract.rs` runs all of them against the engine in the same
//! process and against client → HTTP → engine.

use std::sync::Arc;

use onegent_core::caller::{Caller, Credential, Environment, Scope};
use onegent_core::create::CreateJob;
use onegent_core::error::ErrorCode;
use onegent_core::id::JobId;
use onegent_core::job::Job;
use onegent_core::port::{Authority as _, BookingService};
use onegent_core::request::Scenario;
use onegent_core::status::JobStatus;
use onegent_core::text::Bounded;

use crate::wish::{self, Wish};
use crate::world::{self, PATIENCE, World, patiently};

mod cancelling;
mod creating;
mod providers;
mod reading;
mod rights;
mod watching;

pub use cancelling::*;
pub use creating::*;
pub use providers::*;
pub use reading::*;
pub use rights::*;
pub use watching::*;

/// A booking service under test, and who calls it.
pub struct Subject {
    service: Arc<dyn BookingService>,
    everything: Credential,
    read_only: Credential,
    book_only: Credential,
    hotels_only: Credential,
    live: Credential,
}

impl Subject {
    /// The engine, in the same process.
    pub async fn engine(world: &World) -> anyhow::Result<Self> {
        let engine = world.engine()?.clone();
        let mut credentials = Vec::new();
        for key in keys(world).await? {
            credentials.push(Credential::Verified(engine.access(&key).await?));
        }
        Self::new(engine, credentials)
    }

    /// The REST client, in front of the same engine.
    pub async fn client(world: &World) -> anyhow::Result<Self> {
        let credentials = keys(world).await?.map(|key| Credential::Forwarded(key.secret()));
        Self::new(Arc::new(world.client()?.clone()), credentials.into())
    }

    fn new(service: Arc<dyn BookingService>, credentials: Vec<Credential>) -> anyhow::Result<Self> {
        let all: Result<[Credential; 5], _> = credentials.try_into();
        let [everything, read_only, book_only, hotels_only, live] =
            all.map_err(|wrong| anyhow::anyhow!("{} credentials instead of 5", wrong.len()))?;
        Ok(Self { service, everything, read_only, book_only, hotels_only, live })
    }

    fn caller(&self) -> anyhow::Result<Caller> {
        world::caller(self.everything.clone())
    }

    /// Asks for a booking at a catalogue entry.
    async fn create(&self, entry: &str) -> anyhow::Result<Job> {
        Ok(self.service.create(&self.caller()?, request(entry)?).await?.job)
    }

    /// Asks for a booking and waits until the agent has come to rest with it.
    async fn at_rest(&self, entry: &str) -> anyhow::Result<Job> {
        let job = self.create(entry).await?;
        self.rest(job.job_id).await
    }

    async fn rest(&self, id: JobId) -> anyhow::Result<Job> {
        let follow = async {
            let mut cursor = 0;
            loop {
                let seen = self.service.watch(&self.caller()?, id, cursor, PATIENCE).await?;
                if !matches!(seen.job.status, JobStatus::Queued | JobStatus::Running) {
                    return anyhow::Ok(seen.job);
                }
                cursor = seen.cursor;
            }
        };
        patiently("the job to come to rest", follow).await?
    }
}

/// One key per kind of caller, in the order of [`Subject`]'s fields.
async fn keys(world: &World) -> anyhow::Result<[onegent_core::port::ApiKey; 5]> {
    let (test, all) = (Environment::Test, &Scenario::ALL);
    Ok([
        world.key().clone(),
        world.issue(test, &[Scope::Read], all).await?,
        world.issue(test, &[Scope::Book], all).await?,
        world.issue(test, &Scope::ALL, &[Scenario::Hotel]).await?,
        world.issue(Environment::Live, &Scope::ALL, all).await?,
    ])
}

fn request(entry: &str) -> anyhow::Result<CreateJob> {
    Ok(Wish::at(wish::entry(entry)?).create()?)
}

/// Fails unless the call was refused with `code`; answers the refusal's sentence.
fn refused<T>(answer: Result<T, onegent_core::error::Error>, code: ErrorCode) -> anyhow::Result<String> {
    match answer {
        Ok(_) => anyhow::bail!("was taken instead of refused with {code}"),
        Err(error) if error.code() == code => Ok(error.message().to_owned()),
        Err(error) => anyhow::bail!("was refused with {error} instead of {code}"),
    }
}

fn bounded<const LEAST: u32, const MOST: u32>(number: u32) -> anyhow::Result<Bounded<LEAST, MOST>> {
    Bounded::new(number).ok_or_else(|| anyhow::anyhow!("{number} is not {LEAST} to {MOST}"))
}
