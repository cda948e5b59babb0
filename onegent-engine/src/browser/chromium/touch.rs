//! Doing something to one element: typing, choosing, ticking, clicking, and reading back what came of it.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::settle::world;
use super::tab::Tab;
use super::wire::{SessionId, WireError};

const TOUCH: &str = include_str!("touch.js");

/// An element under the agent's hand.
#[derive(Debug)]
pub(super) struct Touch<'a> {
    tab: &'a Tab,
    session: &'a SessionId,
    node: u32,
    object: String,
}

/// An element's corners: four points, x and y in turn.
type Quad = [f64; 8];

impl<'a> Touch<'a> {
    /// Takes an element by the browser's number.
    pub(super) async fn of(
        tab: &'a Tab,
        session: &'a SessionId,
        frame: &str,
        node: u32,
    ) -> Result<Self, WireError> {
        #[derive(Deserialize)]
        struct Resolved {
            object: Object,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Object {
            object_id: String,
        }
        let context = world(tab, session, frame).await?;
        let params = json!({ "backendNodeId": node, "executionContextId": context });
        let resolved: Resolved = tab.wire.call(Some(session), "DOM.resolveNode", params).await?;
        Ok(Self { tab, session, node, object: resolved.object.object_id })
    }

    async fn deed<T: DeserializeOwned>(&self, deed: &str, value: &str) -> Result<T, WireError> {
        #[derive(Deserialize)]
        struct Done {
            result: Outcome,
        }
        #[derive(Deserialize)]
        struct Outcome {
            #[serde(default)]
            value: Value,
        }
        let params = json!({
            "functionDeclaration": TOUCH,
            "objectId": self.object,
            "arguments": [{ "value": deed }, { "value": value }],
            "returnByValue": true,
            "userGesture": true,
        });
        let done: Done = self.tab.wire.call(Some(self.session), "Runtime.callFunctionOn", params).await?;
        serde_json::from_value(done.result.value)
            .map_err(|_other| WireError::Unreadable("Runtime.callFunctionOn"))
    }

    /// Types over whatever stands there. Answers what stands there afterwards.
    pub(super) async fn write(&self, text: &str) -> Result<String, WireError> {
        if !self.deed::<bool>("focus", "").await? {
            return self.deed("value", "").await;
        }
        if text.is_empty() {
            self.deed::<bool>("clear", "").await?;
        } else {
            let params = json!({ "text": text });
            self.tab.wire.call::<Value>(Some(self.session), "Input.insertText", params).await?;
        }
        self.deed("value", "").await
    }

    /// Whether it may bring up suggestions a moment after something is typed.
    pub(super) async fn suggests(&self) -> Result<bool, WireError> {
        self.deed("suggests", "").await
    }

    /// Sets the value of a field that has a picker of the browser's own. Answers whether it took.
    pub(super) async fn set(&self, value: &str) -> Result<bool, WireError> {
        self.deed("set", value).await
    }

    /// Chooses an option. Answers whether it took.
    pub(super) async fn choose(&self, option: &str) -> Result<bool, WireError> {
        self.deed("choose", option).await
    }

    /// Ticks or unticks. Answers whether it took.
    pub(super) async fn tick(&self, on: bool) -> Result<bool, WireError> {
        if self.deed::<bool>("checked", "").await? == on {
            return Ok(true);
        }
        self.click().await?;
        if self.deed::<bool>("checked", "").await? != on {
            self.deed::<bool>("click", "").await?;
        }
        Ok(self.deed::<bool>("checked", "").await? == on)
    }

    /// Clicks as a person does: with the pointer, in the element's middle. Where something else lies over it, the element
    /// alone is told, so that nothing but what was judged is ever clicked.
    pub(super) async fn click(&self) -> Result<(), WireError> {
        let node = json!({ "backendNodeId": self.node });
        // What has no place can't be brought into view; it is told instead.
        let shown =
            self.tab.wire.call::<Value>(Some(self.session), "DOM.scrollIntoViewIfNeeded", &node).await;
        if shown.is_ok()
            && self.deed::<bool>("reached", "").await?
            && let Some((x, y)) = self.middle().await?
            && let Some((page, _)) = super::settle::driven(self.tab)
        {
            for (kind, button, count) in
                [("mouseMoved", "none", 0), ("mousePressed", "left", 1), ("mouseReleased", "left", 1)]
            {
                let params = json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": count });
                self.tab.wire.call::<Value>(Some(&page), "Input.dispatchMouseEvent", params).await?;
            }
            return Ok(());
        }
        self.deed::<bool>("click", "").await.map(drop)
    }

    /// The element's middle in the page's window.
    async fn middle(&self) -> Result<Option<(f64, f64)>, WireError> {
        let node = json!({ "backendNodeId": self.node });
        let Some(quad) = quads(self.tab, self.session, &node).await?.into_iter().next() else {
            return Ok(None);
        };
        let (left, top) = offset(self.tab, self.session).await?;
        let middle = |first: usize| f64::midpoint(quad[first], quad[first + 4]);
        Ok(Some((left + middle(0), top + middle(1))))
    }
}

async fn quads(tab: &Tab, session: &SessionId, node: &Value) -> Result<Vec<Quad>, WireError> {
    #[derive(Deserialize)]
    struct Quads {
        quads: Vec<Quad>,
    }
    let found: Quads = tab.wire.call(Some(session), "DOM.getContentQuads", node).await?;
    Ok(found.quads)
}

/// Left, top, width and height of an element in the page's window; `None` where it has no place.
pub(super) async fn bounds(tab: &Tab, session: &SessionId, node: u32) -> Result<Option<[f64; 4]>, WireError> {
    let quads = quads(tab, session, &json!({ "backendNodeId": node })).await?;
    let (left, top) = offset(tab, session).await?;
    let quad = quads.first();
    Ok(quad.map(|quad| [left + quad[0], top + quad[1], quad[4] - quad[0], quad[5] - quad[1]]))
}

/// The same for a frame in a process of its own.
pub(super) async fn frame_bounds(tab: &Tab, session: &SessionId) -> Result<Option<[f64; 4]>, WireError> {
    let branch = tab.state.borrow().frames.get(session).map(|own| (own.parent.clone(), own.frame.clone()));
    let Some((parent, frame)) = branch else { return Ok(None) };
    let element = owner(tab, &parent, &frame).await?;
    bounds(tab, &parent, element).await
}

/// Where a process's part of the page begins in the page's window: frames in processes of their own count from their own
/// corner.
async fn offset(tab: &Tab, session: &SessionId) -> Result<(f64, f64), WireError> {
    #[derive(Deserialize)]
    struct Boxed {
        model: Model,
    }
    #[derive(Deserialize)]
    struct Model {
        content: Quad,
    }
    let (mut left, mut top, mut session) = (0.0, 0.0, session.clone());
    loop {
        let branch = tab
            .state
            .borrow()
            .frames
            .get(&session)
            .map(|branch| (branch.parent.clone(), branch.frame.clone()));
        let Some((parent, frame)) = branch else { return Ok((left, top)) };
        let owner = owner(tab, &parent, &frame).await?;
        let params = json!({ "backendNodeId": owner });
        let boxed: Boxed = tab.wire.call(Some(&parent), "DOM.getBoxModel", params).await?;
        left += boxed.model.content[0];
        top += boxed.model.content[1];
        session = parent;
    }
}

/// The element that shows a frame.
pub(super) async fn owner(tab: &Tab, parent: &SessionId, frame: &str) -> Result<u32, WireError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Owner {
        backend_node_id: u32,
    }
    let params = json!({ "frameId": frame });
    let owner: Owner = tab.wire.call(Some(parent), "DOM.getFrameOwner", params).await?;
    Ok(owner.backend_node_id)
}
