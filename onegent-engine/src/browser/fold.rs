//! Comparing words as people do: without case, accents and punctuation.

/// The words in lower case without accents, one space between them. Scripts without letter case stay as they are.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
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
            c if c.is_alphanumeric() => folded.push(c),
            _ => folded.push(' '),
        }
    }
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether folded `text` has folded `phrase` in it as whole words; scripts that don't part words by spaces match anywhere.
pub fn has_phrase(text: &str, phrase: &str) -> bool {
    if phrase.is_empty() {
        return false;
    }
    if phrase.chars().any(|c| c as u32 >= 0x3040) {
        return text.contains(phrase);
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
    fn phrases_are_whole_words() {
        assert!(has_phrase("pay now", "pay") && has_phrase("to pay", "pay"));
        assert!(!has_phrase("paypal payee", "pay"));
        assert!(has_phrase("お支払いへ進む", "支払"));
    }
}
