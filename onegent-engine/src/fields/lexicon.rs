//! Finding what a text asks for: all phrases at once, in one pass, with an automaton that is built once.

use std::collections::HashMap;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::meaning::Meaning;
use super::words;

/// A name or a label longer than this says more than what it is the name of, in characters.
const LABEL: usize = 48;
/// A phrase this short counts only where it is all that is said, in characters.
const SHORT: usize = 3;
/// Phrases from this length on are found within words that programs write as one: `billingfirstname`.
const JOINED: usize = 5;

/// Words that ask for a place in one language and say little in another: they count where they are all that is said.
const SMALL: [&str; 6] = ["a", "by", "do", "ou", "to", "via"];

struct Lexicon {
    automaton: AhoCorasick,
    phrases: Vec<(&'static str, Vec<Meaning>)>,
}

#[expect(
    clippy::expect_used,
    reason = "literal patterns of a few thousand bytes; every test of this module builds them"
)]
static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut places: HashMap<&'static str, usize> = HashMap::new();
    let mut phrases: Vec<(&'static str, Vec<Meaning>)> = Vec::new();
    for (meaning, phrase) in words::all() {
        let place = *places.entry(phrase).or_insert_with(|| {
            phrases.push((phrase, Vec::new()));
            phrases.len() - 1
        });
        if !phrases[place].1.contains(&meaning) {
            phrases[place].1.push(meaning);
        }
    }
    let automaton =
        AhoCorasick::new(phrases.iter().map(|(phrase, _)| phrase)).expect("few and short phrases");
    Lexicon { automaton, phrases }
});

/// How a text says what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    /// To a person.
    Shown,
    /// To a program, its words apart.
    Named,
    /// To a program, in one word.
    Joined,
}

/// A phrase found in a text.
#[derive(Debug, Clone)]
struct Hit {
    start: usize,
    end: usize,
    phrase: usize,
}

/// What a folded text says that it asks for, each with how sure that is: 0 to 1, by how much of the text says so.
pub(super) fn said(text: &str) -> Vec<(Meaning, f32)> {
    weigh(text, hits(text, Said::Shown), false)
}

/// The same for a name as programs write it, folded and parted: phrases count within joined words too.
pub(super) fn named(text: &str) -> Vec<(Meaning, f32)> {
    let found = weigh(text, hits(text, Said::Named), true);
    if !found.is_empty() {
        return found;
    }
    let joined: String = text.split(' ').collect();
    weigh(&joined, hits(&joined, Said::Joined), true)
}

fn hits(text: &str, how: Said) -> Vec<Hit> {
    let all = LEXICON.automaton.find_overlapping_iter(text);
    let found = all.map(|hit| Hit { start: hit.start(), end: hit.end(), phrase: hit.pattern().as_usize() });
    let mut hits: Vec<_> = found.filter(|hit| counts(text, hit, how)).collect();
    // Of phrases that overlap the longest counts; of equal ones the later, which is the head of the name.
    hits.sort_by_key(|hit| (std::cmp::Reverse(hit.end - hit.start), std::cmp::Reverse(hit.start)));
    let mut kept: Vec<Hit> = Vec::new();
    for hit in hits {
        if kept.iter().all(|longer| hit.end <= longer.start || longer.end <= hit.start) {
            kept.push(hit);
        }
    }
    kept
}

fn counts(text: &str, hit: &Hit, how: Said) -> bool {
    let phrase = &text[hit.start..hit.end];
    let length = phrase.chars().count();
    let whole = hit.start == 0 && hit.end == text.len();
    if how == Said::Joined {
        return whole || (length >= JOINED && phrase.is_ascii() && !phrase.contains(' '));
    }
    let unspaced = |c: char| c as u32 >= 0x3040;
    if SMALL.contains(&phrase) && !whole {
        return false;
    }
    if phrase.chars().any(unspaced) {
        return length > 1 || whole || is_word(text, hit);
    }
    let head = how == Said::Named && length == SHORT && hit.end == text.len();
    is_word(text, hit) && (length > SHORT || whole || head || has_few_words(text))
}

fn is_word(text: &str, hit: &Hit) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| c == ' ' || c as u32 >= 0x3040);
    edge(text[..hit.start].chars().next_back()) && edge(text[hit.end..].chars().next())
}

/// `zip *`, `cvv code`, `cc exp`: a short word beside another one.
fn has_few_words(text: &str) -> bool {
    text.split(' ').count() <= 3
}

/// A name's head comes last: `cardHolderCity` is a city.
const NOT_HEAD: f32 = 0.6;

fn weigh(text: &str, hits: Vec<Hit>, name: bool) -> Vec<(Meaning, f32)> {
    let length = text.chars().count().max(1);
    let last = hits.iter().map(|hit| hit.start).max().unwrap_or(0);
    let mut found: Vec<(Meaning, f32)> = Vec::new();
    for hit in hits {
        let own = text[hit.start..hit.end].chars().count();
        #[expect(clippy::cast_precision_loss, reason = "lengths of labels")]
        let share = own as f32 / length as f32;
        let long = if length > LABEL && !name { 0.6 } else { 1.0 };
        let head = if name && hit.start < last { NOT_HEAD } else { 1.0 };
        let sure = (0.45 + 0.55 * share) * long * head;
        for meaning in &LEXICON.phrases[hit.phrase].1 {
            match found.iter_mut().find(|(known, _)| known == meaning) {
                Some((_, most)) => *most = most.max(sure),
                None => found.push((*meaning, sure)),
            }
        }
    }
    found
}
