//! The load: the same request over and over on kept connections, with as little around it as there can be. What it costs
//! to ask must not hide what it costs to answer.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use futures_util::future::try_join_all;
use reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::Url;

use super::samples::at;

/// A request, ready to be sent.
#[derive(Debug, Clone)]
pub struct Ask {
    address: SocketAddr,
    bytes: Vec<u8>,
}

/// What came of asking for a while.
#[derive(Debug, Clone, Copy)]
pub(super) struct Served {
    pub(super) requests: f64,
    pub(super) per_second: f64,
    /// In microseconds.
    pub(super) p50: f64,
    /// In microseconds.
    pub(super) p99: f64,
}

impl Ask {
    /// A request for `url`, which has an address instead of a name, with a JSON body unless it is empty.
    pub fn new(method: &Method, url: &Url, bearer: &str, body: &str) -> anyhow::Result<Self> {
        let address = *url.socket_addrs(|| None)?.first().context("an address without a port")?;
        let length = match body.len() {
            0 => String::new(),
            length => format!("Content-Type: application/json\r\nContent-Length: {length}\r\n"),
        };
        let path = url.path();
        let text = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAccept: application/json, text/event-stream\r\n\
             Authorization: Bearer {bearer}\r\n{length}\r\n{body}"
        );
        Ok(Self { address, bytes: text.into_bytes() })
    }

    /// Asks once and answers the body.
    pub async fn once(&self) -> anyhow::Result<Vec<u8>> {
        let mut connection = Connection::open(self).await?;
        let body = connection.ask(self).await?;
        Ok(connection.received.split_off(body))
    }

    /// Asks on so many connections at once for so long.
    pub(super) async fn load(&self, connections: usize, time: Duration) -> anyhow::Result<Served> {
        let open = try_join_all((0..connections).map(|_| Connection::open(self))).await?;
        let begun = Instant::now();
        let until = begun + time;
        let asking = open.into_iter().map(async |mut connection| {
            let mut took = Vec::new();
            while Instant::now() < until {
                let asked = Instant::now();
                connection.ask(self).await?;
                took.push(asked.elapsed());
            }
            anyhow::Ok(took)
        });
        let mut took = try_join_all(asking).await?.concat();
        let elapsed = begun.elapsed().as_secs_f64();
        took.sort_unstable();
        let requests = f64::from(u32::try_from(took.len())?);
        let micros = |percent| at(&took, percent).as_secs_f64() * 1e6;
        Ok(Served { requests, per_second: requests / elapsed, p50: micros(50), p99: micros(99) })
    }
}

/// A kept connection, which has room for an answer.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    /// Connects to where a request goes.
    pub async fn open(ask: &Ask) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(ask.address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(64 * 1024) })
    }

    /// Sends a request, reads the whole answer, and says where its body begins.
    pub async fn ask(&mut self, ask: &Ask) -> anyhow::Result<usize> {
        self.received.clear();
        self.stream.write_all(&ask.bytes).await?;
        let mut whole = None;
        loop {
            if self.stream.read_buf(&mut self.received).await? == 0 {
                bail!("the server hung up");
            }
            if whole.is_none() {
                whole = head(&self.received)?;
            }
            if let Some((begin, end)) = whole
                && self.received.len() >= end
            {
                return Ok(begin);
            }
        }
    }
}

/// Where the body of an answer begins and ends, once its head is there. Only a success with a length will do.
fn head(received: &[u8]) -> anyhow::Result<Option<(usize, usize)>> {
    let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(received.get(..end).unwrap_or_default())?;
    ensure!(text.starts_with("HTTP/1.1 2"), "{text}");
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>())
    });
    let length = length.with_context(|| format!("an answer without a length: {text}"))??;
    Ok(Some((end + 4, end + 4 + length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_its_length_is_there() {
        assert_eq!(head(b"HTTP/1.1 200 OK\r\nContent-Le").unwrap(), None);
        let head = |text: &str| super::head(text.as_bytes());
        assert_eq!(head("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").unwrap(), Some((38, 40)));
        assert!(head("HTTP/1.1 503 Busy\r\ncontent-length: 2\r\n\r\n{}").is_err());
        assert!(head("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
    }
}
