//! The sandbox as a whole: routers to mount, or two listeners to serve.

use std::{future::Future, path::PathBuf, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderValue, header},
    middleware,
    response::Response,
    serve::ListenerExt,
};
use tokio::{net::TcpListener, sync::watch};

use crate::{Ledger, SandboxConfig, Site, app::App, index, ledger::JournalError, payments, scripted, site};

/// The largest form that is read, in bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// Why a sandbox could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The ledger's file could not be used.
    #[error("the sandbox cannot open its ledger")]
    Ledger(#[from] JournalError),
    /// A listener failed.
    #[error("the sandbox cannot listen")]
    Listen(#[from] std::io::Error),
}

/// What [`serve`] needs to know; the origins follow from its listeners.
#[derive(Debug, Clone)]
pub struct ServeConfig {
    /// Prices, departures and codes follow from it.
    pub seed: u64,
    /// File that keeps the ledger over restarts.
    pub ledger_path: Option<PathBuf>,
    /// Delay of each page of a slow entry.
    pub slow: Duration,
}

impl Default for ServeConfig {
    fn default() -> Self {
        Self { seed: 1, ledger_path: None, slow: Duration::from_millis(1500) }
    }
}

/// The four sites, their payment processor and what they took.
pub struct Sandbox {
    app: Arc<App>,
}

impl Sandbox {
    /// Opens the ledger; nothing listens yet.
    pub fn new(config: SandboxConfig) -> Result<Self, SandboxError> {
        Ok(Self { app: Arc::new(App::new(config)?) })
    }

    /// The index, the ledger and the sites. Serve it with `ConnectInfo<SocketAddr>`, or `/_ledger`
    /// answers nobody.
    pub fn router(&self) -> Router {
        let sites = Site::ALL.into_iter().map(|site| site::router(&self.app, site));
        let policy = format!(
            "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src {}; base-uri 'none'",
            self.app.config.payments_origin
        );
        let router = sites.fold(index::router(Arc::clone(&self.app)), Router::merge);
        guarded(router, policy).merge(guarded(scripted::router(&self.app), scripted::policy(&self.app)))
    }

    /// The payment processor, for a listener of another origin.
    pub fn payments_router(&self) -> Router {
        let policy = "default-src 'none'; style-src 'self'; base-uri 'none'";
        let pane = guarded(scripted::pane_router(Arc::clone(&self.app)), scripted::PANE_POLICY.to_owned());
        guarded(payments::router(Arc::clone(&self.app)), policy.to_owned()).merge(pane)
    }

    /// What was taken so far.
    pub fn ledger(&self) -> Ledger {
        self.app.journal().snapshot()
    }
}

fn guarded(router: Router, policy: String) -> Router {
    let policy = HeaderValue::try_from(policy).ok();
    router.layer(DefaultBodyLimit::max(BODY_LIMIT)).layer(middleware::map_response(
        move |mut response: Response| {
            let policy = policy.clone();
            async move {
                let headers = response.headers_mut();
                headers.extend(policy.map(|policy| (header::CONTENT_SECURITY_POLICY, policy)));
                headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
                headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
                headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
                response
            }
        },
    ))
}

/// Serves the sites on one listener and the payment processor on the other, until `shutdown`; then
/// answers what is under way and returns.
pub async fn serve(
    listener: TcpListener,
    payments: TcpListener,
    config: ServeConfig,
    shutdown: impl Future<Output = ()>,
) -> Result<(), SandboxError> {
    let sandbox = Sandbox::new(SandboxConfig {
        seed: config.seed,
        ledger_path: config.ledger_path,
        slow: config.slow,
        payments_origin: format!("http://{}", payments.local_addr()?),
        site_origin: format!("http://{}", listener.local_addr()?),
    })?;
    let (stop, stopped) = watch::channel(false);
    let both = async {
        tokio::try_join!(
            listen(listener, sandbox.router(), stopped.clone()),
            listen(payments, sandbox.payments_router(), stopped),
        )
    };
    let ends = async {
        shutdown.await;
        stop.send_replace(true);
        Ok(())
    };
    tokio::try_join!(both, ends)?;
    Ok(())
}

async fn listen(
    listener: TcpListener,
    router: Router,
    mut stopped: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps Nagle's algorithm");
        }
    });
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(async move {
            // A sender that is gone means the same as a stop.
            let _stopped = stopped.wait_for(|stopped| *stopped).await;
        })
        .await
}
