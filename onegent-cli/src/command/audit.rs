//! `onegent audit`: a job's trail, the proof that no trail was touched, and all of them for keeping elsewhere.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use onegent_core::port::{AuditQuery, BookingService as _};
use onegent_core::text::Bounded;
use onegent_engine::checkpoint::PublicKey;
use onegent_engine::engine::{AuditFile, AuditReport};

use super::{Remote, place};
use crate::args::{Audit, Common, WholeAudit};
use crate::exit::{Exit, Hinted};
use crate::{node, output};

/// Shows a trail, or verifies or exports all.
pub(crate) async fn run(audit: Audit, common: &Common) -> anyhow::Result<Exit> {
    match audit.whole {
        Some(WholeAudit::Verify { file: None, public_key }) => verify(public_key, common).await,
        Some(WholeAudit::Verify { file: Some(file), public_key }) => verify_file(&file, public_key, common),
        Some(WholeAudit::Export { output }) => export(output, common).await,
        None => show(audit, common).await,
    }
}

async fn show(audit: Audit, common: &Common) -> anyhow::Result<Exit> {
    let id = audit.job_id.context("name a job")?;
    let remote = Remote::new(&audit.api)?;
    let limit = Bounded::new(audit.limit).ok_or_else(|| anyhow::anyhow!("--limit is 1 to 2000"))?;
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

/// Checks the data directory; fails when a chain is broken, and names the job and the event.
async fn verify(trusted: Vec<PublicKey>, common: &Common) -> anyhow::Result<Exit> {
    let place = place(common)?;
    let report = node::with_engine(&place, async |engine| {
        let trusted = if trusted.is_empty() { vec![engine.audit_key()] } else { trusted };
        Ok(engine.verify_audit(&trusted).await?)
    });
    tell(&report.await?, common)
}

/// Checks an export, which needs no data directory.
fn verify_file(file: &Path, trusted: Vec<PublicKey>, common: &Common) -> anyhow::Result<Exit> {
    let named_by_the_file = trusted.is_empty();
    let mut check = AuditFile::new(trusted);
    let unreadable = || format!("can't read {}", file.display());
    for line in BufReader::new(File::open(file).with_context(unreadable)?).lines() {
        check.line(&line.with_context(unreadable)?);
    }
    let exit = tell(&check.finish(), common)?;
    if named_by_the_file && !common.json {
        output::line("The key is the one that the file names; give the one you know with --public-key.")?;
    }
    Ok(exit)
}

fn tell(report: &AuditReport, common: &Common) -> anyhow::Result<Exit> {
    let clean = report.problems.is_empty();
    if common.json {
        let problems: Vec<_> = report
            .problems
            .iter()
            .map(|problem| serde_json::json!({ "jobId": problem.job, "problem": problem.what.to_string() }))
            .collect();
        let newest = report.newest.map(|newest| {
            serde_json::json!({ "key": newest.key, "number": newest.number, "digest": newest.digest })
        });
        output::json(&serde_json::json!({
            "ok": clean, "jobs": report.jobs, "removedTrails": report.removed, "events": report.events, "checkpoints": report.checkpoints,
            "newestCheckpoint": newest, "problems": problems,
        }))?;
    } else {
        for problem in &report.problems {
            output::line(format_args!("{}: {}", problem.job, problem.what))?;
        }
        let verdict =
            if clean { "every chain is whole" } else { "the audit trail was tampered with or damaged" };
        let AuditReport { jobs, removed, events, checkpoints, newest, .. } = report;
        output::line(format_args!("{jobs} jobs, {events} events, {checkpoints} checkpoints: {verdict}"))?;
        if *removed > 0 {
            output::line(format_args!("{removed} trails were removed when their time was over"))?;
        }
        if let Some(newest) = newest {
            output::line(format_args!("newest checkpoint: {} {}", newest.number, newest.digest))?;
            output::line(format_args!("signed by: {}", newest.key))?;
        }
    }
    Ok(if clean { Exit::Done } else { Exit::Failed })
}

async fn export(file: Option<PathBuf>, common: &Common) -> anyhow::Result<Exit> {
    let place = place(common)?;
    let out: Box<dyn Write + Send> = match &file {
        None => Box::new(std::io::stdout()),
        Some(file) => Box::new(File::create_new(file).map_err(|error| {
            let hint = "choose another file with --output";
            Hinted::new(format!("can't write {}: {error}", file.display()), hint)
        })?),
    };
    let mut out = BufWriter::new(out);
    node::with_engine(&place, async |engine| {
        let written = engine.export_audit(|line| {
            serde_json::to_writer(&mut out, line)?;
            out.write_all(b"\n")
        });
        written.await?;
        Ok(out.flush()?)
    })
    .await?;
    Ok(Exit::Done)
}
