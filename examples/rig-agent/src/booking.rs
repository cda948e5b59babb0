//! A tool of rig's over the booking port.

use std::sync::Arc;
use std::time::Duration;

use onegent_core::caller::{Access, Caller, Credential};
use onegent_core::create::CreateJob;
use onegent_core::error::Error;
use onegent_core::guest::GuestProfile;
use onegent_core::id::RequestId;
use onegent_core::job::Job;
use onegent_core::port::BookingService;
use onegent_core::request::{RestaurantParams, Scenario};
use onegent_core::status::JobStatus;
use onegent_core::time::{Clock as _, SystemClock};
use rig_core::tool::PortableTool;
use schemars::JsonSchema;
use serde_json::{Map, Value};

/// Books a table and follows the booking until it ends or waits for the person.
pub(crate) struct BookRestaurant {
    service: Arc<dyn BookingService>,
    access: Access,
}

/// What the model is told to send. It is read field by field, so that one answer names every mistake.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "its schema alone is used")]
struct Arguments {
    #[serde(flatten)]
    params: RestaurantParams,
    profile: GuestProfile,
}

impl BookRestaurant {
    /// A tool that books over `service` with the rights of `access`.
    pub(crate) fn new(service: Arc<dyn BookingService>, access: Access) -> Self {
        Self { service, access }
    }

    fn caller(&self) -> Caller {
        let mut random = [0; 10];
        // Without randomness ids of one millisecond are alike, which matters to logs alone.
        let _filled = getrandom::fill(&mut random);
        let request_id = RequestId::generate(SystemClock.now(), random);
        Caller { credential: Credential::Verified(self.access.clone()), request_id }
    }
}

impl PortableTool for BookRestaurant {
    const NAME: &'static str = "book_restaurant";
    type Args = Map<String, Value>;
    type Output = Job;
    type Error = Error;

    fn description(&self) -> String {
        "Books a table at a restaurant. Stops at payment.".to_owned()
    }

    fn parameters(&self) -> Value {
        schemars::schema_for!(Arguments).to_value()
    }

    async fn call(&self, arguments: Self::Args) -> Result<Job, Error> {
        let create = CreateJob::from_arguments(Scenario::Restaurant, &Value::Object(arguments))
            .map_err(Error::invalid_request)?;
        let mut job = self.service.create(&self.caller(), create).await?.job;
        let mut cursor = 0;
        while matches!(job.status, JobStatus::Queued | JobStatus::Running) {
            let seen =
                self.service.watch(&self.caller(), job.job_id, cursor, Duration::from_secs(30)).await?;
            (job, cursor) = (seen.job, seen.cursor);
        }
        Ok(job)
    }
}
