//! The ways in which a page may write a guest's telephone number, birth date and passport, as patterns. They keep to what
//! `regex` knows with the features that this workspace asks for: tests are built with more.

/// A telephone number in whatever spelling: any marks between its digits, with the country's code or without, and with
/// the zero that stands for it at home. Codes have 1 to 3 digits.
pub(super) fn phone(value: &str) -> Vec<String> {
    const BETWEEN: &str = r"[\s().\-–/\u{a0}]{0,3}";
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    let spaced = |digits: &str| digits.chars().map(String::from).collect::<Vec<_>>().join(BETWEEN);
    let codes = (1..=3).filter(|code| digits.len() >= code + 7).map(|code| digits.split_at(code));
    codes
        .map(|(code, rest)| {
            let (code, rest) = (spaced(code), spaced(rest));
            format!(r"[+(]*\b(?:(?:00{BETWEEN})?{code}{BETWEEN})?(?:0{BETWEEN})?{rest}\b")
        })
        .collect()
}

/// A day (`1990-01-02`) as it is written elsewhere: in numbers in three orders, or with the month's name. Not where a bare
/// number would do for the month: that could be a price.
pub(super) fn day(iso: &str) -> Vec<String> {
    const BETWEEN: &str = r"\s?[./\-–]\s?";
    const BY_NAME: &str = r"(?:[\s,.\-]|de\s){1,5}";
    let mut parts = iso.split('-');
    let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Vec::new();
    };
    let Some(name) = month.parse::<usize>().ok().and_then(|month| MONTHS.get(month.checked_sub(1)?)) else {
        return Vec::new();
    };
    let short = |number: &str| format!("0?{}", number.trim_start_matches('0'));
    let (month, day) = (short(month), short(day));
    let (century, years) = year.split_at_checked(2).unwrap_or((year, ""));
    let counted = format!(r"{day}(?:st|nd|rd|th|er|º)?");
    let name = format!(r"(?:{name})\w*");
    vec![
        format!(r"\b{day}{BETWEEN}{month}{BETWEEN}(?:{century})?{years}\b"),
        format!(r"\b{month}{BETWEEN}{day}{BETWEEN}(?:{century})?{years}\b"),
        format!(r"\b{year}{BETWEEN}{month}{BETWEEN}{day}\b"),
        format!(r"\b{year}\s?[年년]\s?{month}\s?[月월]\s?{day}\s?[日일]"),
        format!(r"\b{counted}{BY_NAME}{name}{BY_NAME}{year}\b"),
        format!(r"\b{name}{BY_NAME}{counted}{BY_NAME}{year}\b"),
    ]
}

/// How the months' names begin in the languages of the sites.
const MONTHS: [&str; 12] = [
    "jan|ene|gen",
    "feb|f[eé]v",
    "mar|mär|maa|mrt",
    "apr|avr|abr",
    "ma[iygj]|mei",
    "jun|juin|giu",
    "jul|juil|lug",
    "aug|ago|ao[uû]",
    "sep|set",
    "o[ck]t|ott|out",
    "nov",
    "de[czs]|déc|dic",
];

/// A document's number, with marks between its characters.
pub(super) fn number(value: &str) -> Vec<String> {
    let characters: Vec<_> = value.chars().map(|c| regex::escape(c.encode_utf8(&mut [0; 4]))).collect();
    let whole = (!characters.is_empty()).then(|| format!(r"\b{}\b", characters.join(r"[\s\-]?")));
    whole.into_iter().collect()
}
