//! A job's audit trail as a person reads it. The same entry is rendered into the page and sent to it live.

use askama::Template;
use askama::filters::HtmlSafe;
use onegent_core::audit::{AuditEvent, AuditKind};
use serde_json::Value;

use super::view::{Icon, Moment};

/// One entry.
#[derive(Template)]
#[template(path = "timeline_entry.html")]
pub(super) struct Entry {
    seq: u64,
    at: Moment,
    level: &'static str,
    kind: &'static str,
    message: String,
    details: Vec<(String, String)>,
    icon: Icon,
    /// Steps on the way that only the curious read.
    quiet: bool,
    hash: String,
}

impl HtmlSafe for Entry {}

impl From<&AuditEvent> for Entry {
    fn from(event: &AuditEvent) -> Self {
        Self {
            seq: event.seq,
            at: Moment(event.ts),
            level: event.level.as_str(),
            kind: event.kind.as_str(),
            message: event.message.clone(),
            details: event.data.iter().map(|(name, value)| (name.clone(), plain(value))).collect(),
            icon: icon(event.kind),
            quiet: is_quiet(event.kind),
            hash: event.hash.to_string().chars().take(12).collect(),
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            value.to_string()
        }
    }
}

fn is_quiet(kind: AuditKind) -> bool {
    matches!(
        kind,
        AuditKind::ActionAllowed | AuditKind::PageObserved | AuditKind::StepStarted | AuditKind::JobReleased
    )
}

fn icon(kind: AuditKind) -> Icon {
    Icon(match kind {
        AuditKind::JobCreated | AuditKind::JobReleased | AuditKind::JobExpired | AuditKind::TimeAdjusted => {
            "clock"
        }
        AuditKind::JobStarted
        | AuditKind::StepStarted
        | AuditKind::StepAttempt
        | AuditKind::ActionAllowed
        | AuditKind::PageObserved
        | AuditKind::VenueSwitched
        | AuditKind::ProviderFallback => "run",
        AuditKind::ActionDenied
        | AuditKind::RequestDenied
        | AuditKind::PausedPayment
        | AuditKind::ChargeChanged
        | AuditKind::SubmitStarted => "gate",
        AuditKind::NeedsLogin
        | AuditKind::Captcha
        | AuditKind::PersonHelped
        | AuditKind::TakenOver
        | AuditKind::HandedBack => "person",
        AuditKind::ChargeConfirmed
        | AuditKind::SubmitFinished
        | AuditKind::SubmitReconciled
        | AuditKind::JobCompleted => "check",
        AuditKind::ChargeDeclined | AuditKind::JobCancelled => "stop",
        AuditKind::SubmitUnknown | AuditKind::JobFailed | AuditKind::WorkerLost => "alert",
    })
}
