//! Making a new target ready before it runs: interception, our own script, and the same for whatever it opens.
//!
//! **Invariant:** a target runs only after its requests are intercepted. One that can't be made ready is closed.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::tab::{Branch, Tab};
use super::wire::{Event, SessionId, Wire, WireError};

/// Closes the ways out of a page that interception does not see.
const GUARD: &str = include_str!("guard.js");

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attached {
    session_id: SessionId,
    target_info: Info,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Info {
    target_id: String,
    #[serde(rename = "type")]
    kind: String,
}

/// Which targets are attached to, and that they wait for us.
pub(super) fn auto_attach() -> Value {
    let kinds = ["page", "iframe", "worker", "shared_worker", "service_worker"];
    json!({
        "autoAttach": true,
        "waitForDebuggerOnStart": true,
        "flatten": true,
        "filter": kinds.map(|kind| json!({ "type": kind })),
    })
}

/// A new target of a context.
pub(super) fn attached(tab: &Arc<Tab>, event: &Event, parent: Option<SessionId>) {
    let Some(Attached { session_id: session, target_info: Info { target_id, kind } }) = event.read() else {
        return;
    };
    let welcome = match (kind.as_str(), parent) {
        ("page", _) => tab.admit(&session, &target_id),
        ("iframe", Some(parent)) => {
            let branch = Branch { parent, frame: target_id.clone() };
            tab.state.send_modify(|state| drop(state.frames.insert(session.clone(), branch)));
            true
        }
        // Workers that outlive their page, or serve several, are not let run.
        (kind, parent) => kind == "worker" && parent.is_some(),
    };
    if !welcome {
        tab.wire.tell(None, "Target.closeTarget", json!({ "targetId": target_id }));
        return;
    }
    tab.state.send_modify(|state| {
        state.attaching.insert(session.clone());
    });
    let tab = Arc::clone(tab);
    drop(tokio::spawn(async move {
        if let Err(error) = make_ready(&tab.wire, &session, &kind).await {
            // A frame or a worker often ends before it begins.
            tracing::debug!(error = &error as &dyn std::error::Error, kind, "a target was not made ready");
            tab.wire.tell(None, "Target.closeTarget", json!({ "targetId": target_id }));
        }
        tab.state.send_modify(|state| {
            state.attaching.remove(&session);
        });
    }));
}

async fn make_ready(wire: &Wire, session: &SessionId, kind: &str) -> Result<(), WireError> {
    let call = |method, params| wire.call::<Value>(Some(session), method, params);
    let attach = call("Target.setAutoAttach", auto_attach());
    if kind == "worker" {
        // Its requests pass through its page's interception.
        let script = json!({ "expression": GUARD });
        tokio::try_join!(call("Runtime.evaluate", script), attach)?;
        return call("Runtime.runIfWaitingForDebugger", json!({})).await.map(drop);
    }
    let everything = json!({ "patterns": [{ "urlPattern": "*" }], "handleAuthRequests": true });
    // A window that a page opens answers some calls only when it runs. They are asked before, and done in their order.
    let run = async {
        tokio::try_join!(call("Fetch.enable", everything), attach)?;
        call("Runtime.runIfWaitingForDebugger", json!({})).await
    };
    let script = json!({ "source": GUARD, "runImmediately": true });
    let chooser = async {
        if kind == "page" {
            call("Page.setInterceptFileChooserDialog", json!({ "enabled": true })).await?;
        }
        Ok(())
    };
    tokio::try_join!(
        call("Network.enable", json!({ "maxTotalBufferSize": 0, "maxResourceBufferSize": 0 })),
        call("Network.setBypassServiceWorker", json!({ "bypass": true })),
        call("Page.enable", json!({})),
        call("Page.addScriptToEvaluateOnNewDocument", script),
        call("Inspector.enable", json!({})),
        chooser,
        run,
    )
    .map(drop)
}
