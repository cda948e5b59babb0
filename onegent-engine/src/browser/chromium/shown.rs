//! From a snapshot to the tree that the reader reads: the page as a person sees it now, written as HTML would say it.
//!
//! What scripts and style sheets made of the page is put into HTML's own words: what stands in a field is its `value`, what
//! is not shown is `hidden`, what nobody can reach is `inert`, what reacts to a click has `onclick`. Shadow trees stand
//! where they are shown. So that one reader, and the gate behind it, serves every driver.

use std::collections::{HashMap, HashSet};

use html5ever::tendril::StrTendril;
use html5ever::{Attribute, LocalName, QualName, ns};
use scraper::Html;
use scraper::node::{Element, Node as Leaf, Text};

use super::snapshot::{Kind, Node};
use crate::browser::PageError;
use crate::browser::read::{MOST_NODES, Tree};

/// Deeper than any page that is meant to be read.
const DEEPEST: usize = 512;
/// What is smaller, in CSS pixels on a side, is not meant to be used.
const SMALLEST: f64 = 2.0;
/// A thing to press is no larger than a card, in elements.
const LARGEST_PRESSED: usize = 60;

/// Elements that a browser makes controls by itself.
const NATIVE: [&str; 7] = ["button", "input", "select", "textarea", "label", "option", "summary"];
/// Roles of what is pressed.
const PRESSED_ROLES: [&str; 8] =
    ["button", "link", "menuitem", "menuitemradio", "option", "radio", "switch", "tab"];
/// These have no box of their own where they are shown.
const BOXLESS: [&str; 15] = [
    "area", "body", "col", "colgroup", "datalist", "head", "html", "map", "optgroup", "option", "param",
    "script", "source", "style", "template",
];

/// Builds the tree. `numbers` of the tree are the browser's own.
pub(super) fn tree(nodes: &[Node<'_>]) -> Result<Tree, PageError> {
    if nodes.len() > MOST_NODES {
        return Err(PageError::Unusable("it has too many elements"));
    }
    let sight = Sight::of(nodes);
    let mut html = Html::new_document();
    let mut numbers = HashMap::new();
    let root = html.tree.root().id();
    let mut open: Vec<(usize, ego_tree::NodeId, usize)> = nodes
        .first()
        .map(|top| top.children.iter().rev().map(|at| (*at, root, 1)).collect())
        .unwrap_or_default();
    while let Some((at, parent, depth)) = open.pop() {
        if depth > DEEPEST {
            return Err(PageError::Unusable("its elements nest too deep"));
        }
        let Some(node) = nodes.get(at) else { continue };
        let leaf = match node.kind {
            Kind::Element => Leaf::Element(element(&sight, at, node)),
            Kind::Text if sight.is_read(at) => text(node.text),
            // What a style sheet writes is read like any other text.
            Kind::Pseudo => text(node.layout.filter(|place| place.visible).map_or("", |place| place.text)),
            Kind::Text | Kind::Other => continue,
        };
        let Some(mut parent) = html.tree.get_mut(parent) else { continue };
        let id = parent.append(leaf).id();
        if node.kind != Kind::Element {
            continue;
        }
        numbers.insert(id, node.number);
        if node.name == "textarea" {
            if let Some(mut own) = html.tree.get_mut(id) {
                own.append(text(node.value.unwrap_or_default()));
            }
            continue;
        }
        open.extend(node.children.iter().rev().map(|child| (*child, id, depth + 1)));
    }
    Ok(Tree { html, numbers: Some(numbers) })
}

fn text(text: &str) -> Leaf {
    Leaf::Text(Text { text: StrTendril::from_slice(text).into_send().into() })
}

fn element(sight: &Sight<'_, '_>, at: usize, node: &Node<'_>) -> Element {
    let mut attributes: Vec<(&str, &str)> = node
        .attributes
        .iter()
        .copied()
        .filter(|(name, _)| match *name {
            "hidden" | "style" | "checked" | "selected" | "onclick" => false,
            "value" => !has_live_value(node),
            "href" => !sight.presses(at),
            _ => true,
        })
        .collect();
    if has_live_value(node) {
        attributes.extend(node.value.map(|value| ("value", value)));
    }
    let marks = [
        ("checked", node.checked),
        ("selected", node.selected),
        ("hidden", sight.is_hidden(at)),
        ("inert", sight.is_out_of_reach(at)),
        ("onclick", sight.presses(at)),
        ("open", node.name == "dialog" && node.layout.is_some() && node.attribute("open").is_none()),
    ];
    attributes.extend(marks.into_iter().filter(|(_, set)| *set).map(|(name, _)| (name, "")));
    let own = |name: &str| QualName::new(None, ns!(), LocalName::from(name));
    let attributes = attributes
        .into_iter()
        .map(|(name, value)| Attribute { name: own(name), value: StrTendril::from_slice(value) })
        .collect();
    Element::new(QualName::new(None, ns!(html), LocalName::from(node.name.as_str())), attributes)
}

/// Whether what stands in it is not what its attribute says.
fn has_live_value(node: &Node<'_>) -> bool {
    let ticked = matches!(node.attribute("type"), Some(kind) if kind.eq_ignore_ascii_case("checkbox") || kind.eq_ignore_ascii_case("radio"));
    node.name == "input" && !ticked && node.value.is_some()
}

/// What is seen of each node, worked out once for the whole frame.
struct Sight<'n, 's> {
    nodes: &'n [Node<'s>],
    /// Whether a node, or something in it, is shown.
    shown: Vec<bool>,
    /// Whether a node, or something in it, is large enough to be used and within the page.
    reach: Vec<bool>,
    pressed: Vec<bool>,
    /// Whether the element around a node has a box.
    boxed_parent: Vec<bool>,
    /// Boxes to tick that are drawn by their labels.
    labelled: HashSet<usize>,
}

impl<'n, 's> Sight<'n, 's> {
    fn of(nodes: &'n [Node<'s>]) -> Self {
        let mut sight = Self {
            nodes,
            shown: vec![false; nodes.len()],
            reach: vec![false; nodes.len()],
            pressed: vec![false; nodes.len()],
            boxed_parent: vec![false; nodes.len()],
            labelled: HashSet::new(),
        };
        for (at, node) in nodes.iter().enumerate().rev() {
            let own = node.layout.filter(|place| place.visible && place.opacity > 0.01);
            for child in &node.children {
                sight.boxed_parent[*child] = node.layout.is_some();
            }
            sight.shown[at] = own.is_some() || node.children.iter().any(|child| sight.shown[*child]);
            sight.reach[at] = own.is_some_and(|place| is_within(place.bounds))
                || node.children.iter().any(|child| sight.reach[*child]);
        }
        sight.find_pressed();
        sight.find_labelled();
        sight
    }

    fn is_hidden(&self, at: usize) -> bool {
        let node = &self.nodes[at];
        let clear = node.layout.is_some_and(|place| place.opacity <= 0.01);
        let gone = clear || (!self.shown[at] && !BOXLESS.contains(&node.name.as_str()));
        let frameless = matches!(node.name.as_str(), "iframe" | "frame") && !self.reach[at];
        (gone || frameless) && !self.labelled.contains(&at)
    }

    fn is_out_of_reach(&self, at: usize) -> bool {
        let node = &self.nodes[at];
        let used = matches!(node.name.as_str(), "a" | "button" | "input" | "select" | "textarea")
            || self.pressed[at];
        used && self.shown[at] && !self.reach[at] && !self.labelled.contains(&at)
    }

    fn presses(&self, at: usize) -> bool {
        self.pressed[at]
    }

    /// Whether a text is part of what is shown, or of what has no box.
    fn is_read(&self, at: usize) -> bool {
        // What has no box within something that has one is folded away. In what is hidden as a whole it stays: it may
        // be the name of something that is shown.
        match self.nodes[at].layout {
            Some(place) => place.visible,
            None => !self.boxed_parent[at],
        }
    }

    /// Things that react to a click without being a link or a control: the innermost that does, with no control in it or
    /// around it.
    fn find_pressed(&mut self) {
        let count = self.nodes.len();
        let (mut pointer_around, mut within) = (vec![false; count], vec![false; count]);
        for (at, node) in self.nodes.iter().enumerate() {
            for child in &node.children {
                pointer_around[*child] = node.layout.map_or(pointer_around[at], |place| place.pointer);
                within[*child] = within[at] || is_native(node);
            }
        }
        let (mut has_control, mut size) = (vec![false; count], vec![1_usize; count]);
        for (at, node) in self.nodes.iter().enumerate().rev() {
            let inner = node.children.iter().any(|child| has_control[*child]);
            size[at] = node.children.iter().fold(1, |sum, child| sum.saturating_add(size[*child]));
            let native = is_native(node);
            let role = node.attribute("role").is_some_and(|role| PRESSED_ROLES.contains(&role));
            // A pointer that comes from around belongs to what is around.
            let pointer = node.layout.is_some_and(|place| place.pointer) && !pointer_around[at];
            let reacts = node.name == "summary" || (!native && (node.listens || role || pointer));
            self.pressed[at] = node.kind == Kind::Element
                && reacts
                && !matches!(node.name.as_str(), "html" | "body" | "form" | "iframe")
                && !inner
                && !within[at]
                && size[at] <= LARGEST_PRESSED
                && self.reach[at];
            has_control[at] = native || inner || self.pressed[at];
        }
    }

    fn find_labelled(&mut self) {
        let is_box = |node: &Node<'_>| {
            node.name == "input" && matches!(node.attribute("type"), Some("checkbox" | "radio"))
        };
        let mut by_id: HashMap<&str, bool> = HashMap::new();
        let mut open: Vec<(usize, bool)> = vec![(0, false)];
        let mut boxes = Vec::new();
        while let Some((at, labelled)) = open.pop() {
            let Some(node) = self.nodes.get(at) else { continue };
            let label = node.name == "label" && self.reach[at];
            if label && let Some(field) = node.attribute("for") {
                by_id.insert(field, true);
            }
            if is_box(node) {
                boxes.push((at, labelled));
            }
            open.extend(node.children.iter().map(|child| (*child, labelled || label)));
        }
        for (at, around) in boxes {
            let named = self.nodes[at].attribute("id").is_some_and(|id| by_id.contains_key(id));
            if around || named {
                self.labelled.insert(at);
            }
        }
    }
}

/// Whether the browser itself makes a control of it.
fn is_native(node: &Node<'_>) -> bool {
    let leads =
        |href: &str| !href.trim().is_empty() && !href.trim().to_ascii_lowercase().starts_with("javascript:");
    NATIVE.contains(&node.name.as_str()) || (node.name == "a" && node.attribute("href").is_some_and(leads))
}

/// Whether a box is large enough to be used, and not pushed out of the page to the left or the top.
fn is_within([left, top, width, height]: [f64; 4]) -> bool {
    width >= SMALLEST && height >= SMALLEST && left + width > 0.0 && top + height > 0.0
}
