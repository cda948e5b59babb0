//! The way between a node and its database, which can be cut.

use std::io;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

/// Passes everything on, both ways, while it is whole.
pub struct Cable {
    port: u16,
    whole: watch::Sender<bool>,
    _passing: AbortOnDropHandle<()>,
}

impl Cable {
    /// To a socket of this machine.
    pub async fn to(socket: &Path) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let (whole, seen) = watch::channel(true);
        let socket = socket.to_owned();
        let passing = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(pass(near, socket.clone(), seen.clone()));
            }
        });
        Ok(Self { port, whole, _passing: AbortOnDropHandle::new(passing) })
    }

    /// Its near end, on loopback.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on nothing comes through, either way, and nobody is told.
    pub fn cut(&self) {
        self.whole.send_replace(false);
    }

    /// What was on its way arrives now.
    pub fn mend(&self) {
        self.whole.send_replace(true);
    }
}

async fn pass(near: TcpStream, socket: PathBuf, whole: watch::Receiver<bool>) -> io::Result<()> {
    let (near_read, near_write) = near.into_split();
    let (far_read, far_write) = UnixStream::connect(socket).await?.into_split();
    tokio::try_join!(carry(near_read, far_write, whole.clone()), carry(far_read, near_write, whole))?;
    Ok(())
}

async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut whole: watch::Receiver<bool>,
) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut buffer).await?;
        if whole.wait_for(|whole| *whole).await.is_err() {
            return Ok(());
        }
        if read == 0 {
            return to.shutdown().await;
        }
        to.write_all(&buffer[..read]).await?;
    }
}
