//! Finding amounts of money in text, in the spellings of many countries, with the words that are theirs.

use std::ops::Range;
use std::sync::LazyLock;

use onegent_core::money::Money;
use regex::{Captures, Regex};

use super::observation::{Detail, Price};
use words::{after, before, first_sentence, last_sentence, trim};

mod words;

pub(crate) use words::{sentences, words_beside};

const MOST: usize = 200;

const SIGN: &str = r"\b[A-Z]{3}|US\$|CA\$|A\$|HK\$|R\$|[$€£¥￥₹₩]|kr|zł";

/// A currency before or after a number. `$` alone is read as US dollars and `¥` as yen, and marked as a guess.
#[expect(clippy::unwrap_used, reason = "a literal pattern; every test of this module compiles it")]
static AMOUNT: LazyLock<Regex> = LazyLock::new(|| {
    let thousands = r"[0-9]{1,3}(?:[.,'’\u{a0}\u{202f} ][0-9]{3})+(?:[.,][0-9]{1,2})?";
    let lakhs = r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]{1,2})?";
    let number = format!(r"{lakhs}|{thousands}|[0-9]+(?:[.,][0-9]{{1,3}})?");
    let behind = format!("{}|円", SIGN.replace(r"\b", ""));
    Regex::new(&format!(
        r"(?:(?P<a>{SIGN})[\s\u{{a0}}]?(?P<b>{number}))|(?:(?P<c>{number})[\s\u{{a0}}]?(?P<d>{behind}))"
    ))
    .unwrap()
});

/// A currency right at the beginning.
#[expect(clippy::unwrap_used, reason = "a literal pattern; every test of this module compiles it")]
static SIGN_FIRST: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!(r"^[\s\u{{a0}}]?(?:{})", SIGN.replace(r"\b", ""))).unwrap());

/// The amounts in a text of one line per block, with what stands around them.
pub fn prices_in(text: &str, details: &[Detail]) -> Vec<Price> {
    let mut found = Vec::new();
    let mut above = "";
    for line in text.lines() {
        found
            .extend(prices_of_line(line, label_of(details, above, line)).into_iter().map(|(_, price)| price));
        above = line;
        if found.len() > MOST {
            break;
        }
    }
    found
}

/// The label that a whole line is the value of, with the line above it.
pub(crate) fn label_of<'a>(details: &'a [Detail], above: &str, line: &str) -> &'a str {
    let found = details.iter().find(|detail| detail.value == line && detail.label == above);
    found.map_or("", |detail| &detail.label)
}

/// The amounts of one line and where they stand in it. `label` is what the line is the value of.
pub(crate) fn prices_of_line(line: &str, label: &str) -> Vec<(Range<usize>, Price)> {
    let amounts = amounts_of(line);
    let place = |at: usize| amounts.get(at).map(|(range, ..)| range.clone());
    let prices = amounts.iter().enumerate().map(|(at, (range, amount, ambiguous))| {
        let earlier = at.checked_sub(1).and_then(place).map(|earlier| earlier.end);
        let later = place(at + 1).map(|later| later.start);
        let left = &line[earlier.unwrap_or(0)..range.start];
        let right = &line[range.end..later.unwrap_or(line.len())];
        let own = last_sentence(left);
        let (label, before) = if trim(left).is_empty() {
            (last_sentence(label), before(label, false))
        } else {
            (own, before(left, earlier.is_some()))
        };
        let price = Price {
            label: label.to_owned(),
            suffix: first_sentence(right).to_owned(),
            before: before.to_owned(),
            after: after(right, later.is_some()).to_owned(),
            text: line[range.clone()].to_owned(),
            amount: *amount,
            ambiguous: *ambiguous,
        };
        (range.clone(), price)
    });
    prices.collect()
}

/// Where the amounts of a line stand, each with whether its currency is a guess.
fn amounts_of(line: &str) -> Vec<(Range<usize>, Money, bool)> {
    let mut found = Vec::new();
    // Most lines have no number, and looking for amounts costs more than looking for digits.
    if !line.bytes().any(|b| b.is_ascii_digit()) {
        return found;
    }
    let mut at = 0;
    while let Some(captures) = AMOUNT.captures_at(line, at) {
        let captures = its_own_sign(line, &captures).unwrap_or(captures);
        let Some(whole) = captures.get(0) else { break };
        at = whole.end();
        let sign = captures.name("a").or(captures.name("d")).map_or("", |m| m.as_str());
        let number = captures.name("b").or(captures.name("c")).map_or("", |m| m.as_str());
        if is_whole(line, whole.range(), sign)
            && let Some(amount) = currency_of(sign).and_then(|currency| read_amount(number, currency))
        {
            found.push((whole.range(), amount, matches!(sign, "$" | "¥" | "￥")));
        }
    }
    found
}

/// `for 2 EUR 240.00`: a sign between two numbers is the second's, unless that one has another behind it.
fn its_own_sign<'a>(line: &'a str, captures: &Captures<'a>) -> Option<Captures<'a>> {
    let sign = captures.name("d")?;
    let next = AMOUNT.captures_at(line, sign.start())?;
    let taken = next.get(0)?;
    let has_other = SIGN_FIRST.is_match(&line[taken.end()..]);
    (taken.start() == sign.start() && next.name("a").is_some() && !has_other).then_some(next)
}

/// Whether an amount was read to its ends: `2O0 EUR`, `USD 1OO`, `EUR 100k`, `USD 100万` and `Z$ 5` are something else.
fn is_whole(line: &str, range: Range<usize>, sign: &str) -> bool {
    // Scripts that don't part words by spaces write right up to an amount.
    let word = |c: char| c.is_numeric() || (c.is_alphabetic() && (c as u32) < 0x3040);
    let many = |c: char| matches!(c, '百' | '千' | '万' | '萬' | '億' | '亿' | '兆');
    let mark = |c: char| matches!(c, '.' | ',' | '\'' | '’');
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let own = &line[range.clone()];
    let (number_first, number_last) = (digit(own.chars().next()), digit(own.chars().next_back()));
    let mut left = line[..range.start].chars().rev();
    let begins = match left.next() {
        Some(c) if mark(c) && number_first => !left.next().is_some_and(char::is_numeric),
        Some(c) => !word(c),
        None => true,
    };
    let mut right = line[range.end..].chars();
    let ends = match right.next() {
        Some(c) if mark(c) && number_last => !right.next().is_some_and(word),
        Some(c) if number_last => !word(c) && !many(c),
        // `12 euros`.
        Some(c) => !word(c) || sign == "EUR" || !sign.is_ascii(),
        None => true,
    };
    begins && ends
}

fn currency_of(sign: &str) -> Option<&str> {
    let code = match sign {
        "$" | "US$" => "USD",
        "CA$" => "CAD",
        "A$" => "AUD",
        "HK$" => "HKD",
        "R$" => "BRL",
        "€" => "EUR",
        "£" => "GBP",
        "¥" | "￥" | "円" => "JPY",
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
            ["was|USD 200.00|and is now", "and is now|USD 216.00|"]
        );
    }

    #[test]
    fn an_amount_is_read_to_its_ends_or_not_at_all() {
        for text in [
            "2O0 EUR",
            "USD 1OO",
            "EUR 100k",
            "USD 100万",
            "Z$ 5",
            "12.O0 EUR",
            "EUR 10.x",
            "1234 567,00 EUR",
        ] {
            assert!(read(text).is_empty(), "{text} {:?}", read(text));
        }
        assert_eq!(read("₹1,20,000"), ["|INR 120000.00|"]);
        assert_eq!(read("CHF 1’240.–"), ["|CHF 1240.00|."]);
        assert_eq!(read("合計¥12,000(税込)"), ["合計|JPY 12000|税込"]);
        assert_eq!(read("Dinner for 2 EUR 240.00"), ["Dinner for 2|EUR 240.00|"]);
        assert_eq!(read("10 EUR 20 EUR"), ["|EUR 10.00|", "|EUR 20.00|"]);
        assert_eq!(read("TOTAL 100 EUR"), ["TOTAL|EUR 100.00|"]);
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
