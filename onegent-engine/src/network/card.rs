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
    fn security_codes_are_told_by_name_and_value() {
        for (name, value) in [("cc_csc", "123"), ("cardCvv", "1234"), ("payment[security-code]", "007")] {
            assert!(is_security_code(name, value), "{name}");
        }
        for (name, value) in [("cc_csc", ""), ("party", "123"), ("cvc", "12"), ("cvv", "abc")] {
            assert!(!is_security_code(name, value), "{name}");
        }
    }
}
