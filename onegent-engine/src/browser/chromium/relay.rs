//! The only way out of a context: a proxy of our own on loopback, one for each visit.
//!
//! It carries to the visit's own origins and nowhere else, at addresses that it resolved itself, whatever a page finds to
//! get around interception. And it can hang up: a browser that reuses a connection sends a request a second time by
//! itself when the connection breaks before the answer, a POST as well. So the one submit always has a connection of its
//! own.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;
use zeroize::{Zeroize, Zeroizing};

use crate::network::{NetworkPolicy, address};

/// Connections of one visit at once.
const MOST: usize = 128;
/// The longest head of a request or an answer, in bytes.
const LONGEST_HEAD: usize = 64 * 1024;
/// How much is carried at once, in bytes.
const PIECE: usize = 16 * 1024;
/// How long a head, or a connection to the site, may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A visit's way out. Dropping it closes it.
#[derive(Debug)]
pub(super) struct Relay {
    at: SocketAddr,
    lines: Arc<Mutex<Lines>>,
    closed: CancellationToken,
}

/// The connections that stand now.
#[derive(Debug, Clone, Default)]
struct Lines {
    cut: CancellationToken,
    open: TaskTracker,
}

impl Relay {
    /// Begins to listen.
    pub(super) async fn open(policy: NetworkPolicy) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let relay =
            Self { at: listener.local_addr()?, lines: Arc::default(), closed: CancellationToken::new() };
        let (lines, closed) = (Arc::clone(&relay.lines), relay.closed.clone());
        drop(tokio::spawn(async move {
            tokio::select! { () = listen(listener, policy, lines) => {}, () = closed.cancelled() => {} }
        }));
        Ok(relay)
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.at
    }

    /// Ends all connections, and comes back when they are ended. Later ones are made anew.
    pub(super) async fn hang_up(&self) {
        let lines = std::mem::take(&mut *self.lines.lock().unwrap_or_else(PoisonError::into_inner));
        lines.cut.cancel();
        lines.open.close();
        lines.open.wait().await;
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.closed.cancel();
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).cut.cancel();
    }
}

async fn listen(listener: TcpListener, policy: NetworkPolicy, lines: Arc<Mutex<Lines>>) {
    let policy = Arc::new(policy);
    let places = Arc::new(Semaphore::new(MOST));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let Ok((client, _)) = listener.accept().await else { return };
        let policy = Arc::clone(&policy);
        let Lines { cut, open } = lines.lock().unwrap_or_else(PoisonError::into_inner).clone();
        drop(open.spawn(async move {
            let carried = tokio::select! {
                carried = carry(client, &policy) => carried,
                () = cut.cancelled() => Ok(()),
            };
            if let Err(error) = carried {
                tracing::debug!(error = &error as &dyn std::error::Error, "a connection ended");
            }
            drop(place);
        }));
    }
}

/// Carries one tunnel, or one request. What may not be carried is hung up on.
async fn carry(mut client: TcpStream, policy: &NetworkPolicy) -> std::io::Result<()> {
    let Some((head, mut rest)) = timely(read_head(&mut client)).await? else { return Ok(()) };
    let Some(asked) = Asked::read(&head) else { return Ok(()) };
    if policy.admits_place(&asked.origin).is_err() {
        return Ok(());
    }
    let mut site = timely(connect(&asked.origin, policy.is_sandbox())).await?;
    site.set_nodelay(true)?;
    client.set_nodelay(true)?;
    let is_tunnel = rest.is_empty() && head.starts_with("CONNECT ");
    match asked.head {
        None => client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?,
        Some(head) => {
            site.write_all(head.as_bytes()).await?;
            site.write_all(&rest).await?;
            rest.zeroize();
        }
    }
    let (mut from_client, mut to_client) = client.split();
    let (mut from_site, mut to_site) = site.split();
    let answer = async {
        if !is_tunnel {
            // One request on each connection: the answer says so, whatever the site says.
            let Some((head, rest)) = read_head(&mut from_site).await? else { return Ok(()) };
            to_client.write_all(with_close(&head).as_bytes()).await?;
            to_client.write_all(&rest).await?;
        }
        copy(&mut from_site, &mut to_client).await
    };
    tokio::select! {
        answered = answer => answered,
        sent = copy(&mut from_client, &mut to_site) => sent,
    }
}

/// What a client asks the relay for.
struct Asked {
    /// The origin, as an address without path.
    origin: Url,
    /// The head to send on; `None` for a tunnel.
    head: Option<String>,
}

impl Asked {
    fn read(head: &str) -> Option<Self> {
        let (first, fields) = head.split_once("\r\n")?;
        let mut words = first.split(' ');
        let (method, target, version) = (words.next()?, words.next()?, words.next()?);
        if method == "CONNECT" {
            return Some(Self { origin: Url::parse(&format!("https://{target}/")).ok()?, head: None });
        }
        let url = Url::parse(target).ok().filter(|url| url.scheme() == "http")?;
        let place = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let head = with_close(&format!("{method} {place} {version}\r\n{fields}"));
        let origin = url.join("/").ok()?;
        Some(Self { origin, head: Some(head) })
    }
}

/// The same head, with the word that the connection ends after it.
fn with_close(head: &str) -> String {
    let own = |line: &&str| {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        !matches!(name.as_str(), "connection" | "proxy-connection" | "keep-alive")
    };
    let lines: Vec<_> = head.trim_end().split("\r\n").filter(own).collect();
    format!("{}\r\nConnection: close\r\n\r\n", lines.join("\r\n"))
}

/// Reads a head up to its empty line, and what came behind it. `None` when there is none.
async fn read_head(stream: &mut (impl AsyncReadExt + Unpin)) -> std::io::Result<Option<(String, Vec<u8>)>> {
    // No smaller, so that a body that came along was never anywhere else.
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * LONGEST_HEAD));
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let rest = bytes[end + 4..].to_vec();
            let head = String::from_utf8(bytes[..end + 4].to_vec()).ok();
            return Ok(head.map(|head| (head, rest)));
        }
        if bytes.len() > LONGEST_HEAD || stream.read_buf(&mut *bytes).await? == 0 {
            return Ok(None);
        }
    }
}

/// Connects to an address that was looked at: a public one, or, for the sandbox, any.
async fn connect(origin: &Url, is_sandbox: bool) -> std::io::Result<TcpStream> {
    let host = origin.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = origin.port_or_known_default().unwrap_or(443);
    let found = tokio::net::lookup_host((host, port)).await?;
    let allowed: Vec<_> = found.filter(|found| is_sandbox || address::is_public(found.ip())).collect();
    TcpStream::connect(&allowed[..]).await
}

/// Carries until the end. What was carried without TLS is overwritten behind it: a person may have typed it.
async fn copy(
    from: &mut (impl AsyncReadExt + Unpin),
    to: &mut (impl AsyncWriteExt + Unpin),
) -> std::io::Result<()> {
    let mut piece = Zeroizing::new(vec![0; PIECE]);
    loop {
        let some = from.read(&mut piece).await?;
        if some == 0 {
            return Ok(());
        }
        to.write_all(&piece[..some]).await?;
        piece[..some].zeroize();
    }
}

async fn timely<T>(work: impl Future<Output = std::io::Result<T>>) -> std::io::Result<T> {
    tokio::time::timeout(PATIENCE, work)
        .await
        .unwrap_or_else(|_elapsed| Err(std::io::ErrorKind::TimedOut.into()))
}
