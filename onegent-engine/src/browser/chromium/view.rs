//! What a page shows: the snapshots of all its processes, put together frame by frame.

use std::collections::HashMap;

use super::settle::driven;
use super::shown;
use super::snapshot::{self, Snapshot};
use super::tab::Tab;
use super::touch::owner;
use super::wire::SessionId;
use crate::browser::PageError;
use crate::browser::observation::{Frame, Message, Observation};
use crate::browser::read::fields::Control;
use crate::browser::read::{self, Origin, Reading};
use crate::browser::reference::{FramePath, Ref};

const MOST_FRAMES: usize = 8;
const DEEPEST_FRAME: usize = 3;

/// A page as it stands, and where to find what it shows.
#[derive(Debug)]
pub(super) struct View {
    pub(super) seen: Observation,
    found: Found,
}

/// What was found on the way through the frames.
#[derive(Debug, Default)]
struct Found {
    spots: HashMap<FramePath, Spot>,
    /// Whether a frame shows something that was not read.
    unread: bool,
}

/// A frame that was read.
#[derive(Debug)]
struct Spot {
    session: SessionId,
    frame: String,
    controls: Vec<Control>,
}

/// What one process shows.
#[derive(Debug)]
struct Captured {
    session: SessionId,
    snapshot: Snapshot,
    /// The elements that show a frame of another process, with its place in the list.
    inner: HashMap<u32, usize>,
}

impl View {
    /// Whether a frame of it shows something that was not read.
    pub(super) fn has_unread(&self) -> bool {
        self.found.unread
    }

    /// Where a reference leads: the session, the frame and the element.
    pub(super) fn spot<'a>(&'a self, reference: &Ref) -> Option<(&'a SessionId, &'a str)> {
        let spot = self.found.spots.get(&reference.frame)?;
        Some((&spot.session, &spot.frame))
    }

    /// The button of a group of radio buttons that stands for an option.
    pub(super) fn radio(&self, group: &Ref, name: &str, option: &str) -> Option<u32> {
        let controls = &self.found.spots.get(&group.frame)?.controls;
        let form = controls.iter().find(|control| control.node == group.node)?.form;
        let own =
            |control: &&Control| control.form == form && control.name == name && control.value == option;
        controls.iter().find(own).map(|control| control.node)
    }
}

/// Takes a page in as it stands now.
pub(super) async fn view(tab: &Tab) -> Result<View, PageError> {
    let Some((session, _)) = driven(tab) else { return Err(PageError::Gone) };
    let (origin, said) = {
        let state = tab.state.borrow();
        let opened = state.pages.len() > 1;
        let origin = state.page().and_then(super::tab::Leaf::origin);
        // A page that a script opened and wrote did not come from anywhere.
        (origin.or(opened.then_some((200, false))), state.dialogs.clone())
    };
    let Some((status, reloadable)) = origin else { return Err(PageError::Blank) };
    let captured = capture(tab, session).await?;
    let built = tokio::task::spawn_blocking(move || build(&captured, status, reloadable)).await;
    let mut view = built.unwrap_or(Err(PageError::Unusable("it can't be read")))?;
    view.seen.messages.extend(said.into_iter().map(|text| Message { alert: true, text }));
    Ok(view)
}

/// Snapshots of the page's process and of those of its frames. A frame that can't be read stays unread.
async fn capture(tab: &Tab, page: SessionId) -> Result<Vec<Captured>, PageError> {
    let snapshot = |session: SessionId| async move {
        tab.wire.call::<Snapshot>(Some(&session), "DOMSnapshot.captureSnapshot", snapshot::wanted()).await
    };
    let first = snapshot(page.clone()).await?;
    let mut captured = vec![Captured { session: page, snapshot: first, inner: HashMap::new() }];
    let mut place = 0;
    while place < captured.len() {
        let session = captured[place].session.clone();
        let frames: Vec<_> = {
            let state = tab.state.borrow();
            let own = state.frames.iter().filter(|(_, branch)| branch.parent == session);
            own.map(|(session, branch)| (session.clone(), branch.frame.clone())).collect()
        };
        for (inner, frame) in frames {
            if captured.len() > MOST_FRAMES {
                break;
            }
            let Ok(element) = owner(tab, &session, &frame).await else { continue };
            let Ok(snapshot) = snapshot(inner.clone()).await else { continue };
            let next = captured.len();
            captured[place].inner.insert(element, next);
            captured.push(Captured { session: inner, snapshot, inner: HashMap::new() });
        }
        place += 1;
    }
    Ok(captured)
}

fn build(captured: &[Captured], status: u16, reloadable: bool) -> Result<View, PageError> {
    let mut found = Found::default();
    let at = At { process: 0, document: 0 };
    let seen = read_frame(captured, at, &FramePath::default(), (status, reloadable), &mut found)?;
    Ok(View { seen, found })
}

/// One document among all that were captured.
#[derive(Debug, Clone, Copy)]
struct At {
    process: usize,
    document: usize,
}

fn read_frame(
    captured: &[Captured],
    at: At,
    path: &FramePath,
    (status, reloadable): (u16, bool),
    found: &mut Found,
) -> Result<Observation, PageError> {
    let unread = PageError::Unusable("it can't be read");
    let Some(process) = captured.get(at.process) else { return Err(unread) };
    let Some(frame) = process.snapshot.documents.get(at.document) else { return Err(unread) };
    let Ok(url) = url::Url::parse(process.snapshot.url(frame)) else { return Err(unread) };
    if url.scheme() == "chrome-error" {
        return Err(PageError::NoAnswer("the page could not be loaded".to_owned()));
    }
    let nodes = process.snapshot.nodes(frame);
    let tree = shown::tree(&nodes)?;
    let origin = Origin { url, status, reloadable };
    let Reading { mut seen, controls, frames, .. } = read::read(&tree, origin, path.clone())?;
    let spot =
        Spot { session: process.session.clone(), frame: process.snapshot.id(frame).to_owned(), controls };
    found.spots.insert(path.clone(), spot);
    let contents: HashMap<u32, usize> =
        nodes.iter().filter_map(|node| Some((node.number, node.content?))).collect();
    for (inner, place) in frames.into_iter().zip(0..) {
        let elsewhere = process.inner.get(&inner.node).map(|process| At { process: *process, document: 0 });
        let here = contents.get(&inner.node).map(|document| At { process: at.process, document: *document });
        let readable = path.places().len() < DEEPEST_FRAME && found.spots.len() <= MOST_FRAMES;
        let read = match elsewhere.or(here) {
            Some(next) if readable => read_frame(captured, next, &path.inner(place), (200, true), found),
            Some(_) => Err(PageError::Unusable("it has too many frames")),
            None => Err(PageError::Blank),
        };
        // What could not be loaded shows nothing.
        found.unread |= !matches!(read, Ok(_) | Err(PageError::Blank | PageError::NoAnswer(_)));
        let read = read.ok();
        let origin = read.as_ref().map(Observation::origin);
        let said = || inner.src.as_ref().map_or_else(String::new, |src| src.origin().ascii_serialization());
        seen.frames.push(Frame { title: inner.title, origin: origin.unwrap_or_else(said), seen: read });
    }
    Ok(seen)
}
