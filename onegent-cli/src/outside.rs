//! The outside world's side of the wire: an assistant with nothing but a key, and a person's browser.
//!
//! The demo plays both parts with these, and the end-to-end tests do too.

mod assistant;
mod walk;

use std::time::Duration;

pub use assistant::Assistant;
pub use walk::{Page, Walk};

/// An HTTP client that follows no redirect by itself and talks to loopback directly.
pub fn http() -> anyhow::Result<reqwest::Client> {
    // Whoever installed a provider before us is as good.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    Ok(reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(Duration::from_secs(60))
        .build()?)
}
