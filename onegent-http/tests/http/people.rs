//! People and saved guests in memory, for [`Fake`].

use async_trait::async_trait;
use onegent_core::account::{
    Member, Password, Role, SecurityEvent, SessionInfo, SignInMethod, TravelDetails,
};
use onegent_core::caller::Person;
use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::guest::{Email, GuestProfile};
use onegent_core::id::{PersonId, ProfileId, SessionId};
use onegent_core::port::{
    AccountView, Accounts, CodeTicket, Enrolment, InvitationToken, Invited, Opened, Profiles, ProviderAnswer,
    ProviderState, RecoveryCodes, SavedProfile, SessionToken, SignedIn, Visitor,
};
use secrecy::{ExposeSecret, SecretString};

use super::{Fake, session};
use crate::sample;

fn opened() -> Opened {
    let session = session(sample::ana(), "csrf-after-sign-in");
    Opened { token: SessionToken::new("session-after-sign-in"), session }
}

fn not_found() -> Error {
    Error::new(ErrorCode::NotFound, "There is none.")
}

fn me(person: &Person) -> Member {
    Member {
        id: person.id,
        role: person.role,
        email: Some("ana@example.com".parse().unwrap()),
        has_password: true,
        has_second_factor: true,
        joined_at: sample::now(),
    }
}

#[async_trait]
impl Accounts for Fake {
    async fn sign_in_by_password(
        &self,
        _: &Visitor,
        email: &str,
        password: &SecretString,
    ) -> Result<SignedIn> {
        self.write("sign_in_by_password".to_owned())?;
        match (email, password.expose_secret()) {
            ("ana@example.com", "correct horse battery") => Ok(SignedIn::Opened(Box::new(opened()))),
            ("code@example.com", "correct horse battery") => {
                Ok(SignedIn::NeedsCode(CodeTicket::new("ticket")))
            }
            _ => Err(Error::new(ErrorCode::NotSignedIn, "Nobody has these.")),
        }
    }

    async fn sign_in_by_code(&self, _: &Visitor, ticket: &CodeTicket, code: &str) -> Result<Opened> {
        self.write("sign_in_by_code".to_owned())?;
        let right = (ticket.expose(), code) == ("ticket", "123456");
        right.then(opened).ok_or_else(|| Error::new(ErrorCode::NotSignedIn, "This code is not right."))
    }

    fn provider_name(&self) -> Option<&str> {
        Some("Example ID")
    }

    async fn begin_at_provider(
        &self,
        _: Option<&InvitationToken>,
        _: Option<&Person>,
        _: &str,
    ) -> Result<(String, ProviderState)> {
        self.write("begin_at_provider".to_owned())?;
        Ok(("https://id.example/authorize?state=s".to_owned(), ProviderState::new("sealed")))
    }

    async fn finish_at_provider(
        &self,
        _: &Visitor,
        kept: &ProviderState,
        answer: ProviderAnswer,
    ) -> Result<(Opened, String)> {
        self.write("finish_at_provider".to_owned())?;
        let right = (kept.expose(), answer.state.as_str()) == ("sealed", "s");
        let opened = right.then(|| (opened(), "/profiles".to_owned()));
        opened.ok_or_else(|| Error::new(ErrorCode::NotSignedIn, "This was not begun here."))
    }

    async fn invited(&self, token: &InvitationToken) -> Result<()> {
        (token.expose() == "invitation").then_some(()).ok_or_else(not_found)
    }

    async fn join(&self, _: &Visitor, token: &InvitationToken, _: Email, _: Password) -> Result<Opened> {
        self.invited(token).await?;
        self.write("join".to_owned())?;
        Ok(opened())
    }

    async fn account(&self, person: &Person) -> Result<AccountView> {
        Ok(AccountView {
            me: me(person),
            people: vec![me(person)],
            confirm_needs_code: false,
            recovery_codes_left: 9,
            has_provider: false,
        })
    }

    async fn set_password(&self, _: &Person, _: Email, _: &SecretString, _: Password) -> Result<()> {
        self.write("set_password".to_owned())
    }

    async fn begin_second_factor(&self, _: &Person) -> Result<Enrolment> {
        self.write("begin_second_factor".to_owned())?;
        let (secret, uri) = ("GEZDGNBVGY3TQOJQ".into(), "otpauth://totp/Onegent".into());
        Ok(Enrolment { secret, uri })
    }

    async fn finish_second_factor(&self, _: &Person, _: &str) -> Result<RecoveryCodes> {
        self.write("finish_second_factor".to_owned())?;
        Ok(RecoveryCodes(vec!["abcd-efgh-ijkl-mnop".into()]))
    }

    async fn remove_second_factor(&self, _: &Person, _: &str) -> Result<()> {
        self.write("remove_second_factor".to_owned())
    }

    async fn prove(&self, _: &Person, code: &str) -> Result<()> {
        self.write("prove".to_owned())?;
        let right = code == "123456";
        right.then_some(()).ok_or_else(|| Error::new(ErrorCode::NotSignedIn, "This code is not right."))
    }

    async fn set_confirm_needs_code(&self, _: &Person, _: bool) -> Result<()> {
        self.write("set_confirm_needs_code".to_owned())
    }

    fn sends_mail(&self) -> bool {
        false
    }

    async fn invite(&self, _: &Person, _: Role, _: Option<&Email>) -> Result<Invited> {
        self.write("invite".to_owned())?;
        Ok(Invited::Link(InvitationToken::new("invitation")))
    }

    async fn remove_person(&self, _: &Person, whom: PersonId) -> Result<()> {
        if whom != sample::member() {
            return Err(not_found());
        }
        self.write("remove_person".to_owned())
    }

    async fn sessions(&self, person: &Person) -> Result<Vec<SessionInfo>> {
        let session = |id| SessionInfo {
            id,
            method: SignInMethod::Password,
            signed_in_at: sample::now(),
            expires_at: sample::now(),
            agent: Some("A browser".parse().unwrap()),
        };
        Ok(vec![session(person.session), session(sample::other_session())])
    }

    async fn end_session(&self, _: &Person, id: SessionId) -> Result<()> {
        if id != sample::other_session() {
            return Err(not_found());
        }
        self.write("end_session".to_owned())
    }

    async fn security_events(&self, _: &Person, _: u32) -> Result<Vec<SecurityEvent>> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Profiles for Fake {
    async fn profiles(&self, person: &Person) -> Result<Vec<SavedProfile>> {
        if person.account != sample::ana() {
            return Ok(Vec::new());
        }
        let travel = TravelDetails {
            born_on: Some("1990-05-01".parse().unwrap()),
            passport: Some(onegent_core::account::Passport {
                number: "C01X00T47".parse().unwrap(),
                country: "PT".parse().unwrap(),
                expires_on: "2031-05-01".parse().unwrap(),
            }),
        };
        Ok(vec![SavedProfile { id: sample::profile(), guest: sample::guest(), travel, default: false }])
    }

    async fn save_profile(
        &self,
        _: &Person,
        _: GuestProfile,
        _: TravelDetails,
        default: bool,
    ) -> Result<ProfileId> {
        self.write(format!("save_profile {default}"))?;
        Ok(sample::profile())
    }

    async fn set_default_profile(&self, person: &Person, id: Option<ProfileId>) -> Result<()> {
        if id.is_some_and(|id| id != sample::profile() || person.account != sample::ana()) {
            return Err(not_found());
        }
        self.write("set_default_profile".to_owned())
    }

    async fn delete_profile(&self, person: &Person, id: ProfileId) -> Result<()> {
        if id != sample::profile() || person.account != sample::ana() {
            return Err(not_found());
        }
        self.write("delete_profile".to_owned())
    }
}
