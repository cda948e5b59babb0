//! MCP in the full server, at `/api/mcp`, behind a bearer credential: an API key, or a connected app's token.

pub(crate) mod malformed;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use onegent_core::caller::{Caller, Credential, Scope};
use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::port::Bearer;
use onegent_mcp::{HttpOptions, Inventory, MAX_REQUEST_BYTES};
use serde::Deserialize;

use crate::app::Shared;
use crate::body::{at_most, media_type};
use crate::challenge::Resource;
use crate::limits::Slot;
use crate::problem::{Problem, status};
use crate::request::{self, request_id};
use crate::rest::auth;
use crate::server;

/// Calls being answered.
const CALLS: usize = 1024;
/// How long a call may take: a wait of 50 seconds, and what is done around it.
const ANSWER_WITHIN: Duration = Duration::from_secs(75);

/// How often the credential behind an open answer is looked at when none was ended.
const LOOK_AGAIN: Duration = Duration::from_secs(45);

/// The challenge where no authorization server is known: the gateway's.
const CHALLENGE: &str = "Bearer realm=\"onegent-mcp\"";

/// The one route.
pub(crate) fn routes(shared: &Arc<Shared>) -> Router {
    let options = HttpOptions {
        allowed_hosts: shared.origins.hosts().to_vec(),
        allowed_origins: shared.origins.with_ports(),
        state_key: shared.state_key.clone(),
        ..HttpOptions::default()
    };
    let service = onegent_mcp::http_service(Arc::clone(&shared.service), options);
    Router::new().route_service("/api/mcp", service).layer((
        // Apart from the others' load: calls that wait for news take up nobody else's room.
        from_fn_with_state(load(), request::bound),
        request::catch_panics(),
        from_fn(with_closing),
        from_fn_with_state(Arc::clone(shared), authenticated),
        from_fn(malformed::answered),
    ))
}

/// Room for calls, each of which may wait for news as long as the tools let it.
pub(crate) fn load() -> request::Load {
    request::Load::new(CALLS, ANSWER_WITHIN)
}

/// Layer: tells the tools when the server closes.
pub(crate) async fn with_closing(mut request: Request, next: Next) -> Response {
    let closing = server::closing(request.extensions());
    request.extensions_mut().insert(onegent_mcp::Closing(closing));
    next.run(request).await
}

/// Layer: the request goes on with its verified [`Caller`], or not at all.
///
/// What is still being answered when its credential ends is not answered: neither a call that waits nor an open stream.
async fn authenticated(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    answered(&shared, request, next).await.unwrap_or_else(|mut refused| {
        let code = refused.problem.error().code();
        if status(code) == StatusCode::UNAUTHORIZED {
            refused.challenge = Some(Resource::Mcp.unauthorized(&shared.issuer, code));
        }
        refused.into_response()
    })
}

async fn answered(shared: &Arc<Shared>, request: Request, next: Next) -> Result<Response, Refused> {
    let seen = shared.authority.endings();
    let (request, shown) = admit(shared, request).await?;
    let mut ended = Box::pin(ended(Arc::clone(shared), shown, seen));
    tokio::select! {
        // Most are answered at once, and nothing is waited for then.
        biased;
        response = next.run(request) => Ok(if is_stream(&response) {
            response.map(|body| Body::from_stream(body.into_data_stream().take_until(ended)))
        } else {
            response
        }),
        error = &mut ended => Err(error.into()),
    }
}

fn is_stream(response: &Response) -> bool {
    media_type(response.headers()) == "text/event-stream"
}

/// Until a credential is good no more, `seen` endings after which it was: why not.
async fn ended(shared: Arc<Shared>, shown: Bearer, mut seen: u64) -> Error {
    loop {
        // Most end by being ended, some by time.
        tokio::select! {
            () = shared.authority.ended_since(seen) => {}
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
        seen = shared.authority.endings();
        if let Err(error) = auth::access(shared.authority.as_ref(), &shown).await {
            return error;
        }
    }
}

/// Why a request does not reach the tools, and how to come back.
pub(crate) struct Refused {
    problem: Problem,
    challenge: Option<String>,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::from(Problem::from(error))
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        let challenge =
            (status(problem.error().code()) == StatusCode::UNAUTHORIZED).then(|| CHALLENGE.to_owned());
        Self { problem, challenge }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = self.problem.into_response();
        if let Some(challenge) = self.challenge.and_then(|text| HeaderValue::try_from(text).ok()) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

async fn admit(shared: &Shared, request: Request) -> Result<(Request, Bearer), Refused> {
    let shown = auth::shown(request.headers())?;
    let access = auth::access(shared.authority.as_ref(), &shown).await?;
    Slot::take(request.extensions(), &shared.rates, access.account)?;
    let request_id = request_id(&request);
    let (mut parts, body) = request.into_parts();
    let bytes = at_most(body, MAX_REQUEST_BYTES).await?;
    if let Some(scope) = scope_of_call(&bytes).filter(|scope| !access.scopes.contains(scope)) {
        let message = format!("This credential lacks the scope `{scope}`, which this tool needs.");
        let problem = Problem::new(ErrorCode::InsufficientScope, &message);
        let challenge = Resource::Mcp.insufficient(&shared.issuer, scope, auth::shows_token(&parts.headers));
        return Err(Refused { problem, challenge: Some(challenge) });
    }
    parts.extensions.insert(Caller { credential: Credential::Verified(access), request_id });
    Ok((Request::from_parts(parts, Body::from(bytes)), shown))
}

/// As much of a message as tells which tool it calls.
#[derive(Deserialize)]
struct Message {
    method: String,
    params: Option<Params>,
}

#[derive(Deserialize)]
struct Params {
    name: Option<String>,
}

/// What a `tools/call` needs. Anything else, and anything malformed, is for the protocol to answer.
fn scope_of_call(body: &[u8]) -> Option<Scope> {
    let message: Message = serde_json::from_slice(body).ok()?;
    let name = message.params.and_then(|params| params.name).filter(|_| message.method == "tools/call")?;
    Inventory::get().find(&name).map(onegent_mcp::ToolEntry::scope)
}
