//! Signing in at an OpenID Connect provider: the code flow with PKCE, state, nonce and issuer checks (OpenID Connect
//! Core 1.0, Discovery 1.0, RFC 7636, RFC 9207). Which person a subject stands for is not decided here.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use onegent_core::text::Text;
use reqwest::header::ACCEPT;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

mod token;

use token::{Keys, Wanted};

/// How long an answer of the provider may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer that is read, in bytes.
const MOST_BYTES: usize = 256 * 1024;
/// How long what the provider says about itself is believed.
const METADATA_TTL: Duration = Duration::from_hours(1);
/// How long somebody may take at the provider.
const VISIT_TTL: Duration = Duration::from_mins(10);

/// A provider as whoever runs the server named it.
#[derive(Debug, Clone)]
pub struct ProviderConfig {
    /// Its issuer, exactly as it names itself.
    pub issuer: String,
    /// What this server is called there.
    pub client_id: String,
    /// Its secret there; a public client has none.
    pub client_secret: Option<SecretString>,
    /// What the button says.
    pub name: Text<64>,
}

/// A sign-in at the provider can't go on.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// The issuer is not `https`, nor `http` on this machine.
    #[error("the provider's issuer has to be an https address")]
    Issuer,
    /// The HTTP client can't be made.
    #[error("the provider's client can't be set up")]
    Client(#[source] reqwest::Error),
    /// The provider does not answer.
    #[error("the provider can't be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The provider answers, but not as it should.
    #[error("the provider's answer is not fit: {0}")]
    Answer(&'static str),
    /// What came back does not belong to what was begun here.
    #[error("the sign-in does not fit what was begun: {0}")]
    Foreign(&'static str),
}

/// What the browser keeps, sealed, while somebody is at the provider.
#[derive(Serialize, Deserialize)]
pub(crate) struct Visit {
    state: String,
    nonce: String,
    verifier: String,
    until: Timestamp,
    pub next: String,
    /// The SHA-256 of the invitation that is taken up by this.
    pub invitation: Option<String>,
    /// Whom the subject is to be tied to.
    pub linking: Option<(onegent_core::id::AccountId, onegent_core::id::PersonId)>,
}

/// What the provider says about itself (Discovery 1.0, 3).
#[derive(Debug, Clone, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    jwks_uri: Url,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
}

/// One provider.
#[derive(Debug)]
pub(crate) struct Provider {
    config: ProviderConfig,
    http: reqwest::Client,
    known: Mutex<Option<(Timestamp, Arc<Metadata>)>>,
}

impl Provider {
    pub(crate) fn new(config: ProviderConfig) -> Result<Self, ProviderError> {
        let issuer = Url::parse(&config.issuer).map_err(|_unreadable| ProviderError::Issuer)?;
        trusted(&issuer).ok_or(ProviderError::Issuer)?;
        // The workspace's reqwest brings no TLS of its own; without an installed provider of cryptography none can be made.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(ProviderError::Client)?;
        Ok(Self { config, http, known: Mutex::new(None) })
    }

    pub(crate) fn name(&self) -> &str {
        self.config.name.as_str()
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.config.issuer
    }

    /// Where to send the browser, and what it has to keep. `random` makes 256 bits of text.
    pub(crate) async fn begin(
        &self,
        redirect: &str,
        now: Timestamp,
        random: impl Fn() -> String,
    ) -> Result<(Url, Visit), ProviderError> {
        let metadata = self.metadata(now).await?;
        let visit = Visit {
            state: random(),
            nonce: random(),
            verifier: random(),
            until: now + VISIT_TTL,
            next: String::new(),
            invitation: None,
            linking: None,
        };
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(visit.verifier.as_bytes()));
        let mut url = metadata.authorization_endpoint.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.config.client_id)
            .append_pair("redirect_uri", redirect)
            .append_pair("scope", "openid")
            .append_pair("state", &visit.state)
            .append_pair("nonce", &visit.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Ok((url, visit))
    }

    /// The subject that the provider vouches for.
    pub(crate) async fn finish(
        &self,
        redirect: &str,
        visit: &Visit,
        answer: &onegent_core::port::ProviderAnswer,
        now: Timestamp,
    ) -> Result<String, ProviderError> {
        if visit.until <= now {
            return Err(ProviderError::Foreign("it took too long"));
        }
        let same: bool =
            subtle::ConstantTimeEq::ct_eq(visit.state.as_bytes(), answer.state.as_bytes()).into();
        if !same {
            return Err(ProviderError::Foreign("another state"));
        }
        let metadata = self.metadata(now).await?;
        match &answer.issuer {
            Some(issuer) if *issuer != metadata.issuer => {
                return Err(ProviderError::Foreign("another issuer answers"));
            }
            None if metadata.authorization_response_iss_parameter_supported => {
                return Err(ProviderError::Foreign("the answer names no issuer"));
            }
            Some(_) | None => {}
        }
        let id_token = self.redeem(&metadata, redirect, visit, answer).await?;
        let keys: Keys = read(self.http.get(metadata.jwks_uri.clone())).await?;
        let wanted =
            Wanted { issuer: &metadata.issuer, audience: &self.config.client_id, nonce: &visit.nonce, now };
        token::subject(&id_token, &keys, &wanted)
    }

    async fn redeem(
        &self,
        metadata: &Metadata,
        redirect: &str,
        visit: &Visit,
        answer: &onegent_core::port::ProviderAnswer,
    ) -> Result<String, ProviderError> {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", answer.code.expose_secret()),
            ("redirect_uri", redirect),
            ("code_verifier", &visit.verifier),
        ];
        let mut request = self.http.post(metadata.token_endpoint.clone());
        match &self.config.client_secret {
            // RFC 6749, 2.3.1: both parts are encoded as a form's values are.
            Some(secret) => {
                let part =
                    |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
                request =
                    request.basic_auth(part(&self.config.client_id), Some(part(secret.expose_secret())));
            }
            None => form.push(("client_id", &self.config.client_id)),
        }
        let answer: TokenAnswer = read(request.form(&form)).await?;
        Ok(answer.id_token)
    }

    async fn metadata(&self, now: Timestamp) -> Result<Arc<Metadata>, ProviderError> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, metadata)) = known
            && at + METADATA_TTL > now
        {
            return Ok(metadata);
        }
        let address =
            format!("{}/.well-known/openid-configuration", self.config.issuer.trim_end_matches('/'));
        let metadata: Metadata = read(self.http.get(address)).await?;
        if metadata.issuer != self.config.issuer {
            return Err(ProviderError::Answer("it names another issuer than the one that is configured"));
        }
        for endpoint in [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri] {
            trusted(endpoint).ok_or(ProviderError::Answer("an endpoint is not https"))?;
        }
        let metadata = Arc::new(metadata);
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(&metadata)));
        Ok(metadata)
    }
}

/// `https`, or `http` that does not leave this machine.
fn trusted(url: &Url) -> Option<()> {
    let loopback = match url.host()? {
        url::Host::Domain(name) => name == "localhost",
        url::Host::Ipv4(address) => address.is_loopback(),
        url::Host::Ipv6(address) => address.is_loopback(),
    };
    (url.scheme() == "https" || (url.scheme() == "http" && loopback)).then_some(())
}

/// An answer in JSON, of bounded size.
async fn read<T: DeserializeOwned>(request: reqwest::RequestBuilder) -> Result<T, ProviderError> {
    let answer = request.header(ACCEPT, "application/json").send().await;
    let mut answer = answer.map_err(|error| ProviderError::Unreachable(error.without_url()))?;
    if !answer.status().is_success() {
        return Err(ProviderError::Answer("it refuses"));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) =
        answer.chunk().await.map_err(|error| ProviderError::Unreachable(error.without_url()))?
    {
        if bytes.len() + chunk.len() > MOST_BYTES {
            return Err(ProviderError::Answer("it is too long"));
        }
        bytes.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&bytes).map_err(|_unreadable| ProviderError::Answer("it is of another shape"))
}
