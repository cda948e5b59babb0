//! A page that a person watches, or has in their own hands, while it is open.

use async_trait::async_trait;
use onegent_core::port::{LivePicture, Touch};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// A way to a page that does not keep it open. A trait because the driver that shows pages is not in every build.
#[async_trait]
pub trait Live: Send + Sync + std::fmt::Debug {
    /// Whether the page is still open.
    fn is_open(&self) -> bool;

    /// Until the page is gone.
    async fn gone(&self);

    /// Shows the page from now on, to one viewer at a time: who watched before sees no more of it. `None` when it is gone.
    fn watch(&self) -> Option<Watching>;

    /// Puts the page into a person's hands, until what comes back is dropped. Whatever it would write waits for an answer
    /// to `asks`; whether it goes out is for whoever listens there.
    fn lend(&self, asks: mpsc::Sender<Ask>) -> Option<Lent>;

    /// Until the page is at rest, though not for ever.
    async fn rest(&self);

    /// Takes the page back. What still waits for an answer goes nowhere.
    fn take_back(&self);

    /// What the page asks to be filled in, without any of what was.
    async fn asks_for(&self) -> Option<Wants>;

    /// Empties every field of the page, so that nobody reads what was typed there.
    async fn empty_fields(&self);
}

/// The way to a page that is lent.
#[derive(Debug)]
pub struct Lent {
    /// What is done on it. What can't be taken at once is left out.
    pub touches: mpsc::Sender<Touch>,
    /// Ends once nobody does anything any more and all is done.
    pub done: JoinHandle<()>,
}

/// Something that the page wants to write while a person has it.
#[derive(Debug)]
pub struct Ask {
    /// Whether it may be the booking itself, whatever the page looks like.
    pub known: bool,
    /// Whether the person has pressed or typed anything.
    pub touched: Touched,
    /// Whether it goes out.
    pub reply: oneshot::Sender<bool>,
}

/// Whether a person did something on the page, and what it asked for right before they did so last. While a page goes
/// elsewhere it says nothing of itself, so it is asked before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Touched {
    /// They only looked.
    #[default]
    Never,
    /// They did, and the page said nothing.
    Blind,
    /// They did, and it asked for this.
    On(Wants),
}

/// What a page asks to be filled in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct Wants {
    /// Each field that is to be seen: its kind, name and purpose. No value.
    pub fields: Vec<String>,
    /// Whether it asks for nothing but a password, a code or the text of a picture, and who it is.
    pub is_wall: bool,
}

/// One viewer's pictures. Dropping it ends them.
#[derive(Debug)]
pub struct Watching {
    pictures: mpsc::Receiver<LivePicture>,
    seen: mpsc::Sender<()>,
}

/// The other side of [`Watching`].
#[derive(Debug)]
pub(crate) struct Screen {
    pub(crate) pictures: mpsc::Sender<LivePicture>,
    pub(crate) seen: mpsc::Receiver<()>,
}

impl Watching {
    /// Both sides. At most one picture is on its way between them.
    pub(crate) fn new() -> (Self, Screen) {
        let (pictures, shown) = mpsc::channel(1);
        let (seen, was_seen) = mpsc::channel(1);
        (Self { pictures: shown, seen }, Screen { pictures, seen: was_seen })
    }

    /// The next picture, once the one before [was seen](Self::seen); `None` when there is none any more. May be dropped
    /// while it waits.
    pub async fn next(&mut self) -> Option<LivePicture> {
        self.pictures.recv().await
    }

    /// The last picture has arrived where it was to go.
    pub fn seen(&mut self) {
        // Said twice is as good as once.
        let _full_or_over = self.seen.try_send(());
    }
}
