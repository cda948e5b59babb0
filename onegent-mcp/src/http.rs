//! MCP over Streamable HTTP: both generations of the protocol at one address.
//!
//! A request is served by itself: with the `initialize` handshake before it or without, with the metadata of 2026-07-28 or
//! without. A client that shakes hands and shows a credential also gets a channel, as far as there is room, over which the
//! server can ask and tell it something ([`channels`]).

mod accept;
mod channels;
mod prepared;

use std::convert::Infallible;
use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::StreamExt;
use http::{Extensions, HeaderMap, HeaderName, Method, Request, Response, StatusCode, Uri, header};
use http_body::Body;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, BodyStream, Empty, Full, Limited, StreamBody};
use onegent_core::caller::Credential;
use onegent_core::port::BookingService;
use rmcp::ServerHandler;
use rmcp::transport::StreamableHttpService;
use rmcp::transport::streamable_http_server::StreamableHttpServerConfig;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::identity::Identity;
use crate::server::McpServer;
use crate::state_key::StateKey;
use accept::Accepts;
use channels::Channels;
use prepared::Envelope;

pub(crate) use accept::OnlyJson;
pub(crate) use prepared::PreparedList;

/// The most that one request may have, in bytes. The largest honest one is below 4 KiB.
pub const MAX_REQUEST_BYTES: usize = 256 * 1024;

const HEADER_SESSION_ID: HeaderName = HeaderName::from_static("mcp-session-id");
const HEADER_PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");

/// The body of an answer.
pub type Answer = BoxBody<Bytes, Infallible>;

/// How MCP is served over HTTP.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// `Host` values that are answered, as `host` or `host:port`. Loopback names only by default; keeps other sites from
    /// reaching this server through a browser (DNS rebinding).
    pub allowed_hosts: Vec<String>,
    /// `Origin` values that are answered, as `scheme://host:port`, where `*` stands for any port. None by default; requests
    /// without an `Origin` do not come from a web page and pass.
    pub allowed_origins: Vec<String>,
    /// Seals what clients carry between the rounds of a request; by default a key of this process.
    pub state_key: Option<StateKey>,
    /// Ends open answers and channels when it is cancelled. They also end when the service is dropped.
    pub stop: CancellationToken,
}

impl Default for HttpOptions {
    fn default() -> Self {
        let allowed_hosts = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
        Self { allowed_hosts, allowed_origins: Vec::new(), state_key: None, stop: CancellationToken::new() }
    }
}

/// Tells waiting tools that the server closes, so that they answer at once with what they know. An edge puts it into the
/// extensions of each request.
#[derive(Debug, Clone)]
pub struct Closing(pub CancellationToken);

/// Whether a handler can speak to its client between requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// It answers one request and is gone.
    OneRequest,
    /// It has a channel to one client, and is that client's alone.
    Channel,
}

/// A handler over HTTP as a tower service, to be mounted at any path.
pub struct McpHttp<H: ServerHandler> {
    shared: Arc<Shared<H>>,
}

/// The six tools over HTTP as a tower service.
pub type McpHttpService = McpHttp<McpServer>;

struct Shared<H: ServerHandler> {
    /// Answers as JSON where one message is all.
    singly: StreamableHttpService<H, NeverSessionManager>,
    /// Answers as an event stream always.
    streamed: StreamableHttpService<H, NeverSessionManager>,
    channelled: StreamableHttpService<H, Channels>,
    channels: Arc<Channels>,
    prepared: Option<PreparedList>,
    hosts: Vec<String>,
    _end: DropGuard,
}

impl<H: ServerHandler> Clone for McpHttp<H> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

/// The tools over HTTP. The edge in front of it authenticates and puts the [`Caller`](onegent_core::caller::Caller) of each request into the request's
/// extensions; a request without one can list tools and call none.
pub fn http_service(service: Arc<dyn BookingService>, options: HttpOptions) -> McpHttpService {
    let server = McpServer::sealing_with(options.state_key.clone(), service, Credential::Missing);
    let prepared = PreparedList::new(&McpServer::tools()).ok();
    McpHttp::with_prepared(move |link| server.linked(link), options, prepared)
}

impl<H: ServerHandler> McpHttp<H> {
    /// Serves what `handler` makes: one for each request, and one for each channel.
    pub fn new(handler: impl Fn(Link) -> H + Send + Sync + 'static, options: HttpOptions) -> Self {
        Self::with_prepared(handler, options, None)
    }

    fn with_prepared(
        handler: impl Fn(Link) -> H + Send + Sync + 'static,
        options: HttpOptions,
        prepared: Option<PreparedList>,
    ) -> Self {
        let end = options.stop.child_token();
        let config = StreamableHttpServerConfig::default()
            .with_allowed_hosts(options.allowed_hosts.clone())
            .with_allowed_origins(options.allowed_origins)
            .enforce_origin_validation()
            .with_max_request_body_bytes(MAX_REQUEST_BYTES)
            .with_sse_retry(None)
            .with_cancellation_token(end.clone());
        let single = config.clone().with_legacy_session_mode(false);
        let handler = Arc::new(handler);
        let make = |link| {
            let handler = Arc::clone(&handler);
            move || Ok(handler(link))
        };
        let channels = Arc::new(Channels::new());
        let shared = Shared {
            singly: StreamableHttpService::new(
                make(Link::OneRequest),
                Arc::default(),
                single.clone().with_json_response(true),
            ),
            streamed: StreamableHttpService::new(make(Link::OneRequest), Arc::default(), single),
            channelled: StreamableHttpService::new(make(Link::Channel), Arc::clone(&channels), config),
            channels,
            prepared,
            hosts: options.allowed_hosts.iter().map(|host| host.to_ascii_lowercase()).collect(),
            _end: end.drop_guard(),
        };
        Self { shared: Arc::new(shared) }
    }
}

/// The transport's own futures are large, and boxed so that what is prepared does not carry them.
impl<H: ServerHandler> Shared<H> {
    async fn answer<B>(&self, request: Request<B>) -> Response<Answer>
    where
        B: Body + Send + 'static,
        B::Error: Display + Into<Box<dyn std::error::Error + Send + Sync>>,
        B::Data: Send,
    {
        let channel = request.headers().get(HEADER_SESSION_ID).and_then(|id| id.to_str().ok());
        match channel {
            Some(id) if self.channels.is_of(id, identity(request.extensions()).as_ref()) => {
                if request.method() == Method::DELETE {
                    self.channels.end(id);
                }
                let closing = request.extensions().get::<Closing>().cloned();
                let listens = request.method() == Method::GET;
                let response = Box::pin(self.channelled.handle(request)).await;
                match closing {
                    Some(Closing(closing)) if listens => response.map(|body| until(body, closing)),
                    Some(_) | None => response,
                }
            }
            // It is gone, or it never was this caller's; the two are not told apart.
            Some(id) if request.method() != Method::POST || self.channels.has_ended(id) => {
                empty(StatusCode::NOT_FOUND)
            }
            Some(_) | None if request.method() == Method::POST => self.post(request).await,
            Some(_) | None => Box::pin(self.singly.handle(request)).await,
        }
    }

    /// A message that stands for itself. It needs no channel, and one that is not there any more changes nothing.
    async fn post<B>(&self, request: Request<B>) -> Response<Answer>
    where
        B: Body + Send + 'static,
        B::Error: Display + Into<Box<dyn std::error::Error + Send + Sync>>,
        B::Data: Send,
    {
        let (mut parts, body) = request.into_parts();
        let body = match Limited::new(body, MAX_REQUEST_BYTES).collect().await {
            Ok(body) => body.to_bytes(),
            Err(_too_large_or_broken) => return empty(StatusCode::PAYLOAD_TOO_LARGE),
        };
        let accepts = Accepts::of(&parts.headers);
        if accepts == Accepts::Both
            && self.is_at_home(&parts.uri, &parts.headers)
            && let Some(answer) = self.prepared.as_ref().and_then(|list| list.answer(&parts.headers, &body))
        {
            return answer;
        }
        accepts.complete(&mut parts.headers);
        parts.headers.remove(HEADER_SESSION_ID);
        if accepts == Accepts::OnlyJson {
            parts.extensions.insert(OnlyJson);
        }
        let opens = accepts == Accepts::Both && is_handshake(&body);
        let caller = if opens { identity(&parts.extensions) } else { None };
        let request = Request::from_parts(parts, Full::new(body));
        match caller {
            Some(caller) if self.channels.have_room_for(&caller).await => {
                let response = Box::pin(self.channelled.handle(request)).await;
                if let Some(id) = response.headers().get(HEADER_SESSION_ID).and_then(|id| id.to_str().ok()) {
                    self.channels.belongs(id, caller).await;
                }
                response
            }
            _ if accepts == Accepts::OnlyStream => Box::pin(self.streamed.handle(request)).await,
            _ => Box::pin(self.singly.handle(request)).await,
        }
    }

    /// Whether the request was meant for this server without any doubt, so that the transport need not look closer.
    fn is_at_home(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        let mut named = headers.get_all(header::HOST).iter();
        let (Some(host), None, None, None) =
            (named.next(), named.next(), headers.get(header::ORIGIN), uri.authority())
        else {
            return false;
        };
        let host = host.to_str().unwrap_or_default();
        let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
        let name = name.map_or(host, |(name, _)| name);
        self.hosts.iter().any(|known| known == host || known == name)
    }
}

/// Who calls, as the edge has verified it.
fn identity(extensions: &Extensions) -> Option<Identity> {
    extensions.get().and_then(Identity::of)
}

fn is_handshake(body: &[u8]) -> bool {
    let envelope: Option<Envelope<'_>> = serde_json::from_slice(body).ok();
    envelope.and_then(|envelope| envelope.method).is_some_and(|method| method == "initialize")
}

/// A stream without an end of its own ends with the server.
fn until(body: Answer, closing: CancellationToken) -> Answer {
    BodyExt::boxed(StreamBody::new(BodyStream::new(body).take_until(closing.cancelled_owned())))
}

fn empty(status: StatusCode) -> Response<Answer> {
    let mut response = Response::new(Empty::new().boxed());
    *response.status_mut() = status;
    response
}

impl<H: ServerHandler, B> tower::Service<Request<B>> for McpHttp<H>
where
    B: Body + Send + 'static,
    B::Error: Display + Into<Box<dyn std::error::Error + Send + Sync>>,
    B::Data: Send,
{
    type Response = Response<Answer>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let shared = Arc::clone(&self.shared);
        Box::pin(async move { Ok(shared.answer(request).await) })
    }
}
