//! Saved guest profiles.

use async_trait::async_trait;

use crate::account::TravelDetails;
use crate::caller::Person;
use crate::error::Result;
use crate::guest::GuestProfile;
use crate::id::ProfileId;

/// The account's saved guests. `not_found` for another account's.
///
/// Withheld from assistants: a request may name a profile, and never reads one.
#[async_trait]
pub trait Profiles: Send + Sync {
    /// All of them, oldest first.
    async fn profiles(&self, person: &Person) -> Result<Vec<SavedProfile>>;

    /// Saves a guest. None becomes the default by itself.
    async fn save_profile(
        &self,
        person: &Person,
        guest: GuestProfile,
        travel: TravelDetails,
        default: bool,
    ) -> Result<ProfileId>;

    /// Bookings without a guest are made for this one from now on; for nobody with `None`.
    async fn set_default_profile(&self, person: &Person, id: Option<ProfileId>) -> Result<()>;

    /// Forgets a guest.
    async fn delete_profile(&self, person: &Person, id: ProfileId) -> Result<()>;
}

/// A saved guest profile.
#[derive(Debug, Clone)]
pub struct SavedProfile {
    /// Its id.
    pub id: ProfileId,
    /// The guest.
    pub guest: GuestProfile,
    /// What flights ask for.
    pub travel: TravelDetails,
    /// Whether bookings without a guest are made for this one.
    pub default: bool,
}
