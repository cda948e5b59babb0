//! Clients: registered by whoever runs the engine, by themselves, or read from the document at their id.

use jiff::{SignedDuration, Timestamp};
use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::port::{
    ClientFace, ClientOrigin, ClientRegistration, OAuthError, OAuthErrorCode, OAuthResult, Params,
    ShownClient,
};
use onegent_core::text::Text;
use serde_json::Value;
use url::Url;

use super::Engine;
use crate::entropy::key_text;
use crate::oauth::{self, AuthMethod, ClientMetadata, Proof};
use crate::secret;
use crate::store::StoreError;
use crate::store::oauth::ClientRecord;

/// What an id made here begins with.
const CLIENT_ID: &str = "ogc_";
/// How long what a document said is taken as it was.
const DOCUMENT_FRESH: SignedDuration = SignedDuration::from_hours(1);
/// How long it still counts when it can't be read again.
const DOCUMENT_STALE: SignedDuration = SignedDuration::from_hours(24);

/// A client that whoever runs the engine adds.
#[derive(Debug, Clone)]
pub struct NewClient {
    /// What people are shown.
    pub name: Text<64>,
    /// Its site.
    pub uri: Option<Url>,
    /// Where answers may go.
    pub redirect_uris: Vec<String>,
    /// Whether it gets a secret, which it then has to show.
    pub confidential: bool,
}

/// A client that was added, with its secret if it has one, which is never to be had again.
#[derive(Debug)]
pub struct IssuedClient {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: Option<secrecy::SecretString>,
}

/// A known client.
#[derive(Debug, Clone)]
pub struct KnownClient {
    /// Its id.
    pub id: String,
    /// What people are shown.
    pub name: Text<64>,
    /// How it came to be known.
    pub origin: ClientOrigin,
    /// Where answers may go.
    pub redirect_uris: Vec<String>,
    /// Whether it has a secret.
    pub confidential: bool,
    /// Since when it is known.
    pub created_at: Timestamp,
}

impl Engine {
    /// Adds a client. Its name is not judged: whoever runs the engine vouches for it.
    pub async fn add_client(&self, new: NewClient) -> Result<IssuedClient> {
        let listed = serde_json::json!({ "redirect_uris": new.redirect_uris });
        let read = oauth::registration(&listed)
            .map_err(|error| Error::new(ErrorCode::InvalidRequest, error.description().to_owned()))?;
        let auth = if new.confidential { AuthMethod::Basic } else { AuthMethod::None };
        let uri = new.uri.map(String::from);
        let metadata = ClientMetadata { name: new.name, uri, auth, ..read };
        let (record, secret) = self.new_client(metadata, ClientOrigin::Operator);
        let id = record.id.clone();
        self.parts.store.add_client(record, self.parts.config.most_clients).await?;
        Ok(IssuedClient { id, secret: secret.map(Into::into) })
    }

    /// All known clients, oldest first.
    pub async fn clients(&self) -> Result<Vec<KnownClient>> {
        Ok(self.parts.store.clients().await?.into_iter().map(Into::into).collect())
    }

    /// Removes a client; what it was granted ends at once. `not_found` when there is none.
    pub async fn remove_client(&self, id: &str) -> Result<()> {
        match self.parts.store.remove_client(id).await {
            Err(StoreError::NotFound) => Err(Error::new(ErrorCode::NotFound, "No client has this id.")),
            removed => {
                removed?;
                self.parts.signals.credential_ended();
                Ok(())
            }
        }
    }

    pub(super) async fn register_stranger(&self, metadata: &Value) -> OAuthResult<ClientRegistration> {
        let metadata = oauth::registration(metadata)?;
        let auth = metadata.auth;
        let (record, secret) = self.new_client(metadata, ClientOrigin::Stranger);
        let answer = ClientRegistration {
            client_id: record.id.clone(),
            client_id_issued_at: record.created_at.as_second(),
            client_secret_expires_at: secret.as_ref().map(|_| 0),
            client_secret: secret,
            client_name: record.name.to_string(),
            client_uri: record.uri.clone(),
            redirect_uris: record.redirect_uris.clone(),
            token_endpoint_auth_method: auth.as_str(),
            grant_types: ["authorization_code", "refresh_token"],
            response_types: ["code"],
            scope: oauth::scope_text(&onegent_core::caller::Scope::ALL),
        };
        match self.parts.store.add_client(record, self.parts.config.most_clients).await {
            Ok(()) => Ok(answer),
            Err(StoreError::Full) => {
                let description =
                    "Too many apps have registered themselves. Ask whoever runs this server to add yours.";
                Err(OAuthError::new(OAuthErrorCode::TemporarilyUnavailable, description))
            }
            Err(error) => Err(Error::from(error).into()),
        }
    }

    fn new_client(&self, metadata: ClientMetadata, origin: ClientOrigin) -> (ClientRecord, Option<String>) {
        let entropy = &*self.parts.config.entropy;
        let secret =
            (metadata.auth != AuthMethod::None).then(|| secret::fresh(secret::CLIENT_SECRET, entropy));
        let id = format!("{CLIENT_ID}{}", key_text(entropy));
        (self.record(id, origin, metadata, secret.as_deref()), secret)
    }

    fn record(
        &self,
        id: String,
        origin: ClientOrigin,
        metadata: ClientMetadata,
        secret: Option<&str>,
    ) -> ClientRecord {
        let now = self.parts.now();
        ClientRecord {
            id,
            origin,
            name: metadata.name,
            uri: metadata.uri,
            redirect_uris: metadata.redirect_uris,
            secret_hash: secret.map(secret::hash),
            created_at: now,
            checked_at: now,
        }
    }

    /// The client that asks at the authorization endpoint. A document is read here, and nowhere else.
    pub(super) async fn asking_client(&self, id: Option<&str>) -> Result<ClientRecord> {
        let id = id.ok_or_else(|| unknown("The app did not say who it is: client_id is missing."))?;
        let known = self.parts.store.client(id).await?;
        let Some(address) = oauth::document_address(id) else {
            return known.ok_or_else(|| {
                unknown("No app with this client_id is known here. It has to register again.")
            });
        };
        let now = self.parts.now();
        let age = known.as_ref().map(|known| now.duration_since(known.checked_at));
        if let (Some(known), true) = (&known, age.is_some_and(|age| age < DOCUMENT_FRESH)) {
            return Ok(known.clone());
        }
        let metadata = match self.read_document(id, &address).await {
            Ok(metadata) => metadata,
            Err(error) => {
                return known.filter(|_| age.is_some_and(|age| age < DOCUMENT_STALE)).ok_or(error);
            }
        };
        let record = self.record(id.to_owned(), ClientOrigin::Document, metadata, None);
        if known.is_some() {
            self.parts.store.update_client(record).await?;
        } else {
            self.parts.store.add_client(record, self.parts.config.most_clients).await?;
        }
        // A client that was removed stays so, whatever its document says.
        self.parts
            .store
            .client(id)
            .await?
            .ok_or_else(|| unknown("This app was removed by whoever runs this server."))
    }

    async fn read_document(&self, id: &str, address: &Url) -> Result<ClientMetadata> {
        let body = self.parts.outbound.get(address).await.map_err(|error| {
            unknown("The app's description could not be read from the address that is its client_id.")
                .caused_by(error)
        })?;
        oauth::document(id, &body).map_err(|error| {
            let message =
                format!("The app's description at its client_id is no good. {}", error.description());
            Error::new(ErrorCode::InvalidRequest, message).caused_by(error)
        })
    }

    /// The client that asks at the token endpoint, if it proves who it is.
    pub(super) async fn proven_client(
        &self,
        shown: ShownClient,
        params: &Params,
    ) -> OAuthResult<ClientRecord> {
        let found = oauth::identify(shown, params)?;
        let known = self.parts.store.client(&found.id).await.map_err(Error::from)?;
        let proof = match &known {
            None => Proof::Unknown,
            Some(known) => known.secret_hash.as_deref().map_or(Proof::NoSecret, Proof::Hash),
        };
        let proven = oauth::proves(proof, found.secret.as_ref());
        known
            .filter(|_| proven)
            .ok_or_else(|| oauth::unproven("The client is not known, or its secret is not right."))
    }
}

impl From<ClientRecord> for KnownClient {
    fn from(record: ClientRecord) -> Self {
        Self {
            id: record.id,
            name: record.name,
            origin: record.origin,
            redirect_uris: record.redirect_uris,
            confidential: record.secret_hash.is_some(),
            created_at: record.created_at,
        }
    }
}

/// A client as a person is shown it.
pub(super) fn face(client: &ClientRecord) -> ClientFace {
    ClientFace {
        name: client.name.clone(),
        host: client.uri.as_deref().and_then(oauth::site_host),
        origin: client.origin,
    }
}

fn unknown(message: &'static str) -> Error {
    Error::new(ErrorCode::InvalidRequest, message)
}
