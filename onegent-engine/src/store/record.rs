//! What the store gives and takes: rows, read back into types.

use jiff::{SignedDuration, Timestamp};
use onegent_core::account::Role;
use onegent_core::audit::{AuditDraft, ChainHead};
use onegent_core::caller::Environment;
use onegent_core::charge::{Charge, ChargeHash};
use onegent_core::consent::Consent;
use onegent_core::create::ClientMetadata;
use onegent_core::guest::Email;
use onegent_core::id::{AccountId, HoldId, JobId, PersonId, ProfileId, SessionId};
use onegent_core::job::Progress;
use onegent_core::machine::{Approval, JobState};
use onegent_core::port::KeyInfo;
use onegent_core::request::{BookingRequest, UnknownWord};
use onegent_core::text::{ProviderId, Text};

use crate::trace::TraceParent;
use crate::vault::Sealed;

/// A job to accept.
#[derive(Debug, Clone)]
pub(crate) struct NewJob {
    pub id: JobId,
    pub account: AccountId,
    /// Whose key or app made it.
    pub person: PersonId,
    pub environment: Environment,
    pub request: BookingRequest,
    pub guest: Sealed,
    pub consent: Consent,
    pub client: ClientMetadata,
    /// The idempotency key and the request's fingerprint.
    pub idempotency: Option<(String, String)>,
    pub trail: Vec<AuditDraft>,
    /// The trace that it belongs to.
    pub trace: Option<TraceParent>,
}

/// A job's row.
#[derive(Debug, Clone)]
pub(crate) struct JobRecord {
    pub id: JobId,
    pub account: AccountId,
    /// Whose key or app made it: whose charge it is to confirm.
    pub person: PersonId,
    pub environment: Environment,
    pub request: BookingRequest,
    /// `None` once it was forgotten.
    pub guest: Option<Sealed>,
    pub consent: Consent,
    pub client: ClientMetadata,
    pub state: JobState,
    pub version: u64,
    pub attempt: u32,
    /// How many runs failed since the job was made or last confirmed.
    pub failures: u32,
    /// How long runs took that are over, since the job was made or last confirmed.
    pub worked: SignedDuration,
    /// When the run under way began.
    pub run_since: Option<Timestamp>,
    pub hold: Option<HoldRecord>,
    pub provider: Option<ProviderId>,
    /// What the one submit booked, in the site's words.
    pub booking: Option<Text<500>>,
    pub progress: Option<Progress>,
    pub head: ChainHead,
    /// The trace that it was made in.
    pub trace: Option<TraceParent>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub completed_at: Option<Timestamp>,
}

impl JobRecord {
    /// The confirmation that the run under way, or the one to come, carries.
    pub(crate) fn approval(&self) -> Option<Approval> {
        match &self.state {
            JobState::Running { approval, .. } => *approval,
            JobState::Confirmed { approval, .. } => Some(*approval),
            JobState::Queued { .. }
            | JobState::NeedsPerson { .. }
            | JobState::PausedPayment { .. }
            | JobState::Submitting { .. }
            | JobState::Done { .. }
            | JobState::NoAvailability { .. }
            | JobState::Error { .. }
            | JobState::Cancelled
            | JobState::Expired => None,
        }
    }
}

/// Where a hold stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HoldStatus {
    /// Waits for a person.
    Open,
    /// A person said yes.
    Confirmed,
    /// A person said no.
    Declined,
    /// The job went another way, or the site asks for something else by now.
    Void,
    /// Nobody came in time.
    Expired,
    /// The yes was used up by the one submit.
    Redeemed,
}

impl HoldStatus {
    const ALL: [Self; 6] =
        [Self::Open, Self::Confirmed, Self::Declined, Self::Void, Self::Expired, Self::Redeemed];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Confirmed => "confirmed",
            Self::Declined => "declined",
            Self::Void => "void",
            Self::Expired => "expired",
            Self::Redeemed => "redeemed",
        }
    }
}

/// The word is no hold's status.
#[derive(Debug, thiserror::Error)]
#[error("no hold stands there")]
pub(crate) struct UnknownHoldStatus;

impl std::str::FromStr for HoldStatus {
    type Err = UnknownHoldStatus;

    fn from_str(text: &str) -> Result<Self, UnknownHoldStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(UnknownHoldStatus)
    }
}

/// A stop at payment.
#[derive(Debug, Clone)]
pub(crate) struct HoldRecord {
    pub id: HoldId,
    pub charge: Charge,
    pub hash: ChargeHash,
    pub status: HoldStatus,
    pub expires_at: Timestamp,
}

/// What the review page shows beside the charge.
#[derive(Debug, Clone)]
pub(crate) struct HoldPage {
    pub url: Option<String>,
    pub text: Option<String>,
    /// The charge that was confirmed before and no longer holds.
    pub replaces: Option<Charge>,
}

/// A key, as the authority checks it.
#[derive(Debug, Clone)]
pub(crate) struct KeyRecord {
    pub account: AccountId,
    pub person: PersonId,
    pub info: KeyInfo,
}

/// A signed-in session that is neither over nor ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SessionRecord {
    pub id: SessionId,
    pub account: AccountId,
    pub person: PersonId,
    pub role: Role,
    pub proven_at: Option<Timestamp>,
    pub signed_in_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A saved guest profile.
#[derive(Debug, Clone)]
pub(crate) struct ProfileRecord {
    pub id: ProfileId,
    pub guest: Sealed,
    pub is_default: bool,
}

/// An account.
#[derive(Debug, Clone)]
pub(crate) struct AccountRecord {
    pub id: AccountId,
    pub name: Option<String>,
    pub confirm_needs_code: bool,
    pub created_at: Timestamp,
    pub erased: bool,
}

/// Somebody of an account.
#[derive(Clone)]
pub(crate) struct PersonRecord {
    pub id: PersonId,
    pub account: AccountId,
    pub role: Role,
    pub email: Option<Email>,
    /// The password's argon2id hash.
    pub password: Option<String>,
    pub code_secret: Option<Sealed>,
    /// Whether the second factor counts.
    pub has_codes: bool,
    /// The newest time step whose code was used.
    pub code_step: i64,
    pub recovery_codes: u32,
    pub has_provider: bool,
    pub created_at: Timestamp,
}

impl std::fmt::Debug for PersonRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PersonRecord").field("id", &self.id).finish_non_exhaustive()
    }
}

/// How jobs with one provider ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Outcomes {
    pub done: u64,
    pub no_availability: u64,
    pub errors: u64,
    pub cancelled: u64,
    pub expired: u64,
    /// From acceptance to the end, the median.
    pub median_ms: u64,
}

/// The state machine's own word for where a job stands, as it is stored and indexed.
pub(crate) fn state_word(state: &JobState) -> &'static str {
    match state {
        JobState::Queued { .. } => "queued",
        JobState::Running { .. } => "running",
        JobState::NeedsPerson { .. } => "needs_person",
        JobState::PausedPayment { .. } => "paused_payment",
        JobState::Confirmed { .. } => "confirmed",
        JobState::Submitting { .. } => "submitting",
        JobState::Done { .. } => "done",
        JobState::NoAvailability { .. } => "no_availability",
        JobState::Error { .. } => "error",
        JobState::Cancelled => "cancelled",
        JobState::Expired => "expired",
    }
}

/// What [`state_word`] says of jobs that are open.
pub(crate) const OPEN_STATES: [&str; 6] =
    ["queued", "confirmed", "running", "submitting", "paused_payment", "needs_person"];

/// Words of a list, apart by spaces, as scopes are in OAuth.
pub(crate) fn words<T: std::str::FromStr<Err = UnknownWord>>(text: &str) -> Result<Vec<T>, UnknownWord> {
    text.split(' ').map(str::parse).collect()
}
