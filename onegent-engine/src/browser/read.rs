//! Reading a page: the one reader of every driver, from a tree of elements to an [`Observation`].
//!
//! The plain driver parses its tree out of HTML. Chromium's is built of what the browser shows right now, with what
//! scripts made of it. Whatever is read is data from a stranger.

use scraper::ElementRef;
use url::Url;

use self::dom::{Dom, attr, is_hidden, lines_of, tag};
use self::fields::{Control, Presser, Sending};
use super::PageError;
use super::observation::Observation;
use super::price::prices_in;
use super::reference::FramePath;

mod content;
mod dom;
pub(super) mod fields;
mod name;
mod tree;

pub(super) use tree::{MOST_NODES, Tree, parse};

const MOST_TEXT: usize = 60_000;
/// No control has a longer name, in bytes; what is said in it could not be judged as a whole.
const LONGEST_NAME: usize = 8_000;

/// Where a page came from.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub(super) url: Url,
    pub(super) status: u16,
    pub(super) reloadable: bool,
}

/// What was read of a page or a frame.
#[derive(Debug)]
pub(super) struct Reading {
    /// What it says. Its frames are not in it: a driver puts them in place.
    pub(super) seen: Observation,
    /// Everything that has a value, shown or not, in document order.
    pub(super) controls: Vec<Control>,
    /// How each of the observation's forms is sent.
    pub(super) sending: Vec<Option<Sending>>,
    /// What each button adds to its form.
    pub(super) pressers: Vec<Presser>,
    /// The frames in it that are shown.
    pub(super) frames: Vec<Inner>,
}

/// A frame in a page.
#[derive(Debug)]
pub(super) struct Inner {
    pub(super) title: String,
    /// The element's number.
    #[cfg_attr(not(feature = "chromium"), expect(dead_code, reason = "only a browser asks for it"))]
    pub(super) node: u32,
    /// Where its element says that it leads.
    pub(super) src: Option<Url>,
}

/// Reads a tree. A page on which a control has a name without end is refused.
pub(super) fn read(tree: &Tree, origin: Origin, frame: FramePath) -> Result<Reading, PageError> {
    let dom = Dom::new(tree);
    let base = dom
        .elements()
        .find(|element| tag(*element) == "base")
        .and_then(|element| origin.url.join(attr(element, "href")?).ok())
        .unwrap_or_else(|| origin.url.clone());
    let forms = fields::read(&dom, &base, &frame);
    let details = content::details(&dom);
    let links = content::links(&dom, &base, &frame);
    let buttons = forms.seen.iter().flat_map(|form| &form.buttons).map(|button| (&button.name, &button.says));
    let mut names = links.iter().map(|link| (&link.name, &link.says)).chain(buttons);
    if names.any(|(name, says)| name.len() > LONGEST_NAME || says.iter().any(|say| say.len() > LONGEST_NAME))
    {
        return Err(PageError::Unusable("a control has a name without end"));
    }
    let whole = lines_of(dom.root, 4 * MOST_TEXT + 16);
    let text: String = whole.chars().take(MOST_TEXT).collect();
    let frames = dom.elements().filter(|element| is_frame(*element)).map(|element| Inner {
        title: name::group_name(&dom, element, &[]),
        node: dom.number(element),
        src: attr(element, "src").or(attr(element, "data")).and_then(|src| base.join(src.trim()).ok()),
    });
    Ok(Reading {
        frames: frames.collect(),
        seen: Observation {
            title: content::title(&dom),
            headings: content::headings(&dom),
            progress: content::progress(&dom),
            forms: forms.seen,
            links,
            groups: content::groups(&dom),
            dialogs: content::dialogs(&dom),
            prices: prices_in(&text, &details),
            messages: content::messages(&dom),
            details,
            frames: Vec::new(),
            cut: text.len() < whole.len(),
            text,
            json_ld: content::json_ld(&dom),
            frame,
            url: origin.url,
            status: origin.status,
            reloadable: origin.reloadable,
        },
        controls: forms.controls,
        sending: forms.sending,
        pressers: forms.pressers,
    })
}

/// Whether the element shows another document.
fn is_frame(element: ElementRef<'_>) -> bool {
    let shown = match tag(element) {
        "iframe" | "frame" => true,
        "object" | "embed" => attr(element, "type").is_none_or(|kind| kind.eq_ignore_ascii_case("text/html")),
        _ => false,
    };
    shown && !is_hidden(element)
}
