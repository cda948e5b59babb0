//! What `DOMSnapshot.captureSnapshot` answers: every frame of a process as tables of numbers, with the texts apart.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};

/// The computed styles that are asked for, in this order.
const STYLES: [&str; 4] = ["display", "visibility", "opacity", "cursor"];

/// What to ask for.
pub(super) fn wanted() -> Value {
    json!({ "computedStyles": STYLES, "includePaintOrder": false })
}

/// All the frames of a process that belong to a page.
#[derive(Debug, Deserialize)]
pub(super) struct Snapshot {
    pub(super) documents: Vec<Frame>,
    strings: Vec<String>,
}

/// One frame.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Frame {
    #[serde(rename = "documentURL")]
    url: i64,
    #[serde(rename = "frameId")]
    id: i64,
    nodes: Nodes,
    layout: Layout,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Nodes {
    parent_index: Vec<i64>,
    node_type: Vec<u8>,
    node_name: Vec<i64>,
    node_value: Vec<i64>,
    backend_node_id: Vec<u32>,
    attributes: Vec<Vec<i64>>,
    text_value: Rare,
    input_value: Rare,
    input_checked: RareMark,
    option_selected: RareMark,
    content_document_index: Rare,
    pseudo_type: Rare,
    is_clickable: RareMark,
}

#[derive(Debug, Deserialize)]
struct Rare {
    index: Vec<usize>,
    value: Vec<i64>,
}

#[derive(Debug, Deserialize)]
struct RareMark {
    index: Vec<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Layout {
    node_index: Vec<usize>,
    styles: Vec<Vec<i64>>,
    bounds: Vec<[f64; 4]>,
    text: Vec<i64>,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Element,
    /// Put in by a style sheet, before or after what an element holds.
    Pseudo,
    Text,
    Other,
}

/// One node, with everything that is known of it.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) kind: Kind,
    /// In lower case.
    pub(super) name: String,
    pub(super) text: &'a str,
    /// The browser's own number.
    pub(super) number: u32,
    pub(super) attributes: Vec<(&'a str, &'a str)>,
    /// What stands in a field now.
    pub(super) value: Option<&'a str>,
    pub(super) checked: bool,
    pub(super) selected: bool,
    /// Whether something listens to clicks on it.
    pub(super) listens: bool,
    /// Which of the snapshot's frames it shows.
    pub(super) content: Option<usize>,
    /// How it is laid out; `None` where it is not.
    pub(super) layout: Option<Place<'a>>,
    pub(super) children: Vec<usize>,
}

/// Where a node is, and how it looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) visible: bool,
    pub(super) opacity: f64,
    pub(super) pointer: bool,
    /// Left, top, width, height in CSS pixels of the frame's document.
    pub(super) bounds: [f64; 4],
    /// What a text, or what a style sheet put in, reads as.
    pub(super) text: &'a str,
}

impl<'a> Node<'a> {
    pub(super) fn attribute(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().find(|(own, _)| *own == name).map(|(_, value)| *value)
    }
}

impl Snapshot {
    fn string(&self, index: i64) -> &str {
        usize::try_from(index).ok().and_then(|index| self.strings.get(index)).map_or("", String::as_str)
    }

    /// A frame's address.
    pub(super) fn url(&self, frame: &Frame) -> &str {
        self.string(frame.url)
    }

    /// The browser's name for a frame.
    pub(super) fn id(&self, frame: &Frame) -> &str {
        self.string(frame.id)
    }

    /// How many nodes a frame has.
    pub(super) fn size(frame: &Frame) -> usize {
        frame.nodes.node_type.len()
    }

    /// A frame's nodes in document order, shadow trees and slotted content where they are shown.
    pub(super) fn nodes<'a>(&'a self, frame: &'a Frame) -> Vec<Node<'a>> {
        let Frame { nodes, layout, .. } = frame;
        let by_node: HashMap<_, _> =
            layout.node_index.iter().zip(0..).map(|(node, at)| (*node, at)).collect();
        let text = |rare: &Rare| -> HashMap<usize, i64> {
            rare.index.iter().copied().zip(rare.value.iter().copied()).collect()
        };
        let marks =
            |rare: &RareMark| -> std::collections::HashSet<usize> { rare.index.iter().copied().collect() };
        let (texts, values) = (text(&nodes.text_value), text(&nodes.input_value));
        let (contents, pseudos) = (text(&nodes.content_document_index), text(&nodes.pseudo_type));
        let (checked, selected) = (marks(&nodes.input_checked), marks(&nodes.option_selected));
        let listens = marks(&nodes.is_clickable);
        let number_at = |table: &[i64], at: usize| table.get(at).copied().unwrap_or(-1);
        let mut read: Vec<_> = (0..Self::size(frame))
            .map(|at| {
                let kind = match nodes.node_type.get(at) {
                    Some(1) if pseudos.contains_key(&at) => {
                        match pseudos.get(&at).map(|kind| self.string(*kind)) {
                            Some("before" | "after") => Kind::Pseudo,
                            _ => Kind::Other,
                        }
                    }
                    Some(1) => Kind::Element,
                    Some(3) => Kind::Text,
                    _ => Kind::Other,
                };
                let pairs = nodes.attributes.get(at).map_or(&[][..], Vec::as_slice).chunks_exact(2);
                Node {
                    kind,
                    name: self.string(number_at(&nodes.node_name, at)).to_ascii_lowercase(),
                    text: self.string(number_at(&nodes.node_value, at)),
                    number: nodes.backend_node_id.get(at).copied().unwrap_or(u32::MAX),
                    attributes: pairs.map(|pair| (self.string(pair[0]), self.string(pair[1]))).collect(),
                    value: texts.get(&at).or(values.get(&at)).map(|value| self.string(*value)),
                    checked: checked.contains(&at),
                    selected: selected.contains(&at),
                    listens: listens.contains(&at),
                    content: contents.get(&at).and_then(|index| usize::try_from(*index).ok()),
                    layout: by_node.get(&at).and_then(|at| self.layout(layout, *at)),
                    children: Vec::new(),
                }
            })
            .collect();
        for (at, parent) in nodes.parent_index.iter().enumerate() {
            // A parent comes before its children; anything else would be no tree.
            if let Some(parent) = usize::try_from(*parent).ok().filter(|parent| *parent < at) {
                read[parent].children.push(at);
            }
        }
        read
    }

    fn layout<'a>(&'a self, layout: &Layout, at: usize) -> Option<Place<'a>> {
        let styles = layout.styles.get(at)?;
        let style = |place: usize| styles.get(place).map_or("", |index| self.string(*index));
        Some(Place {
            visible: matches!(style(1), "visible" | ""),
            opacity: style(2).parse().unwrap_or(1.0),
            pointer: style(3) == "pointer",
            bounds: *layout.bounds.get(at)?,
            text: self.string(layout.text.get(at).copied().unwrap_or(-1)),
        })
    }
}
