//! Accessible names, computed as browsers do (W3C "Accessible Name and Description Computation", the parts that plain
//! HTML needs).

use scraper::{ElementRef, Node};

use super::dom::{BLOCKS, Dom, ancestors, attr, attr_or_empty, inside, tag, text_of};

/// More labels than any field has.
const MOST_LABELS: usize = 10;

/// The name of a field: `aria-labelledby`, `aria-label`, `label[for]` or a wrapping label, `title`, `placeholder`.
pub(super) fn field_name(dom: &Dom<'_>, field: ElementRef<'_>) -> String {
    first_of([
        labelled_by(dom, field),
        attr_or_empty(field, "aria-label"),
        labels(dom, field),
        attr_or_empty(field, "title"),
        attr_or_empty(field, "placeholder"),
    ])
}

/// The name of a button or a link: `aria-labelledby`, `aria-label`, its content, `value`, `title`.
pub(super) fn control_name(dom: &Dom<'_>, control: ElementRef<'_>) -> String {
    let image = inside(control)
        .find_map(|inner| attr(inner, "alt").or(attr(inner, "aria-label")))
        .unwrap_or_default();
    let unnamed = match attr(control, "type") {
        Some("submit") if tag(control) == "input" => "Submit",
        Some("image") => attr(control, "alt").unwrap_or("Submit"),
        Some("reset") if tag(control) == "input" => "Reset",
        _ => "",
    };
    let value = if tag(control) == "input" { attr_or_empty(control, "value") } else { String::new() };
    first_of([
        labelled_by(dom, control),
        attr_or_empty(control, "aria-label"),
        text_of(control),
        value,
        attr_or_empty(control, "title"),
        image.trim().to_owned(),
        unnamed.to_owned(),
    ])
}

/// Whatever else a button or a link is called besides its name: a page can show one thing and tell readers another, and a
/// calendar's cell shows a number and means a day.
pub(super) fn other_names(dom: &Dom<'_>, control: ElementRef<'_>) -> Vec<String> {
    let name = control_name(dom, control);
    let value = if tag(control) == "input" { attr_or_empty(control, "value") } else { String::new() };
    let [title, alt, day] = ["title", "alt", "data-date"].map(|name| attr_or_empty(control, name));
    let mut says = vec![text_of(control), value, title, alt, day];
    says.retain(|text| !text.is_empty() && *text != name);
    says
}

/// The text before a field on its line, or in the table cell before.
pub(super) fn text_before(field: ElementRef<'_>) -> String {
    let mut parts = Vec::new();
    for node in field.prev_siblings() {
        match (node.value(), ElementRef::wrap(node)) {
            (Node::Text(text), _) => parts.push(text.to_string()),
            (_, Some(element)) if ends_line(tag(element)) => break,
            (_, Some(element)) => parts.push(text_of(element)),
            _ => {}
        }
    }
    parts.reverse();
    let own = parts.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    if !own.is_empty() {
        return own;
    }
    let cell = ancestors(field).find(|around| tag(*around) == "td");
    let before = cell.and_then(|cell| cell.prev_siblings().find_map(ElementRef::wrap));
    before.map(text_of).unwrap_or_default()
}

fn ends_line(tag: &str) -> bool {
    matches!(tag, "input" | "select" | "textarea" | "button" | "label") || BLOCKS.contains(&tag)
}

/// The name of a group, a form, a frame, a dialog: `aria-labelledby`, `aria-label`, the first of these elements in it,
/// `title`.
pub(super) fn group_name(dom: &Dom<'_>, group: ElementRef<'_>, by: &[&str]) -> String {
    let within = inside(group).find(|inner| by.contains(&tag(*inner))).map(text_of).unwrap_or_default();
    first_of([
        labelled_by(dom, group),
        attr_or_empty(group, "aria-label"),
        within,
        attr_or_empty(group, "title"),
    ])
}

/// The legend of the nearest fieldset, or the name of the nearest group.
pub(super) fn legend(dom: &Dom<'_>, field: ElementRef<'_>) -> String {
    let around = ancestors(field).find(|around| {
        tag(*around) == "fieldset" || matches!(attr(*around, "role"), Some("group" | "radiogroup"))
    });
    around.map(|around| group_name(dom, around, &["legend"])).unwrap_or_default()
}

fn labelled_by(dom: &Dom<'_>, element: ElementRef<'_>) -> String {
    attr(element, "aria-labelledby").map(|ids| dom.text_by_ids(ids)).unwrap_or_default()
}

fn labels(dom: &Dom<'_>, field: ElementRef<'_>) -> String {
    let id = attr(field, "id").filter(|id| !id.is_empty());
    let own = id.map_or(&[][..], |id| dom.labels_for(id));
    if !own.is_empty() {
        return own.iter().take(MOST_LABELS).map(|label| text_of(*label)).collect::<Vec<_>>().join(" ");
    }
    // A label around a field names it, unless it is another one's.
    let around = ancestors(field).find(|around| tag(*around) == "label");
    around
        .filter(|label| attr(*label, "for").is_none_or(|other| Some(other) == id))
        .map(text_of)
        .unwrap_or_default()
}

fn first_of<const N: usize>(names: [String; N]) -> String {
    names.into_iter().find(|name| !name.is_empty()).unwrap_or_default()
}
