//! Following a job to its end, with what the agent does shown as it happens.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use onegent_core::id::JobId;
use onegent_core::job::Job;
use onegent_core::port::{BookingService as _, LONGEST_WATCH};

use super::Remote;
use crate::output;

/// Follows a job until it ends or waits for a person.
pub(crate) async fn follow(remote: &Remote, id: JobId, quiet: bool) -> anyhow::Result<Job> {
    let spinner = spinner(quiet);
    let mut cursor = 0;
    loop {
        let seen = remote.client.watch(&remote.caller()?, id, cursor, LONGEST_WATCH).await?;
        cursor = seen.cursor;
        for event in &seen.events {
            if !quiet {
                spinner.suspend(|| eprint_line(&output::event(event)));
            }
        }
        spinner.set_message(doing(&seen.job));
        if seen.job.status.is_terminal() || seen.job.status.needs_person() {
            spinner.finish_and_clear();
            return Ok(seen.job);
        }
    }
}

fn doing(job: &Job) -> String {
    job.progress.as_ref().map_or_else(|| job.status.to_string(), |progress| progress.message.to_string())
}

fn spinner(quiet: bool) -> ProgressBar {
    if quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner().with_style(ProgressStyle::default_spinner());
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// The timeline goes to stderr, so that stdout has the result alone.
#[expect(clippy::print_stderr, reason = "progress belongs to stderr")]
fn eprint_line(line: &str) {
    eprintln!("{line}");
}
