//! Which words belong to an amount: those of its own sentence, and of these the ones that can be no other amount's.

/// Words that end in a full stop without ending a sentence. Folded to lower case.
#[rustfmt::skip]
const ABBREVIATED: [&str; 26] = [
    "incl", "excl", "inkl", "exkl", "inc", "zzgl", "ggf", "bzw", "approx", "ca", "aprox", "env", "est", "nr", "no", "max", "min", "st",
    "mr", "mrs", "ms", "dr", "vs", "pp", "pers", "art",
];

/// Without the marks and the space around it.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || ":,;–—-=()".contains(c))
}

/// The sentences of a line.
pub(crate) fn sentences(line: &str) -> Vec<&str> {
    parts(line, ends_sentence)
}

/// What stands before an amount in its own sentence.
pub(super) fn last_sentence(left: &str) -> &str {
    trim(sentences(left).last().copied().unwrap_or_default())
}

/// What stands behind an amount in its own sentence.
pub(super) fn first_sentence(right: &str) -> &str {
    trim(sentences(right).first().copied().unwrap_or_default())
}

/// The words right before an amount that are its own. Where another amount stands before them, a mark has to part them
/// from it, or a colon to lead on from them.
pub(super) fn before(left: &str, between: bool) -> &str {
    let led_on = left.trim_end().ends_with([':', '：', '=']);
    let bare = left.trim_end_matches(leads_on);
    let clauses = parts(bare, ends_clause);
    let clause = clauses.last().copied().unwrap_or_default();
    if between && clauses.len() < 2 && !led_on {
        return "";
    }
    if !between && trim(clause).is_empty() {
        // A mark right before the only amount parts it from nothing: `Pay at the hotel, EUR 90.00`.
        return trim(
            clauses.iter().rev().find(|clause| !trim(clause).is_empty()).copied().unwrap_or_default(),
        );
    }
    trim(clause)
}

/// The words right behind an amount that are its own. Where another amount stands behind them, a mark has to part them
/// from it.
pub(super) fn after(right: &str, between: bool) -> &str {
    let bare = if between { right.trim_end_matches(leads_on) } else { right };
    let clauses = parts(bare, ends_clause);
    // Such a mark is passed over: `EUR 90.00, payable at the hotel`. A full stop is not.
    let passed = right.trim_start().starts_with([',', '(', ':', '–', '—', '-', '，', '（']);
    let place = usize::from(passed && clauses.len() > 1);
    if between && place + 1 >= clauses.len() {
        return "";
    }
    trim(clauses.get(place).copied().unwrap_or_default())
}

/// The words right before and right behind the only amount of a sentence.
pub(crate) fn words_beside<'a>(left: &'a str, right: &'a str) -> (&'a str, &'a str) {
    (before(left, false), after(right, false))
}

/// What leads on to an amount.
fn leads_on(c: char) -> bool {
    c.is_whitespace() || matches!(c, ':' | '：' | '=' | '(' | '（')
}

/// Cuts a text behind each end, the mark itself left out.
fn parts(text: &str, ends: fn(&str, usize, char) -> bool) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, c) in text.char_indices() {
        if ends(text, at, c) {
            parts.push(&text[from..at]);
            from = at + c.len_utf8();
        }
    }
    parts.push(&text[from..]);
    parts
}

/// Whether the character at this place ends a sentence.
fn ends_sentence(text: &str, at: usize, c: char) -> bool {
    match c {
        '!' | '?' | '。' | '！' | '？' => true,
        '.' => {
            let (left, right) = (&text[..at], &text[at + 1..]);
            let word = left.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default().to_lowercase();
            let glued = right.starts_with(char::is_uppercase) && left.ends_with(char::is_alphabetic);
            let short = word.chars().count() == 1 || ABBREVIATED.contains(&word.as_str());
            (right.is_empty() || right.starts_with(char::is_whitespace) || glued) && !short
        }
        _ => false,
    }
}

fn ends_clause(text: &str, at: usize, c: char) -> bool {
    let dash = || {
        c == '-'
            && text[..at].ends_with(char::is_whitespace)
            && text[at + 1..].starts_with(char::is_whitespace)
    };
    ends_sentence(text, at, c)
        || matches!(c, ',' | ';' | ':' | '(' | ')' | '/' | '|' | '•' | '·' | '–' | '—')
        || matches!(c, '，' | '、' | '；' | '：' | '（' | '）')
        || dash()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_another_sentence_are_no_label() {
        assert_eq!(last_sentence("The tax is paid at the property. Total: "), "Total");
        assert_eq!(last_sentence("Paid at the property.Total: "), "Total");
        assert_eq!(last_sentence("Total incl. VAT in the U.S. for 2: "), "Total incl. VAT in the U.S. for 2");
        assert_eq!(first_sentence(" per night. Pay now!"), "per night");
        assert_eq!(first_sentence(". Pay now!"), "");
    }

    #[test]
    fn words_between_two_amounts_are_the_nearer_ones() {
        let split = |text| (after(text, true), before(text, true));
        assert_eq!(split(" paid at the property, total "), ("paid at the property", "total"));
        assert_eq!(split(" paid at the property. Total: "), ("paid at the property", "Total"));
        assert_eq!(split(" paid at the property "), ("", ""), "nobody knows whose");
        assert_eq!(split(" Due at the property: "), ("", "Due at the property"));
        assert_eq!(split(", due at the property "), ("", "due at the property"));
        assert_eq!(split(" paid at the property, "), ("paid at the property", ""));
        assert_eq!(split(" (paid at the property) "), ("paid at the property", ""));
        assert_eq!(split(" (at the property: "), ("", "at the property"));
    }

    #[test]
    fn words_around_the_only_amount_are_its_own() {
        assert_eq!(before("Dinner at the restaurant, total ", false), "total");
        assert_eq!(before("Pay at the hotel, ", false), "Pay at the hotel");
        assert_eq!(after(", payable at the hotel", false), "payable at the hotel");
        assert_eq!(after(". Paid at the hotel", false), "");
        assert_eq!(after(" in all, paid at the hotel", false), "in all");
    }
}
