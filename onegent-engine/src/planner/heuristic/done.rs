//! Reading a confirmation, and comparing it with what was asked for.

use onegent_core::text::Text;
use onegent_core::time::VenueDate;

use super::dates::dates_in;
use super::view::View;
use super::wall::{has_any, is_refused};
use super::words::{ANY_CODE, BOOKED, CODE};
use crate::browser::fold::fold;
use crate::browser::observation::Observation;
use crate::planner::AfterSubmit;

/// What the page after a submit says. A confirmation of another day is none.
pub(super) fn read(seen: &Observation, day: Option<VenueDate>) -> AfterSubmit {
    let code = code(seen);
    let said = seen.headings.iter().take(3).chain(seen.messages.iter().map(|message| &message.text));
    let mut said = said.map(|text| fold(text));
    let booked = said.any(|text| has_any(&text, BOOKED)) || thanks(seen);
    let asks_more = seen
        .forms
        .iter()
        .any(|form| form.fields.iter().any(|field| field.required && field.value.is_empty()));
    match (is_refused(&View::of(seen)), booked) {
        (true, true) => return AfterSubmit::Unclear,
        (true, false) => return AfterSubmit::Refused,
        (false, _) => {}
    }
    let told = booked || code.as_ref().is_some_and(|code| code.is_of_a_booking);
    if seen.status < 400 && told && !asks_more && is_of(seen, day) {
        return AfterSubmit::Booked { code: code.map(|code| code.text) };
    }
    AfterSubmit::Unclear
}

/// Where no heading says it, a line of its own may: `You're booked, thank you.`
fn thanks(seen: &Observation) -> bool {
    let short = seen.text.lines().filter(|line| line.chars().count() <= 80);
    short.map(fold).any(|line| has_any(&line, BOOKED) && !line.contains("please"))
}

/// Whether the page tells the wanted day, or none at all.
fn is_of(seen: &Observation, day: Option<VenueDate>) -> bool {
    let told: Vec<_> = seen.details.iter().flat_map(|detail| dates_in(&detail.value)).collect();
    let by_lines = || seen.text.lines().flat_map(dates_in).collect::<Vec<_>>();
    let told = if told.is_empty() { by_lines() } else { told };
    day.is_none_or(|day| told.is_empty() || told.contains(&day))
}

/// A code, and what its label says of it.
struct Code {
    text: Text<64>,
    /// Or of anything, a failed payment among it.
    is_of_a_booking: bool,
}

/// The code that stands under or after a label for it.
fn code(seen: &Observation) -> Option<Code> {
    let of = |labels, is_of_a_booking| Some(Code { text: labelled(seen, labels)?, is_of_a_booking });
    of(CODE, true).or_else(|| of(ANY_CODE, false))
}

fn labelled(seen: &Observation, labels: &[&str]) -> Option<Text<64>> {
    let is_label = |label: &str| {
        let label = fold(label);
        labels.contains(&label.strip_prefix("your ").unwrap_or(&label)) || labels.contains(&label.as_str())
    };
    let by_detail =
        seen.details.iter().find(|detail| is_label(&detail.label)).map(|detail| detail.value.as_str());
    let by_line = || {
        seen.text
            .lines()
            .filter_map(split)
            .find(|(label, _)| is_label(label))
            .map(|(_, value)| value.trim_start_matches([':', '：', '#', ' ']))
    };
    let by_next = || {
        let lines: Vec<_> = seen.text.lines().collect();
        lines.windows(2).find(|pair| is_label(pair[0])).map(|pair| pair[1])
    };
    by_detail
        .or_else(by_line)
        .or_else(by_next)
        .filter(|value| is_code(value))
        .and_then(|value| Text::fit(value.trim()))
}

fn split(line: &str) -> Option<(&str, &str)> {
    line.find([':', '：', '#']).map(|at| line.split_at(at))
}

/// One short word with a digit or capitals only.
fn is_code(value: &str) -> bool {
    let value = value.trim();
    (3..=40).contains(&value.len())
        && !value.contains(' ')
        && value.chars().all(|c| c.is_ascii_alphanumeric() || "-_/.".contains(c))
        && value.chars().any(|c| c.is_ascii_digit() || c.is_ascii_uppercase())
}
