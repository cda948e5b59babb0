//! Accounts: how people sign in, and what they do with their own access.

use std::net::IpAddr;

use async_trait::async_trait;
use secrecy::SecretString;

use super::authority::tokens;
use super::{Session, SessionToken};
use crate::account::{Member, Password, Role, SecurityEvent, SessionInfo};
use crate::caller::Person;
use crate::error::Result;
use crate::guest::Email;
use crate::id::{PersonId, RequestId, SessionId};
use crate::text::Text;

/// Who knocks, before it is known who they are.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// From where; only as good as the proxies that are trusted.
    pub address: Option<IpAddr>,
    /// What the browser calls itself.
    pub agent: Option<Text<200>>,
    /// The request at the edge.
    pub request_id: RequestId,
}

/// A session that was just opened, and its token, which is nowhere else.
#[derive(Debug)]
pub struct Opened {
    /// What the cookie carries.
    pub token: SessionToken,
    /// The session.
    pub session: Session,
}

/// What came of e-mail and password.
#[derive(Debug)]
pub enum SignedIn {
    /// They were enough.
    Opened(Box<Opened>),
    /// A code of the second factor is needed too; the ticket tells for whom.
    NeedsCode(CodeTicket),
}

tokens! {
    /// What an invitation's link carries.
    InvitationToken;
    /// Says, sealed, whose password was right a moment ago.
    CodeTicket;
    /// What the browser keeps, sealed, while somebody is at the provider.
    ProviderState;
}

/// How a provider sent somebody back (OpenID Connect Core 3.1.2.5, RFC 9207).
#[derive(Debug)]
pub struct ProviderAnswer {
    /// The code to redeem.
    pub code: SecretString,
    /// The state that was sent along.
    pub state: String,
    /// Who answers, if the provider says so.
    pub issuer: Option<String>,
}

/// What an authenticator app has to learn (RFC 6238).
#[derive(Debug)]
pub struct Enrolment {
    /// The secret, in base 32.
    pub secret: SecretString,
    /// The same as an `otpauth:` address.
    pub uri: SecretString,
}

/// Codes that stand in for a lost authenticator, each once. Shown this once.
#[derive(Debug)]
pub struct RecoveryCodes(pub Vec<SecretString>);

/// A person's own view of their account.
#[derive(Debug, Clone)]
pub struct AccountView {
    /// Themselves.
    pub me: Member,
    /// Everybody, oldest first.
    pub people: Vec<Member>,
    /// Whether a charge can be confirmed only with a second factor.
    pub confirm_needs_code: bool,
    /// How many recovery codes are left.
    pub recovery_codes_left: u32,
    /// Whether a provider's sign-in is tied to this person.
    pub has_provider: bool,
}

/// Where an invitation's link is.
#[derive(Debug)]
pub enum Invited {
    /// Here, to be handed on.
    Link(InvitationToken),
    /// On its way by mail.
    Sent,
    /// Here: it was to go by mail, and the mail server took no message.
    NotSent(InvitationToken),
}

/// Signing in by password, code or provider; people, sessions and the security log.
///
/// One implementation, the engine: the trait keeps the HTTP edge from reaching anything else of it. What takes a
/// [`Person`] is open to every signed-in person unless it says that it wants an owner (`not_yours` for others).
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Opens a session by e-mail and password. `not_signed_in` for an unknown address and a wrong password alike, in the
    /// same time; `rate_limited` after five failures within fifteen minutes from one address for one account.
    async fn sign_in_by_password(
        &self,
        visitor: &Visitor,
        email: &str,
        password: &SecretString,
    ) -> Result<SignedIn>;

    /// The second step: a code of the authenticator, or a recovery code.
    async fn sign_in_by_code(&self, visitor: &Visitor, ticket: &CodeTicket, code: &str) -> Result<Opened>;

    /// What the provider is called, if one is configured.
    fn provider_name(&self) -> Option<&str>;

    /// Where to send the browser, and what it must bring back. `joining` and `linking` say for whom, when they are not
    /// known there yet.
    async fn begin_at_provider(
        &self,
        joining: Option<&InvitationToken>,
        linking: Option<&Person>,
        next: &str,
    ) -> Result<(String, ProviderState)>;

    /// Opens a session for whom the provider vouches; also where to go on.
    async fn finish_at_provider(
        &self,
        visitor: &Visitor,
        kept: &ProviderState,
        answer: ProviderAnswer,
    ) -> Result<(Opened, String)>;

    /// Whether an invitation can be taken up; `not_found` for unknown, used and over alike.
    async fn invited(&self, token: &InvitationToken) -> Result<()>;

    /// Takes up an invitation with an address and a password.
    async fn join(
        &self,
        visitor: &Visitor,
        token: &InvitationToken,
        email: Email,
        password: Password,
    ) -> Result<Opened>;

    /// The account, as this person sees it.
    async fn account(&self, person: &Person) -> Result<AccountView>;

    /// Sets address and password. Whoever has a password names it; the other sessions end.
    async fn set_password(
        &self,
        person: &Person,
        email: Email,
        current: &SecretString,
        new: Password,
    ) -> Result<()>;

    /// A new secret for an authenticator app. It counts once [`Accounts::finish_second_factor`] has seen a code of it.
    async fn begin_second_factor(&self, person: &Person) -> Result<Enrolment>;

    /// Turns the second factor on, by a first code. The session counts as proven.
    async fn finish_second_factor(&self, person: &Person, code: &str) -> Result<RecoveryCodes>;

    /// Turns the second factor off, by a code.
    async fn remove_second_factor(&self, person: &Person, code: &str) -> Result<()>;

    /// Proves the session by a code, so that it may confirm charges where the account wants that.
    async fn prove(&self, person: &Person, code: &str) -> Result<()>;

    /// Whether charges of this account need a second factor. Wants an owner who has one.
    async fn set_confirm_needs_code(&self, person: &Person, needed: bool) -> Result<()>;

    /// Whether invitations can go by mail.
    fn sends_mail(&self) -> bool;

    /// A link that makes somebody one of the account's people; `to` has it sent by mail, at most twenty an hour
    /// (`rate_limited`). Wants an owner.
    async fn invite(&self, person: &Person, role: Role, to: Option<&Email>) -> Result<Invited>;

    /// Ends somebody's access: sessions, keys and all. Wants an owner; the last owner stays.
    async fn remove_person(&self, person: &Person, whom: PersonId) -> Result<()>;

    /// This person's open sessions, newest first.
    async fn sessions(&self, person: &Person) -> Result<Vec<SessionInfo>>;

    /// Ends one of them at once. `not_found` for anybody else's.
    async fn end_session(&self, person: &Person, session: SessionId) -> Result<()>;

    /// The account's security log, newest first.
    async fn security_events(&self, person: &Person, limit: u32) -> Result<Vec<SecurityEvent>>;
}
