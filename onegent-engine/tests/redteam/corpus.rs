//! The corpus as it is written: families of cases in TOML, marks on the controls.
//!
//! A mark is an attribute `expect="…"` on a control; it is taken out before the page is served. `{repeat 9 <p>x</p>}`
//! stands for many, `{other}` for the address of another origin, `{fresh}` and `{number}` for what is new on each visit.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;
use scraper::{ElementRef, Html};
use serde::Deserialize;

/// What the gate must answer for a control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expect {
    /// Allowed.
    Allow,
    /// Never allowed: it takes a secret.
    Secret,
    /// The guest's details never go there.
    Slot,
    /// Never allowed, and never taken for something free.
    Charge,
    /// Never allowed; with a permit of either kind.
    Permit,
    /// A booking that costs nothing: a permit that no person is asked for.
    Reserve,
}

/// All families of one folder.
#[derive(Debug)]
pub(crate) struct Corpus {
    pub(crate) cases: Vec<Case>,
}

/// One page or a few, and a trap on them.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) family: String,
    pub(crate) id: String,
    /// Where its pages stand: a first part of a path, with no word in it that could be taken for one of the site's.
    pub(crate) place: String,
    pub(crate) trap: String,
    /// Requests that take money.
    pub(crate) charges: Vec<Taking>,
    /// Requests that reserve without money.
    pub(crate) reserves: Vec<Taking>,
    /// Whether the guest's details are still unknown to the site when the page is opened.
    pub(crate) fresh: bool,
    /// Buttons to press before the marks are judged.
    pub(crate) path: Vec<String>,
    /// Addresses that the page wants opened.
    pub(crate) goto: Vec<String>,
    pub(crate) redirects: BTreeMap<String, String>,
    /// Whether a confirmation has to hold on the next visit.
    pub(crate) keeps: bool,
    pages: BTreeMap<String, Page>,
}

/// A page, with its marks by the element's place in document order.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) served: String,
    pub(crate) marks: Vec<(u32, Expect)>,
    /// Names of the fields that take secrets.
    pub(crate) secrets: Vec<String>,
}

/// A request that takes something: `POST pay`, `GET confirm?pay=1`.
#[derive(Debug, Clone)]
pub(crate) struct Taking {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    #[serde(rename = "family")]
    name: String,
    #[serde(default)]
    fresh: bool,
    #[serde(default)]
    keeps: bool,
    #[serde(rename = "case")]
    cases: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    #[serde(default)]
    trap: String,
    #[serde(default)]
    charges: Vec<String>,
    #[serde(default)]
    reserves: Vec<String>,
    fresh: Option<bool>,
    page: String,
    #[serde(default)]
    pages: BTreeMap<String, String>,
    #[serde(default)]
    path: Vec<String>,
    #[serde(default)]
    goto: Vec<String>,
    #[serde(default)]
    redirects: BTreeMap<String, String>,
}

static MARK: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#" expect="([a-z]+)""#).unwrap());
static REPEAT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\{repeat (\d+) ([^}]*)\}").unwrap());

impl Corpus {
    pub(crate) fn hostile() -> Self {
        Self::read("hostile")
    }

    pub(crate) fn harmless() -> Self {
        Self::read("harmless")
    }

    /// Pages at payment, as they are before and after a confirmation.
    pub(crate) fn swapped() -> Self {
        Self::read("swapped")
    }

    /// Pages whose scripts pay, for a browser that runs them.
    #[cfg(feature = "chromium")]
    pub(crate) fn hostile_scripts() -> Self {
        Self::read("scripts/hostile")
    }

    /// Pages whose scripts only lead on; each titles itself "fine" when it got its way.
    #[cfg(feature = "chromium")]
    pub(crate) fn harmless_scripts() -> Self {
        Self::read("scripts/harmless")
    }

    fn read(folder: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/redteam").join(folder);
        let mut files: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let families = files.iter().map(|file| {
            let text = std::fs::read_to_string(file).unwrap();
            toml::from_str::<Family>(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
        });
        let mut cases: Vec<_> = families.flat_map(Family::cases).collect();
        for (number, case) in cases.iter_mut().enumerate() {
            case.place = format!("c{number}");
        }
        Self { cases }
    }
}

impl Family {
    fn cases(self) -> Vec<Case> {
        let Self { name, fresh, keeps, cases } = self;
        cases.into_iter().map(|written| Case { keeps, ..written.case(&name, fresh) }).collect()
    }
}

impl Written {
    fn case(self, family: &str, fresh: bool) -> Case {
        let first = [(String::new(), self.page)];
        let pages =
            first.into_iter().chain(self.pages).map(|(path, html)| (path, Page::new(&html))).collect();
        Case {
            family: family.to_owned(),
            id: self.id,
            place: String::new(),
            trap: self.trap,
            charges: self.charges.iter().map(|text| Taking::new(text)).collect(),
            reserves: self.reserves.iter().map(|text| Taking::new(text)).collect(),
            fresh: self.fresh.unwrap_or(fresh),
            path: self.path,
            goto: self.goto,
            redirects: self.redirects,
            keeps: false,
            pages,
        }
    }
}

impl Case {
    /// The page at a path below the case's own.
    pub(crate) fn page(&self, path: &str) -> Option<&Page> {
        self.pages.get(path)
    }

    /// Its pages, with their paths.
    pub(crate) fn pages(&self) -> impl Iterator<Item = (&str, &Page)> {
        self.pages.iter().map(|(path, page)| (path.as_str(), page))
    }

    /// Whether a request's method and path take money; its query is not looked at.
    pub(crate) fn may_charge(&self, method: &str, path: &str) -> bool {
        self.charges.iter().any(|taking| taking.method == method && taking.path == path)
    }
}

impl Page {
    fn new(written: &str) -> Self {
        let html = REPEAT
            .replace_all(written, |found: &regex::Captures<'_>| found[2].repeat(found[1].parse().unwrap()));
        let html = format!("<!doctype html>{}", html.trim());
        let tree = Html::parse_document(&html);
        let (mut marks, mut secrets) = (Vec::new(), Vec::new());
        for (element, node) in tree.root_element().descendants().filter_map(ElementRef::wrap).zip(0..) {
            let Some(mark) = element.attr("expect") else { continue };
            let expect = Expect::new(mark);
            marks.push((node, expect));
            if expect == Expect::Secret {
                secrets.extend(element.attr("name").map(str::to_owned));
            }
        }
        Self { served: MARK.replace_all(&html, "").into_owned(), marks, secrets }
    }
}

impl Expect {
    fn new(mark: &str) -> Self {
        match mark {
            "allow" => Self::Allow,
            "secret" => Self::Secret,
            "slot" => Self::Slot,
            "charge" => Self::Charge,
            "permit" => Self::Permit,
            "reserve" => Self::Reserve,
            other => panic!("no such mark: {other}"),
        }
    }
}

impl Taking {
    fn new(text: &str) -> Self {
        let (method, address) = text.split_once(' ').unwrap();
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        Self { method: method.to_owned(), path: path.to_owned(), query: pairs(query) }
    }

    /// Whether this request is the one. More in its query than was asked for makes no difference.
    pub(crate) fn is(&self, method: &str, path: &str, query: &[(String, String)]) -> bool {
        self.method == method && self.path == path && self.query.iter().all(|pair| query.contains(pair))
    }
}

/// Url-encoded names and values.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}
