//! MCP in the full server, at `/api/mcp`, behind a bearer credential.
use crate::app::Shared;
use axum::Router;
use std::sync::Arc;
pub(crate) fn routes(_shared: &Arc<Shared>) -> Router {
    Router::new()
}
