//! Saved guest profiles.

use async_trait::async_trait;
use onegent_core::account::TravelDetails;
use onegent_core::caller::Person;
use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::guest::GuestProfile;
use onegent_core::id::{AccountId, ProfileId};
use onegent_core::port::{Profiles, SavedProfile};

use super::Engine;
use crate::guests::{self, SavedGuest};
use crate::store::{JobQuota, StoreError};
use crate::vault::Sealed;

#[async_trait]
impl Profiles for Engine {
    async fn profiles(&self, person: &Person) -> Result<Vec<SavedProfile>> {
        self.profiles_of(person.account).await
    }

    async fn save_profile(
        &self,
        person: &Person,
        guest: GuestProfile,
        travel: TravelDetails,
        default: bool,
    ) -> Result<ProfileId> {
        self.save_profile_of(person.account, SavedGuest { guest, travel }, default).await
    }

    async fn set_default_profile(&self, person: &Person, id: Option<ProfileId>) -> Result<()> {
        found(self.parts.store.set_default_profile(person.account, id).await)
    }

    async fn delete_profile(&self, person: &Person, id: ProfileId) -> Result<()> {
        found(self.parts.store.delete_profile(person.account, id).await)
    }
}

impl Engine {
    pub(super) async fn profiles_of(&self, account: AccountId) -> Result<Vec<SavedProfile>> {
        let saved = self.parts.store.profiles(account).await?;
        let open = |record: crate::store::record::ProfileRecord| {
            let SavedGuest { guest, travel } = self.open_guest(account, &record.guest)?;
            Ok(SavedProfile { id: record.id, guest, travel, default: record.is_default })
        };
        saved.into_iter().map(open).collect()
    }

    pub(super) async fn save_profile_of(
        &self,
        account: AccountId,
        guest: SavedGuest,
        default: bool,
    ) -> Result<ProfileId> {
        let id = self.parts.id(ProfileId::generate);
        let sealed = self.seal_guest(account, &guest)?;
        Ok(self.parts.store.add_profile(account, id, sealed, default).await?.id)
    }

    pub(super) async fn delete_profile_of(&self, account: AccountId, id: ProfileId) -> Result<()> {
        found(self.parts.store.delete_profile(account, id).await)
    }

    pub(super) fn seal_guest(&self, account: AccountId, guest: &SavedGuest) -> Result<Sealed> {
        guests::seal(&self.parts, account, guest).map_err(Error::internal)
    }

    pub(super) fn open_guest(&self, account: AccountId, sealed: &Sealed) -> Result<SavedGuest> {
        guests::open(&self.parts, account, sealed).map_err(Error::internal)
    }

    pub(super) fn quota(&self) -> JobQuota {
        let config = &self.parts.config;
        JobQuota {
            open: config.most_open_jobs,
            open_of_account: config.most_open_jobs_of_account,
            a_day: config.most_jobs_a_day,
        }
    }
}

fn found(result: std::result::Result<(), StoreError>) -> Result<()> {
    match result {
        Err(StoreError::NotFound) => {
            Err(Error::new(ErrorCode::NotFound, "No saved profile with this id belongs to this account."))
        }
        other => Ok(other?),
    }
}
