//! Every environment variable that is read, in one place.

/// The API key that calls are made with: `ogk_live_…` or `ogk_test_…`.
pub(crate) const API_KEY: &str = "ONEGENT_API_KEY";
/// The REST API that is called; the hosted one unless set.
pub(crate) const API_BASE_URL: &str = "ONEGENT_API_BASE_URL";
/// What an entry in a host's file sets.
pub(crate) const OURS: [&str; 2] = [API_KEY, API_BASE_URL];
/// Which browser opens the booking sites: `auto`, `plain` or `chromium`.
pub(crate) const BROWSER: &str = "ONEGENT_BROWSER";
/// The Chromium to start, when it is not the one that is found.
pub(crate) const BROWSER_PATH: &str = "ONEGENT_BROWSER_PATH";
/// A Chromium that runs already, at the WebSocket address of its debugging protocol.
pub(crate) const BROWSER_URL: &str = "ONEGENT_BROWSER_URL";
/// Which sites a request may name: `off`, `public` or `anywhere`.
pub(crate) const DIRECT_SITES: &str = "ONEGENT_DIRECT_SITES";
/// The folder with more providers.
pub(crate) const PROVIDERS: &str = "ONEGENT_PROVIDERS";
/// The language model that is asked.
pub(crate) const MODEL: &str = "ONEGENT_MODEL";
/// How it is spoken to: `openai` or `anthropic`.
pub(crate) const MODEL_KIND: &str = "ONEGENT_MODEL_KIND";
/// Its endpoint.
pub(crate) const MODEL_URL: &str = "ONEGENT_MODEL_URL";
/// Its key.
pub(crate) const MODEL_KEY: &str = "ONEGENT_MODEL_KEY";
/// A file with its key.
pub(crate) const MODEL_KEY_FILE: &str = "ONEGENT_MODEL_KEY_FILE";
/// Where the database and its companions live.
pub(crate) const DATA_DIR: &str = "ONEGENT_DATA_DIR";
/// A PostgreSQL database in place of the file in the data directory.
pub(crate) const DATABASE_URL: &str = "ONEGENT_DATABASE_URL";
/// What is logged to stderr, in the syntax of `tracing-subscriber`'s `EnvFilter`, such as `info` or `onegent_engine=debug`.
pub(crate) const LOG: &str = "ONEGENT_LOG";
/// The port that `onegent serve` listens on.
pub(crate) const PORT: &str = "ONEGENT_PORT";
/// For how many seconds `onegent serve` takes a refresh token again that was just used.
pub(crate) const REFRESH_GRACE_SECS: &str = "ONEGENT_REFRESH_GRACE_SECS";
/// Where Prometheus reads `/metrics`, such as `127.0.0.1:9464`.
pub(crate) const METRICS_BIND: &str = "ONEGENT_METRICS_BIND";
/// Where traces are sent, by OTLP over HTTP; `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER` and the
/// others of OpenTelemetry are read by its own crates.
pub(crate) const OTLP_ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
/// What this server is called in traces.
pub(crate) const OTEL_SERVICE_NAME: &str = "OTEL_SERVICE_NAME";
/// The address under which people reach the server, when a proxy stands before it.
pub(crate) const PUBLIC_URL: &str = "ONEGENT_PUBLIC_URL";
/// Proxies in front of the server, whose `X-Forwarded-For` is believed; apart by commas.
pub(crate) const TRUSTED_PROXIES: &str = "ONEGENT_TRUSTED_PROXIES";
/// The issuer of an OpenID Connect provider to sign in at.
pub(crate) const OIDC_ISSUER: &str = "ONEGENT_OIDC_ISSUER";
/// What the server is called at that provider.
pub(crate) const OIDC_CLIENT_ID: &str = "ONEGENT_OIDC_CLIENT_ID";
/// A file with the server's secret at that provider.
pub(crate) const OIDC_CLIENT_SECRET_FILE: &str = "ONEGENT_OIDC_CLIENT_SECRET_FILE";
/// What the button to that provider says.
pub(crate) const OIDC_NAME: &str = "ONEGENT_OIDC_NAME";
/// The mail server that sends invitations: `smtps://user@mail.example.com` or `smtp://…`.
pub(crate) const SMTP_URL: &str = "ONEGENT_SMTP_URL";
/// A file with the password of that server's user.
pub(crate) const SMTP_PASSWORD_FILE: &str = "ONEGENT_SMTP_PASSWORD_FILE";
/// Whom mail is from.
pub(crate) const SMTP_FROM: &str = "ONEGENT_SMTP_FROM";

/// The hosted API, when nothing else is named.
pub(crate) const HOSTED_API: &str = "https://onegent.one/api/v1";

/// Where programs keep settings on Linux (XDG Base Directory Specification).
pub(crate) const XDG_CONFIG_HOME: &str = "XDG_CONFIG_HOME";
/// Where programs keep settings on Windows.
pub(crate) const APP_DATA: &str = "APPDATA";
/// Where programs are looked for.
pub(crate) const PATH: &str = "PATH";
