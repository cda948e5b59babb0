//! Pictures of a page, with numbers over what can be used on it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::settle::{driven, world};
use super::tab::Tab;
use super::touch::bounds;
use super::view::View;
use crate::browser::PageError;
use crate::browser::reference::Ref;

/// Longer pages are cut, in CSS pixels.
const TALLEST: f64 = 8_000.0;

/// Draws a frame and a number over each box, in a layer of its own that is taken away afterwards.
const DRAW: &str = r#"((boxes) => {
  const layer = document.createElement("div");
  layer.style.cssText = "all:initial;position:absolute;left:0;top:0;z-index:2147483647;pointer-events:none";
  const root = layer.attachShadow({ mode: "closed" });
  for (const [number, x, y, width, height] of boxes) {
    const box = document.createElement("div");
    box.style.cssText = `position:absolute;box-sizing:border-box;border:2px solid #d6006c;left:${x + scrollX}px;top:${y + scrollY}px;width:${width}px;height:${height}px`;
    const tag = document.createElement("span");
    tag.style.cssText = "position:absolute;left:-2px;top:-2px;padding:0 3px;font:bold 12px/15px sans-serif;color:#fff;background:#d6006c";
    tag.textContent = number;
    box.append(tag);
    root.append(box);
  }
  document.documentElement.append(layer);
  globalThis.unmark = () => layer.remove();
})"#;

/// A picture of the whole page as PNG. The n-th of `marked` has the number n, counted from 1.
pub(super) async fn screenshot(tab: &Tab, view: &View, marked: &[Ref]) -> Result<Vec<u8>, PageError> {
    #[derive(Deserialize)]
    struct Picture {
        data: String,
    }
    let Some((page, frame)) = driven(tab) else { return Err(PageError::Gone) };
    let mut boxes = Vec::new();
    for (reference, number) in marked.iter().zip(1..) {
        let Some((session, _)) = view.spot(reference) else { continue };
        // What has no place on the screen has no mark.
        if let Ok(Some([x, y, width, height])) = bounds(tab, session, reference.node).await {
            boxes.push(json!([number, x, y, width, height]));
        }
    }
    let height = height(tab, &page).await?.min(TALLEST);
    let context = world(tab, &page, &frame).await?;
    let evaluate = |expression: String| {
        let params = json!({ "expression": expression, "contextId": context });
        tab.wire.call::<Value>(Some(&page), "Runtime.evaluate", params)
    };
    evaluate(format!("{DRAW}({})", Value::Array(boxes))).await?;
    let clip = json!({ "x": 0, "y": 0, "width": WIDTH, "height": height, "scale": 1 });
    let params = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
    let taken = tab.wire.call::<Picture>(Some(&page), "Page.captureScreenshot", params).await;
    evaluate("unmark()".to_owned()).await?;
    STANDARD.decode(taken?.data).map_err(|_not_base64| PageError::Unusable("its picture can't be read"))
}

/// As wide as the window.
const WIDTH: f64 = 1280.0;

async fn height(tab: &Tab, page: &super::wire::SessionId) -> Result<f64, PageError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Metrics {
        css_content_size: Size,
    }
    #[derive(Deserialize)]
    struct Size {
        height: f64,
    }
    let metrics: Metrics = tab.wire.call(Some(page), "Page.getLayoutMetrics", json!({})).await?;
    Ok(metrics.css_content_size.height.max(1.0))
}
