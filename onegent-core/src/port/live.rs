//! A job's page as a person sees it while it is open.

use std::fmt;

use async_trait::async_trait;

/// A page that one person looks at. A trait because what shows it knows a browser, and who looks does not.
///
/// Dropping it ends the look; the page stays as it is.
#[async_trait]
pub trait LivePage: Send + Sync {
    /// What there is to be seen next; `None` when there will be nothing more: the job has ended, or somebody looks at the
    /// page from elsewhere. Of pictures the next one comes only after [`seen`](Self::seen). May be dropped while it waits.
    async fn next(&mut self) -> Option<Sight>;

    /// The last picture has arrived.
    fn seen(&mut self);
}

/// What is to be seen.
#[derive(Debug)]
pub enum Sight {
    /// No page of the job is open here: the agent has not begun, has left, drives it without pictures, or is elsewhere.
    NoPage,
    /// The page as it stands now.
    Picture(LivePicture),
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
