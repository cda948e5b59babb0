//! Mail that goes out by SMTP (RFC 5321), when whoever runs the server named one: invitations, and nothing else.

use std::net::Ipv4Addr;
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use onegent_core::guest::Email;
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

/// How long the mail server may take over a step.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a whole message may take.
const WHOLE: Duration = Duration::from_secs(30);

/// A mail server as whoever runs Onegent named it.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// `smtps://[user@]host[:465]` for TLS from the start (RFC 8314), `smtp://[user@]host[:587]` for STARTTLS
    /// (RFC 3207), or `smtp://[user@]localhost[:25]` without TLS for a server on this machine.
    pub server: Url,
    /// The password of the address's user.
    pub password: Option<SecretString>,
    /// Whom mail is from, such as `Onegent <book@example.com>`.
    pub from: String,
}

/// Mail can't be sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The server's address can't be used.
    #[error("the mail server's address is not usable: {0}")]
    Server(&'static str),
    /// The sender can't be used.
    #[error("mail can't be from this sender; name one such as `Onegent <book@example.com>`")]
    Sender(#[source] lettre::address::AddressError),
    /// A message can't be written.
    #[error("the message can't be written")]
    Message(#[from] lettre::error::Error),
    /// The recipient is no address.
    #[error("the recipient can't be written to")]
    Recipient(#[source] lettre::address::AddressError),
    /// No TLS can be set up.
    #[error("no TLS can be set up")]
    Tls(#[source] smtp::Error),
    /// The server can't be reached, or took no message; with its reply code (RFC 5321, 4.2), without its words, which
    /// often repeat the recipient.
    #[error("the mail server took no message: {}", .code.as_deref().unwrap_or("it can't be reached"))]
    Refused {
        /// What it answered.
        code: Option<String>,
    },
    /// The server took too long.
    #[error("the mail server took too long")]
    TooLong,
}

/// A mail server, ready to be called.
#[derive(Debug)]
pub(crate) struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mail {
    /// Reads the configuration. Nothing is connected yet.
    pub(crate) fn new(config: &MailConfig) -> Result<Self, MailError> {
        // Whoever came first has installed one already.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let from = config.from.parse().map_err(MailError::Sender)?;
        let server = &config.server;
        let host = server.host().ok_or(MailError::Server("it names no host"))?;
        let name = match host {
            Host::Ipv6(address) => address.to_string(),
            Host::Domain(_) | Host::Ipv4(_) => host.to_string(),
        };
        if server.password().is_some() {
            return Err(MailError::Server("a password belongs into a file of its own"));
        }
        let parameters = || TlsParameters::new(name.clone()).map_err(MailError::Tls);
        let (port, tls) = match server.scheme() {
            "smtps" => (465, Tls::Wrapper(parameters()?)),
            "smtp" if is_here(&host) => (25, Tls::None),
            "smtp" => (587, Tls::Required(parameters()?)),
            _ => return Err(MailError::Server("it has to begin with smtps:// or smtp://")),
        };
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(name.clone())
            .port(server.port().unwrap_or(port))
            .tls(tls)
            .timeout(Some(PATIENCE));
        match (server.username(), &config.password) {
            ("", None) => {}
            ("", Some(_)) => return Err(MailError::Server("a password, and nobody whose it is")),
            (_, None) => return Err(MailError::Server("its user has no password")),
            (user, Some(password)) => {
                let user = percent_encoding::percent_decode_str(user).decode_utf8_lossy().into_owned();
                transport =
                    transport.credentials(Credentials::new(user, password.expose_secret().to_owned()));
            }
        }
        Ok(Self { transport: transport.build(), from })
    }

    /// Sends an invitation's link.
    pub(crate) async fn invite(&self, to: &Email, by: Option<&Email>, link: &str) -> Result<(), MailError> {
        let recipient: Address = to.expose().parse().map_err(MailError::Recipient)?;
        let who = by.map_or_else(|| "Somebody".to_owned(), |email| email.expose().to_owned());
        let body = format!(
            "{who} invites you to book with Onegent, where assistants prepare bookings and people confirm what is \
             paid.\r\n\r\nOpen this link to join. It works once, within seven days:\r\n\r\n{link}\r\n\r\nIf you don't \
             know who that is, do nothing: without the link nobody joins in your name.\r\n"
        );
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, recipient))
            .subject("You are invited to Onegent")
            .header(ContentType::TEXT_PLAIN)
            .body(body)?;
        let sent = tokio::time::timeout(WHOLE, self.transport.send(message)).await;
        let sent = sent.map_err(|_elapsed| MailError::TooLong)?;
        let refused =
            |error: smtp::Error| MailError::Refused { code: error.status().map(|code| code.to_string()) };
        sent.map(drop).map_err(refused)
    }
}

/// Whether a host is this machine. In an address of a scheme that the URL standard does not know, IPv4 is a name.
fn is_here(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            name.eq_ignore_ascii_case("localhost")
                || name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        }
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(server: &str, password: Option<&str>, from: &str) -> MailConfig {
        let password = password.map(SecretString::from);
        MailConfig { server: server.parse().expect("an address"), password, from: from.to_owned() }
    }

    #[tokio::test]
    async fn a_server_is_called_as_its_address_says_or_not_at_all() {
        let from = "Onegent <book@example.com>";
        for (server, password) in [
            ("smtps://ana%40example.com@mail.example.com", Some("secret")),
            ("smtp://mail.example.com", None),
            ("smtp://127.0.0.1:1025", None),
            ("smtp://[::1]:1025", None),
        ] {
            Mail::new(&config(server, password, from)).expect(server);
        }
        for (server, password, from) in [
            ("https://mail.example.com", None, from),
            ("smtp:mail", None, from),
            ("smtps://ana@mail.example.com", None, from),
            ("smtps://ana:secret@mail.example.com", None, from),
            ("smtps://mail.example.com", Some("secret"), from),
            ("smtps://mail.example.com", None, "nobody"),
            ("smtps://mail.example.com", None, "a@example.com\r\nBcc: b@example.com"),
        ] {
            assert!(Mail::new(&config(server, password, from)).is_err(), "{server} {from}");
        }
    }
}
