//! The record of people on SQLite: each method of the trait is one intent or one read.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use onegent_core::account::{Role, SecurityEvent, SessionInfo};
use onegent_core::id::{AccountId, PersonId, SessionId};
use onegent_core::text::Text;

use super::{SqlStore, people, sessions};
use crate::store::StoreError;
use crate::store::accounts::{AccountStore, NewPerson, NewSession, Proof, Taken};
use crate::store::record::{AccountRecord, PersonRecord, SessionRecord};
use crate::vault::Sealed;

#[async_trait]
impl AccountStore for SqlStore {
    async fn key_mark(&self, fresh: Sealed) -> Result<Sealed, StoreError> {
        self.write(move |tx| Box::pin(people::key_mark(tx, fresh))).await
    }

    async fn owner(&self, account: AccountId, person: PersonId) -> Result<(AccountId, PersonId), StoreError> {
        self.write(move |tx| Box::pin(people::owner(tx, account, person))).await
    }

    async fn add_account(&self, account: AccountId, name: Text<64>) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(people::add_account(tx, account, name))).await
    }

    async fn accounts(&self) -> Result<Vec<AccountRecord>, StoreError> {
        people::accounts(&mut self.read().await?).await
    }

    async fn account(&self, account: AccountId) -> Result<Option<AccountRecord>, StoreError> {
        people::account(&mut self.read().await?, account).await
    }

    async fn people(&self, account: AccountId) -> Result<Vec<PersonRecord>, StoreError> {
        people::people(&mut self.read().await?, account).await
    }

    async fn person_by_email(&self, email: &str) -> Result<Option<PersonRecord>, StoreError> {
        people::by_email(&mut self.read().await?, email).await
    }

    async fn person_by_subject(
        &self,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<PersonRecord>, StoreError> {
        people::by_subject(&mut self.read().await?, issuer, subject).await
    }

    async fn add_invitation(
        &self,
        account: AccountId,
        hash: String,
        role: Role,
        ttl: Duration,
    ) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(people::add_invitation(tx, account, hash, role, ttl))).await
    }

    async fn invited(&self, hash: &str) -> Result<bool, StoreError> {
        people::invited(&mut self.read().await?, hash, self.now()).await
    }

    async fn join(
        &self,
        person: NewPerson,
        session: NewSession,
    ) -> Result<Result<SessionRecord, Taken>, StoreError> {
        people::joined(self.write(move |tx| Box::pin(people::join(tx, person, session))).await)
    }

    async fn link_subject(
        &self,
        account: AccountId,
        person: PersonId,
        issuer: String,
        subject: String,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| Box::pin(people::link_subject(tx, account, person, issuer, subject))).await
    }

    async fn set_password(
        &self,
        account: AccountId,
        person: PersonId,
        email: String,
        hash: String,
        keep: SessionId,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| Box::pin(people::set_password(tx, account, person, email, hash, keep))).await
    }

    async fn remove_person(&self, account: AccountId, person: PersonId) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(people::remove(tx, account, person))).await
    }

    async fn set_code_secret(
        &self,
        account: AccountId,
        person: PersonId,
        sealed: String,
    ) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(people::set_code_secret(tx, account, person, sealed))).await
    }

    async fn begin_codes(
        &self,
        account: AccountId,
        person: PersonId,
        session: SessionId,
        step: i64,
        recovery: Vec<String>,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| Box::pin(people::begin_codes(tx, account, person, session, step, recovery)))
            .await
    }

    async fn end_codes(&self, account: AccountId, person: PersonId) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(people::end_codes(tx, account, person))).await
    }

    async fn use_code(&self, person: PersonId, proof: Proof) -> Result<bool, StoreError> {
        self.write(move |tx| Box::pin(people::use_code(tx, person, proof))).await
    }

    async fn prove(&self, account: AccountId, session: SessionId) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(sessions::prove(tx, account, session))).await
    }

    async fn set_confirm_needs_code(&self, account: AccountId, needed: bool) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(people::set_confirm_rule(tx, account, needed))).await
    }

    async fn open_session(
        &self,
        account: AccountId,
        person: PersonId,
        session: NewSession,
    ) -> Result<SessionRecord, StoreError> {
        self.write(move |tx| Box::pin(sessions::open_for(tx, account, person, session))).await
    }

    async fn sessions(&self, account: AccountId, person: PersonId) -> Result<Vec<SessionInfo>, StoreError> {
        sessions::sessions(&mut self.read().await?, account, person, self.now()).await
    }

    async fn end_session_of(
        &self,
        account: AccountId,
        person: PersonId,
        session: SessionId,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| Box::pin(sessions::end_of(tx, account, person, session))).await
    }

    async fn note_security(&self, event: SecurityEvent) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(sessions::note(tx, event))).await
    }

    async fn security_events(
        &self,
        account: Option<AccountId>,
        limit: u32,
    ) -> Result<Vec<SecurityEvent>, StoreError> {
        sessions::events(&mut self.read().await?, account, limit).await
    }

    async fn forget_security(&self, before: Timestamp) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(sessions::forget_events(tx, before))).await
    }

    async fn erase(&self, account: AccountId) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(people::erase(tx, account))).await
    }
}
