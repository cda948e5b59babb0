//! Days as sites write them, and as their fields want them written.

use std::sync::LazyLock;

use jiff::civil::Date;
use onegent_core::time::VenueDate;
use regex::Regex;

use crate::browser::observation::Field;
use crate::fields::month_of;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Day,
    Month,
    Year,
}

/// How a field wants a day written: `31/12/2026`, `12-31-26`, `2026年12月31日`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Format {
    parts: [Part; 3],
    marks: [String; 2],
    end: String,
    short_year: bool,
}

impl Format {
    /// `2026-12-31` (ISO 8601).
    pub(super) fn iso() -> Self {
        let marks = ["-".to_owned(), "-".to_owned()];
        Self { parts: [Part::Year, Part::Month, Part::Day], marks, end: String::new(), short_year: false }
    }

    /// The day in this form.
    pub(super) fn write(&self, day: VenueDate) -> String {
        let date = day.get();
        let part = |part: Part| match part {
            Part::Day => format!("{:02}", date.day()),
            Part::Month => format!("{:02}", date.month()),
            Part::Year if self.short_year => format!("{:02}", date.year() % 100),
            Part::Year => format!("{:04}", date.year()),
        };
        let [first, second, third] = self.parts.map(part);
        format!("{first}{}{second}{}{third}{}", self.marks[0], self.marks[1], self.end)
    }
}

#[expect(clippy::unwrap_used, reason = "literal patterns; every test of this module compiles them")]
static LETTERS: LazyLock<Regex> = LazyLock::new(|| {
    let part = r"(y{2,4}|a{2,4}|j{2,4}|r{4}|d{1,2}|t{1,2}|g{1,2}|m{1,2}|г{4}|д{2}|м{2})";
    let mark = r"(\s?[./\-年月]\s?)";
    Regex::new(&format!(r"(?i)(?:^|[\W\d_]){part}{mark}{part}{mark}{part}(日?)(?:$|[\W\d_])")).unwrap()
});

#[expect(clippy::unwrap_used, reason = "literal patterns; every test of this module compiles them")]
static DIGITS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(\d{1,4})\s?([./\-年])\s?(\d{1,2})\s?([./\-月])\s?(\d{1,4})(日?)").unwrap()
});

#[expect(clippy::unwrap_used, reason = "literal patterns; every test of this module compiles them")]
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(\d{1,2})(?:st|nd|rd|th|\.|er|º)?\s+(?:de\s+)?([^\W\d_]{3,})\.?,?\s+(?:de\s+|del\s+)?(\d{4})\b|([^\W\d_]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b").unwrap()
});

/// How a field wants days written, by its placeholder, its label, its pattern or what stands in it.
pub(super) fn format_of(field: &Field) -> Option<Format> {
    let texts = [&field.placeholder, &field.label, &field.near, &field.value];
    texts.into_iter().find_map(|text| by_letters(text).or_else(|| by_example(text)))
}

fn by_letters(text: &str) -> Option<Format> {
    let found = LETTERS.captures(text)?;
    let part = |at: usize| {
        let token = found[at].to_lowercase();
        Some(match token.chars().next()? {
            'm' | 'м' => Part::Month,
            'y' | 'a' | 'r' | 'г' => Part::Year,
            'j' if token.len() == 4 => Part::Year,
            _ => Part::Day,
        })
    };
    let parts = [part(1)?, part(3)?, part(5)?];
    let year = [1, 3, 5].into_iter().find(|at| part(*at) == Some(Part::Year))?;
    let marks = [found[2].to_owned(), found[4].to_owned()];
    let format =
        Format { parts, marks, end: found[6].to_owned(), short_year: found[year].chars().count() == 2 };
    let whole = [Part::Day, Part::Month, Part::Year].iter().all(|part| parts.contains(part));
    whole.then_some(format)
}

/// An example that can be read in one way only.
fn by_example(text: &str) -> Option<Format> {
    let found = DIGITS.captures(text)?;
    let (first, second): (u32, u32) = (found[1].parse().ok()?, found[3].parse().ok()?);
    let parts = if found[1].len() == 4 {
        [Part::Year, Part::Month, Part::Day]
    } else if first > 12 || &found[2] == "." {
        [Part::Day, Part::Month, Part::Year]
    } else if second > 12 {
        [Part::Month, Part::Day, Part::Year]
    } else {
        return None;
    };
    let marks = [found[2].to_owned(), found[4].to_owned()];
    let year = if found[1].len() == 4 { &found[1] } else { &found[5] };
    Some(Format { parts, marks, end: found[6].to_owned(), short_year: year.len() == 2 })
}

/// The days that a text names. One that can be read in two ways counts as both.
pub(super) fn dates_in(text: &str) -> Vec<VenueDate> {
    let mut found = Vec::new();
    for captures in DIGITS.captures_iter(text) {
        let numbers: Vec<i16> = [1, 3, 5].into_iter().filter_map(|at| captures[at].parse().ok()).collect();
        let [a, b, c] = numbers[..] else { continue };
        let readings = match captures[1].len() {
            4 => vec![(a, b, c)],
            _ if c > 99 && &captures[2] == "." => vec![(c, b, a)],
            _ if c > 99 => vec![(c, b, a), (c, a, b)],
            _ => vec![],
        };
        found.extend(readings.into_iter().filter_map(|(year, month, day)| date(year, month, day)));
    }
    for captures in NAMED.captures_iter(text) {
        let of = |at: usize| captures.get(at).map(|part| part.as_str());
        let (day, month, year) = match (of(1), of(4)) {
            (Some(day), _) => (day, of(2), of(3)),
            (_, month) => (of(5).unwrap_or_default(), month, of(6)),
        };
        let read = || date(year?.parse().ok()?, i16::from(month_of(month?)?), day.parse().ok()?);
        found.extend(read());
    }
    found.dedup();
    found
}

/// The month and the year that a calendar's caption names.
pub(super) fn month_in(text: &str) -> Option<(i16, i8)> {
    let mut year = None;
    let mut month = None;
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '年' | '/')) {
        // The marks that turn a calendar's page stand right beside its caption at times.
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        match word.trim_end_matches('月').parse::<i16>() {
            Ok(number) if (2000..2100).contains(&number) => year = Some(number),
            Ok(number) if (1..=12).contains(&number) && text.contains('月') => {
                month = i8::try_from(number).ok();
            }
            Ok(_) => return None,
            Err(_) => month = month.or_else(|| month_of(word)),
        }
    }
    Some((year?, month?))
}

fn date(year: i16, month: i16, day: i16) -> Option<VenueDate> {
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    Some(VenueDate::from(date))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_a_field_wants_them() {
        let day: VenueDate = "2026-12-31".parse().unwrap();
        for (hint, wanted) in [
            ("DD/MM/YYYY", "31/12/2026"),
            ("mm-dd-yy", "12-31-26"),
            ("TT.MM.JJJJ", "31.12.2026"),
            ("jj/mm/aaaa", "31/12/2026"),
            ("gg/mm/aaaa", "31/12/2026"),
            ("Date (dd-mm-jjjj)", "31-12-2026"),
            ("YYYY年MM月DD日", "2026年12月31日"),
            ("e.g. 25/06/2026", "31/12/2026"),
            ("06/25/2026", "12/31/2026"),
        ] {
            let format = by_letters(hint).or_else(|| by_example(hint)).unwrap();
            assert_eq!(format.write(day), wanted, "{hint}");
        }
        assert!(by_letters("your name").is_none() && by_example("01/02/2026").is_none());
    }

    #[test]
    fn days_are_read_in_many_spellings() {
        let day = ["2026-12-05".parse().unwrap()];
        for text in [
            "2026-12-05",
            "Saturday, December 5, 2026",
            "5. Dezember 2026",
            "5 de diciembre de 2026",
            "2026年12月5日",
            "05.12.2026",
            "5 décembre 2026",
        ] {
            assert_eq!(dates_in(text), day, "{text}");
        }
        assert_eq!(dates_in("05/12/2026").len(), 2);
        assert_eq!(month_in("December 2026"), Some((2026, 12)));
        assert_eq!(month_in("2026年12月"), Some((2026, 12)));
        assert_eq!(month_in("‹dezembro de 2026›"), Some((2026, 12)));
        assert_eq!(dates_in("12 stycznia 2027"), ["2027-01-12".parse().unwrap()]);
        assert_eq!(month_in("Table for 2"), None);
    }
}
