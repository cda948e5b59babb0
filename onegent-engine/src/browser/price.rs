//! Finding amounts of money in text, in the spellings of many countries.

use std::sync::LazyLock;

use onegent_core::money::Money;
use regex::Regex;

use super::observation::{Detail, Price};

const MOST: usize = 200;

/// A currency before or after a number. `$` alone is read as US dollars and `¥` as yen, and marked as a guess.
#[expect(clippy::unwrap_used, reason = "a literal pattern; every test of this module compiles it")]
static AMOUNT: LazyLock<Regex> = LazyLock::new(|| {
    let sign = r"[A-Z]{3}|US\$|CA\$|A\$|HK\$|[$€£¥₹₩]|CHF|kr|zł";
    let number = r"[0-9]{1,3}(?:[.,'\u{a0}\u{202f} ][0-9]{3})+(?:[.,][0-9]{1,2})?|[0-9]+(?:[.,][0-9]{1,3})?";
    Regex::new(&format!(
        r"(?:(?P<a>{sign})[\s\u{{a0}}]?(?P<b>{number}))|(?:(?P<c>{number})[\s\u{{a0}}]?(?P<d>{sign}))"
    ))
    .unwrap()
});

/// The amounts in a text of one line per block, with what stands around them.
pub fn prices_in(text: &str, details: &[Detail]) -> Vec<Price> {
    let mut found = Vec::new();
    let mut before = "";
    for line in text.lines() {
        let label = details.iter().find(|detail| detail.value == line && detail.label == before);
        prices_of_line(line, label.map_or("", |detail| &detail.label), &mut found);
        before = line;
        if found.len() > MOST {
            break;
        }
    }
    found
}

fn prices_of_line(line: &str, label: &str, found: &mut Vec<Price>) {
    let mut from = 0;
    let matches: Vec<_> = AMOUNT.captures_iter(line).collect();
    for (place, captures) in matches.iter().enumerate() {
        let Some(whole) = captures.get(0) else { continue };
        let sign = captures.name("a").or(captures.name("d")).map_or("", |m| m.as_str());
        let number = captures.name("b").or(captures.name("c")).map_or("", |m| m.as_str());
        let Some(amount) = currency_of(sign).and_then(|currency| read_amount(number, currency)) else {
            continue;
        };
        let until =
            matches.get(place + 1).and_then(|next| next.get(0)).map_or(line.len(), |next| next.start());
        let own = trim(&line[from..whole.start()]);
        let label = if own.is_empty() { label } else { own };
        found.push(Price {
            label: label.to_owned(),
            suffix: trim(&line[whole.end()..until]).to_owned(),
            amount,
            ambiguous: matches!(sign, "$" | "¥"),
        });
        from = whole.end();
    }
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || ":,;–—-=()".contains(c))
}

fn currency_of(sign: &str) -> Option<&str> {
    let code = match sign {
        "$" | "US$" => "USD",
        "CA$" => "CAD",
        "A$" => "AUD",
        "HK$" => "HKD",
        "€" => "EUR",
        "£" => "GBP",
        "¥" => "JPY",
        "₹" => "INR",
        "₩" => "KRW",
        "zł" => "PLN",
        // Swedish, Danish, Norwegian, Czech and Icelandic crowns look alike.
        "kr" => return None,
        code => code,
    };
    Some(code)
}

/// Reads `1,234.50`, `1.234,50`, `1 234,50`, `1'234.50`, `41200`.
fn read_amount(number: &str, currency: &str) -> Option<Money> {
    let exponent = currency.parse::<onegent_core::money::Currency>().ok()?.exponent() as usize;
    let last = number.rfind(['.', ',']);
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let plain = match last {
        Some(at) if number.len() - at - 1 <= exponent => {
            format!("{}.{}", digits(&number[..at]), digits(&number[at + 1..]))
        }
        // Three digits after the last mark are thousands in every currency that has fewer decimals.
        Some(at) if number.len() - at - 1 == 3 => digits(number),
        Some(_) => return None,
        None => digits(number),
    };
    Money::parse(&plain, currency).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Vec<String> {
        prices_in(line, &[]).into_iter().map(|p| format!("{}|{}|{}", p.label, p.amount, p.suffix)).collect()
    }

    #[test]
    fn amounts_are_read_in_many_spellings() {
        assert_eq!(read("Total to pay now: USD 412.50"), ["Total to pay now|USD 412.50|"]);
        assert_eq!(read("EUR 140.00 per night"), ["|EUR 140.00|per night"]);
        assert_eq!(read("JPY 41200"), ["|JPY 41200|"]);
        assert_eq!(read("Summe 1.234,50 €"), ["Summe|EUR 1234.50|"]);
        assert_eq!(read("$1,234.5"), ["|USD 1234.50|"]);
        assert_eq!(read("1 234,50 EUR"), ["|EUR 1234.50|"]);
        assert_eq!(read("¥41,200"), ["|JPY 41200|"]);
        assert_eq!(
            read("was USD 200.00 and is now USD 216.00."),
            ["was|USD 200.00|and is now", "and is now|USD 216.00|."]
        );
    }

    #[test]
    fn what_is_no_amount_is_left_alone() {
        for text in ["Carbone 2027", "NL101", "Room 12", "ABC 100", "after that 50 % of the total"] {
            assert!(read(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn an_amount_takes_the_label_it_is_the_value_of() {
        let details = [Detail { label: "Fare".to_owned(), value: "USD 10.00".to_owned() }];
        assert_eq!(prices_in("Fare\nUSD 10.00", &details)[0].label, "Fare");
    }
}
