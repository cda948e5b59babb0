//! Comparing words as people do: without case, accents and punctuation, and without the tricks that make one word look
//! like another.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::decompose_canonical;

/// The words in lower case without accents, one space between them. Scripts without letter case stay as they are;
/// full-width and mathematical letters become plain ones (NFKC), and invisible characters part no word.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let shown = text.chars().filter(|c| !is_invisible(*c)).nfkc();
    for c in shown.flat_map(char::to_lowercase) {
        match c {
            'à'..='å' | 'ā' | 'ă' | 'ą' => folded.push('a'),
            'æ' => folded.push_str("ae"),
            'ç' | 'ć' | 'č' => folded.push('c'),
            'ď' | 'đ' | 'ð' => folded.push('d'),
            'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => folded.push('e'),
            'ğ' => folded.push('g'),
            'ì'..='ï' | 'ī' | 'į' | 'ı' => folded.push('i'),
            'ł' => folded.push('l'),
            'ñ' | 'ń' | 'ň' => folded.push('n'),
            'ò'..='ö' | 'ø' | 'ō' | 'ő' => folded.push('o'),
            'œ' => folded.push_str("oe"),
            'ř' => folded.push('r'),
            'ś' | 'š' | 'ş' | 'ș' => folded.push('s'),
            'ß' => folded.push_str("ss"),
            'ť' | 'ţ' | 'ț' => folded.push('t'),
            'ù'..='ü' | 'ū' | 'ů' | 'ű' => folded.push('u'),
            'ý' | 'ÿ' => folded.push('y'),
            'ź' | 'ż' | 'ž' => folded.push('z'),
            // An apostrophe or a combining accent joins: `Pomfret's` is one word.
            '\'' | '’' | '\u{300}'..='\u{36f}' => {}
            '&' => folded.push_str(" and "),
            c if is_accented(c) => decompose_canonical(c, |part| {
                if part.is_alphanumeric() {
                    folded.push(part);
                }
            }),
            c if c.is_alphanumeric() => folded.push(c),
            _ => folded.push(' '),
        }
    }
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The same with Cyrillic and Greek letters as the Latin ones that they look like: `рау` of a Russian keyboard reads `pay`.
pub fn look(folded: &str) -> String {
    let twin = |c| match c {
        'а' | 'α' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ε' => 'e',
        'һ' | 'н' => 'h',
        'і' | 'ι' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'м' => 'm',
        'ν' => 'v',
        'о' | 'ο' => 'o',
        'р' | 'ρ' => 'p',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' => 'u',
        'у' => 'y',
        'х' | 'χ' => 'x',
        c => c,
    };
    folded.chars().map(twin).collect()
}

/// Whether a character takes no place: joiners, soft hyphens, direction marks, tags, variation selectors.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// A Latin or Greek letter that may bear a mark. Other scripts' marks make other letters.
fn is_accented(c: char) -> bool {
    matches!(c, '\u{c0}'..='\u{24f}' | '\u{370}'..='\u{3ff}' | '\u{1e00}'..='\u{1fff}')
}

/// Whether folded `text` has folded `phrase` in it as whole words; scripts that don't part words by spaces match anywhere.
pub fn has_phrase(text: &str, phrase: &str) -> bool {
    // Nearly every phrase of a list is not there: what is cheap comes first.
    if phrase.is_empty() || !text.contains(phrase) {
        return false;
    }
    if !phrase.is_ascii() && phrase.chars().any(|c| c as u32 >= 0x3040) {
        return true;
    }
    text.match_indices(phrase).any(|(at, _)| {
        let edge = |c: Option<char>| c.is_none_or(|c| c == ' ' || c as u32 >= 0x3040);
        edge(text[..at].chars().next_back()) && edge(text[at + phrase.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_as_people_do() {
        assert_eq!(fold("  Hôtel du Petit-Jardin, PARIS! "), "hotel du petit jardin paris");
        assert_eq!(fold("Pomfret's & Söhne – Straße"), "pomfrets and sohne strasse");
        assert_eq!(fold("支払いへ進む"), "支払いへ進む");
    }

    #[test]
    fn tricks_of_writing_are_seen_through() {
        for pay in ["P\u{200b}ay", "Ｐａｙ", "𝐏𝐚𝐲", "P\u{308}ȧẏ", "pa\u{ad}y", "\u{202e}pay\u{202c}"]
        {
            assert_eq!(fold(pay), "pay", "{pay:?}");
        }
        assert_eq!(look(&fold("Рау СVV")), "pay cvv");
        assert_eq!(fold("Thanh toán · Πληρωμή · й"), "thanh toan πληρωμη й");
    }

    #[test]
    fn phrases_are_whole_words() {
        assert!(has_phrase("pay now", "pay") && has_phrase("to pay", "pay"));
        assert!(!has_phrase("paypal payee", "pay"));
        assert!(has_phrase("お支払いへ進む", "支払"));
    }
}
