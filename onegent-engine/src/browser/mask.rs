//! Taking the guest's details out of what a page says, before a planner or the audit trail sees it.

use std::sync::Arc;

use percent_encoding::percent_decode_str;
use regex::Regex;
use url::Url;

use super::action::{Slot, SlotValues};
use super::observation::{Group, Observation};

mod spelling;

/// What stands in evidence where one of the guest's details stood.
pub const MASK: &str = "•••";

/// What a planner and the gate see in text where one of the guest's details stands.
pub const GUEST: &str = "{guest}";

/// Finds one guest's details in text.
#[derive(Clone)]
pub struct GuestMask {
    values: SlotValues,
    patterns: Arc<Patterns>,
}

/// What finds one guest's details. Made once for all copies of the [`SlotValues`]: making it costs more than reading a
/// page with it. `None` where a pattern can't be built.
pub(super) struct Patterns {
    whole: Option<Regex>,
    every: Option<Regex>,
}

impl Patterns {
    pub(super) fn new(values: &SlotValues) -> Self {
        let spelled = [
            spelling::phone(values.expose(Slot::Phone)),
            spelling::day(values.expose(Slot::BornOn)),
            spelling::number(values.expose(Slot::PassportNumber)),
        ]
        .concat();
        let of = |slots: &[Slot]| {
            let known = slots.iter().map(|slot| values.expose(*slot)).filter(|value| !value.is_empty());
            let own = known.map(pattern);
            let all: Vec<_> = own.chain(spelled.iter().cloned()).collect();
            let built = Regex::new(&format!("(?i){}", all.join("|")));
            // The error would repeat the details.
            built.inspect_err(|_details| tracing::error!("no mask can be built; all text is hidden")).ok()
        };
        // A country's two letters are no one's in particular, and stand in many words' place.
        let own: Vec<_> = Slot::ALL.into_iter().filter(|slot| *slot != Slot::PassportCountry).collect();
        let whole = [Slot::Email, Slot::FullName, Slot::Phone, Slot::BornOn, Slot::PassportNumber];
        Self { whole: of(&whole), every: of(&own) }
    }
}

impl std::fmt::Debug for Patterns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Patterns(…)")
    }
}

impl std::fmt::Debug for GuestMask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GuestMask(…)")
    }
}

impl GuestMask {
    /// A mask for this guest.
    pub fn new(values: SlotValues) -> Self {
        let patterns = values.patterns();
        Self { values, patterns }
    }

    /// The text without e-mail address, telephone number, any part of the name, birth date and passport.
    pub fn hide(&self, text: &str) -> String {
        // A mask that can't be built hides everything.
        self.patterns
            .every
            .as_ref()
            .map_or_else(|| MASK.to_owned(), |every| every.replace_all(text, MASK).into_owned())
    }

    /// An address's path, decoded, without the guest's details.
    pub fn path(&self, url: &Url) -> String {
        self.hide(&percent_decode_str(url.path()).decode_utf8_lossy())
    }

    /// Whether the text has the e-mail address, the telephone number, the full name, the birth date or the passport's
    /// number in it.
    pub fn finds(&self, text: &str) -> bool {
        self.patterns.whole.as_ref().is_none_or(|whole| whole.is_match(text))
    }

    /// What a planner may see of a page: fields that hold one of the guest's details show the slot's name; e-mail address,
    /// telephone number and full name are hidden everywhere. Single names stay in text: a venue may bear one.
    pub fn observation(&self, seen: &Observation) -> Observation {
        let mut seen = seen.clone();
        self.mask(&mut seen);
        seen
    }

    fn mask(&self, seen: &mut Observation) {
        for field in seen.forms.iter_mut().flat_map(|form| &mut form.fields) {
            let held = |slot: &Slot| !field.value.is_empty() && self.values.expose(*slot) == field.value;
            if let Some(slot) = Slot::ALL.into_iter().find(held) {
                field.value = slot_word(slot);
            } else {
                self.soften(&mut field.value);
            }
            let said = [&mut field.label, &mut field.group, &mut field.near, &mut field.placeholder];
            for text in said.into_iter().chain(&mut field.message) {
                self.soften(text);
            }
        }
        seen.forms
            .iter_mut()
            .flat_map(|form| &mut form.carries)
            .for_each(|carried| self.soften(&mut carried.value));
        for text in seen.headings.iter_mut().chain([&mut seen.title, &mut seen.text]) {
            self.soften(text);
        }
        for Group { name, text, .. } in seen.groups.iter_mut().chain(&mut seen.dialogs) {
            self.soften(name);
            self.soften(text);
        }
        seen.details.iter_mut().for_each(|detail| self.soften(&mut detail.value));
        seen.messages.iter_mut().for_each(|message| self.soften(&mut message.text));
        if seen.url.query_pairs().any(|(_, value)| self.finds(&value)) {
            seen.url.set_query(None);
        }
        // Structured data repeats what the page says; a planner gets along without it once details are in it.
        seen.json_ld.retain(|value| !self.finds(&value.to_string()));
        for frame in &mut seen.frames {
            if let Some(inner) = &mut frame.seen {
                self.mask(inner);
            }
        }
    }

    fn soften(&self, text: &mut String) {
        if self.finds(text) {
            *text = match &self.patterns.whole {
                Some(whole) => whole.replace_all(text, GUEST).into_owned(),
                None => GUEST.to_owned(),
            };
        }
    }
}

/// What a planner sees in a field that holds one of the guest's details.
pub fn slot_word(slot: Slot) -> String {
    format!("{{{slot}}}")
}

/// The detail that a field holds, as a planner sees it.
pub fn slot_of(value: &str) -> Option<Slot> {
    value.strip_prefix('{')?.strip_suffix('}')?.parse().ok()
}

/// The value as a whole word, where it begins and ends with one.
fn pattern(value: &str) -> String {
    let edge = |c: Option<char>| if c.is_some_and(char::is_alphanumeric) { r"\b" } else { "" };
    let (first, last) = (edge(value.chars().next()), edge(value.chars().next_back()));
    format!("{first}{}{last}", regex::escape(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask() -> GuestMask {
        let json =
            r#"{"first_name":"Ana","last_name":"Silva","email":"ana@example.com","phone":"+1 212 555 0123"}"#;
        GuestMask::new(SlotValues::of(&serde_json::from_str(json).unwrap()))
    }

    #[test]
    fn evidence_has_nothing_of_the_guest() {
        let shown = mask()
            .hide("Dear ANA, (Ana Silva) ana@example.com +12125550123 or +1 212 555 0123, at Banana Bar");
        assert_eq!(shown, "Dear •••, (•••) ••• ••• or •••, at Banana Bar");
    }

    #[test]
    fn a_telephone_number_is_found_in_every_spelling() {
        for phone in ["(212) 555-0123", "212.555.0123", "001 212 555 0123", "2125550123", "+1 (212) 555 0123"]
        {
            assert_eq!(mask().hide(&format!("Call {phone}!")), "Call •••!");
        }
        assert!(!mask().finds("2125550199") && !mask().finds("92125550123"));
    }

    #[test]
    fn a_birth_date_and_a_passport_are_found_in_every_spelling() {
        let json = r#"{"born_on":"1990-01-02","passport":{"number":"X1234567","country":"DE","expires_on":"2030-05-06"}}"#;
        let guest =
            r#"{"first_name":"Ana","last_name":"Silva","email":"ana@example.com","phone":"+1 212 555 0123"}"#;
        let (travel, guest) = (serde_json::from_str(json).unwrap(), serde_json::from_str(guest).unwrap());
        let mask = GuestMask::new(SlotValues::travelling(&guest, &travel));
        for said in [
            "1990-01-02",
            "02/01/1990",
            "2.1.1990",
            "02. 01. 1990",
            "01/02/1990",
            "1/2/90",
            "02-01-90",
            "1990/1/2",
            "2 January 1990",
            "02-Jan-1990",
            "2nd Jan, 1990",
            "Jan 2, 1990",
            "January 2nd 1990",
            "2. Januar 1990",
            "2 janvier 1990",
            "2 de enero de 1990",
            "2 gennaio 1990",
            "1990年1月2日",
            "X1234567",
            "x12 34567",
            "X-1234-567",
        ] {
            assert_eq!(mask.hide(&format!("Given: {said}, thanks")), "Given: •••, thanks", "{said}");
            assert!(mask.finds(said), "{said}");
        }
        for other in
            ["2 nights 1990 EUR", "02/01/2027", "12/01/1990", "2 March 1990", "1.990,02", "X12345678"]
        {
            assert!(!mask.finds(other), "{other}");
        }
    }

    #[test]
    fn an_address_has_nothing_of_the_guest() {
        let url = "https://www.example.com/u/ana%40example.com/at".parse().unwrap();
        assert_eq!(mask().path(&url), "/u/•••/at");
    }

    #[test]
    fn a_name_alone_does_not_count_as_the_guest() {
        assert!(mask().finds("Ana Silva") && mask().finds("ana@example.com"));
        assert!(!mask().finds("Chez Ana"));
    }
}
