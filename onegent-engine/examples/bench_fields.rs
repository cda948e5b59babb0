//! Measures the classification of fields on a folder of labelled pages: `cargo xtask bench fields --data DIR`.
//!
//! A page is an HTML file; on a field, `data-truth` names what it asks for, several accepted answers joined by ` OR `.
//! The words are this crate's own (`check_in`) or those of browsers' autofill (`addressCity`). Pages of one site count to
//! one half, so that rules which only fit the pages they were made on show as a difference between the halves.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench talks to the terminal")]

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use onegent_engine::browser::plain::read_page;
use onegent_engine::fields::{Meaning, meanings};
use scraper::{ElementRef, Html, Node};
use serde_json::json;

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = arguments.iter().find(|argument| !argument.starts_with("--"));
    let Some(folder) = folder else {
        eprintln!("usage: bench_fields DIR [--json] [--misses]");
        return ExitCode::FAILURE;
    };
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    match judge_folder(Path::new(folder)) {
        Ok(judged) => {
            if has("--json") {
                println!("{}", report_json(&judged));
            } else {
                report(&judged, has("--misses"));
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("bench_fields: {error}");
            ExitCode::FAILURE
        }
    }
}

/// One labelled field and what was made of it.
struct Judged {
    page: String,
    half: char,
    truth: Vec<String>,
    found: String,
    told: String,
}

impl Judged {
    fn is_right(&self) -> bool {
        self.truth.contains(&self.found)
    }

    fn kind(&self) -> &str {
        self.truth.first().map_or("", String::as_str)
    }
}

fn judge_folder(folder: &Path) -> Result<Vec<Judged>, Failure> {
    let inner = folder.join("pages");
    let folder = if inner.is_dir() { inner } else { folder.to_owned() };
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&folder)?.filter_map(Result::ok).map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "html"));
    files.sort();
    let mut judged = Vec::new();
    for file in &files {
        let name = file.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        judge_page(&name, &std::fs::read_to_string(file)?, &mut judged)?;
    }
    Ok(judged)
}

/// The page with everything in view: which field is which is measured, not what a saved page without its style sheets
/// would show.
fn shown(html: &str) -> String {
    let mut document = Html::parse_document(html);
    for node in document.tree.values_mut() {
        if let Node::Element(element) = node {
            element
                .attrs
                .retain(|(name, _)| !matches!(&*name.local, "style" | "hidden" | "aria-hidden" | "inert"));
        }
    }
    document.html()
}

fn judge_page(name: &str, html: &str, judged: &mut Vec<Judged>) -> Result<(), Failure> {
    let html = &shown(html);
    // Of a page that is refused nothing is known.
    let seen = read_page(html, "https://www.example.com/".parse()?).ok();
    let mut found: HashMap<u32, (Meaning, String)> = HashMap::new();
    for (seen, form) in seen.iter().flat_map(|seen| seen.forms.iter().map(move |form| (seen, form))) {
        for (field, meaning) in form.fields.iter().zip(meanings(seen, form)) {
            let told = format!(
                "label={:?} near={:?} name={:?} id={:?} placeholder={:?} group={:?}",
                field.label, field.near, field.name, field.id, field.placeholder, field.group
            );
            found.insert(field.reference.node, (meaning, told));
        }
    }
    let document = Html::parse_document(html);
    let elements = document.root_element().descendants().filter_map(ElementRef::wrap);
    for (element, node) in elements.zip(0..) {
        let Some(truth) = element.value().attr("data-truth") else { continue };
        let truth: Vec<String> = truth.split(" OR ").map(|word| plain(word).to_owned()).collect();
        let read = found.get(&node);
        let found = match read {
            Some((meaning, _)) if truth.iter().any(|word| word == meaning.as_str()) => meaning.as_str(),
            Some((meaning, _)) => word(*meaning),
            None => "unknown",
        };
        judged.push(Judged {
            page: name.to_owned(),
            half: half(name),
            truth,
            found: found.to_owned(),
            told: read.map_or_else(|| "not shown".to_owned(), |(_, told)| told.clone()),
        });
    }
    Ok(())
}

/// Passwords are all one kind here: the agent fills none.
fn plain(truth: &str) -> &str {
    if truth.starts_with("password") { "password" } else { truth }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "it has a word for few of them")]
/// What browsers' autofill calls it. What it has no word for is `unknown` there.
fn word(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::FirstName => "firstName",
        Meaning::MiddleName => "middleName",
        Meaning::LastName => "lastName",
        Meaning::FullName => "fullName",
        Meaning::Email => "emailAddress",
        Meaning::Phone => "phone",
        Meaning::Street => "addressStreet",
        Meaning::Street2 => "addressStreet2",
        Meaning::City => "addressCity",
        Meaning::Province => "addressProvince",
        Meaning::PostalCode => "addressPostalCode",
        // Autofill puts the same country into both.
        Meaning::Country | Meaning::PhoneCountry => "addressCountryCode",
        Meaning::BirthDate => "birthday",
        Meaning::BirthDay => "birthdayDay",
        Meaning::BirthMonth => "birthdayMonth",
        Meaning::BirthYear => "birthdayYear",
        Meaning::CardNumber => "cardNumber",
        Meaning::CardCode => "cardSecurityCode",
        Meaning::CardExpiry => "expiration",
        Meaning::CardMonth => "expirationMonth",
        Meaning::CardYear => "expirationYear",
        Meaning::CardHolder => "cardName",
        Meaning::Password => "password",
        Meaning::Username => "username",
        Meaning::OneTimeCode => "totp",
        _ => "unknown",
    }
}

fn is_card(kind: &str) -> bool {
    kind.starts_with("card") || kind.starts_with("expiration")
}

fn is_guest(kind: &str) -> bool {
    let own = ["emailAddress", "firstName", "lastName", "fullName", "middleName", "phone"];
    let booking = kind.parse::<Meaning>().is_ok_and(Meaning::is_guest);
    own.contains(&kind) || kind.starts_with("address") || kind.starts_with("birthday") || booking
}

/// The half that a page's site belongs to: by what is left of the page's name without words that many sites share.
fn half(page: &str) -> char {
    const SHARED: [&str; 34] = [
        "www",
        "com",
        "login",
        "signup",
        "checkout",
        "account",
        "accounts",
        "newsletter",
        "contact",
        "payment",
        "form",
        "en",
        "ja",
        "net",
        "org",
        "co",
        "uk",
        "de",
        "ru",
        "jp",
        "ca",
        "gov",
        "edu",
        "card",
        "credit",
        "page",
        "members",
        "member",
        "id",
        "identity",
        "secure",
        "my",
        "change",
        "password",
    ];
    let words = page.split(['_', '-', '.']).filter(|word| !SHARED.contains(word));
    let site = words.take(2).collect::<Vec<_>>().join("_");
    // FNV-1a: the same on every machine.
    let hash =
        site.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    if hash & 1 == 0 { 'A' } else { 'B' }
}

/// Right ones of all.
#[derive(Default, Clone, Copy)]
struct Share {
    right: usize,
    of: usize,
}

impl Share {
    fn of<'a>(all: impl Iterator<Item = &'a Judged>) -> Self {
        let mut share = Self::default();
        all.for_each(|one| share.count(one.is_right()));
        share
    }

    fn count(&mut self, right: bool) {
        self.right += usize::from(right);
        self.of += 1;
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of fields")]
    fn percent(self) -> f64 {
        if self.of == 0 { 100.0 } else { 100.0 * self.right as f64 / self.of as f64 }
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:6.2} % ({} of {})", self.percent(), self.right, self.of)
    }
}

struct Summary {
    all: Share,
    guest_and_card: Share,
    card_precision: Share,
}

fn summary(judged: &[Judged], half: Option<char>) -> Summary {
    let own = || judged.iter().filter(move |one| half.is_none_or(|half| one.half == half));
    Summary {
        all: Share::of(own()),
        guest_and_card: Share::of(own().filter(|one| is_guest(one.kind()) || is_card(one.kind()))),
        card_precision: Share::of(own().filter(|one| is_card(&one.found))),
    }
}

/// For each kind how many of its fields were found, and how many of those found are of it.
fn kinds(judged: &[Judged]) -> BTreeMap<String, (Share, Share)> {
    let mut kinds: BTreeMap<String, (Share, Share)> = BTreeMap::new();
    for one in judged {
        kinds.entry(one.truth.join(" OR ")).or_default().0.count(one.is_right());
        kinds.entry(one.found.clone()).or_default().1.count(one.is_right());
    }
    kinds
}

fn report(judged: &[Judged], misses: bool) {
    println!("{:28} {:>26} {:>26}", "kind", "found", "precision");
    for (kind, (found, precision)) in kinds(judged) {
        println!("{kind:28} {:>26} {:>26}", found.to_string(), precision.to_string());
    }
    for (name, half) in [("all", None), ("half A", Some('A')), ("half B", Some('B'))] {
        let Summary { all, guest_and_card, card_precision } = summary(judged, half);
        println!(
            "{name}: all fields {all}, guest and card fields {guest_and_card}, precision of card fields {card_precision}"
        );
    }
    for one in judged.iter().filter(|one| misses && !one.is_right()) {
        println!("{} {}: {} -> {} | {}", one.half, one.page, one.truth.join(" OR "), one.found, one.told);
    }
}

fn report_json(judged: &[Judged]) -> serde_json::Value {
    let share = |share: Share| json!({ "right": share.right, "of": share.of, "percent": share.percent() });
    let part = |half| {
        let Summary { all, guest_and_card, card_precision } = summary(judged, half);
        json!({ "all": share(all), "guestAndCard": share(guest_and_card), "cardPrecision": share(card_precision) })
    };
    let kinds: BTreeMap<_, _> = kinds(judged)
        .into_iter()
        .map(|(kind, (found, precision))| {
            (kind, json!({ "found": share(found), "precision": share(precision) }))
        })
        .collect();
    let fields: Vec<_> = judged
        .iter()
        .map(|one| json!({ "page": one.page, "truth": one.truth, "found": one.found, "right": one.is_right() }))
        .collect();
    json!({ "total": part(None), "halves": { "A": part(Some('A')), "B": part(Some('B')) }, "kinds": kinds, "fields": fields })
}
