//! What a page says besides its forms: headings, links, result cards, labelled values, announcements.

use scraper::ElementRef;
use url::Url;

use super::dom::{Dom, LONGEST_ITEM, ancestors, attr, inside, is_hidden, is_offered, lines_of, tag, text_of};
use super::fields::is_pressed;
use super::name::{control_name, group_name, other_names};
use crate::browser::observation::{Detail, Group, Link, Message, ProgressMark};
use crate::browser::reference::{FramePath, Ref};

const MOST_GROUPS: usize = 300;
const MOST_LINKS: usize = 1000;
const MOST_HEADINGS: usize = 500;
const MOST_DETAILS: usize = 500;
const MOST_MESSAGES: usize = 100;
const MOST_DIALOGS: usize = 50;
const GROUP_TEXT: usize = 1000;
const HEADINGS: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];
const GROUPS: [&str; 5] = ["article", "section", "li", "tr", "form"];
const GROUP_ROLES: [&str; 4] = ["article", "listitem", "row", "option"];

pub(super) fn title(dom: &Dom<'_>) -> String {
    let title = dom.elements().find(|element| tag(*element) == "title");
    // `text_of` is silent about what stands in the head.
    title
        .map(|title| title.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "))
        .unwrap_or_default()
}

pub(super) fn headings(dom: &Dom<'_>) -> Vec<String> {
    let shown = dom.elements().filter(|element| {
        (HEADINGS.contains(&tag(*element)) || attr(*element, "role") == Some("heading"))
            && !is_hidden(*element)
    });
    shown.map(text_of).filter(|text| !text.is_empty()).take(MOST_HEADINGS).collect()
}

pub(super) fn links(dom: &Dom<'_>, base: &Url, frame: &FramePath) -> Vec<Link> {
    let offered =
        dom.elements().filter(|element| matches!(tag(*element), "a" | "area") && is_offered(*element));
    let read = offered.filter_map(|element| {
        let url = base.join(attr(element, "href")?.trim()).ok()?;
        let name = control_name(dom, element);
        let signature = format!("link|{name}|{}", url.path());
        let reference = Ref { frame: frame.clone(), node: dom.number(element), signature };
        let says = other_names(dom, element);
        Some(Link { reference, name, says, url, download: attr(element, "download").is_some() })
    });
    read.take(MOST_LINKS).collect()
}

/// Cards and rows. What holds several cards is a list, not a card.
pub(super) fn groups(dom: &Dom<'_>) -> Vec<Group> {
    let is_group = |element: &ElementRef<'_>| {
        GROUPS.contains(&tag(*element))
            || attr(*element, "role").is_some_and(|role| GROUP_ROLES.contains(&role))
    };
    let apart = |element: &ElementRef<'_>| {
        ancestors(*element).any(|around| matches!(tag(around), "nav" | "footer" | "thead"))
    };
    let candidates =
        dom.elements().filter(|element| is_group(element) && !apart(element) && !is_hidden(*element));
    let cards = candidates.filter(|element| {
        inside(*element).filter(is_group).filter(|inner| !named(dom, *inner).is_empty()).nth(1).is_none()
    });
    cards
        .map(|card| group(dom, card, &named(dom, card)))
        .filter(|card| !card.text.is_empty())
        .take(MOST_GROUPS)
        .collect()
}

fn named(dom: &Dom<'_>, card: ElementRef<'_>) -> String {
    let by: &[&str] = if tag(card) == "tr" { &["th", "td"] } else { &HEADINGS };
    group_name(dom, card, by)
}

pub(super) fn dialogs(dom: &Dom<'_>) -> Vec<Group> {
    let shown = dom.elements().filter(|element| is_dialog(*element) && is_offered(*element));
    shown.map(|dialog| group(dom, dialog, &group_name(dom, dialog, &HEADINGS))).take(MOST_DIALOGS).collect()
}

/// Whether it is a dialog or a cookie banner.
pub(super) fn is_dialog(element: ElementRef<'_>) -> bool {
    tag(element) == "dialog" || matches!(attr(element, "role"), Some("dialog" | "alertdialog"))
}

fn group(dom: &Dom<'_>, element: ElementRef<'_>, name: &str) -> Group {
    let control = |inner: &ElementRef<'_>| {
        let pressed = tag(*inner) == "input" && matches!(attr(*inner, "type"), Some("submit" | "image"));
        matches!(tag(*inner), "a" | "button") || pressed || is_pressed(*inner)
    };
    Group {
        name: name.to_owned(),
        text: lines_of(element, LONGEST_ITEM).chars().take(GROUP_TEXT).collect(),
        controls: inside(element).filter(control).map(|inner| dom.number(inner)).collect(),
    }
}

/// Labels with values: `dt` with its `dd`, and table rows of one heading cell and one value cell.
pub(super) fn details(dom: &Dom<'_>) -> Vec<Detail> {
    let mut found = Vec::new();
    let mut term: Option<String> = None;
    for element in dom.elements().filter(|element| !is_hidden(*element)) {
        if found.len() >= MOST_DETAILS {
            break;
        }
        match tag(element) {
            "dt" => term = Some(text_of(element)),
            "dd" => {
                if let Some(label) = term.take() {
                    found.push(Detail { label, value: text_of(element) });
                }
            }
            "tr" => {
                let cells: Vec<_> =
                    element.child_elements().filter(|cell| matches!(tag(*cell), "th" | "td")).collect();
                if let [label, value] = cells[..]
                    && tag(label) == "th"
                    && tag(value) == "td"
                {
                    found.push(Detail { label: text_of(label), value: text_of(value) });
                }
            }
            _ => {}
        }
    }
    found.retain(|detail| !detail.label.is_empty() && !detail.value.is_empty());
    found
}

pub(super) fn messages(dom: &Dom<'_>) -> Vec<Message> {
    let read = dom.elements().filter(|element| !is_hidden(*element)).filter_map(|element| {
        let live = attr(element, "role").or(attr(element, "aria-live"))?;
        let alert = match live {
            "alert" | "assertive" => true,
            "status" | "polite" => false,
            _ => return None,
        };
        Some(Message { alert, text: text_of(element) })
    });
    read.filter(|message| !message.text.is_empty()).take(MOST_MESSAGES).collect()
}

/// Where `aria-current="step"` stands among its siblings.
pub(super) fn progress(dom: &Dom<'_>) -> Option<ProgressMark> {
    let current = dom.elements().find(|element| attr(*element, "aria-current") == Some("step"))?;
    // The mark may stand on the item or on the link in it.
    let item = std::iter::once(current)
        .chain(ancestors(current))
        .find(|around| tag(*around) == "li")
        .unwrap_or(current);
    let siblings: Vec<_> = item.parent().and_then(ElementRef::wrap)?.child_elements().collect();
    let place = siblings.iter().position(|sibling| sibling.id() == item.id())?;
    Some(ProgressMark { current: place + 1, total: siblings.len() })
}

pub(super) fn json_ld(dom: &Dom<'_>) -> Vec<serde_json::Value> {
    let scripts = dom
        .elements()
        .filter(|element| tag(*element) == "script" && attr(*element, "type") == Some("application/ld+json"));
    scripts
        .filter_map(|script| serde_json::from_str(&script.text().collect::<String>()).ok())
        .take(20)
        .collect()
}
