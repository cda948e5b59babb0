//! Query parameters, read as request bodies are: one answer names every wrong one.
//!
//! Parameters that nobody asked for are ignored, credentials among them.

use onegent_core::error::Error;
use onegent_core::fields::{Field, FieldError, Fields, push};
use serde_json::{Map, Value};
use url::form_urlencoded;

/// Reads a query with `take`, which asks for the parameters it knows.
pub(crate) fn read<T>(
    query: Option<&str>,
    known: &[&str],
    take: impl FnOnce(&mut Fields<'_>) -> Option<T>,
) -> Result<T, Error> {
    let mut errors = Vec::new();
    let mut members = Map::new();
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        if !known.contains(&name.as_ref()) {
            continue;
        }
        if members.insert(name.to_string(), Value::from(value.into_owned())).is_some() {
            push(&mut errors, &name, "give it once");
        }
    }
    let members = Value::Object(members);
    let read = Fields::open(&members, "", &mut errors).and_then(|mut fields| take(&mut fields));
    match read {
        Some(read) if errors.is_empty() => Ok(read),
        _ => Err(Error::invalid_request(errors)),
    }
}

/// A number, which a query carries as text.
pub(crate) struct Number<T>(pub(crate) T);

impl<T: Field> Field for Number<T> {
    fn read(value: &Value, path: &str, errors: &mut Vec<FieldError>) -> Option<Self> {
        let number = value.as_str().filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
        let number = number.and_then(|text| text.parse::<u64>().ok()).map(Value::from);
        // What is no number keeps its text, and the type says what it wants.
        T::read(number.as_ref().unwrap_or(value), path, errors).map(Self)
    }
}

/// An audit event's place in its chain, as far as `int64` goes.
pub(crate) struct Seq(pub(crate) u64);

impl Field for Seq {
    fn read(value: &Value, path: &str, errors: &mut Vec<FieldError>) -> Option<Self> {
        let read = value.as_u64().filter(|seq| i64::try_from(*seq).is_ok());
        if read.is_none() {
            push(errors, path, "expected a whole number, 0 or more");
        }
        read.map(Self)
    }
}
