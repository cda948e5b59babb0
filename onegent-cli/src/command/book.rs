//! `onegent book` and `onegent jobs`.

use onegent_core::create::CreateJob;
use onegent_core::error::Error;
use onegent_core::job::Job;
use onegent_core::port::{BookingService as _, JobFilter};
use onegent_core::text::Bounded;

use super::{Remote, watch};
use crate::args::{Book, Common, Jobs};
use crate::exit::Exit;
use crate::output;

/// Asks for a booking, and follows it when that was wished.
pub(crate) async fn run(book: Book, common: &Common) -> anyhow::Result<Exit> {
    let (scenario, arguments, with) = book.into_parts();
    let mut create = CreateJob::from_arguments(scenario, &arguments).map_err(Error::invalid_request)?;
    create.request = create.request.on(with.site);
    create.client_metadata.agent_id = "onegent-cli".parse().ok();
    create.client_metadata.idempotency_key = with.idempotency_key.as_deref().map(str::parse).transpose()?;
    create.consent.max_price = with.max_price;
    create.consent.allow_time_adjustment = !with.exact_time;
    create.consent.allowed_providers.clone_from(&with.provider);
    let remote = Remote::new(&with.api)?;
    let created = remote.client.create(&remote.caller()?, create).await?;
    if !with.wait {
        print(&created.job, common.json)?;
        if !common.json {
            output::line(format_args!("\nfollow it with: onegent status {} --wait", created.job.job_id))?;
        }
        return Ok(Exit::Done);
    }
    let job = watch::follow(&remote, created.job.job_id, common.json).await?;
    print(&job, common.json)
}

/// Lists jobs, newest first.
pub(crate) async fn list(jobs: Jobs, common: &Common) -> anyhow::Result<Exit> {
    let remote = Remote::new(&jobs.api)?;
    // The grammar holds 1 to 100.
    let limit = Bounded::new(jobs.limit)
        .or(Bounded::new(20))
        .ok_or_else(|| anyhow::anyhow!("--limit is 1 to 100"))?;
    let filter = JobFilter { status: jobs.status, scenario: jobs.scenario, limit, cursor: jobs.cursor };
    let page = remote.client.list(&remote.caller()?, filter).await?;
    if common.json {
        output::json(&page)?;
        return Ok(Exit::Done);
    }
    if page.jobs.is_empty() {
        output::line("No jobs yet. `onegent book --help` shows how to make one.")?;
        return Ok(Exit::Done);
    }
    let rows = page.jobs.iter().map(row).collect();
    output::line(output::table(&["job", "status", "what", "code"], rows))?;
    if let Some(cursor) = page.next_cursor {
        output::line(format_args!("\nmore: onegent jobs --cursor {cursor}"))?;
    }
    Ok(Exit::Done)
}

fn row(job: &Job) -> Vec<String> {
    let code = job.confirmation_code.as_ref().map_or_else(String::new, ToString::to_string);
    vec![job.job_id.to_string(), job.status.to_string(), job.summary.clone(), code]
}

/// Prints a job; the exit code tells where it stands.
pub(crate) fn print(job: &Job, json: bool) -> anyhow::Result<Exit> {
    if json {
        output::json(job)?;
    } else {
        output::job(job)?;
    }
    Ok(output::exit_of(job.status))
}
