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
use onegent_core::port::{LivePage, LivePicture, SessionToken, Sight};
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
}

/// What it is told beside pictures.
#[derive(Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
enum Told {
    /// There is no page here.
    NoPage,
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
                    Some(Ok(message)) => self.hear(&message),
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
    fn hear(&mut self, message: &Message) -> bool {
        match message {
            Message::Text(text) => match serde_json::from_str(text) {
                Ok(Said::Seen) => {
                    self.page.seen();
                    true
                }
                Err(_) => false,
            },
            Message::Ping(_) | Message::Pong(_) => true,
            Message::Binary(_) | Message::Close(_) | Message::Frame(_) => false,
        }
    }
}

/// `false` when the other side takes nothing more.
async fn send(socket: &mut Socket, sight: &Sight) -> bool {
    let message = match sight {
        Sight::NoPage => told(&Told::NoPage),
        Sight::Picture(picture) => Some(Message::binary(framed(picture))),
    };
    let Some(message) = message else { return false };
    matches!(timeout(SENT_WITHIN, socket.send(message)).await, Ok(Ok(())))
}

fn told(told: &Told) -> Option<Message> {
    serde_json::to_string(told).ok().map(Message::text)
}

/// Width and height of the window, two bytes each with the high one first, and the picture.
fn framed(picture: &LivePicture) -> Vec<u8> {
    let sides = [picture.width.to_be_bytes(), picture.height.to_be_bytes()].concat();
    [sides.as_slice(), &picture.jpeg].concat()
}
