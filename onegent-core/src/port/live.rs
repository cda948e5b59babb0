//! A job's page as a person sees it while it is open, and has it in their own hands where the agent waits for them.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use crate::error::Result;

/// A page that one person looks at. A trait because what shows it knows a browser, and who looks does not.
///
/// Dropping it ends the look; a page that was taken over is handed back by that.
#[async_trait]
pub trait LivePage: Send + Sync {
    /// What there is to be seen next; `None` when there will be nothing more: the job has ended, or somebody looks at the
    /// page from elsewhere. Of pictures the next one comes only after [`seen`](Self::seen). May be dropped while it waits.
    async fn next(&mut self) -> Option<Sight>;

    /// The last picture has arrived.
    fn seen(&mut self);

    /// Takes the page over, where the agent waits for a person. Whatever is pressed from then on is that person's own
    /// confirmation of it, so it takes what a confirmation takes. For how long at most.
    async fn take_over(&mut self) -> Result<Duration>;

    /// Does on the page what the person did; nothing while it is not in their hands. What can't be done at once is left
    /// out.
    fn touch(&mut self, touch: Touch);

    /// Gives the page back. [`Sight::HandsOff`] follows.
    fn hand_back(&mut self);
}

/// What is to be seen.
#[derive(Debug)]
pub enum Sight {
    /// No page of the job is open here: the agent has not begun, has left, drives it without pictures, or is elsewhere.
    NoPage,
    /// The page as it stands now.
    Picture(LivePicture),
    /// The page is no longer in the person's hands.
    HandsOff(HandsOff),
}

/// How a page left a person's hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandsOff {
    /// They gave it back.
    HandedBack,
    /// Their time was over.
    TimeOver,
    /// They went away.
    Left,
    /// The page, or its browser, is gone.
    PageGone,
    /// The job went on without them: it was cancelled, confirmed or over.
    MovedOn,
}

impl HandsOff {
    /// The word used everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HandedBack => "handed_back",
            Self::TimeOver => "time_over",
            Self::Left => "left",
            Self::PageGone => "page_gone",
            Self::MovedOn => "moved_on",
        }
    }
}

/// One picture of a page's window.
pub struct LivePicture {
    /// The window's width, in CSS pixels.
    pub width: u16,
    /// Its height.
    pub height: u16,
    /// The picture, which may have fewer pixels.
    pub jpeg: Vec<u8>,
}

impl fmt::Debug for LivePicture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { width, height, jpeg } = self;
        write!(f, "LivePicture({width}x{height}, {} bytes)", jpeg.len())
    }
}

/// One thing that a person did. What they typed is in no `Debug`.
#[derive(Clone, Copy)]
pub enum Touch {
    /// The pointer is there now.
    Move(Spot),
    /// The first button went down, for the n-th time at one spot.
    Press(Spot, u8),
    /// It went up.
    Release(Spot, u8),
    /// The wheel turned so many CSS pixels downwards.
    Wheel(Spot, i16),
    /// A key that writes nothing by itself.
    Key(Key),
    /// One character.
    Type(char),
}

impl fmt::Debug for Touch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Touch")
    }
}

/// A place in the window, in CSS pixels from its corner.
#[derive(Debug, Clone, Copy)]
pub struct Spot {
    /// To the right.
    pub x: u16,
    /// Downwards.
    pub y: u16,
}

/// Keys that a page needs beside characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "what stands on the keys")]
pub enum Key {
    Enter,
    Tab,
    /// Tab with Shift: back.
    BackTab,
    Backspace,
    Delete,
    Escape,
    Left,
    Right,
    Up,
    Down,
    Home,
    End,
    PageUp,
    PageDown,
    /// What selects all of a field.
    SelectAll,
}
