//! One call over HTTP: sent with a credential, tried again where that is safe, its answer read with bounds.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use onegent_core::id::RequestId;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Response};
use url::Url;

use crate::bearer::Bearer;
use crate::builder::is_this_machine;
use crate::error::ClientError;

pub(crate) mod answer;
pub(crate) mod retry;

use answer::Answer;
use retry::{Repeat, Retry};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Idle connections that are kept.
const KEPT_CONNECTIONS: usize = 64;

#[derive(Debug, Clone)]
pub(crate) struct TransportOptions {
    pub(crate) connect_timeout: Duration,
    pub(crate) request_timeout: Duration,
    pub(crate) body_limit: usize,
    pub(crate) retry: Retry,
}

/// The connections to one API, shared by all that use it, with nobody's credential.
#[derive(Debug)]
pub(crate) struct Transport {
    base: Url,
    in_the_clear: bool,
    options: TransportOptions,
    http: OnceLock<reqwest::Client>,
}

/// On whose behalf, and for which request at an edge.
#[derive(Debug, Clone, Default)]
pub(crate) struct Identity {
    pub(crate) bearer: Option<Bearer>,
    pub(crate) request_id: Option<RequestId>,
}

/// One call of the API.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: Vec<String>,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Bytes>,
    pub(crate) repeat: Repeat,
}

impl Call {
    pub(crate) fn get<const N: usize>(path: [&str; N]) -> Self {
        Self::new(Method::GET, path, Repeat::Safe)
    }

    pub(crate) fn post<const N: usize>(path: [&str; N], repeat: Repeat) -> Self {
        Self::new(Method::POST, path, repeat)
    }

    fn new<const N: usize>(method: Method, path: [&str; N], repeat: Repeat) -> Self {
        let path = path.map(str::to_owned).to_vec();
        Self { method, path, query: Vec::new(), headers: HeaderMap::new(), body: None, repeat }
    }

    pub(crate) fn query(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        self.query.extend(value.map(|value| (name, value.to_string())));
        self
    }

    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    pub(crate) fn json(mut self, body: Vec<u8>) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.body = Some(body.into());
        self
    }
}

impl Transport {
    pub(crate) fn new(base: Url, in_the_clear: bool, options: TransportOptions) -> Arc<Self> {
        Arc::new(Self { base, in_the_clear, options, http: OnceLock::new() })
    }

    pub(crate) fn options(&self) -> &TransportOptions {
        &self.options
    }

    /// Sends the call and reads its whole answer.
    pub(crate) async fn send(&self, identity: &Identity, call: &Call) -> Result<Answer, ClientError> {
        let mut tried = 0;
        loop {
            match self.send_once(identity, call).await {
                Ok(answer) => return Ok(answer),
                Err(error) => self.pause_after(error, call.repeat, &mut tried).await?,
            }
        }
    }

    /// Sends the call and hands over its answer while it still comes in, once it says that it is an event stream.
    pub(crate) async fn open(&self, identity: &Identity, call: &Call) -> Result<Response, ClientError> {
        let mut tried = 0;
        loop {
            match self.open_once(identity, call).await {
                Ok(stream) => return Ok(stream),
                Err(error) => self.pause_after(error, call.repeat, &mut tried).await?,
            }
        }
    }

    async fn send_once(&self, identity: &Identity, call: &Call) -> Result<Answer, ClientError> {
        let request = self.request(identity, call)?.timeout(self.options.request_timeout);
        let response = request.send().await.map_err(ClientError::from_sending)?;
        answer::read(response, self.options.body_limit).await
    }

    async fn open_once(&self, identity: &Identity, call: &Call) -> Result<Response, ClientError> {
        let request = self.request(identity, call)?;
        let sent = tokio::time::timeout(self.options.request_timeout, request.send()).await;
        let response = sent.map_err(|late| ClientError::Unanswered(late.into()))?;
        answer::expect_event_stream(response.map_err(ClientError::from_sending)?, self.options.body_limit)
            .await
    }

    /// Waits before the next try, or gives the error back when there is none.
    async fn pause_after(
        &self,
        error: ClientError,
        repeat: Repeat,
        tried: &mut u32,
    ) -> Result<(), ClientError> {
        *tried += 1;
        let Some(pause) = self.options.retry.pause(*tried, repeat, &error, retry::chance()) else {
            return Err(error);
        };
        tokio::time::sleep(pause).await;
        Ok(())
    }

    fn request(&self, identity: &Identity, call: &Call) -> Result<reqwest::RequestBuilder, ClientError> {
        let bearer = identity.bearer.as_ref().ok_or(ClientError::NoCredential)?;
        if self.in_the_clear {
            return Err(ClientError::PlainHttp);
        }
        let mut request = self
            .http()?
            .request(call.method.clone(), self.url(call))
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(AUTHORIZATION, bearer.header())
            .headers(call.headers.clone());
        if let Some(id) = identity.request_id {
            request = request.header(X_REQUEST_ID, id.to_string());
        }
        if let Some(body) = &call.body {
            request = request.body(body.clone());
        }
        Ok(request)
    }

    fn url(&self, call: &Call) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(&call.path);
        }
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        url
    }

    /// Made at the first call: reading the system's certificates takes longer than all else that a tool server does
    /// before it lists its tools.
    fn http(&self) -> Result<&reqwest::Client, ClientError> {
        if let Some(http) = self.http.get() {
            return Ok(http);
        }
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // Another thread may have been quicker, with the same provider or its own; either will do.
            drop(rustls::crypto::ring::default_provider().install_default());
        }
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("onegent-client/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(self.options.connect_timeout)
            .pool_max_idle_per_host(KEPT_CONNECTIONS)
            .tcp_keepalive(Duration::from_mins(1))
            // The API never redirects; whoever does is somebody else, and gets no credential.
            .redirect(reqwest::redirect::Policy::none());
        if is_this_machine(&self.base) {
            builder = builder.no_proxy();
        }
        let made = builder.build().map_err(|error| ClientError::Unreachable(Box::new(error)))?;
        Ok(self.http.get_or_init(|| made))
    }
}
