//! Pictures of a page: whole ones with numbers over what can be used, and small ones to keep, with secrets painted over.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::settle::{driven, world};
use super::tab::Tab;
use super::touch::{bounds, frame_bounds};
use super::view::View;
use super::wire::SessionId;
use crate::browser::PageError;
use crate::browser::reference::Ref;
use crate::gate::secret_fields;

/// As wide as the window, in CSS pixels.
const WIDTH: f64 = 1280.0;
/// Longer pages are cut, in CSS pixels.
const TALLEST: f64 = 8_000.0;
/// The same for a picture that is kept.
const TALLEST_KEPT: f64 = 1_920.0;
/// How much smaller a picture is that is kept.
const KEPT_SCALE: f64 = 0.625;
/// So many pixels of the page are a whole number of the picture's: at half of one, what is covered would shine through.
const GRID: f64 = 8.0;
/// The quality of a picture that is kept, 0 to 100.
const KEPT_QUALITY: u8 = 60;

/// How what is marked looks, and that it stands where it stands.
const MARK: (&str, f64) = ("border:2px solid #d6006c", 0.0);
/// How what is painted over looks, and the grid that its edges lie on.
const COVER: (&str, f64) = ("background:#5b6470", GRID);

/// Draws each box, and its number unless that is 0, in a layer of its own that is taken away afterwards. On a grid, boxes
/// grow to its lines, and frames that the page can't look into are covered too, whether they were seen before or not.
const DRAW: &str = r#"((look, grid, boxes) => {
  const layer = document.createElement("div");
  layer.style.cssText = "all:initial;position:absolute;left:0;top:0;z-index:2147483647;pointer-events:none";
  const root = layer.attachShadow({ mode: "closed" });
  const to = (round, place) => (grid ? round(place / grid) * grid : place);
  if (grid) {
    for (const frame of document.querySelectorAll("iframe, frame, object, embed")) {
      const { x, y, width, height } = frame.getBoundingClientRect();
      if (!frame.contentDocument) boxes.push([0, x, y, width, height]);
    }
  }
  for (const [number, x, y, width, height] of boxes) {
    const box = document.createElement("div");
    const [left, top] = [to(Math.floor, x + scrollX), to(Math.floor, y + scrollY)];
    const [right, bottom] = [to(Math.ceil, x + scrollX + width), to(Math.ceil, y + scrollY + height)];
    box.style.cssText = `position:absolute;box-sizing:border-box;${look};left:${left}px;top:${top}px;width:${right - left}px;height:${bottom - top}px`;
    if (number > 0) {
      const tag = document.createElement("span");
      tag.style.cssText = "position:absolute;left:-2px;top:-2px;padding:0 3px;font:bold 12px/15px sans-serif;color:#fff;background:#d6006c";
      tag.textContent = number;
      box.append(tag);
    }
    root.append(box);
  }
  document.documentElement.append(layer);
  layer.popover = "manual";
  layer.showPopover();
  globalThis.unmark = () => layer.remove();
})"#;

/// A picture of the whole page as PNG. The n-th of `marked` has the number n, counted from 1.
pub(super) async fn screenshot(tab: &Tab, view: &View, marked: &[Ref]) -> Result<Vec<u8>, PageError> {
    let mut boxes = Vec::new();
    for (reference, number) in marked.iter().zip(1..) {
        let Some((session, _)) = view.spot(reference) else { continue };
        // What has no place on the screen has no mark.
        if let Ok(Some([x, y, width, height])) = bounds(tab, session, reference.node).await {
            boxes.push(json!([number, x, y, width, height]));
        }
    }
    drawn(tab, MARK, boxes, |height| {
        let clip = json!({ "x": 0, "y": 0, "width": WIDTH, "height": height.min(TALLEST), "scale": 1 });
        json!({ "format": "png", "captureBeyondViewport": true, "clip": clip })
    })
    .await
}

/// A small picture of the page as JPEG, with what takes a secret painted over: such fields, wherever they stand, and all of
/// a frame of another site, since it may be one to pay in.
pub(super) async fn keepsake(tab: &Tab, view: &View) -> Result<Vec<u8>, PageError> {
    if view.has_unread() {
        return Err(PageError::Unusable("a frame of it was not read, and may take a secret"));
    }
    let mut covered = Vec::new();
    for reference in secret_fields(&view.seen) {
        let Some((session, _)) = view.spot(reference) else { continue };
        // What has no place on the screen can't be seen.
        covered.extend(bounds(tab, session, reference.node).await?);
    }
    let frames: Vec<SessionId> = tab.state.borrow().frames.keys().cloned().collect();
    for frame in frames {
        covered.extend(frame_bounds(tab, &frame).await?);
    }
    let boxes = covered.into_iter().map(|[x, y, width, height]| json!([0, x, y, width, height])).collect();
    drawn(tab, COVER, boxes, |height| {
        let height = height.min(TALLEST_KEPT);
        let clip = json!({ "x": 0, "y": 0, "width": WIDTH, "height": height, "scale": KEPT_SCALE });
        json!({ "format": "jpeg", "quality": KEPT_QUALITY, "captureBeyondViewport": true, "clip": clip })
    })
    .await
}

/// Draws over the page, takes the picture that is wanted of a page so high, and takes the drawing away.
async fn drawn(
    tab: &Tab,
    (look, grid): (&str, f64),
    boxes: Vec<Value>,
    wanted: impl FnOnce(f64) -> Value,
) -> Result<Vec<u8>, PageError> {
    #[derive(Deserialize)]
    struct Picture {
        data: String,
    }
    let Some((page, frame)) = driven(tab) else { return Err(PageError::Gone) };
    let wanted = wanted(height(tab, &page).await?);
    let context = world(tab, &page, &frame).await?;
    let evaluate = |expression: String| {
        let params = json!({ "expression": expression, "contextId": context });
        tab.wire.call::<Value>(Some(&page), "Runtime.evaluate", params)
    };
    let answer = evaluate(format!("{DRAW}({look:?}, {grid}, {})", Value::Array(boxes))).await?;
    if answer.get("exceptionDetails").is_some() {
        return Err(PageError::Unusable("it can't be drawn over"));
    }
    let taken = tab.wire.call::<Picture>(Some(&page), "Page.captureScreenshot", wanted).await;
    evaluate("unmark()".to_owned()).await?;
    STANDARD.decode(taken?.data).map_err(|_not_base64| PageError::Unusable("its picture can't be read"))
}

async fn height(tab: &Tab, page: &SessionId) -> Result<f64, PageError> {
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
