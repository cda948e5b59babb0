//! One booking that a soak asks for: who wants it, what its person means to do, and what they know of it.

use std::time::Duration;

use anyhow::Context as _;
use onegent_cli::outside::Page;
use onegent_client::ClientError;
use onegent_core::audit::AuditKind;
use onegent_core::caller::{Caller, Credential};
use onegent_core::create::CreateJob;
use onegent_core::error::ErrorCode;
use onegent_core::id::JobId;
use onegent_core::job::Job;
use onegent_core::money::Money;
use onegent_core::port::BookingService as _;
use onegent_core::status::JobStatus;
use reqwest::StatusCode;
use tokio::time::Instant;
use url::Url;

use super::uptime::Uptime;
use crate::wish::Wish;
use crate::world::{PATIENCE, caller};

mod draw;

/// The form with **Confirm charge**.
const CONFIRM: &str = "form[action$='/confirm']";
/// No look-up asks about a submit before its permit is over, two minutes after it was written.
const PERMIT_OVER: Duration = Duration::from_secs(125);

/// What its person means to do at payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Intention {
    Confirm,
    /// Presses the button twice.
    ConfirmTwice,
    /// Presses the button of a page that was opened earlier, then that of a fresh one.
    ConfirmStale,
    Decline,
    Leave,
    /// The assistant cancels it there.
    Cancel,
    /// The assistant cancels it as soon as it is accepted.
    CancelAtOnce,
}

/// How far a job has come, as far as is known out here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It moves, or nobody has looked yet.
    Open,
    /// It was killed during its submit, which is looked up by the engine in its own time; worth another look from here on.
    CutOff(Instant),
    /// It has ended, or waits for a person who does nothing.
    Rests,
}

/// One booking that was asked for.
pub(super) struct Wanted {
    /// What is asked for; its guest is nobody else's.
    pub(super) wish: Wish,
    /// The job, once its acceptance was read.
    pub(super) id: Option<JobId>,
    /// The amounts on the pages on which **Confirm charge** was pressed, whatever was answered.
    pub(super) pressed: Vec<Option<Money>>,
    /// The server said that it is declined or cancelled.
    pub(super) stopped: bool,
    /// Answers that no crash explains.
    pub(super) surprises: Vec<String>,
    /// How often it was refused because the disk was full.
    pub(super) refused: usize,
    create: CreateJob,
    intention: Intention,
    standing: Standing,
    page: Option<Page>,
}

impl Wanted {
    /// Whether following it may lead anywhere now.
    pub(super) fn moves(&self) -> bool {
        match self.standing {
            Standing::Open => true,
            Standing::CutOff(look_up) => look_up <= Instant::now(),
            Standing::Rests => false,
        }
    }

    /// Whether it was killed during its submit and not looked up yet.
    pub(super) fn is_cut_off(&self) -> bool {
        matches!(self.standing, Standing::CutOff(_))
    }

    /// Asks for the booking under its idempotency key; the same again is the same job.
    pub(super) async fn accepted(&mut self, up: &Uptime<'_>) -> anyhow::Result<JobId> {
        let made = up.client.create_job(&self.create).await;
        let id = self.expecting(made, &[], up)?.job.job_id;
        if let Some(before) = self.id.replace(id).filter(|before| *before != id) {
            self.surprises.push(format!("one idempotency key made both {before} and {id}"));
        }
        Ok(id)
    }

    /// Lives with the job until it rests, its submit proves to be cut off, or the server dies.
    pub(super) async fn live(&mut self, up: &Uptime<'_>) -> anyhow::Result<()> {
        let id = match self.id {
            Some(id) => id,
            None => self.accepted(up).await?,
        };
        if self.intention == Intention::CancelAtOnce && !self.stopped {
            self.cancel(id, up).await?;
        }
        let caller = caller(Credential::Forwarded(up.key.secret()))?;
        let (mut cursor, mut submit) = (0, None);
        loop {
            let watched = self.watch(&caller, id, cursor, up).await?;
            cursor = watched.cursor;
            let begun = watched.events.iter().rfind(|event| event.kind == AuditKind::SubmitStarted);
            submit = begun.map(|event| event.ts).or(submit);
            let job = watched.job;
            self.standing = match job.status {
                JobStatus::PausedPayment => self.decide(&job, up).await?,
                JobStatus::Running if submit.is_some_and(|at| at < up.since) => {
                    Standing::CutOff(Instant::now() + PERMIT_OVER)
                }
                JobStatus::Queued | JobStatus::Running => Standing::Open,
                JobStatus::NeedsLogin
                | JobStatus::Captcha
                | JobStatus::Done
                | JobStatus::NoAvailability
                | JobStatus::Error
                | JobStatus::Cancelled
                | JobStatus::Expired => Standing::Rests,
            };
            if self.standing != Standing::Open {
                return Ok(());
            }
        }
    }

    async fn watch(
        &mut self,
        caller: &Caller,
        id: JobId,
        after: u64,
        up: &Uptime<'_>,
    ) -> anyhow::Result<onegent_core::port::Watch> {
        let watched = up.client.watch(caller, id, after, PATIENCE).await;
        if let Err(error) = &watched
            && error.code() == ErrorCode::JobNotFound
        {
            self.surprises.push(format!("{id} was accepted and is not found"));
        }
        Ok(watched?)
    }

    /// Its person has the review before them.
    async fn decide(&mut self, job: &Job, up: &Uptime<'_>) -> anyhow::Result<Standing> {
        match self.intention {
            Intention::Leave => return Ok(Standing::Rests),
            Intention::Confirm | Intention::ConfirmTwice | Intention::ConfirmStale => {
                self.confirm(job, up).await?;
            }
            Intention::Decline => {
                up.person.lock().await.decline(job).await?;
                self.stopped = true;
            }
            Intention::Cancel | Intention::CancelAtOnce => self.cancel(job.job_id, up).await?,
        }
        Ok(Standing::Open)
    }

    async fn cancel(&mut self, id: JobId, up: &Uptime<'_>) -> anyhow::Result<()> {
        let cancelled = up.client.cancel_job(id).await;
        match self.expecting(cancelled, &[ErrorCode::JobNotCancellable], up) {
            Ok(_) => self.stopped = true,
            Err(ClientError::Api(refused)) if refused.code == ErrorCode::JobNotCancellable => {
                // It ended, or its submit began; the rest of its life shows which.
                self.intention = Intention::Confirm;
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    async fn confirm(&mut self, job: &Job, up: &Uptime<'_>) -> anyhow::Result<()> {
        let amount = job.payment.as_ref().and_then(|payment| payment.amount);
        let mut person = up.person.lock().await;
        if let Some(old) = self.page.take().filter(|_| self.intention == Intention::ConfirmStale) {
            let late = person.press_confirm(&old).await?;
            self.judge(late.status, up);
        }
        let payment = job.payment.as_ref().context("a paused job names its payment")?;
        let link = Url::parse(&payment.confirm_url)?;
        let page = person.open(link.path()).await?;
        self.judge(page.status, up);
        if page.url.path().starts_with("/sign-in") {
            self.surprises.push("the person's session is lost".to_owned());
        }
        if page.form(CONFIRM).is_err() {
            // It moved on since it was seen; perhaps by the stale page, if that showed the same charge.
            return Ok(());
        }
        self.pressed.push(amount);
        self.page = Some(page.clone());
        let presses = if self.intention == Intention::ConfirmTwice { 2 } else { 1 };
        for _press in 0..presses {
            let answer = person.press_confirm(&page).await?;
            self.judge(answer.status, up);
        }
        Ok(())
    }

    /// A page of the console is shown, or is out of date.
    fn judge(&mut self, status: StatusCode, up: &Uptime<'_>) {
        let out_of_date = [StatusCode::CONFLICT, StatusCode::NOT_FOUND];
        if up.may_refuse && status == StatusCode::SERVICE_UNAVAILABLE {
            self.refused += 1;
        } else if !status.is_success() && !out_of_date.contains(&status) {
            self.surprises.push(format!("the console answered {status}"));
        }
    }

    /// No answer is what a crash leaves; an error in an answer has to be one of these.
    fn expecting<T>(
        &mut self,
        answer: Result<T, ClientError>,
        codes: &[ErrorCode],
        up: &Uptime<'_>,
    ) -> Result<T, ClientError> {
        if let Err(ClientError::Api(error)) = &answer {
            if up.may_refuse && error.code == ErrorCode::BackendUnavailable {
                self.refused += 1;
            } else if !codes.contains(&error.code) {
                self.surprises.push(format!("the API answered {error}"));
            }
        }
        answer
    }
}
