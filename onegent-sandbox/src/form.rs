//! Forms: what a browser sent, and the fields that a page shows.

use jiff::civil::{Date, Time};

/// The longest value that is kept of a field, in characters.
const LONGEST: usize = 300;

/// The fields that a browser sent, in any order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a query or a form body; what cannot be read counts as empty.
    pub(crate) fn parse(encoded: &[u8]) -> Self {
        Self(serde_urlencoded::from_bytes(encoded).unwrap_or_default())
    }

    /// The trimmed value of a field, empty when it was not sent.
    pub(crate) fn get(&self, name: &str) -> &str {
        let sent = self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim());
        sent.char_indices().nth(LONGEST).map_or(sent, |(end, _)| &sent[..end])
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// The named fields as a query, to carry a search from page to page.
    pub(crate) fn query(&self, names: &[&str]) -> String {
        let pairs: Vec<_> = names.iter().map(|name| (*name, self.get(name))).collect();
        serde_urlencoded::to_string(pairs).unwrap_or_default()
    }

    /// The form with one field replaced.
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let rest = self.0.iter().filter(|(key, _)| key != name).cloned();
        Self(rest.chain([(name.to_owned(), value.to_owned())]).collect())
    }
}

/// The widget of a field, and what it accepts.
#[derive(Debug, Clone)]
pub(crate) enum Control {
    Text,
    Email,
    Tel,
    Password,
    Date {
        from: Date,
        to: Date,
    },
    Time,
    Number {
        from: u32,
        to: u32,
    },
    /// Values with their labels.
    Select(Vec<(String, String)>),
    /// Text with suggestions.
    Suggest(Vec<String>),
    /// A box, ticked at first or not.
    Check {
        ticked: bool,
    },
}

/// A field of a form with what was typed and what is wrong with it.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) control: Control,
    pub(crate) autocomplete: &'static str,
    pub(crate) required: bool,
    pub(crate) value: String,
    pub(crate) error: Option<&'static str>,
}

impl Field {
    /// A required, empty field.
    pub(crate) fn new(name: &str, label: &str, control: Control) -> Self {
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            control,
            autocomplete: "",
            required: true,
            value: String::new(),
            error: None,
        }
    }

    pub(crate) fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    pub(crate) fn fills(mut self, autocomplete: &'static str) -> Self {
        self.autocomplete = autocomplete;
        self
    }

    pub(crate) fn starting_with(mut self, value: &str) -> Self {
        value.clone_into(&mut self.value);
        self
    }

    /// The `type` of the input element, or the element's own name.
    pub(crate) const fn kind(&self) -> &'static str {
        match self.control {
            Control::Text | Control::Suggest(_) => "text",
            Control::Email => "email",
            Control::Tel => "tel",
            Control::Password => "password",
            Control::Date { .. } => "date",
            Control::Time => "time",
            Control::Number { .. } => "number",
            Control::Select(_) => "select",
            Control::Check { .. } => "checkbox",
        }
    }

    /// The `min` and `max` attributes, where the control has them.
    pub(crate) fn bounds(&self) -> Option<(String, String)> {
        match self.control {
            Control::Date { from, to } => Some((from.to_string(), to.to_string())),
            Control::Number { from, to } => Some((from.to_string(), to.to_string())),
            Control::Text
            | Control::Email
            | Control::Tel
            | Control::Password
            | Control::Time
            | Control::Select(_)
            | Control::Suggest(_)
            | Control::Check { .. } => None,
        }
    }

    pub(crate) fn options(&self) -> &[(String, String)] {
        if let Control::Select(options) = &self.control { options } else { &[] }
    }

    pub(crate) fn suggestions(&self) -> &[String] {
        if let Control::Suggest(suggestions) = &self.control { suggestions } else { &[] }
    }

    pub(crate) fn ticked(&self) -> bool {
        matches!(self.control, Control::Check { ticked: true })
    }

    /// Takes over what was typed and says what is wrong with it.
    pub(crate) fn read(&mut self, form: &Form) {
        form.get(&self.name).clone_into(&mut self.value);
        if let Control::Check { ticked } = &mut self.control {
            *ticked = form.has(&self.name);
            self.error = (self.required && !*ticked).then_some("Please tick this box to go on.");
        } else if self.value.is_empty() {
            self.error = self.required.then_some("Please fill this in.");
        } else {
            self.error = self.complaint();
        }
    }

    fn complaint(&self) -> Option<&'static str> {
        let (good, complaint) = match &self.control {
            Control::Text | Control::Password | Control::Suggest(_) | Control::Check { .. } => (true, ""),
            Control::Email => {
                (looks_like_email(&self.value), "Please give an e-mail address like name@example.com.")
            }
            Control::Tel => {
                (looks_like_phone(&self.value), "Please give a phone number like +1 212 555 0147.")
            }
            Control::Date { from, to } => (
                self.value.parse::<Date>().is_ok_and(|date| (*from..=*to).contains(&date)),
                "Please choose a date that is offered.",
            ),
            Control::Time => (clock_time(&self.value).is_some(), "Please give a time like 19:30."),
            Control::Number { from, to } => (
                self.value.parse::<u32>().is_ok_and(|number| (*from..=*to).contains(&number)),
                "Please choose a number within the range.",
            ),
            Control::Select(options) => {
                (options.iter().any(|(value, _)| *value == self.value), "Please choose from the list.")
            }
        };
        (!good).then_some(complaint)
    }
}

/// Reads all fields; true when none has an error.
pub(crate) fn read_all(fields: &mut [Field], form: &Form) -> bool {
    for field in &mut *fields {
        field.read(form);
    }
    fields.iter().all(|field| field.error.is_none())
}

/// Puts an error of the caller's own at a field.
pub(crate) fn complain(fields: &mut [Field], name: &str, error: &'static str) {
    if let Some(field) = fields.iter_mut().find(|field| field.name == name) {
        field.error = Some(error);
    }
}

/// Reads `HH:MM`, with seconds or without.
pub(crate) fn clock_time(text: &str) -> Option<Time> {
    text.parse::<Time>().ok()
}

fn looks_like_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty()
            && host.contains('.')
            && !host.starts_with('.')
            && !host.ends_with('.')
            && !text.contains(' ')
    })
}

fn looks_like_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (6..=15).contains(&digits) && text.chars().all(|sign| sign.is_ascii_digit() || " +-().".contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_keeps_what_was_typed_and_complains() {
        let mut field = Field::new("email", "Email", Control::Email);
        field.read(&Form::parse(b"email=nobody"));
        assert_eq!(field.value, "nobody");
        assert!(field.error.is_some());
        field.read(&Form::parse(b"email=ada%40example.org"));
        assert_eq!(field.error, None);
    }

    #[test]
    fn an_overlong_value_is_cut_at_a_character() {
        let form = Form::parse(format!("name={}", "é".repeat(400)).as_bytes());
        assert_eq!(form.get("name").chars().count(), LONGEST);
    }

    #[test]
    fn garbage_reads_as_empty() {
        assert_eq!(Form::parse(&[0xff, 0xfe, b'%', b'=']).get("name"), "");
    }

    #[test]
    fn a_number_outside_the_range_is_refused() {
        let mut field = Field::new("pax", "Passengers", Control::Number { from: 1, to: 9 });
        for wrong in ["0", "10", "-1", "two", "99999999999"] {
            field.read(&Form::default().with("pax", wrong));
            assert!(field.error.is_some(), "{wrong}");
        }
    }
}
