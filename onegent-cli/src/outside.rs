//! The outside world's side of the wire: an assistant with nothing but a key, and a person's browser.
//!
//! The demo plays both parts with these, and the end-to-end tests do too.

mod assistant;
mod walk;

use std::time::Duration;

pub use assistant::Assistant;
pub use walk::{Page, Walk};

/// An HTTP client for plain loopback addresses: it follows no redirect by itself, asks no proxy, and trusts no
/// certificate, since reading the system's takes longer than what it is made for.
pub fn http() -> anyhow::Result<reqwest::Client> {
    // Whoever installed a provider before us is as good.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    Ok(reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .tls_certs_only([])
        .timeout(Duration::from_mins(1))
        .build()?)
}
