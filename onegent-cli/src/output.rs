//! What commands print: text for people, JSON for programs.

use std::io::Write as _;

use onegent_core::audit::{AuditEvent, AuditLevel};
use onegent_core::job::Job;
use onegent_core::status::JobStatus;
use serde::Serialize;

use crate::exit::Exit;

/// Prints a line to stdout.
pub(crate) fn line(text: impl std::fmt::Display) -> std::io::Result<()> {
    writeln!(std::io::stdout().lock(), "{text}")
}

/// Prints a value as one line of JSON.
pub(crate) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    line(serde_json::to_string(value)?)?;
    Ok(())
}

/// A table without frills.
pub(crate) fn table(header: &[&str], rows: Vec<Vec<String>>) -> comfy_table::Table {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(header.iter().map(|name| name.to_uppercase()));
    table.add_rows(rows);
    table
}

/// Prints a job as a person reads it.
pub(crate) fn job(job: &Job) -> std::io::Result<()> {
    line(format_args!("{}  {}", job.status, job.summary))?;
    line(format_args!("  job        {}", job.job_id))?;
    if let Some(provider) = &job.provider {
        line(format_args!("  site       {provider} ({})", job.environment))?;
    }
    if let Some(code) = &job.confirmation_code {
        line(format_args!("  code       {code}"))?;
    }
    if let (Some(payment), JobStatus::PausedPayment) = (&job.payment, job.status) {
        let amount =
            payment.amount.map_or_else(|| "an amount the site does not name".to_owned(), |m| m.to_string());
        line(format_args!("  would pay  {amount} to {} - nothing has been charged", payment.merchant))?;
        line(format_args!("  for        {}", payment.description))?;
        line(format_args!("  confirm    {}", payment.confirm_url))?;
        line(format_args!("  until      {}", payment.expires_at))?;
    }
    if let Some(url) = &job.handoff_url {
        line(format_args!("  help at    {url}"))?;
    }
    for alternative in &job.alternatives {
        line(format_args!("  instead    {}", alternative.label))?;
    }
    if let Some(error) = &job.error {
        line(format_args!("  error      {}: {}", error.code, error.message))?;
    }
    Ok(())
}

/// One line of a timeline.
pub(crate) fn event(event: &AuditEvent) -> String {
    let mark = match event.level {
        AuditLevel::Info => ' ',
        AuditLevel::Warn => '!',
        AuditLevel::Error => 'x',
    };
    let clock = event.ts.strftime("%H:%M:%S%.3f");
    format!("{clock} {mark} {:<17} {}", event.kind.as_str(), event.message)
}

/// The exit code that tells where a job stands.
pub(crate) fn exit_of(status: JobStatus) -> Exit {
    match status {
        JobStatus::Queued | JobStatus::Running | JobStatus::Done => Exit::Done,
        JobStatus::PausedPayment | JobStatus::NeedsLogin | JobStatus::Captcha => Exit::WaitsForPerson,
        JobStatus::NoAvailability => Exit::NoAvailability,
        JobStatus::Error | JobStatus::Cancelled | JobStatus::Expired => Exit::Failed,
    }
}
