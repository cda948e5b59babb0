//! `/readyz`: whether requests had better be sent here, for a load balancer that has other nodes to send them to.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};

use crate::app::Shared;
use crate::server::is_draining;

/// How long the record may take to answer.
const WITHIN: Duration = Duration::from_secs(2);

/// `GET /readyz`: 200 while the record can be written and the server was not told to stop; else 503.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>(shared: Arc<Shared>) -> Router<S> {
    Router::new().route("/readyz", get(ready)).with_state(shared)
}

async fn ready(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let closing = is_draining(request.extensions());
    let answers = matches!(tokio::time::timeout(WITHIN, shared.authority.ping()).await, Ok(Ok(())));
    let (status, word) = match (closing, answers) {
        (true, _) => (StatusCode::SERVICE_UNAVAILABLE, "closing"),
        (false, false) => (StatusCode::SERVICE_UNAVAILABLE, "the record can't be reached"),
        (false, true) => (StatusCode::OK, "ready"),
    };
    (status, Json(serde_json::json!({ "status": word }))).into_response()
}
