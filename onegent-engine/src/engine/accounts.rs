//! Accounts at their port: signing in, people, second factors, sessions, and the security log.

use async_trait::async_trait;
use onegent_core::account::{
    Member, Password, Role, SecurityEvent, SecurityEventKind, SessionInfo, SignInMethod,
};
use onegent_core::caller::Person;
use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::fields::FieldError;
use onegent_core::guest::Email;
use onegent_core::id::{PersonId, SessionId};
use onegent_core::port::{
    AccountView, Accounts, CodeTicket, Enrolment, InvitationToken, Invited, Opened, ProviderAnswer,
    ProviderState, RecoveryCodes, SignedIn, Visitor,
};
use onegent_core::text::Text;
use secrecy::{ExposeSecret, SecretString};
use url::form_urlencoded;

use super::Engine;
use super::sign_in::{busy, recovery_code, recovery_hash, wrong_code};
use crate::secret;
use crate::store::StoreError;
use crate::store::accounts::{NewAccess, NewPerson, Taken};
use crate::store::record::PersonRecord;
use crate::totp;
use crate::vault::Purpose;

/// How many recovery codes somebody gets.
const RECOVERY_CODES: usize = 10;

#[async_trait]
impl Accounts for Engine {
    async fn sign_in_by_password(
        &self,
        visitor: &Visitor,
        email: &str,
        password: &SecretString,
    ) -> Result<SignedIn> {
        self.password_sign_in(visitor, email, password).await
    }

    async fn sign_in_by_code(&self, visitor: &Visitor, ticket: &CodeTicket, code: &str) -> Result<Opened> {
        self.code_sign_in(visitor, ticket, code).await
    }

    fn provider_name(&self) -> Option<&str> {
        self.parts.provider.as_ref().map(crate::oidc::Provider::name)
    }

    async fn begin_at_provider(
        &self,
        joining: Option<&InvitationToken>,
        linking: Option<&Person>,
        next: &str,
    ) -> Result<(String, ProviderState)> {
        self.leave_for_provider(joining, linking, next).await
    }

    async fn finish_at_provider(
        &self,
        visitor: &Visitor,
        kept: &ProviderState,
        answer: ProviderAnswer,
    ) -> Result<(Opened, String)> {
        self.back_from_provider(visitor, kept, &answer).await
    }

    async fn invited(&self, token: &InvitationToken) -> Result<()> {
        let invited = self.parts.store.invited(&secret::hash(token.expose())).await?;
        if invited { Ok(()) } else { Err(no_invitation()) }
    }

    async fn join(
        &self,
        visitor: &Visitor,
        token: &InvitationToken,
        email: Email,
        password: Password,
    ) -> Result<Opened> {
        self.invited(token).await?;
        let hash = self.hashed(&password).await?;
        let by = NewAccess::Password { email: email.expose().to_lowercase(), hash };
        self.take_up(visitor, secret::hash(token.expose()), by).await
    }

    async fn account(&self, person: &Person) -> Result<AccountView> {
        let people = self.parts.store.people(person.account).await?;
        let me = people.iter().find(|known| known.id == person.id).ok_or_else(gone)?;
        let account = self.parts.store.account(person.account).await?.ok_or_else(gone)?;
        Ok(AccountView {
            me: member(me),
            recovery_codes_left: me.recovery_codes,
            has_provider: me.has_provider,
            confirm_needs_code: account.confirm_needs_code,
            people: people.iter().map(member).collect(),
        })
    }

    async fn set_password(
        &self,
        person: &Person,
        email: Email,
        current: &SecretString,
        new: Password,
    ) -> Result<()> {
        let me = self.myself(person).await?;
        if let Some(kept) = me.password {
            self.try_to_prove(person.id)?;
            let right =
                self.parts.passwords.verify(current.expose_secret(), Some(kept)).await.map_err(busy)?;
            if !right {
                return Err(refused("current", "is not the password that you have now"));
            }
            self.proved(person.id);
        }
        let email = email.expose().to_lowercase();
        let hash = self.hashed(&new).await?;
        let set =
            self.parts.store.set_password(person.account, person.id, email, hash, person.session).await?;
        if !set {
            return Err(address_taken());
        }
        self.parts.signals.credential_ended();
        self.note_by(person, SecurityEventKind::PasswordSet, None).await;
        Ok(())
    }

    async fn begin_second_factor(&self, person: &Person) -> Result<Enrolment> {
        let me = self.myself(person).await?;
        let mut bytes = [0; totp::SECRET_LEN];
        self.parts.config.entropy.fill(&mut bytes);
        let id = person.id.to_string();
        let purpose = Purpose { what: "second factor", whose: &id };
        let sealed = self.parts.vault.seal(purpose, &bytes.to_vec()).map_err(Error::internal)?;
        let kept = self.parts.store.set_code_secret(person.account, person.id, sealed.as_str().to_owned());
        kept.await.map_err(permitted("You have a second factor. Remove it first to set up another."))?;
        let text = totp::base_32(&bytes);
        let label = me.email.as_ref().map_or("owner", Email::expose);
        let label: String = form_urlencoded::byte_serialize(label.as_bytes()).collect();
        let uri = format!("otpauth://totp/Onegent:{label}?secret={text}&issuer=Onegent&digits=6&period=30");
        Ok(Enrolment { secret: SecretString::from(text), uri: SecretString::from(uri) })
    }

    async fn finish_second_factor(&self, person: &Person, code: &str) -> Result<RecoveryCodes> {
        let me = self.myself(person).await?;
        let step = self.step_of(&me, code)?.filter(|_| !me.has_codes).ok_or_else(wrong_code)?;
        let codes: Vec<_> = (0..RECOVERY_CODES).map(|_| recovery_code(&*self.parts.config.entropy)).collect();
        let hashes = codes.iter().map(|code| recovery_hash(code)).collect();
        let begun =
            self.parts.store.begin_codes(person.account, person.id, person.session, step, hashes).await?;
        if !begun {
            return Err(wrong_code());
        }
        self.note_by(person, SecurityEventKind::SecondFactorSet, None).await;
        Ok(RecoveryCodes(codes.into_iter().map(SecretString::from).collect()))
    }

    async fn remove_second_factor(&self, person: &Person, code: &str) -> Result<()> {
        let me = self.myself(person).await?;
        self.check_code(None, &me, code).await?;
        self.parts.store.end_codes(person.account, person.id).await?;
        self.note_by(person, SecurityEventKind::SecondFactorRemoved, None).await;
        Ok(())
    }

    async fn prove(&self, person: &Person, code: &str) -> Result<()> {
        let me = self.myself(person).await?;
        if !me.has_codes {
            let message = "Set up a second factor first, on the page of your account.";
            return Err(Error::new(ErrorCode::SecondFactorRequired, message));
        }
        self.check_code(None, &me, code).await?;
        Ok(self.parts.store.prove(person.account, person.session).await?)
    }

    async fn set_confirm_needs_code(&self, person: &Person, needed: bool) -> Result<()> {
        let me = self.myself(person).await?;
        owner(person)?;
        if needed && !me.has_codes {
            let message = "Set up your own second factor first; else you could not confirm any more.";
            return Err(Error::new(ErrorCode::SecondFactorRequired, message));
        }
        self.parts.store.set_confirm_needs_code(person.account, needed).await?;
        let subject = Text::fit(if needed { "needed" } else { "not needed" });
        self.note_by(person, SecurityEventKind::ConfirmRuleChanged, subject).await;
        Ok(())
    }

    fn sends_mail(&self) -> bool {
        self.parts.mail.is_some()
    }

    async fn invite(&self, person: &Person, role: Role, to: Option<&Email>) -> Result<Invited> {
        owner(person)?;
        let by_mail = self.parts.mail.as_ref().zip(to);
        if by_mail.is_some() {
            self.may_mail(person.account)?;
        }
        let token = self.new_invitation(person.account, role).await?;
        self.note_by(person, SecurityEventKind::PersonInvited, Text::fit(role.as_str())).await;
        let Some((mail, to)) = by_mail else { return Ok(Invited::Link(token)) };
        let by = self.myself(person).await?.email;
        let link = format!("{}/join?token={}", self.parts.config.public_url, token.expose());
        match mail.invite(to, by.as_ref(), &link).await {
            Ok(()) => Ok(Invited::Sent),
            Err(error) => {
                tracing::warn!(%error, "an invitation was not sent");
                Ok(Invited::NotSent(token))
            }
        }
    }

    async fn remove_person(&self, person: &Person, whom: PersonId) -> Result<()> {
        owner(person)?;
        match self.parts.store.remove_person(person.account, whom).await {
            Err(StoreError::NotFound) => {
                return Err(Error::new(ErrorCode::NotFound, "Nobody of this account has this id."));
            }
            removed => removed.map_err(permitted("The last owner of an account stays."))?,
        }
        self.parts.signals.credential_ended();
        self.note_by(person, SecurityEventKind::PersonRemoved, Text::fit(&whom.to_string())).await;
        Ok(())
    }

    async fn sessions(&self, person: &Person) -> Result<Vec<SessionInfo>> {
        Ok(self.parts.store.sessions(person.account, person.id).await?)
    }

    async fn end_session(&self, person: &Person, session: SessionId) -> Result<()> {
        if !self.parts.store.end_session_of(person.account, person.id, session).await? {
            return Err(Error::new(ErrorCode::NotFound, "No open session of yours has this id."));
        }
        self.parts.signals.credential_ended();
        self.note_by(person, SecurityEventKind::SessionEnded, None).await;
        Ok(())
    }

    async fn security_events(&self, person: &Person, limit: u32) -> Result<Vec<SecurityEvent>> {
        Ok(self.parts.store.security_events(Some(person.account), limit).await?)
    }
}

impl Engine {
    async fn myself(&self, person: &Person) -> Result<PersonRecord> {
        self.person(person.account, person.id).await?.ok_or_else(gone)
    }

    async fn hashed(&self, password: &Password) -> Result<String> {
        self.parts.passwords.hash(password.expose(), &*self.parts.config.entropy).await.map_err(busy)
    }

    async fn note_by(&self, person: &Person, kind: SecurityEventKind, subject: Option<Text<200>>) {
        self.note(kind, Some((person.account, Some(person.id))), None, subject).await;
    }

    pub(super) async fn new_invitation(
        &self,
        account: onegent_core::id::AccountId,
        role: Role,
    ) -> Result<InvitationToken> {
        let token = InvitationToken::new(secret::fresh(secret::INVITATION, &*self.parts.config.entropy));
        let ttl = self.parts.config.invitation_ttl;
        self.parts.store.add_invitation(account, secret::hash(token.expose()), role, ttl).await?;
        Ok(token)
    }

    /// Makes a person out of an invitation, and opens their first session.
    pub(super) async fn take_up(
        &self,
        visitor: &Visitor,
        invitation: String,
        by: NewAccess,
    ) -> Result<Opened> {
        let person = NewPerson { id: self.parts.id(PersonId::generate), invitation, by };
        let (token, new) = self.new_session(visitor, SignInMethod::Invitation, false);
        match self.parts.store.join(person, new).await? {
            Ok(record) => {
                let whom = Some((record.account, Some(record.person)));
                self.note(SecurityEventKind::PersonJoined, whom, Some(visitor), None).await;
                Ok(self.opened(visitor, record, token, SignInMethod::Invitation).await)
            }
            Err(Taken::Invitation) => Err(no_invitation()),
            Err(Taken::Name) => Err(address_taken()),
        }
    }
}

fn member(person: &PersonRecord) -> Member {
    Member {
        id: person.id,
        role: person.role,
        email: person.email.clone(),
        has_password: person.password.is_some(),
        has_second_factor: person.has_codes,
        joined_at: person.created_at,
    }
}

fn owner(person: &Person) -> Result<()> {
    match person.role {
        Role::Owner => Ok(()),
        Role::Member => Err(Error::new(ErrorCode::NotYours, "Only an owner of the account can do this.")),
    }
}

/// What the store does not permit, in words for the person.
fn permitted(message: &'static str) -> impl FnOnce(StoreError) -> Error {
    move |error| {
        if let StoreError::NotPermitted(_) = error {
            Error::new(ErrorCode::InvalidRequest, message)
        } else {
            error.into()
        }
    }
}

fn refused(field: &str, message: &str) -> Error {
    Error::invalid_request(vec![FieldError { field: field.to_owned(), message: message.to_owned() }])
}

fn address_taken() -> Error {
    refused("email", "can't be used here; choose another address")
}

fn no_invitation() -> Error {
    Error::new(
        ErrorCode::NotFound,
        "This invitation was used before, or its time is over. Ask for a new one.",
    )
}

fn gone() -> Error {
    Error::new(ErrorCode::NotSignedIn, "You are no longer one of this account's people.")
}
