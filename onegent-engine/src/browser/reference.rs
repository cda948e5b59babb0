//! How an action names something on a page, so that a page that changed meanwhile is noticed.

use std::fmt;

use serde::Serialize;

/// Which frame: the places of the frames from the outside in; empty for the page itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(transparent)]
pub struct FramePath(Vec<u16>);

impl FramePath {
    /// The frame at this place within this one.
    pub fn inner(&self, place: u16) -> Self {
        Self(self.0.iter().copied().chain([place]).collect())
    }

    /// The places from the outside in.
    pub fn places(&self) -> &[u16] {
        &self.0
    }

    /// Whether it is the page itself.
    pub fn is_top(&self) -> bool {
        self.0.is_empty()
    }
}

/// Something on a page: its frame, its place among the frame's elements, and a signature made of role, name and
/// attributes. The signature is checked when acting; when it differs, the page is no longer the one that was judged.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Ref {
    /// The frame.
    pub frame: FramePath,
    /// The element's place in document order.
    pub node: u32,
    /// Role, accessible name and telling attributes.
    pub signature: String,
}

impl fmt::Display for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in self.frame.places() {
            write!(f, "f{place}.")?;
        }
        write!(f, "n{} {}", self.node, self.signature)
    }
}
