//! A page that a person watches while it is open.

use onegent_core::port::LivePicture;
use tokio::sync::mpsc;

/// A way to look at a page that does not keep it open. A trait because the driver that shows pages is not in every build.
pub trait Live: Send + Sync + std::fmt::Debug {
    /// Whether the page is still open.
    fn is_open(&self) -> bool;

    /// Shows the page from now on, to one viewer at a time: who watched before sees no more of it. `None` when it is gone.
    fn watch(&self) -> Option<Watching>;
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
