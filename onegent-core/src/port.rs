//! The three ports. What an assistant's request can reach is [`BookingService`], and nothing on it confirms a charge.

mod authority;
mod booking;
mod desk;
mod oauth;

pub use authority::{
    ApiKey, Authority, CsrfToken, IssuedKey, KeyInfo, KeyRequest, ParseKeyError, Session, SessionToken,
    SignInToken,
};
pub use booking::{
    AuditPage, AuditQuery, BookingService, Created, Health, JobFilter, JobPage, ProviderInfo,
    ProviderMetrics, ProviderPage, Watch,
};
pub use desk::{PaymentDesk, Review};
pub use oauth::{
    AccessRequest, AccessToken, Authorization, AuthorizationCode, Bearer, ClientFace, ClientOrigin,
    ClientRegistration, ConnectedApp, Decision, GrantEnd, OAuth, OAuthError, OAuthErrorCode, OAuthResult,
    Params, RefreshToken, RepeatedParam, RequestToken, ReturnPlace, ReturnUrl, ShownClient, TokenAnswer,
    TokenType,
};
