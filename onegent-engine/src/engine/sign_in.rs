//! How a session is opened: by password and code, by invitation, or by a provider's word. Failures are counted here.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use onegent_core::account::{SecurityEvent, SecurityEventKind, SignInMethod};
use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::id::{AccountId, PersonId, RequestId, SecurityEventId, SessionId};
use onegent_core::limit::{Quota, Wait, Windows};
use onegent_core::port::{CodeTicket, Opened, Session, SessionToken, SignedIn, Visitor};
use onegent_core::text::Text;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::Engine;
use crate::password::PasswordError;
use crate::store::accounts::{NewSession, Proof};
use crate::store::record::{PersonRecord, SessionRecord};
use crate::totp;
use crate::vault::{Purpose, Sealed};
use crate::{entropy, secret};

/// Failed sign-ins of one account from one address.
const FAILURES: Quota = Quota::new(5, Duration::from_mins(15));
/// Failed sign-ins from one address, whatever the account: whoever tries one password with many names.
const FAILURES_OF_ADDRESS: Quota = Quota::new(50, Duration::from_mins(15));
/// Wrong codes of one person, from wherever.
const WRONG_CODES: Quota = Quota::new(5, Duration::from_mins(15));
/// Invitations that one account sends by mail.
const MAILS: Quota = Quota::new(20, Duration::from_hours(1));
/// How long after the password the code may come.
const TICKET_TTL: Duration = Duration::from_mins(5);
/// The longest password that is looked at, in bytes: nobody can have a longer one.
const MOST_PASSWORD: usize = 1024;

const TICKET: Purpose<'static> = Purpose { what: "sign-in ticket", whose: "" };

/// Failed tries, and what else is rationed, in the memory of this process.
#[derive(Debug)]
pub(crate) struct Tries {
    of_account: Mutex<Windows<(String, IpAddr)>>,
    of_address: Mutex<Windows<IpAddr>>,
    codes: Mutex<Windows<PersonId>>,
    mails: Mutex<Windows<AccountId>>,
}

impl Default for Tries {
    fn default() -> Self {
        Self {
            of_account: Mutex::new(Windows::new(FAILURES)),
            of_address: Mutex::new(Windows::new(FAILURES_OF_ADDRESS)),
            codes: Mutex::new(Windows::new(WRONG_CODES)),
            mails: Mutex::new(Windows::new(MAILS)),
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A network's address stands for all of its own: whoever has one IPv6 address has 2⁶⁴ of them.
fn origin(visitor: &Visitor) -> IpAddr {
    match visitor.address {
        Some(IpAddr::V6(address)) => {
            let bits = address.to_bits() & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from_bits(bits))
        }
        Some(address @ IpAddr::V4(_)) => address,
        None => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    }
}

/// Whose password was right.
#[derive(Serialize, Deserialize)]
struct Ticket {
    account: AccountId,
    person: PersonId,
    until: Timestamp,
}

impl Engine {
    pub(super) async fn password_sign_in(
        &self,
        visitor: &Visitor,
        email: &str,
        password: &SecretString,
    ) -> Result<SignedIn> {
        let (email, from, now) = (email.trim().to_lowercase(), origin(visitor), self.parts.now());
        let tried = (secret::hash(&email), from);
        // Each try counts until it has turned out right, so that many at once get no further than one after another.
        self.try_once(&tried, from, now).map_err(too_many)?;
        let known = self.parts.store.person_by_email(&email).await?;
        let password = password.expose_secret();
        let fit = password.len() <= MOST_PASSWORD;
        let kept = known.as_ref().filter(|_| fit).and_then(|person| person.password.clone());
        let right = self.parts.passwords.verify(if fit { password } else { "" }, kept).await.map_err(busy)?;
        let whom = known.as_ref().map(|person| (person.account, Some(person.id)));
        let Some(person) = known.filter(|_| right) else {
            self.note(SecurityEventKind::SignInFailed, whom, Some(visitor), None).await;
            let full = locked(&self.parts.tries.of_account).check(&tried, now).is_err();
            if full {
                self.note(SecurityEventKind::SignInLimited, whom, Some(visitor), None).await;
            }
            return Err(wrong_password());
        };
        locked(&self.parts.tries.of_account).take_back(&tried);
        locked(&self.parts.tries.of_address).take_back(&from);
        if person.has_codes {
            let until = now + TICKET_TTL;
            let ticket = Ticket { account: person.account, person: person.id, until };
            let sealed = self.parts.vault.seal(TICKET, &ticket).map_err(Error::internal)?;
            return Ok(SignedIn::NeedsCode(CodeTicket::new(sealed.as_str())));
        }
        let opened = self.open_session_for(visitor, &person, SignInMethod::Password, false).await?;
        Ok(SignedIn::Opened(Box::new(opened)))
    }

    fn try_once(
        &self,
        tried: &(String, IpAddr),
        from: IpAddr,
        now: Timestamp,
    ) -> std::result::Result<(), Wait> {
        locked(&self.parts.tries.of_address).check(&from, now)?;
        locked(&self.parts.tries.of_account).take(tried.clone(), now)?;
        locked(&self.parts.tries.of_address).note(from, now);
        Ok(())
    }

    /// Counts a try to prove who one is, until [`Engine::proved`] takes it back.
    pub(super) fn try_to_prove(&self, person: PersonId) -> Result<()> {
        locked(&self.parts.tries.codes).take(person, self.parts.now()).map_err(too_many)
    }

    /// Counts a mail of an account.
    pub(super) fn may_mail(&self, account: AccountId) -> Result<()> {
        let counted = locked(&self.parts.tries.mails).take(account, self.parts.now());
        counted.map_err(|Wait(wait)| {
            let message = "This account has sent many invitations lately. Wait a little, or make a link.";
            Error::new(ErrorCode::RateLimited, message).retry_after(wait)
        })
    }

    pub(super) fn proved(&self, person: PersonId) {
        locked(&self.parts.tries.codes).take_back(&person);
    }

    pub(super) async fn code_sign_in(
        &self,
        visitor: &Visitor,
        ticket: &CodeTicket,
        code: &str,
    ) -> Result<Opened> {
        let sealed = Sealed::kept(ticket.expose());
        let ticket: std::result::Result<Ticket, _> = self.parts.vault.unseal(TICKET, &sealed);
        let ticket = ticket.ok().filter(|ticket| ticket.until > self.parts.now()).ok_or_else(over)?;
        let person = self.person(ticket.account, ticket.person).await?.ok_or_else(over)?;
        self.check_code(Some(visitor), &person, code).await?;
        self.open_session_for(visitor, &person, SignInMethod::Password, true).await
    }

    /// Uses up a code of the authenticator or a recovery code. Wrong ones are counted per person.
    pub(super) async fn check_code(
        &self,
        visitor: Option<&Visitor>,
        person: &PersonRecord,
        code: &str,
    ) -> Result<()> {
        self.try_to_prove(person.id)?;
        let whom = Some((person.account, Some(person.id)));
        let proof = match self.step_of(person, code)? {
            Some(step) => Proof::Step(step),
            None => Proof::Recovery(recovery_hash(code)),
        };
        let recovery = matches!(proof, Proof::Recovery(_));
        if !person.has_codes || !self.parts.store.use_code(person.id, proof).await? {
            self.note(SecurityEventKind::SignInFailed, whom, visitor, Text::fit("second factor")).await;
            return Err(wrong_code());
        }
        self.proved(person.id);
        if recovery {
            self.note(SecurityEventKind::RecoveryCodeUsed, whom, visitor, None).await;
        }
        Ok(())
    }

    /// The time step that a code belongs to, by the person's secret.
    pub(super) fn step_of(&self, person: &PersonRecord, code: &str) -> Result<Option<i64>> {
        let Some(sealed) = &person.code_secret else { return Ok(None) };
        let id = person.id.to_string();
        let purpose = Purpose { what: "second factor", whose: &id };
        let bytes: Vec<u8> = self.parts.vault.unseal(purpose, sealed).map_err(Error::internal)?;
        Ok(totp::matching_step(&bytes, code, self.parts.now(), person.code_step))
    }

    pub(super) async fn person(&self, account: AccountId, person: PersonId) -> Result<Option<PersonRecord>> {
        Ok(self.parts.store.people(account).await?.into_iter().find(|known| known.id == person))
    }

    pub(super) async fn open_session_for(
        &self,
        visitor: &Visitor,
        person: &PersonRecord,
        method: SignInMethod,
        proven: bool,
    ) -> Result<Opened> {
        let (token, new) = self.new_session(visitor, method, proven);
        let record = self.parts.store.open_session(person.account, person.id, new).await?;
        Ok(self.opened(visitor, record, token, method).await)
    }

    /// A session to open, and its token.
    pub(super) fn new_session(
        &self,
        visitor: &Visitor,
        method: SignInMethod,
        proven: bool,
    ) -> (SessionToken, NewSession) {
        let token = SessionToken::new(secret::fresh(secret::SESSION, &*self.parts.config.entropy));
        let new = NewSession {
            id: self.parts.id(SessionId::generate),
            hash: secret::hash(token.expose()),
            ttl: self.parts.config.session_ttl,
            method,
            agent: visitor.agent.clone(),
            proven,
        };
        (token, new)
    }

    pub(super) async fn opened(
        &self,
        visitor: &Visitor,
        record: SessionRecord,
        token: SessionToken,
        method: SignInMethod,
    ) -> Opened {
        let whom = Some((record.account, Some(record.person)));
        self.note(SecurityEventKind::SignedIn, whom, Some(visitor), Text::fit(method.as_str())).await;
        let session = session(record, &token, visitor.request_id);
        Opened { token, session }
    }

    /// Writes into the security log. A log that can't be written does not undo what it tells of.
    pub(super) async fn note(
        &self,
        kind: SecurityEventKind,
        whom: Option<(AccountId, Option<PersonId>)>,
        visitor: Option<&Visitor>,
        subject: Option<Text<200>>,
    ) {
        let event = SecurityEvent {
            id: self.parts.id(SecurityEventId::generate),
            at: self.parts.now(),
            kind,
            account: whom.map(|(account, _)| account),
            person: whom.and_then(|(_, person)| person),
            address: visitor.and_then(|visitor| visitor.address),
            subject,
        };
        if let Err(error) = self.parts.store.note_security(event).await {
            tracing::error!(%kind, %error, "the security log could not be written");
        }
    }
}

pub(super) fn session(record: SessionRecord, token: &SessionToken, request_id: RequestId) -> Session {
    Session {
        person: onegent_core::caller::Person {
            id: record.person,
            account: record.account,
            role: record.role,
            session: record.id,
            signed_in_at: record.signed_in_at,
            proven_at: record.proven_at,
            request_id,
        },
        csrf: secret::csrf(token),
        expires_at: record.expires_at,
    }
}

/// How a recovery code is kept; people may type it in capitals and with spaces.
pub(super) fn recovery_hash(code: &str) -> String {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    secret::hash(&format!("{}{}", secret::RECOVERY, plain.to_ascii_lowercase()))
}

/// Sixteen letters and digits in four groups: 80 random bits.
pub(super) fn recovery_code(entropy: &dyn entropy::Entropy) -> String {
    let mut bits = [0; 10];
    entropy.fill(&mut bits);
    let text = totp::base_32(&bits).to_ascii_lowercase();
    let groups: Vec<_> = text.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
    groups.join("-")
}

pub(super) fn busy(error: PasswordError) -> Error {
    match error {
        PasswordError::Busy => Error::unavailable(error),
        PasswordError::Failed(_) => Error::internal(error),
    }
}

fn too_many(Wait(wait): Wait) -> Error {
    let message = "Too many sign-ins failed here. Wait a little, or sign in with a one-time link.";
    Error::new(ErrorCode::RateLimited, message).retry_after(wait)
}

fn wrong_password() -> Error {
    Error::new(ErrorCode::NotSignedIn, "Nobody has this e-mail address and password.")
}

pub(super) fn wrong_code() -> Error {
    Error::new(ErrorCode::NotSignedIn, "This code is not right, or was used before.")
}

fn over() -> Error {
    Error::new(ErrorCode::NotSignedIn, "This sign-in took too long. Begin again.")
}
