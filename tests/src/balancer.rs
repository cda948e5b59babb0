//! A load balancer in front of API nodes: takes connections, and gives each to the next node.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_util::task::AbortOnDropHandle;

/// How often nodes are asked whether they are ready, and how long they may take to say so.
const ASKS: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether nodes are asked, and those that are not ready get no new connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heed {
    /// As balancers do that drain.
    Readiness,
    /// Connections go to whoever is next, also to one that is not there.
    Nothing,
}

/// Balances until it is dropped.
pub struct Balancer {
    port: u16,
    _tasks: Vec<AbortOnDropHandle<()>>,
}

impl Balancer {
    /// In front of the nodes on these ports of loopback.
    pub async fn before(ports: &[u16], heed: Heed) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let nodes: Vec<_> =
            ports.iter().map(|port| (*port, Arc::new(AtomicBool::new(heed == Heed::Nothing)))).collect();
        let asked = nodes.iter().filter(|_| heed == Heed::Readiness).cloned();
        let mut tasks: Vec<_> = asked
            .map(|(port, ready)| {
                AbortOnDropHandle::new(tokio::spawn(async move {
                    loop {
                        let answers = timeout(PATIENCE, is_ready(port)).await;
                        ready.store(matches!(answers, Ok(Ok(true))), Ordering::Release);
                        sleep(ASKS).await;
                    }
                }))
            })
            .collect();
        tasks.push(AbortOnDropHandle::new(tokio::spawn(balance(listener, nodes))));
        Ok(Self { port, _tasks: tasks })
    }

    /// Where clients connect to, on loopback.
    pub fn port(&self) -> u16 {
        self.port
    }
}

async fn balance(listener: TcpListener, nodes: Vec<(u16, Arc<AtomicBool>)>) {
    let mut turn = 0;
    while let Ok((mut client, _)) = listener.accept().await {
        let ready = (1..=nodes.len())
            .map(|step| (turn + step) % nodes.len())
            .find(|next| nodes[*next].1.load(Ordering::Acquire));
        let Some(next) = ready else { continue };
        turn = next;
        let port = nodes[next].0;
        tokio::spawn(async move {
            let mut node = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
            copy_bidirectional(&mut client, &mut node).await
        });
    }
}

async fn is_ready(port: u16) -> std::io::Result<bool> {
    let mut node = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    let request = format!("GET /readyz HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n");
    node.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    node.read_to_string(&mut answer).await?;
    Ok(answer.starts_with("HTTP/1.1 200 "))
}
