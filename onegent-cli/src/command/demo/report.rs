//! What the demo tells in the end: the bookings, and beside them what the sites themselves took.

use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;
use onegent_core::audit::{AuditEvent, AuditKind};
use onegent_core::id::JobId;
use onegent_core::job::Job;
use onegent_core::request::Scenario;
use onegent_core::status::JobStatus;
use onegent_sandbox::Ledger;
use serde::Serialize;
use url::Url;

use crate::output;

/// One booking's story.
pub(super) struct Story {
    job: JobId,
    scenario: Scenario,
    statuses: Vec<JobStatus>,
    confirmed_at: Option<Timestamp>,
    code: Option<String>,
    what: String,
    paid: Option<String>,
    /// From the first call to the end.
    pub(super) took: Duration,
}

impl Story {
    /// Begins with what the tool answered.
    pub(super) fn new(job: &Job) -> Self {
        Self {
            job: job.job_id,
            scenario: job.scenario,
            statuses: vec![job.status],
            confirmed_at: None,
            code: None,
            what: job.summary.clone(),
            paid: None,
            took: Duration::ZERO,
        }
    }

    /// Notes a status; true when it is another than the last.
    pub(super) fn reached(&mut self, status: JobStatus) -> bool {
        let new = self.statuses.last() != Some(&status);
        if new {
            self.statuses.push(status);
        }
        new
    }

    /// Notes what an event tells.
    pub(super) fn heard(&mut self, event: &AuditEvent) {
        if event.kind == AuditKind::JobStarted {
            self.reached(JobStatus::Running);
        }
        if event.kind == AuditKind::ChargeConfirmed {
            self.confirmed_at = Some(event.ts);
        }
    }

    /// Ends with what the assistant was told.
    pub(super) fn end(&mut self, job: Job) {
        self.reached(job.status);
        self.paid = job.payment.and_then(|payment| payment.amount).map(|amount| amount.to_string());
        self.code = job.confirmation_code.map(|code| code.to_string());
    }

    fn booked(&self) -> bool {
        self.statuses.last() == Some(&JobStatus::Done) && self.code.is_some()
    }

    fn paused(&self) -> bool {
        self.statuses.contains(&JobStatus::PausedPayment)
    }
}

/// All stories and the sites' ledger.
pub(super) struct Report {
    stories: Vec<Story>,
    ledger: Ledger,
}

/// The last line of `--json`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Summary {
    ok: bool,
    jobs: Vec<SummaryJob>,
    ledger: SummaryLedger,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SummaryJob {
    job_id: JobId,
    scenario: Scenario,
    statuses: Vec<JobStatus>,
    confirmation_code: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SummaryLedger {
    reservations: usize,
    charges: usize,
    charges_before_confirmation: usize,
}

impl Report {
    /// Puts the two sides together.
    pub(super) fn new(stories: Vec<Story>, ledger: Ledger) -> Self {
        Self { stories, ledger }
    }

    /// Whether every booking has its code and the sites took exactly what was confirmed.
    pub(super) fn ok(&self) -> bool {
        let paused = self.stories.iter().filter(|story| story.paused()).count();
        self.stories.iter().all(Story::booked)
            && self.ledger.counts.reservations == self.stories.len()
            && self.ledger.counts.charges == paused
            && self.charges_before_confirmation() == 0
    }

    /// Charges that no confirmation came before: each is matched to its story by the code that the guest was shown.
    fn charges_before_confirmation(&self) -> usize {
        let unconfirmed = |charge: &&onegent_sandbox::Record| {
            let story = self.stories.iter().find(|story| story.code.is_some() && story.code == charge.code);
            story.and_then(|story| story.confirmed_at).is_none_or(|confirmed| confirmed > charge.at)
        };
        self.ledger.charges.iter().filter(unconfirmed).count()
    }

    /// The object of `--json`.
    pub(super) fn summary(&self) -> Summary {
        let jobs = self.stories.iter().map(|story| SummaryJob {
            job_id: story.job,
            scenario: story.scenario,
            statuses: story.statuses.clone(),
            confirmation_code: story.code.clone(),
        });
        Summary {
            ok: self.ok(),
            jobs: jobs.collect(),
            ledger: SummaryLedger {
                reservations: self.ledger.counts.reservations,
                charges: self.ledger.counts.charges,
                charges_before_confirmation: self.charges_before_confirmation(),
            },
        }
    }

    /// The tables that a person reads.
    pub(super) fn print(&self) -> anyhow::Result<()> {
        let rows = self.stories.iter().map(|story| {
            let statuses: Vec<_> = story.statuses.iter().map(|status| status.as_str()).collect();
            vec![
                story.what.clone(),
                story.code.clone().unwrap_or_else(|| "-".to_owned()),
                story.paid.clone().unwrap_or_else(|| "nothing".to_owned()),
                statuses.join(" > "),
                format!("{:.1} s", story.took.as_secs_f32()),
            ]
        });
        output::line(output::table(&["booked", "code", "confirmed", "statuses", "time"], rows.collect()))?;
        output::line("\nWhat the sites themselves took:\n")?;
        let charged = |record: &onegent_sandbox::Record| {
            let charge = self.ledger.charges.iter().find(|charge| charge.booking_id == record.booking_id);
            charge
                .and_then(|c| Some(format!("{} {}", c.currency?.code(), c.amount?)))
                .unwrap_or_else(|| "-".to_owned())
        };
        let rows = self.ledger.reservations.iter().map(|record| {
            vec![record.merchant.clone(), record.code.clone().unwrap_or_default(), charged(record)]
        });
        output::line(output::table(&["merchant", "code", "charged"], rows.collect()))?;
        output::line(format_args!(
            "\n{} reservations, {} charges, {} of them before a confirmation.",
            self.ledger.counts.reservations,
            self.ledger.counts.charges,
            self.charges_before_confirmation()
        ))?;
        Ok(())
    }
}

/// Reads the sites' ledger over HTTP, as anybody on this machine can.
pub(super) async fn ledger(sites: &Url) -> anyhow::Result<Ledger> {
    let answer = crate::outside::http()?.get(sites.join("/_ledger")?).send().await?.error_for_status()?;
    answer.json().await.context("the sandbox's ledger")
}

/// What would be charged, in one line.
pub(super) fn would_pay(job: &Job) -> String {
    let Some(payment) = &job.payment else { return "a payment waits".to_owned() };
    let amount =
        payment.amount.map_or_else(|| "an amount the site does not name".to_owned(), |m| m.to_string());
    format!(
        "would charge {amount} to {}: {}; nothing has been charged",
        payment.merchant, payment.description
    )
}
