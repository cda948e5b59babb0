//! Parameters of OAuth requests, each at most once (RFC 6749 section 3.1).

use std::collections::BTreeMap;
use std::fmt;

/// A parameter stands twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a parameter stands more than once")]
pub struct RepeatedParam;

/// Parameters by name. What has no value counts as left out. Values may be secrets and are never printed.
#[derive(Clone, Default)]
pub struct Params(BTreeMap<String, String>);

impl Params {
    /// From decoded pairs.
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Self, RepeatedParam> {
        let mut all = BTreeMap::new();
        for (name, value) in pairs {
            if all.insert(name, value).is_some() {
                return Err(RepeatedParam);
            }
        }
        all.retain(|_, value| !value.is_empty());
        Ok(Self(all))
    }

    /// A parameter's value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pairs: &[(&str, &str)]) -> Result<Params, RepeatedParam> {
        Params::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn a_parameter_stands_once_even_without_a_value() {
        assert_eq!(params(&[("state", "a"), ("state", "a")]).unwrap_err(), RepeatedParam);
        assert_eq!(params(&[("state", ""), ("state", "a")]).unwrap_err(), RepeatedParam);
        let fine = params(&[("state", ""), ("code", "s3cret")]).unwrap();
        assert_eq!((fine.get("state"), fine.get("code")), (None, Some("s3cret")));
        assert!(!format!("{fine:?}").contains("s3cret"));
    }
}
