//! What whoever runs the engine can do with accounts: make them, look at the security log, export and erase.

use jiff::Timestamp;
use onegent_core::account::{Role, SecurityEvent, SecurityEventKind};
use onegent_core::audit::AuditEvent;
use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::guest::GuestProfile;
use onegent_core::id::{AccountId, PersonId, ProfileId};
use onegent_core::job::Job;
use onegent_core::port::{InvitationToken, JobFilter, KeyInfo};
use onegent_core::text::{Bounded, Text};
use onegent_core::webhook::WebhookEndpoint;
use serde::Serialize;

use super::Engine;
use crate::store::StoreError;
use crate::store::webhooks::Whose;

/// An account, as its list shows it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountSummary {
    /// Its id.
    pub account_id: AccountId,
    /// What it is called.
    pub name: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// How many people it has.
    pub people: usize,
    /// Whether its data were erased.
    pub erased: bool,
}

/// Everything that is kept of an account, but secrets.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Exported {
    account: AccountSummary,
    people: Vec<ExportedPerson>,
    keys: Vec<KeyInfo>,
    profiles: Vec<ExportedProfile>,
    jobs: Vec<ExportedJob>,
    webhooks: Vec<WebhookEndpoint>,
    security_events: Vec<SecurityEvent>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ExportedPerson {
    person_id: PersonId,
    role: Role,
    email: Option<onegent_core::guest::Email>,
    joined_at: Timestamp,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ExportedProfile {
    profile_id: ProfileId,
    default: bool,
    guest: GuestProfile,
    travel: onegent_core::account::TravelDetails,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ExportedJob {
    job: Job,
    guest: Option<GuestProfile>,
    events: Vec<AuditEvent>,
}

impl Engine {
    /// A new account, and an invitation for its owner.
    pub async fn create_account(&self, name: Text<64>) -> Result<(AccountId, InvitationToken)> {
        let account = self.parts.id(AccountId::generate);
        self.parts.store.add_account(account, name).await?;
        Ok((account, self.new_invitation(account, Role::Owner).await?))
    }

    /// An invitation to an account.
    pub async fn invite_to(&self, account: AccountId, role: Role) -> Result<InvitationToken> {
        self.summary(account).await?;
        let token = self.new_invitation(account, role).await?;
        let (kind, whom) = (SecurityEventKind::PersonInvited, Some((account, None)));
        self.note(kind, whom, None, Text::fit(role.as_str())).await;
        Ok(token)
    }

    /// All accounts, oldest first.
    pub async fn accounts(&self) -> Result<Vec<AccountSummary>> {
        let mut summaries = Vec::new();
        for account in self.parts.store.accounts().await? {
            summaries.push(AccountSummary {
                account_id: account.id,
                people: self.parts.store.people(account.id).await?.len(),
                name: account.name,
                created_at: account.created_at,
                erased: account.erased,
            });
        }
        Ok(summaries)
    }

    async fn summary(&self, id: AccountId) -> Result<AccountSummary> {
        let known = self.accounts().await?.into_iter().find(|known| known.account_id == id && !known.erased);
        known.ok_or_else(no_account)
    }

    /// The security log, newest first: of one account, or all of it.
    pub async fn security_log(&self, account: Option<AccountId>, limit: u32) -> Result<Vec<SecurityEvent>> {
        Ok(self.parts.store.security_events(account, limit).await?)
    }

    /// Everything that is kept of an account, but secrets.
    pub async fn export(&self, id: AccountId) -> Result<Exported> {
        let account = self.summary(id).await?;
        self.note(SecurityEventKind::DataExported, Some((id, None)), None, None).await;
        let people = self.parts.store.people(id).await?.into_iter().map(|person| ExportedPerson {
            person_id: person.id,
            role: person.role,
            email: person.email,
            joined_at: person.created_at,
        });
        let profiles = self.profiles_of(id).await?.into_iter().map(|saved| ExportedProfile {
            profile_id: saved.id,
            default: saved.default,
            guest: saved.guest,
            travel: saved.travel,
        });
        Ok(Exported {
            account,
            people: people.collect(),
            keys: self.parts.store.keys(id).await?,
            profiles: profiles.collect(),
            jobs: self.export_jobs(id).await?,
            webhooks: self.parts.store.webhooks(Whose { account: id, only: None }).await?,
            security_events: self.parts.store.security_events(Some(id), 10_000).await?,
        })
    }

    async fn export_jobs(&self, account: AccountId) -> Result<Vec<ExportedJob>> {
        let (mut jobs, mut cursor) = (Vec::new(), None);
        let Some(limit) = Bounded::new(100) else { return Ok(jobs) };
        loop {
            let filter = JobFilter { status: None, scenario: None, limit, cursor };
            let page = self.parts.store.jobs(account, None, &filter).await?;
            cursor = page.last().map(|record| record.id);
            if cursor.is_none() {
                return Ok(jobs);
            }
            for record in page {
                let events = self.parts.store.audit(account, record.id, 0, 10_000).await?;
                let guest = crate::guests::of_job(&self.parts, &record).map(|saved| saved.guest);
                jobs.push(ExportedJob { job: self.view(record), guest, events });
            }
        }
    }

    /// Erases who somebody was: people, keys, sessions, profiles, guests, seen pages. Jobs and their trail stay, and name
    /// nobody. Refused while jobs are open.
    pub async fn erase(&self, account: AccountId) -> Result<()> {
        match self.parts.store.erase(account).await {
            Err(StoreError::NotFound) => Err(no_account()),
            Err(StoreError::NotPermitted(_)) => {
                let message = "Bookings of this account are open. Cancel them, or let them end, first.";
                Err(Error::new(ErrorCode::InvalidRequest, message))
            }
            erased => {
                erased?;
                self.parts.signals.credential_ended();
                self.parts.album.forget_account(account).await.map_err(Error::internal)
            }
        }
    }
}

fn no_account() -> Error {
    Error::new(ErrorCode::NotFound, "No account has this id.")
}
