//! Reading JSON objects so that one answer names every wrong field.
//!
//! `serde` stops at the first mistake; an assistant that has to correct itself in one try needs the whole
//! list. Requests of REST, of the MCP tools and of the command line are all read here, once.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One field that can't be taken, and what it wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldError {
    /// Where it stands, for example `request.params.covers`.
    pub field: String,
    /// What is wrong and what is wanted. Never repeats the value that was sent.
    pub message: String,
}

/// A type that can be read out of a JSON value, reporting all that is wrong with it.
pub trait Field: Sized {
    /// Reads `value`, which stands at `path`. Answers `None` exactly when something was added to `errors`.
    fn read(value: &Value, path: &str, errors: &mut Vec<FieldError>) -> Option<Self>;
}

/// Reads a whole value, or says everything that is wrong with it.
pub fn read<T: Field>(value: &Value) -> Result<T, Vec<FieldError>> {
    let mut errors = Vec::new();
    match T::read(value, "", &mut errors) {
        Some(read) if errors.is_empty() => Ok(read),
        _ => Err(errors),
    }
}

/// The members of one JSON object, taken one by one; what was never asked for is refused by name.
pub struct Fields<'a> {
    members: &'a Map<String, Value>,
    path: &'a str,
    known: Vec<&'static str>,
    errors: &'a mut Vec<FieldError>,
    errors_before: usize,
}

impl<'a> Fields<'a> {
    /// Opens the object at `path`.
    pub fn open(value: &'a Value, path: &'a str, errors: &'a mut Vec<FieldError>) -> Option<Self> {
        let errors_before = errors.len();
        if let Value::Object(members) = value {
            return Some(Self { members, path, known: Vec::new(), errors, errors_before });
        }
        push(errors, path, "expected an object");
        None
    }

    /// A member that must be there.
    pub fn required<T: Field>(&mut self, name: &'static str) -> Option<T> {
        self.known.push(name);
        match self.members.get(name) {
            None | Some(Value::Null) => {
                self.refuse(name, "is required");
                None
            }
            Some(value) => T::read(value, &join(self.path, name), self.errors),
        }
    }

    /// A member that may be missing or `null`.
    pub fn optional<T: Field>(&mut self, name: &'static str) -> Option<T> {
        self.known.push(name);
        match self.members.get(name) {
            None | Some(Value::Null) => None,
            Some(value) => T::read(value, &join(self.path, name), self.errors),
        }
    }

    /// Whether a member is there and not `null`.
    pub fn has(&self, name: &str) -> bool {
        self.members.get(name).is_some_and(|value| !value.is_null())
    }

    /// Adds a complaint about a member.
    pub fn refuse(&mut self, name: &str, message: &str) {
        push(self.errors, &join(self.path, name), message);
    }

    /// Refuses what was never asked for. True when the whole object was fine.
    pub fn finish(self) -> bool {
        for name in self.members.keys() {
            if !self.known.contains(&name.as_str()) {
                let shown: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
                let message = format!("unknown field; known: {}", self.known.join(", "));
                push(self.errors, &join(self.path, &shown), &message);
            }
        }
        self.errors.len() == self.errors_before
    }
}

/// Adds a complaint about the value at `path`.
pub fn push(errors: &mut Vec<FieldError>, path: &str, message: &str) {
    let field = if path.is_empty() { "body" } else { path };
    errors.push(FieldError { field: field.to_owned(), message: message.to_owned() });
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Reads a string by the type's own `FromStr`.
pub fn from_text<T>(value: &Value, path: &str, errors: &mut Vec<FieldError>) -> Option<T>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    let Value::String(text) = value else {
        push(errors, path, "expected a string");
        return None;
    };
    match text.parse() {
        Ok(read) => Some(read),
        Err(error) => {
            push(errors, path, &T::Err::to_string(&error));
            None
        }
    }
}

/// `Field` by `FromStr`, for types whose JSON form is one string.
macro_rules! text_field {
    ($($name:ty),+ $(,)?) => {$(
        impl $crate::fields::Field for $name {
            fn read(
                value: &serde_json::Value,
                path: &str,
                errors: &mut Vec<$crate::fields::FieldError>,
            ) -> Option<Self> {
                $crate::fields::from_text(value, path, errors)
            }
        }
    )+};
}
pub(crate) use text_field;

/// `Deserialize` by `Field`, so that there is one reader of each request type.
macro_rules! deserialize_by_fields {
    ($($name:ty),+ $(,)?) => {$(
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = serde_json::Value::deserialize(deserializer)?;
                $crate::fields::read(&value).map_err(|errors| {
                    let all: Vec<_> = errors.iter().map(|e| format!("{}: {}", e.field, e.message)).collect();
                    serde::de::Error::custom(all.join("; "))
                })
            }
        }
    )+};
}
pub(crate) use deserialize_by_fields;

text_field!(
    crate::time::VenueDate,
    crate::time::VenueTime,
    crate::money::Currency,
    crate::id::JobId,
    crate::id::ProfileId,
);

impl Field for bool {
    fn read(value: &Value, path: &str, errors: &mut Vec<FieldError>) -> Option<Self> {
        let read = value.as_bool();
        if read.is_none() {
            push(errors, path, "expected true or false");
        }
        read
    }
}

impl<T: Field> Field for Vec<T> {
    fn read(value: &Value, path: &str, errors: &mut Vec<FieldError>) -> Option<Self> {
        const MOST: usize = 50;
        let Value::Array(items) = value else {
            push(errors, path, "expected a list");
            return None;
        };
        if items.len() > MOST {
            push(errors, path, "expected at most 50 items");
            return None;
        }
        let read: Vec<T> = items
            .iter()
            .enumerate()
            .filter_map(|(i, v)| T::read(v, &format!("{path}[{i}]"), errors))
            .collect();
        (read.len() == items.len()).then_some(read)
    }
}

impl Field for crate::money::Money {
    fn read(value: &Value, path: &str, errors: &mut Vec<FieldError>) -> Option<Self> {
        let mut fields = Fields::open(value, path, errors)?;
        let amount: Option<crate::text::Text<64>> = fields.required("value");
        let currency: Option<crate::money::Currency> = fields.required("currency");
        let fine = fields.finish();
        let (amount, currency) = (amount?, currency?);
        match Self::parse(amount.as_str(), currency.code()) {
            Ok(money) => fine.then_some(money),
            Err(error) => {
                push(errors, &join(path, "value"), &error.to_string());
                None
            }
        }
    }
}

deserialize_by_fields!(crate::money::Money);
