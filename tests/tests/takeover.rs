#![cfg(test)]
//! A person takes the agent's page over, over the socket of the console's page: walls and payments of the practice sites.

use anyhow::{Context as _, bail, ensure};
use futures_util::{SinkExt as _, StreamExt as _};
use onegent_core::audit::{AuditEvent, AuditKind};
use onegent_core::id::JobId;
use onegent_core::status::JobStatus;
use onegent_tests::wish::{self, Wish};
use onegent_tests::world::{World, patiently};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{WebSocketStream, client_async};

const CARD: &str = "4242424242424242";

/// A person's window on a job's page.
struct Window {
    socket: WebSocketStream<TcpStream>,
    sides: (u32, u32),
}

impl Window {
    async fn open(world: &World, job: JobId) -> anyhow::Result<Self> {
        let (url, person) = (world.node()?.url().clone(), world.person().await?);
        let address = format!("127.0.0.1:{}", url.port().context("a port")?);
        let mut request = format!("ws://{address}/jobs/{job}/live").into_client_request()?;
        request.headers_mut().insert("cookie", person.cookies().parse()?);
        request.headers_mut().insert("origin", url.origin().ascii_serialization().parse()?);
        let (socket, _) = client_async(request, TcpStream::connect(address).await?).await?;
        let mut window = Self { socket, sides: (0, 0) };
        window.picture().await?;
        Ok(window)
    }

    async fn say(&mut self, what: Value) -> anyhow::Result<()> {
        Ok(self.socket.send(Message::text(what.to_string())).await?)
    }

    /// What is told next that is no picture; pictures on the way are seen.
    async fn told(&mut self) -> anyhow::Result<Value> {
        loop {
            match patiently("a word", self.socket.next()).await?.context("the socket has ended")?? {
                Message::Text(text) => return Ok(serde_json::from_str(&text)?),
                Message::Binary(picture) => self.saw(&picture).await?,
                Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
                Message::Close(_) => bail!("the socket has ended"),
            }
        }
    }

    async fn picture(&mut self) -> anyhow::Result<()> {
        loop {
            if let Message::Binary(picture) =
                patiently("a picture", self.socket.next()).await?.context("over")??
            {
                return self.saw(&picture).await;
            }
        }
    }

    async fn saw(&mut self, picture: &[u8]) -> anyhow::Result<()> {
        let [a, b, c, d, ..] = *picture else { bail!("too short") };
        self.sides = (u16::from_be_bytes([a, b]).into(), u16::from_be_bytes([c, d]).into());
        self.say(json!({ "do": "seen" })).await
    }

    async fn take(&mut self) -> anyhow::Result<()> {
        self.say(json!({ "do": "take" })).await?;
        let told = self.told().await?;
        ensure!(told["is"] == "yours", "{told}");
        Ok(())
    }

    /// Clicks at so many thousandths of the window's width and height.
    async fn click(&mut self, across: u32, down: u32) -> anyhow::Result<()> {
        let (x, y) = (self.sides.0 * across / 1000, self.sides.1 * down / 1000);
        for what in ["press", "release"] {
            self.say(json!({ "do": what, "x": x, "y": y, "n": 1 })).await?;
        }
        Ok(())
    }

    async fn write(&mut self, text: &str) -> anyhow::Result<()> {
        for c in text.chars() {
            self.say(json!({ "do": "type", "c": c })).await?;
        }
        Ok(())
    }

    async fn key(&mut self, key: &str) -> anyhow::Result<()> {
        self.say(json!({ "do": "key", "key": key })).await
    }

    async fn give(&mut self) -> anyhow::Result<()> {
        self.say(json!({ "do": "give" })).await?;
        let mut told = self.told().await?;
        // The page goes before the word.
        if told["is"] == "no_page" {
            told = self.told().await?;
        }
        ensure!(told == json!({ "is": "hands_off", "how": "handed_back" }), "{told}");
        Ok(())
    }
}

fn kinds(trail: &[AuditEvent]) -> Vec<AuditKind> {
    trail.iter().map(|event| event.kind).collect()
}

#[tokio::test]
async fn a_captcha_is_passed_by_hand_and_the_agent_goes_on_there() -> anyhow::Result<()> {
    World::live_in_chromium(async |world| {
        let job = world.book(&Wish::at(wish::entry("trattoria-sette-lune")?)).await?;
        ensure!(job.status == JobStatus::Captcha, "{job:?}");
        let mut window = Window::open(world, job.job_id).await?;
        window.take().await?;
        window.click(400, 435).await?;
        window.write("k7px").await?;
        window.key("Enter").await?;
        window.give().await?;
        let done = world.until(job.job_id, |job| job.status.is_terminal()).await?;
        ensure!(done.status == JobStatus::Done, "{done:?}");
        let trail = world.trail(job.job_id).await?;
        let told = kinds(&trail);
        let hands =
            [AuditKind::Captcha, AuditKind::TakenOver, AuditKind::HandedBack, AuditKind::PersonHelped];
        ensure!(told.windows(4).any(|four| four == hands), "{told:?}");
        let by_hand = trail.iter().any(|event| event.data.get("by").is_some());
        ensure!(!by_hand, "getting past a wall is no booking");
        ensure!(world.ledger().await?.counts.reservations == 1);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_is_paid_by_hand_is_read_and_never_booked_again() -> anyhow::Result<()> {
    World::live_in_chromium(async |world| {
        let job = world.book(&Wish::at(wish::entry("wren-court")?)).await?;
        ensure!(job.status == JobStatus::PausedPayment, "{job:?}");
        let mut window = Window::open(world, job.job_id).await?;
        window.take().await?;
        window.click(92, 386).await?;
        for text in ["Ana Silva", CARD, "12/30", "737"] {
            window.key("Tab").await?;
            window.write(text).await?;
        }
        window.key("Enter").await?;
        let paid = |job: &onegent_core::job::Job| job.status != JobStatus::PausedPayment;
        world.until(job.job_id, paid).await?;
        window.give().await?;
        let done = world.until(job.job_id, |job| job.status.is_terminal()).await?;
        ensure!(done.status == JobStatus::Done && done.confirmation_code.is_some(), "{done:?}");
        let trail = world.trail(job.job_id).await?;
        let told = kinds(&trail);
        ensure!(told.iter().filter(|kind| **kind == AuditKind::SubmitStarted).count() == 1, "{told:?}");
        let by_hand = trail.iter().filter(|event| event.data.get("by").is_some_and(|by| by == "hand"));
        ensure!(by_hand.count() == 2, "the confirmation and the submit: {told:?}");
        ensure!(!serde_json::to_string(&trail)?.contains(CARD));
        let counts = world.ledger().await?.counts;
        ensure!((counts.reservations, counts.charges, counts.repeats) == (1, 1, 0), "{counts:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_page_that_is_left_at_payment_is_gone_and_the_charge_still_waits() -> anyhow::Result<()> {
    World::live_in_chromium(async |world| {
        let job = world.book(&Wish::at(wish::entry("wren-court")?)).await?;
        let mut window = Window::open(world, job.job_id).await?;
        window.take().await?;
        drop(window);
        let left = async {
            while !kinds(&world.trail(job.job_id).await?).contains(&AuditKind::HandedBack) {
                tokio::task::yield_now().await;
            }
            anyhow::Ok(())
        };
        patiently("the page to be handed back", left).await??;
        ensure!(world.client()?.job(job.job_id).await?.status == JobStatus::PausedPayment);
        world.person().await?.confirm(&job).await?;
        let done = world.until(job.job_id, |job| job.status.is_terminal()).await?;
        ensure!(done.status == JobStatus::Done, "{done:?}");
        ensure!(world.ledger().await?.counts.charges == 1);
        Ok(())
    })
    .await
}
