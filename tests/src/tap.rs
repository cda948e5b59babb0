//! A tap on the wire between the server and a site that it visits.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::AbortOnDropHandle;
use url::Url;

/// Passes everything on, both ways, and keeps what was sent to the site.
pub struct Tap {
    /// Where the site seems to be.
    pub url: Url,
    heard: Arc<Mutex<Vec<u8>>>,
    _passing: AbortOnDropHandle<()>,
}

impl Tap {
    /// Taps the way to a site.
    pub async fn on(site: &Url) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let mut url = site.clone();
        let set = url.set_port(Some(listener.local_addr()?.port()));
        set.ok().context("a site's address has a port")?;
        let to = site.socket_addrs(|| None)?.pop().context("the site is nowhere")?;
        let heard = Arc::<Mutex<Vec<u8>>>::default();
        let kept = Arc::clone(&heard);
        let passing = tokio::spawn(async move {
            while let Ok((from, _)) = listener.accept().await {
                tokio::spawn(pass(from, to, Arc::clone(&kept)));
            }
        });
        Ok(Self { url, heard, _passing: AbortOnDropHandle::new(passing) })
    }

    /// All that was sent to the site, as text.
    pub fn heard(&self) -> String {
        String::from_utf8_lossy(&self.heard.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

async fn pass(from: TcpStream, to: std::net::SocketAddr, heard: Arc<Mutex<Vec<u8>>>) -> std::io::Result<()> {
    let (mut down, mut up) = TcpStream::connect(to).await?.into_split();
    let (mut asked, mut answered) = from.into_split();
    let asking = async {
        let mut buffer = vec![0; 16 * 1024];
        loop {
            let read = asked.read(&mut buffer).await?;
            if read == 0 {
                return up.shutdown().await;
            }
            heard.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&buffer[..read]);
            up.write_all(&buffer[..read]).await?;
        }
    };
    tokio::try_join!(asking, async { tokio::io::copy(&mut down, &mut answered).await.map(drop) })?;
    Ok(())
}
