//! stub
pub struct Gateway;
pub fn gateway_router(_gateway: Gateway) -> axum::Router {
    axum::Router::new()
}
