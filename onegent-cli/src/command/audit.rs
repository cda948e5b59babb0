//! `onegent audit`: a job's trail, or the proof that no trail was touched.

use onegent_core::port::{AuditQuery, BookingService as _};
use onegent_core::text::Bounded;

use super::{Remote, data_dir};
use crate::args::{Audit, AuditTarget, Common};
use crate::exit::Exit;
use crate::{node, output};

/// Shows a trail or verifies all.
pub(crate) async fn run(audit: Audit, common: &Common) -> anyhow::Result<Exit> {
    let AuditTarget::Job(id) = audit.target else { return verify(common).await };
    let remote = Remote::new(&audit.api)?;
    let limit = Bounded::new(audit.limit)
        .or(Bounded::new(500))
        .ok_or_else(|| anyhow::anyhow!("--limit is 1 to 2000"))?;
    let page = remote.client.audit(&remote.caller()?, id, AuditQuery { after: 0, limit }).await?;
    if common.json {
        output::json(&page)?;
    } else {
        for event in &page.events {
            output::line(output::event(event))?;
        }
    }
    Ok(Exit::Done)
}

/// Checks every chain in the data directory; fails when one is broken, and names the job and the event.
async fn verify(common: &Common) -> anyhow::Result<Exit> {
    let dir = data_dir(common)?;
    let report = node::with_engine(&dir, async |engine| Ok(engine.verify_audit().await?)).await?;
    let clean = report.problems.is_empty();
    if common.json {
        let problems: Vec<_> = report
            .problems
            .iter()
            .map(|problem| serde_json::json!({ "jobId": problem.job, "problem": problem.what.to_string() }))
            .collect();
        output::json(&serde_json::json!({
            "ok": clean, "jobs": report.jobs, "events": report.events, "problems": problems,
        }))?;
    } else {
        for problem in &report.problems {
            output::line(format_args!("{}: {}", problem.job, problem.what))?;
        }
        let verdict =
            if clean { "every chain is whole" } else { "the audit trail was tampered with or damaged" };
        output::line(format_args!("{} jobs, {} events: {verdict}", report.jobs, report.events))?;
    }
    Ok(if clean { Exit::Done } else { Exit::Failed })
}
