//! Telling card data by its shape, whoever put it into a request.

/// Whether a text has a card number in it: 13 to 19 digits, single spaces or dashes between them, with a card scheme's
/// first digit and a right check digit (ISO/IEC 7812, Luhn). Digits with letters at their side are some token's.
pub fn has_card_number(text: &str) -> bool {
    let mut run = String::new();
    let (mut gap, mut token) = (false, false);
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_digit() {
            run.push(c);
            gap = false;
        } else if matches!(c, ' ' | '-') && !run.is_empty() && !gap {
            gap = true;
        } else {
            if !token && (gap || !c.is_alphanumeric()) && is_card_number(&run) {
                return true;
            }
            run.clear();
            gap = false;
            token = c.is_alphanumeric();
        }
    }
    false
}

fn is_card_number(digits: &str) -> bool {
    // 2 to 6 are the schemes of cards that pay; 3 is travel and entertainment, 6 merchandising and banking.
    let scheme = digits.starts_with(['2', '3', '4', '5', '6']);
    (13..=19).contains(&digits.len()) && scheme && luhn(digits)
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .map(|b| u32::from(b - b'0'))
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => digit * 2 - 9,
            (_, digit) => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether a field is a card's security code, by its name, and holds one.
pub fn is_security_code(name: &str, value: &str) -> bool {
    let name: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let words = [
        "cvv",
        "cvc",
        "csc",
        "cvn",
        "securitycode",
        "cardcode",
        "kartenpruefnummer",
        "cryptogramme",
        "codeverif",
    ];
    let value = value.trim();
    let coded = (3..=4).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit());
    coded && words.iter().any(|word| name.contains(word))
}

/// ISO 13616.
const LONGEST_IBAN: usize = 34;
/// How long the numbers of each country are (the registry of ISO 13616).
const LENGTHS: [(usize, &str); 18] = [
    (15, "NO"),
    (16, "BE"),
    (18, "DK FI FK FO GL NL SD"),
    (19, "MK SI"),
    (20, "AT BA EE KZ LT LU MN XK"),
    (21, "CH HR LI LV"),
    (22, "BG BH CR DE GB GE IE ME RS VA"),
    (23, "AE GI IL IQ OM SO TL"),
    (24, "AD CZ ES MD PK RO SA SE SK TN VG"),
    (25, "LY PT ST"),
    (26, "IS TR"),
    (27, "BI DJ FR GR IT MC MR SM"),
    (28, "AL AZ BY CY DO GT HN HU LB NI PL SV"),
    (29, "BR EG PS QA UA"),
    (30, "JO KW MU YE"),
    (31, "MT SC"),
    (32, "LC"),
    (33, "RU"),
];

/// Whether a text has an account's number in it: an IBAN (ISO 13616) with right check digits, with or without spaces.
pub fn has_iban(text: &str) -> bool {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != ' ')
        .flat_map(|part| part.split(' ').chain([""]))
        .collect();
    (0..words.len()).any(|first| {
        let mut number = String::new();
        for word in words[first..].iter().take_while(|word| !word.is_empty()) {
            if number.len() + word.len() > LONGEST_IBAN {
                break;
            }
            number.push_str(word);
            if is_iban(number.as_bytes()) {
                return true;
            }
        }
        false
    })
}

fn is_iban(text: &[u8]) -> bool {
    // A length of its country's alone tells a number from a random token, of which one in a hundred has right digits.
    let own_length = |country: &[u8]| {
        LENGTHS.iter().any(|(length, countries)| {
            *length == text.len()
                && countries.split(' ').any(|own| own.as_bytes().eq_ignore_ascii_case(country))
        })
    };
    let shaped = text.len() > 4
        && own_length(&text[..2])
        && text[2..4].iter().all(u8::is_ascii_digit)
        && text[4..].iter().filter(|b| b.is_ascii_digit()).count() >= 8;
    let rest = |sum: u32, b: &u8| {
        let digit = char::from(*b).to_digit(36).unwrap_or_default();
        (sum * if digit > 9 { 100 } else { 10 } + digit) % 97
    };
    shaped && text[4..].iter().chain(&text[..4]).fold(0, rest) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_numbers_are_found_in_any_spelling() {
        for text in [
            "4242424242424242",
            "4242 4242 4242 4242",
            "card=5555-5555-5555-4444;",
            "amex: 378282246310005",
            "6011111111111117",
        ] {
            assert!(has_card_number(text), "{text}");
        }
        for text in [
            "4242424242424241",
            "+1 212 555 0123",
            "2026-12-01",
            "20261201193000",
            "1234",
            "",
            "0000000000000000",
            "a4242424242424242f",
        ] {
            assert!(!has_card_number(text), "{text}");
        }
    }

    #[test]
    fn account_numbers_are_found_with_and_without_spaces() {
        // Right check digits, by chance.
        const TOKEN: &str = "de209f31c04ab7725d6e8810f3a2b4c5";
        for text in
            ["DE89370400440532013000", "de89 3704 0044 0532 0130 00", "to: GB82 WEST 1234 5698 7654 32"]
        {
            assert!(has_iban(text), "{text}");
        }
        for text in
            ["DE88370400440532013000", "", "XDE89370400440532013000", "AB12CDEFGHIJKLMNOPQ", "DE89", TOKEN]
        {
            assert!(!has_iban(text), "{text}");
        }
        // Reading takes no longer than the text is long, whatever stands in it.
        assert!(!has_iban(&"a ".repeat(50_000)));
    }

    #[test]
    fn security_codes_are_told_by_name_and_value() {
        for (name, value) in [("cc_csc", "123"), ("cardCvv", "1234"), ("payment[security-code]", "007")] {
            assert!(is_security_code(name, value), "{name}");
        }
        for (name, value) in [("cc_csc", ""), ("party", "123"), ("cvc", "12"), ("cvv", "abc")] {
            assert!(!is_security_code(name, value), "{name}");
        }
    }
}
