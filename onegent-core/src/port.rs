//! The ports. What an assistant's request can reach is [`BookingService`], and nothing on it confirms a charge.

mod accounts;
mod authority;
mod booking;
mod desk;
mod live;
mod oauth;
mod profiles;
mod webhooks;

pub use accounts::{
    AccountView, Accounts, CodeTicket, Enrolment, InvitationToken, Invited, Opened, ProviderAnswer,
    ProviderState, RecoveryCodes, SignedIn, Visitor,
};
pub use authority::{
    ApiKey, Authority, CsrfToken, IssuedKey, KeyInfo, KeyRequest, ParseKeyError, Session, SessionToken,
    SignInToken,
};
pub use booking::{
    AuditPage, AuditQuery, BookingService, Created, Health, JobFilter, JobPage, LONGEST_WATCH, ProviderInfo,
    ProviderMetrics, ProviderPage, Screenshot, ScreenshotInfo, Watch,
};
pub use desk::{PaymentDesk, Review};
pub use live::{HandsOff, Key, LivePage, LivePicture, Sight, Spot, Touch};
pub use oauth::{
    AccessRequest, AccessToken, Authorization, AuthorizationCode, Bearer, ClientFace, ClientOrigin,
    ClientRegistration, ConnectedApp, Decision, GrantEnd, OAuth, OAuthError, OAuthErrorCode, OAuthResult,
    Params, RefreshToken, RepeatedParam, RequestToken, ReturnPlace, ReturnUrl, ShownClient, TokenAnswer,
    TokenType,
};
pub use profiles::{Profiles, SavedProfile};
pub use webhooks::Webhooks;

#[cfg(test)]
mod tests {
    /// What stands between the braces of a trait in a source, without its comments.
    fn code_of(source: &str, trait_name: &str) -> String {
        let (_, body) = source.split_once(&format!("pub trait {trait_name}")).unwrap();
        let (body, _) = body.split_once("\n}").unwrap();
        body.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
    }

    fn methods(code: &str) -> Vec<&str> {
        code.split("fn ").skip(1).filter_map(|rest| rest.split(['(', '<']).next()).collect()
    }

    /// The port that assistants reach: whoever adds a method reads this first.
    #[test]
    fn the_booking_service_has_no_method_that_leads_to_a_confirmation() {
        let code = code_of(include_str!("port/booking.rs"), "BookingService");
        let known = [
            "create",
            "job",
            "list",
            "audit",
            "watch",
            "cancel",
            "provider_metrics",
            "providers",
            "screenshots",
            "screenshot",
        ];
        assert_eq!(methods(&code), known);
        for of_the_desk in ["Person", "HoldId", "ChargeHash", "Charge", "Review", "Session"] {
            let named = code.split(|c: char| !c.is_alphanumeric()).any(|word| word == of_the_desk);
            assert!(!named, "{of_the_desk} is the payment desk's");
        }
    }

    #[test]
    fn the_payment_desk_answers_a_person_alone() {
        let code = code_of(include_str!("port/desk.rs"), "PaymentDesk");
        assert_eq!(methods(&code), ["review", "confirm", "decline", "helped", "live"]);
        assert_eq!(code.matches("(&self, person: &Person,").count(), 5, "{code}");
        assert!(!code.contains("Caller"), "{code}");
    }
}
