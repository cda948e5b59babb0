//! `/jobs/{id}/live`: the booking site's page as the agent has it, for the person whose job it is.
//!
//! The socket answers a signed-in person on a page of ours. It ends with the session, with the server, and after an hour.
//! Pictures are sent as they come, each once the one before has arrived; all else is text.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::Response;
use futures_util::{SinkExt, StreamExt};
use onegent_core::id::RequestId;
use onegent_core::port::{self, Key, LivePage, LivePicture, SessionToken, Sight, Touch};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

use super::session::SignedIn;
use crate::app::Shared;
use crate::problem::Problem;
use crate::request::{overloaded, request_id};
use crate::rest::path::JobPath;
use crate::server::closing;
use crate::socket::{self, Socket};

/// How long one look lasts.
const LONGEST: Duration = Duration::from_hours(1);
/// How often the session is looked at, beside at once when one ends.
const CHECK: Duration = Duration::from_secs(45);
/// How long one message may take to go out.
const SENT_WITHIN: Duration = Duration::from_secs(15);

/// What the page's script says.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Said {
    /// The last picture has arrived.
    Seen,
    /// The person wants the page in their own hands.
    Take,
    /// They give it back.
    Give,
    Move(Spot),
    Press(Click),
    Release(Click),
    Wheel(Turn),
    Key(Named),
    Type(Typed),
}

#[derive(Deserialize)]
struct Spot {
    x: u16,
    y: u16,
}

#[derive(Deserialize)]
struct Click {
    x: u16,
    y: u16,
    n: u8,
}

#[derive(Deserialize)]
struct Turn {
    x: u16,
    y: u16,
    down: i16,
}

/// One key, by the name that browsers have for it.
#[derive(Deserialize)]
struct Named {
    key: KeyName,
}

#[derive(Deserialize)]
enum KeyName {
    Enter,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Escape,
    ArrowLeft,
    ArrowRight,
    ArrowUp,
    ArrowDown,
    Home,
    End,
    PageUp,
    PageDown,
    SelectAll,
}

/// One character. Whole words never come in one piece, so none lies in a buffer here.
#[derive(Deserialize)]
struct Typed {
    c: char,
}

impl Said {
    /// What it does on the page.
    fn touch(&self) -> Option<Touch> {
        let at = |x, y| port::Spot { x, y };
        Some(match self {
            Self::Seen | Self::Take | Self::Give => return None,
            Self::Move(Spot { x, y }) => Touch::Move(at(*x, *y)),
            Self::Press(Click { x, y, n }) => Touch::Press(at(*x, *y), *n),
            Self::Release(Click { x, y, n }) => Touch::Release(at(*x, *y), *n),
            Self::Wheel(Turn { x, y, down }) => Touch::Wheel(at(*x, *y), *down),
            Self::Key(Named { key }) => Touch::Key(key.into()),
            Self::Type(Typed { c }) => Touch::Type(*c),
        })
    }
}

impl From<&KeyName> for Key {
    fn from(name: &KeyName) -> Self {
        match name {
            KeyName::Enter => Self::Enter,
            KeyName::Tab => Self::Tab,
            KeyName::BackTab => Self::BackTab,
            KeyName::Backspace => Self::Backspace,
            KeyName::Delete => Self::Delete,
            KeyName::Escape => Self::Escape,
            KeyName::ArrowLeft => Self::Left,
            KeyName::ArrowRight => Self::Right,
            KeyName::ArrowUp => Self::Up,
            KeyName::ArrowDown => Self::Down,
            KeyName::Home => Self::Home,
            KeyName::End => Self::End,
            KeyName::PageUp => Self::PageUp,
            KeyName::PageDown => Self::PageDown,
            KeyName::SelectAll => Self::SelectAll,
        }
    }
}

/// What it is told beside pictures.
#[derive(Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
enum Told {
    /// There is no page here.
    NoPage,
    /// The page is in the person's hands.
    Yours { seconds: u64 },
    /// It is not, and why.
    Refused { code: &'static str, say: String },
    /// It no longer is.
    HandsOff { how: &'static str },
}

/// `GET /jobs/{id}/live`
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    signed_in: SignedIn,
    JobPath(job): JobPath,
    request: Request,
) -> Result<Response, Problem> {
    let page = shared.desk.live(signed_in.person(), job).await?;
    socket::own_page(request.headers(), &shared.origins)?;
    let Ok(permit) = Arc::clone(&shared.streams).try_acquire_owned() else {
        return Ok(overloaded("Too many live pages are open. Try again in a moment."));
    };
    let (id, closing) = (request_id(&request), closing(request.extensions()));
    let look = Look { shared, session: signed_in.token, id, page, closing };
    socket::open(request, async move |socket| {
        look.run(socket).await;
        drop(permit);
    })
}

/// One person's look at a page.
struct Look {
    shared: Arc<Shared>,
    session: SessionToken,
    id: RequestId,
    page: Box<dyn LivePage>,
    closing: CancellationToken,
}

impl Look {
    async fn run(mut self, mut socket: Socket) {
        let over = Instant::now() + LONGEST;
        let mut check = tokio::time::interval_at(Instant::now() + CHECK, CHECK);
        loop {
            let seen = self.shared.authority.endings();
            let goes_on = tokio::select! {
                sight = self.page.next() => match sight {
                    Some(sight) => send(&mut socket, &sight).await,
                    None => false,
                },
                message = socket.next() => match message {
                    Some(Ok(message)) => self.hear(&message, &mut socket).await,
                    Some(Err(_)) | None => return,
                },
                () = self.shared.authority.ended_since(seen) => self.signed_in().await,
                _ = check.tick() => self.signed_in().await,
                () = tokio::time::sleep_until(over) => false,
                () = self.closing.cancelled() => false,
            };
            if !goes_on {
                break;
            }
        }
        // Who does not take the farewell is gone.
        drop(timeout(SENT_WITHIN, socket.close(None)).await);
    }

    async fn signed_in(&self) -> bool {
        self.shared.authority.session(&self.session, self.id).await.is_ok()
    }

    /// `false` where the other side says something that our script does not.
    async fn hear(&mut self, message: &Message, socket: &mut Socket) -> bool {
        let said = match message {
            Message::Text(text) => serde_json::from_str::<Said>(text),
            Message::Ping(_) | Message::Pong(_) => return true,
            Message::Binary(_) | Message::Close(_) | Message::Frame(_) => return false,
        };
        match said {
            Ok(Said::Seen) => self.page.seen(),
            Ok(Said::Give) => self.page.hand_back(),
            Ok(Said::Take) => {
                let told = match self.page.take_over().await {
                    Ok(time) => Told::Yours { seconds: time.as_secs() },
                    Err(error) => {
                        Told::Refused { code: error.code().as_str(), say: error.message().to_owned() }
                    }
                };
                return tell(socket, &told).await;
            }
            Ok(said) => {
                if let Some(touch) = said.touch() {
                    self.page.touch(touch);
                }
            }
            // What was said may be what somebody typed, and is in no log.
            Err(_) => return false,
        }
        true
    }
}

/// `false` when the other side takes nothing more.
async fn send(socket: &mut Socket, sight: &Sight) -> bool {
    match sight {
        Sight::NoPage => tell(socket, &Told::NoPage).await,
        Sight::HandsOff(how) => tell(socket, &Told::HandsOff { how: how.as_str() }).await,
        Sight::Picture(picture) => goes(socket, Message::binary(framed(picture))).await,
    }
}

async fn tell(socket: &mut Socket, told: &Told) -> bool {
    match serde_json::to_string(told) {
        Ok(text) => goes(socket, Message::text(text)).await,
        Err(_) => false,
    }
}

async fn goes(socket: &mut Socket, message: Message) -> bool {
    matches!(timeout(SENT_WITHIN, socket.send(message)).await, Ok(Ok(())))
}

/// Width and height of the window, two bytes each with the high one first, and the picture.
fn framed(picture: &LivePicture) -> Vec<u8> {
    let sides = [picture.width.to_be_bytes(), picture.height.to_be_bytes()].concat();
    [sides.as_slice(), &picture.jpeg].concat()
}
