//! Guests' details on their way into the record and out of it: sealed there, always.

use onegent_core::account::TravelDetails;
use onegent_core::guest::GuestProfile;
use onegent_core::id::AccountId;
use serde::{Deserialize, Serialize};

use crate::parts::Parts;
use crate::store::record::JobRecord;
use crate::vault::{Purpose, Sealed, VaultError};

/// Everything about a guest that is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SavedGuest {
    pub guest: GuestProfile,
    #[serde(default)]
    pub travel: TravelDetails,
}

/// Seals a guest of an account.
pub(crate) fn seal(parts: &Parts, account: AccountId, guest: &SavedGuest) -> Result<Sealed, VaultError> {
    let account = account.to_string();
    parts.vault.seal(Purpose { what: "guest", whose: &account }, guest)
}

/// Opens a guest of an account.
pub(crate) fn open(parts: &Parts, account: AccountId, sealed: &Sealed) -> Result<SavedGuest, VaultError> {
    let account = account.to_string();
    parts.vault.unseal(Purpose { what: "guest", whose: &account }, sealed)
}

/// The guest of a job, unless the details were forgotten or can't be opened.
pub(crate) fn of_job(parts: &Parts, record: &JobRecord) -> Option<SavedGuest> {
    let opened = open(parts, record.account, record.guest.as_ref()?);
    opened
        .inspect_err(|error| tracing::error!(job = %record.id, %error, "a guest's details can't be opened"))
        .ok()
}
