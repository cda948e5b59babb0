//! `onegent doctor`: looks for what keeps this machine from booking, and says what to do about each. It changes nothing, and
//! nothing secret is printed.

mod api;
mod configured;
mod local;

use serde::Serialize;

use super::data_dir;
use crate::args::{Common, Doctor};
use crate::exit::Exit;
use crate::output;

/// How something was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    /// As it should be.
    Ok,
    /// Works, or need not work.
    Note,
    /// Keeps something from working.
    Problem,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    verdict: Verdict,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl Finding {
    fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Ok, message: message.into(), hint: None }
    }

    fn note(check: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Note, message: message.into(), hint: Some(hint.into()) }
    }

    fn problem(check: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Problem, message: message.into(), hint: Some(hint.into()) }
    }
}

/// Looks at everything. Ends with 1 when something keeps this machine from booking.
pub(crate) async fn run(doctor: &Doctor, common: &Common) -> anyhow::Result<Exit> {
    let mut findings = vec![api::key()];
    findings.extend(api::ask(&doctor.api.api_base_url).await?);
    findings.push(match data_dir(common) {
        Ok(dir) => local::data_directory(&dir),
        Err(error) => Finding::problem("data directory", format!("{error}"), "name one with --data-dir"),
    });
    findings.push(local::browser());
    findings.push(local::port(doctor.port).await?);
    findings.extend(configured::all());
    let fine = findings.iter().all(|finding| finding.verdict != Verdict::Problem);
    if common.json {
        output::json(&serde_json::json!({ "ok": fine, "checks": findings }))?;
    } else {
        print(&findings)?;
    }
    Ok(if fine { Exit::Done } else { Exit::Failed })
}

fn print(findings: &[Finding]) -> std::io::Result<()> {
    for finding in findings {
        let mark = match finding.verdict {
            Verdict::Ok => "ok  ",
            Verdict::Note => "note",
            Verdict::Problem => "FAIL",
        };
        output::line(format_args!("{mark}  {:<15} {}", finding.check, finding.message))?;
        if let Some(hint) = &finding.hint {
            output::line(format_args!("      {:<15} -> {hint}", ""))?;
        }
    }
    Ok(())
}
