//! Walking a parsed page: attributes, visibility, text as a person reads it.

use std::collections::HashMap;

use scraper::node::Element;
use scraper::{ElementRef, Node};

use super::tree::Tree;

/// What stands inside these is never shown.
const SILENT: [&str; 7] = ["script", "style", "template", "noscript", "head", "datalist", "svg"];

/// These begin and end a line.
pub(super) const BLOCKS: [&str; 38] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "button",
    "caption",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "label",
    "legend",
    "li",
    "main",
    "nav",
    "ol",
    "option",
    "p",
    "section",
    "td",
    "th",
    "tr",
];

/// More text than any name or value has, in bytes. What is longer is cut.
pub(super) const LONGEST_ITEM: usize = 16 * 1024;

/// A page with its elements numbered.
pub(super) struct Dom<'a> {
    pub(super) root: ElementRef<'a>,
    numbers: HashMap<ego_tree::NodeId, u32>,
    ids: HashMap<&'a str, ElementRef<'a>>,
    labels: HashMap<&'a str, Vec<ElementRef<'a>>>,
}

impl<'a> Dom<'a> {
    pub(super) fn new(tree: &'a Tree) -> Self {
        let root = tree.html.root_element();
        let elements = root.descendants().filter_map(ElementRef::wrap);
        let mut numbers = HashMap::new();
        let mut ids = HashMap::new();
        let mut labels: HashMap<_, Vec<_>> = HashMap::new();
        for (element, number) in elements.zip(0..) {
            let own = tree.numbers.as_ref().and_then(|own| own.get(&element.id()));
            numbers.insert(element.id(), own.copied().unwrap_or(number));
            if let Some(id) = attr(element, "id") {
                ids.entry(id).or_insert(element);
            }
            if tag(element) == "label"
                && let Some(field) = attr(element, "for")
            {
                labels.entry(field).or_default().push(element);
            }
        }
        Self { root, numbers, ids, labels }
    }

    /// All elements in document order.
    pub(super) fn elements(&self) -> impl Iterator<Item = ElementRef<'a>> + use<'a> {
        self.root.descendants().filter_map(ElementRef::wrap)
    }

    /// The element's number.
    pub(super) fn number(&self, element: ElementRef<'_>) -> u32 {
        self.numbers.get(&element.id()).copied().unwrap_or(u32::MAX)
    }

    /// The first element with this id.
    pub(super) fn by_id(&self, id: &str) -> Option<ElementRef<'a>> {
        self.ids.get(id).copied()
    }

    /// The labels that name the field with this id.
    pub(super) fn labels_for(&self, id: &str) -> &[ElementRef<'a>] {
        self.labels.get(id).map_or(&[], Vec::as_slice)
    }

    /// The texts of the elements that an attribute lists by id. They count even where they are hidden.
    pub(super) fn text_by_ids(&self, ids: &str) -> String {
        let texts = ids.split_whitespace().filter_map(|id| self.by_id(id)).map(|element| {
            let mut text = String::new();
            gather(element, LONGEST_ITEM, &mut text);
            text
        });
        texts.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// An attribute's value.
pub(super) fn attr<'a>(element: ElementRef<'a>, name: &str) -> Option<&'a str> {
    element.value().attr(name)
}

/// An attribute's trimmed value, or nothing.
pub(super) fn attr_or_empty(element: ElementRef<'_>, name: &str) -> String {
    attr(element, name).unwrap_or_default().trim().to_owned()
}

/// The element's own name.
pub(super) fn tag(element: ElementRef<'_>) -> &str {
    element.value().name()
}

/// The elements around this one, from the inside out.
pub(super) fn ancestors(element: ElementRef<'_>) -> impl Iterator<Item = ElementRef<'_>> {
    element.ancestors().filter_map(ElementRef::wrap)
}

/// The elements inside this one, in document order.
pub(super) fn inside(element: ElementRef<'_>) -> impl Iterator<Item = ElementRef<'_>> {
    element.descendants().skip(1).filter_map(ElementRef::wrap)
}

/// Whether the element is not shown, by its own attributes.
fn hides(element: &Element) -> bool {
    // A declarative shadow tree is shown in place of its host's own content.
    let shadow = element.name() == "template" && element.attr("shadowrootmode").is_some();
    if (SILENT.contains(&element.name()) && !shadow) || element.attr("hidden").is_some() {
        return true;
    }
    if element.name() == "dialog" && element.attr("open").is_none() {
        return true;
    }
    let style: String =
        element.attr("style").unwrap_or_default().to_ascii_lowercase().split_whitespace().collect();
    style.split(';').any(|rule| {
        matches!(
            rule,
            "display:none"
                | "visibility:hidden"
                | "visibility:collapse"
                | "opacity:0"
                | "content-visibility:hidden"
        ) || rule.starts_with("display:none!")
    })
}

/// Whether the element or one around it is not shown.
pub(super) fn is_hidden(element: ElementRef<'_>) -> bool {
    std::iter::once(element).chain(ancestors(element)).any(|around| hides(around.value()))
}

/// Whether a person can reach the element: shown, and not taken out of the accessibility tree.
pub(super) fn is_offered(element: ElementRef<'_>) -> bool {
    let silent = |around: ElementRef<'_>| {
        attr(around, "aria-hidden") == Some("true") || attr(around, "inert").is_some()
    };
    !is_hidden(element) && !std::iter::once(element).chain(ancestors(element)).any(silent)
}

/// The text of an element on one line, images by their alternative text, as far as [`LONGEST_ITEM`].
pub(super) fn text_of(element: ElementRef<'_>) -> String {
    lines_of(element, LONGEST_ITEM).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text of an element, a line for each block, as far as about `most` bytes. Empty for an element that is not shown.
pub(super) fn lines_of(element: ElementRef<'_>, most: usize) -> String {
    let mut text = String::new();
    if !hides(element.value()) {
        gather(element, most, &mut text);
    }
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Walks without recursion: how deep a page nests is the page's choice.
fn gather(element: ElementRef<'_>, most: usize, text: &mut String) {
    let mut open = vec![(element.children(), false)];
    while let Some((children, block)) = open.last_mut() {
        let Some(child) = children.next() else {
            if *block {
                part(text, '\n');
            }
            open.pop();
            continue;
        };
        match child.value() {
            // Line breaks of the source are spaces to a reader.
            Node::Text(own) => {
                for c in own.chars() {
                    if c.is_whitespace() {
                        part(text, ' ');
                    } else {
                        text.push(c);
                    }
                    if text.len() >= most {
                        return;
                    }
                }
            }
            Node::Element(own) if hides(own) => {}
            Node::Element(own) if own.name() == "img" => {
                part(text, ' ');
                text.push_str(own.attr("alt").unwrap_or_default());
                part(text, ' ');
            }
            // What a control or a frame holds is no text of the page.
            Node::Element(own) if matches!(own.name(), "select" | "textarea" | "iframe" | "object") => {
                part(text, ' ');
            }
            Node::Element(own) => {
                let block = BLOCKS.contains(&own.name());
                if block {
                    part(text, '\n');
                }
                open.push((child.children(), block));
            }
            // What a template holds.
            Node::Fragment => open.push((child.children(), false)),
            Node::Document | Node::Doctype(_) | Node::Comment(_) | Node::ProcessingInstruction(_) => {}
        }
        if text.len() >= most {
            return;
        }
    }
}

/// Parts words or lines, once however often it is asked.
fn part(text: &mut String, by: char) {
    let parted = if by == '\n' { text.ends_with('\n') } else { text.ends_with(char::is_whitespace) };
    if !parted {
        text.push(by);
    }
}
