//! Waiting until a page has come to rest, by its own signals: nothing navigates or loads, and its documents no longer change.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use super::tab::Tab;
use super::wire::{SessionId, WireError};

const QUIET: &str = include_str!("quiet.js");
/// A document that did not change for so long is at rest.
const CALM: Duration = Duration::from_millis(80);
/// A document that never stops changing is looked at as it is.
const RESTLESS: Duration = Duration::from_millis(1200);
/// The name of the script world that pages can't reach.
const WORLD: &str = "onegent";

/// Scripts that suggest wait until nobody has typed for this long.
const SUGGESTION: Duration = Duration::from_millis(400);

/// Waits until nothing loads and nothing changes, or the deadline. Answers whether it came to rest.
pub(super) async fn settle(tab: &Tab, deadline: Instant) -> bool {
    settle_for(tab, deadline, CALM).await
}

/// The same after something was typed that may bring up suggestions.
pub(super) async fn await_suggestions(tab: &Tab, deadline: Instant) {
    settle_for(tab, deadline, SUGGESTION).await;
}

async fn settle_for(tab: &Tab, deadline: Instant, quiet: Duration) -> bool {
    let mut state = tab.state.subscribe();
    loop {
        if timeout_at(deadline, state.wait_for(super::tab::State::is_quiet)).await.is_err() {
            return false;
        }
        let Some((session, frame)) = driven(tab) else { return true };
        // A navigation ends the document that is waited for, and with it the wait.
        let calm = timeout_at(deadline, calm(tab, &session, &frame, quiet)).await;
        if calm.is_err() {
            return false;
        }
        if tab.state.borrow().is_quiet() {
            return true;
        }
    }
}

/// The page that is driven: its session and its main frame.
pub(super) fn driven(tab: &Tab) -> Option<(SessionId, String)> {
    let state = tab.state.borrow();
    if state.gone {
        return None;
    }
    state.page().map(|leaf| (leaf.session.clone(), leaf.target.clone()))
}

async fn calm(tab: &Tab, session: &SessionId, frame: &str, quiet: Duration) -> Result<(), WireError> {
    let context = world(tab, session, frame).await?;
    let expression = format!("{QUIET}({}, {})", quiet.as_millis(), RESTLESS.as_millis());
    let params = json!({ "expression": expression, "contextId": context, "awaitPromise": true, "returnByValue": true });
    tab.wire.call::<Value>(Some(session), "Runtime.evaluate", params).await.map(drop)
}

/// A script world of our own in a frame.
pub(super) async fn world(tab: &Tab, session: &SessionId, frame: &str) -> Result<i64, WireError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct World {
        execution_context_id: i64,
    }
    let params = json!({ "frameId": frame, "worldName": WORLD });
    let world: World = tab.wire.call(Some(session), "Page.createIsolatedWorld", params).await?;
    Ok(world.execution_context_id)
}
