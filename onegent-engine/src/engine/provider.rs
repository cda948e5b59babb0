//! Signing in at the configured OpenID Connect provider: which person the vouched-for subject stands for.

use onegent_core::account::{SecurityEventKind, SignInMethod};
use onegent_core::caller::Person;
use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::port::{InvitationToken, Opened, ProviderAnswer, ProviderState, Visitor};
use onegent_core::text::Text;

use super::Engine;
use crate::entropy::token_text;
use crate::oidc::{Provider, ProviderError, Visit};
use crate::secret;
use crate::store::accounts::NewAccess;
use crate::vault::{Purpose, Sealed};

const VISIT: Purpose<'static> = Purpose { what: "visit at the provider", whose: "" };

impl Engine {
    pub(super) async fn leave_for_provider(
        &self,
        joining: Option<&InvitationToken>,
        linking: Option<&Person>,
        next: &str,
    ) -> Result<(String, ProviderState)> {
        let random = || token_text(&*self.parts.config.entropy);
        let (url, mut visit) =
            self.provider()?.begin(&self.redirect(), self.parts.now(), random).await.map_err(failed)?;
        next.clone_into(&mut visit.next);
        visit.invitation = joining.map(|token| secret::hash(token.expose()));
        visit.linking = linking.map(|person| (person.account, person.id));
        let sealed = self.parts.vault.seal(VISIT, &visit).map_err(Error::internal)?;
        Ok((url.into(), ProviderState::new(sealed.as_str())))
    }

    pub(super) async fn back_from_provider(
        &self,
        visitor: &Visitor,
        kept: &ProviderState,
        answer: &ProviderAnswer,
    ) -> Result<(Opened, String)> {
        let provider = self.provider()?;
        let visit: std::result::Result<Visit, _> =
            self.parts.vault.unseal(VISIT, &Sealed::kept(kept.expose()));
        let visit = visit.map_err(|error| not_begun_here().caused_by(error))?;
        let subject =
            provider.finish(&self.redirect(), &visit, answer, self.parts.now()).await.map_err(failed)?;
        let issuer = provider.issuer().to_owned();
        if let Some((account, person)) = visit.linking {
            let store = &self.parts.store;
            if store.link_subject(account, person, issuer.clone(), subject.clone()).await? {
                let whom = Some((account, Some(person)));
                self.note(SecurityEventKind::ProviderLinked, whom, Some(visitor), Text::fit(provider.name()))
                    .await;
            }
        }
        let opened = match (self.parts.store.person_by_subject(&issuer, &subject).await?, visit.invitation) {
            (Some(person), _) if visit.linking.is_none_or(|(_, linked)| linked == person.id) => {
                self.open_session_for(visitor, &person, SignInMethod::Provider, false).await?
            }
            (None, Some(invitation)) => {
                let by = NewAccess::Provider { issuer, subject };
                self.take_up(visitor, invitation, by).await?
            }
            (Some(_) | None, _) => {
                self.note(SecurityEventKind::SignInFailed, None, Some(visitor), Text::fit(provider.name()))
                    .await;
                return Err(unknown_here());
            }
        };
        Ok((opened, visit.next))
    }

    fn provider(&self) -> Result<&Provider> {
        let none = || Error::new(ErrorCode::NotFound, "No provider to sign in at is configured here.");
        self.parts.provider.as_ref().ok_or_else(none)
    }

    fn redirect(&self) -> String {
        format!("{}/sign-in/provider", self.parts.config.public_url)
    }
}

fn failed(error: ProviderError) -> Error {
    match error {
        ProviderError::Foreign(_) => not_begun_here().caused_by(error),
        ProviderError::Unreachable(_) | ProviderError::Answer(_) => Error::unavailable(error),
        ProviderError::Issuer | ProviderError::Client(_) => Error::internal(error),
    }
}

fn not_begun_here() -> Error {
    let message = "This sign-in was not begun in this browser, or took too long. Begin again.";
    Error::new(ErrorCode::NotSignedIn, message)
}

fn unknown_here() -> Error {
    let message = "The provider knows you, but nobody here does. Ask for an invitation, or tie the provider to your \
        account on its page.";
    Error::new(ErrorCode::NotSignedIn, message)
}
