//! The part of the record that is about people: who belongs to an account, how they sign in, and what was done to access.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use onegent_core::account::{Role, SecurityEvent, SessionInfo, SignInMethod};
use onegent_core::id::{AccountId, PersonId, SessionId};
use onegent_core::text::Text;

use super::StoreError;
use super::record::{AccountRecord, PersonRecord, SessionRecord};
use crate::vault::Sealed;

/// A session to open, with the SHA-256 of its token.
#[derive(Debug, Clone)]
pub(crate) struct NewSession {
    pub id: SessionId,
    pub hash: String,
    pub ttl: Duration,
    pub method: SignInMethod,
    pub agent: Option<Text<200>>,
    /// Whether a code of the second factor was given with the sign-in.
    pub proven: bool,
}

/// Somebody who takes up an invitation.
#[derive(Debug, Clone)]
pub(crate) struct NewPerson {
    pub id: PersonId,
    /// The SHA-256 of the invitation's token.
    pub invitation: String,
    pub by: NewAccess,
}

/// How a new person will sign in.
#[derive(Debug, Clone)]
pub(crate) enum NewAccess {
    /// By address and password hash.
    Password { email: String, hash: String },
    /// At a provider, as the issuer's subject.
    Provider { issuer: String, subject: String },
}

/// Why an invitation could not be taken up, or an address not be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// The invitation is unknown, used or over.
    Invitation,
    /// Somebody else has the address or the provider's subject.
    Name,
}

/// A code of the second factor that is to be used up.
#[derive(Debug, Clone)]
pub(crate) enum Proof {
    /// The authenticator's code of this time step.
    Step(i64),
    /// The SHA-256 of a recovery code.
    Recovery(String),
}

/// People, sessions and the security log. Every method names the account, but where it is what is asked for.
#[async_trait]
pub(crate) trait AccountStore: Send + Sync {
    /// Keeps what only the record's key opens, unless there is one already. Answers what is kept.
    async fn key_mark(&self, fresh: Sealed) -> Result<Sealed, StoreError>;
    /// The first account and its owner; made at the first call.
    async fn owner(&self, account: AccountId, person: PersonId) -> Result<(AccountId, PersonId), StoreError>;
    /// A new account without people; its first one comes by an invitation.
    async fn add_account(&self, account: AccountId, name: Text<64>) -> Result<(), StoreError>;
    /// All accounts, oldest first.
    async fn accounts(&self) -> Result<Vec<AccountRecord>, StoreError>;
    async fn account(&self, account: AccountId) -> Result<Option<AccountRecord>, StoreError>;

    /// Everybody of an account who was not removed, oldest first.
    async fn people(&self, account: AccountId) -> Result<Vec<PersonRecord>, StoreError>;
    /// Who signs in by this address, in lower case.
    async fn person_by_email(&self, email: &str) -> Result<Option<PersonRecord>, StoreError>;
    /// Whom a provider's subject stands for.
    async fn person_by_subject(
        &self,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<PersonRecord>, StoreError>;
    async fn add_invitation(
        &self,
        account: AccountId,
        hash: String,
        role: Role,
        ttl: Duration,
    ) -> Result<(), StoreError>;
    /// Whether an invitation can be taken up.
    async fn invited(&self, hash: &str) -> Result<bool, StoreError>;
    /// Takes up an invitation and opens a session.
    async fn join(
        &self,
        person: NewPerson,
        session: NewSession,
    ) -> Result<Result<SessionRecord, Taken>, StoreError>;
    /// Ties a provider's subject to a person; `false` when somebody else has it.
    async fn link_subject(
        &self,
        account: AccountId,
        person: PersonId,
        issuer: String,
        subject: String,
    ) -> Result<bool, StoreError>;
    /// Sets address and password, and ends the person's other sessions; `false` when somebody else has the address.
    async fn set_password(
        &self,
        account: AccountId,
        person: PersonId,
        email: String,
        hash: String,
        keep: SessionId,
    ) -> Result<bool, StoreError>;
    /// Removes somebody with sessions and keys. Refused with `NotPermitted` for the last owner.
    async fn remove_person(&self, account: AccountId, person: PersonId) -> Result<(), StoreError>;

    /// Keeps a sealed secret that does not count yet.
    async fn set_code_secret(
        &self,
        account: AccountId,
        person: PersonId,
        sealed: String,
    ) -> Result<(), StoreError>;
    /// The kept secret counts from now on, with these recovery codes; the session is proven.
    async fn begin_codes(
        &self,
        account: AccountId,
        person: PersonId,
        session: SessionId,
        step: i64,
        recovery: Vec<String>,
    ) -> Result<bool, StoreError>;
    async fn end_codes(&self, account: AccountId, person: PersonId) -> Result<(), StoreError>;
    /// Uses up a code; `false` when it was used before.
    async fn use_code(&self, person: PersonId, proof: Proof) -> Result<bool, StoreError>;
    /// The session was proven just now.
    async fn prove(&self, account: AccountId, session: SessionId) -> Result<(), StoreError>;
    async fn set_confirm_needs_code(&self, account: AccountId, needed: bool) -> Result<(), StoreError>;

    /// Opens a session for somebody who was not removed.
    async fn open_session(
        &self,
        account: AccountId,
        person: PersonId,
        session: NewSession,
    ) -> Result<SessionRecord, StoreError>;
    /// Open sessions of a person, newest first.
    async fn sessions(&self, account: AccountId, person: PersonId) -> Result<Vec<SessionInfo>, StoreError>;
    /// `false` when it is nobody's, or somebody else's.
    async fn end_session_of(
        &self,
        account: AccountId,
        person: PersonId,
        session: SessionId,
    ) -> Result<bool, StoreError>;

    async fn note_security(&self, event: SecurityEvent) -> Result<(), StoreError>;
    /// Newest first; of all accounts, and of none, with `None`.
    async fn security_events(
        &self,
        account: Option<AccountId>,
        limit: u32,
    ) -> Result<Vec<SecurityEvent>, StoreError>;
    async fn forget_security(&self, before: Timestamp) -> Result<(), StoreError>;

    /// Removes people, keys, sessions, profiles, guests and seen pages. What stays names nobody. Refused with
    /// `NotPermitted` while jobs are open.
    async fn erase(&self, account: AccountId) -> Result<(), StoreError>;
}
