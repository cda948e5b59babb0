//! Parsing HTML into a tree of bounded size: a few bytes of a page can make very many elements, or very deep ones.

use std::collections::HashMap;

use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{ParseOpts, parse_document};
use scraper::{Html, HtmlTreeSink};

use crate::browser::PageError;

const MOST_ELEMENTS: usize = 50_000;
/// Nodes are elements, texts and comments.
pub(in crate::browser) const MOST_NODES: usize = 4 * MOST_ELEMENTS;
const MOST_CONTROLS: usize = 3_000;
const DEEPEST: usize = 512;
/// The limits are looked at after each piece, so that what lies beyond them is never built.
const PIECE: usize = 4096;

/// A page's elements.
#[derive(Debug)]
pub(in crate::browser) struct Tree {
    pub(in crate::browser) html: Html,
    /// How a browser numbers its elements; `None` where their place in document order is their number.
    pub(in crate::browser) numbers: Option<HashMap<ego_tree::NodeId, u32>>,
}

/// Parses a page, or refuses it before it grows too large.
pub(in crate::browser) fn parse(html: &str) -> Result<Tree, PageError> {
    let mut parser = parse_document(HtmlTreeSink::new(Html::new_document()), ParseOpts::default());
    let mut rest = html;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE.min(rest.len())));
        rest = after;
        parser.process(StrTendril::from_slice(piece));
        let built = parser.tokenizer.sink.sink.0.borrow();
        let deep = built.tree.nodes().next_back().is_some_and(|newest| is_deep(&newest));
        if deep || built.tree.nodes().len() > MOST_NODES {
            return Err(TOO_LARGE);
        }
    }
    let html = parser.finish();
    let elements = || html.tree.nodes().filter_map(|node| node.value().as_element());
    let controls =
        elements().filter(|own| matches!(own.name(), "input" | "select" | "textarea" | "button")).count();
    let too_many = elements().count() > MOST_ELEMENTS || controls > MOST_CONTROLS;
    if too_many || html.tree.nodes().any(|node| is_deep(&node)) {
        return Err(TOO_LARGE);
    }
    Ok(Tree { html, numbers: None })
}

const TOO_LARGE: PageError = PageError::Unusable("it has too many elements, or they nest too deep");

fn is_deep(node: &ego_tree::NodeRef<'_, scraper::Node>) -> bool {
    node.ancestors().nth(DEEPEST).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_within_bounds_is_parsed() {
        let page = "<p>é</p>".repeat(5_000);
        assert!(parse(&page).is_ok());
        assert!(parse(&"<span>".repeat(400)).is_ok());
    }

    #[test]
    fn a_page_that_nests_or_grows_without_end_is_refused() {
        let formats = (0..400).map(|n| format!("<p><b n={n}>")).collect::<Vec<_>>().concat();
        for page in [
            "<span>".repeat(300_000),
            "<div>".repeat(300_000),
            "<i></i>".repeat(60_000),
            "<input>".repeat(4_000),
            formats.clone() + &"<p>".repeat(100_000),
        ] {
            assert!(matches!(parse(&page), Err(PageError::Unusable(_))), "{}", &page[..20]);
        }
    }
}
