//! A line to the sandbox that loses chosen requests or answers.

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// What the line loses. Everything else passes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fault {
    /// Requests whose first line has this at the end of their path, such as `POST …/review`.
    pub(super) request: (&'static str, &'static str),
    /// Whether the request arrives and only its answer is lost.
    pub(super) arrives: bool,
    /// Whether the confirmation page is lost as well.
    pub(super) confirmation_too: bool,
    /// The page that comes back instead of the site's answer; empty where none does.
    pub(super) says: &'static str,
}

impl Fault {
    /// Opens the line, and says where.
    pub(super) async fn line(self, sites: &str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = format!("http://{}", listener.local_addr().unwrap());
        let sites = sites.strip_prefix("http://").unwrap().to_owned();
        drop(tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let sites = sites.clone();
                // A line that breaks is what this is for.
                drop(tokio::spawn(async move { self.carry(client, &sites).await.ok() }));
            }
        }));
        at
    }

    /// Carries one request; each has a connection of its own.
    async fn carry(self, mut client: TcpStream, sites: &str) -> std::io::Result<()> {
        let request = read_request(&mut client).await?;
        let text = String::from_utf8_lossy(&request);
        let first = text.lines().next().unwrap_or_default();
        let is = |method: &str, end: &str| {
            let mut words = first.split(' ');
            words.next() == Some(method) && words.next().is_some_and(|path| path.ends_with(end))
        };
        let lost = is(self.request.0, self.request.1);
        let confirmation = self.confirmation_too && is("GET", "/booked");
        if (lost && !self.arrives) || confirmation {
            return self.say(&mut client).await;
        }
        let mut site = TcpStream::connect(sites).await?;
        site.write_all(text.replacen("\r\n\r\n", "\r\nconnection: close\r\n\r\n", 1).as_bytes()).await?;
        if lost {
            let mut answer = Vec::new();
            site.read_to_end(&mut answer).await?;
            return self.say(&mut client).await;
        }
        copy_bidirectional(&mut site, &mut client).await.map(|_| ())
    }

    async fn say(self, client: &mut TcpStream) -> std::io::Result<()> {
        if self.says.is_empty() {
            return Ok(());
        }
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n";
        client.write_all(format!("{head}{}", self.says).as_bytes()).await
    }
}

async fn read_request(client: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut request = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let read = client.read(&mut chunk).await?;
        request.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&request).to_ascii_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            if read == 0 {
                return Ok(request);
            }
            continue;
        };
        let length =
            head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
        if body.len() >= length || read == 0 {
            return Ok(request);
        }
    }
}
