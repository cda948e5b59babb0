//! How a playbook names labels and paths.

use serde::Deserialize;

use crate::browser::fold::fold;

/// A label: compared without case, accents and punctuation; `*` at an end stands for anything.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Pattern {
    text: String,
    open_start: bool,
    open_end: bool,
}

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (open_start, open_end) = (text.starts_with('*'), text.ends_with('*'));
        let inner = text.trim_matches('*');
        if inner.contains('*') {
            return Err("`*` can stand at the ends only".to_owned());
        }
        let folded = fold(inner);
        if folded.is_empty() && !inner.is_empty() {
            return Err("a label needs a letter or a digit".to_owned());
        }
        Ok(Self { text: folded, open_start, open_end })
    }
}

impl Pattern {
    pub(super) fn fits(&self, label: &str) -> bool {
        let label = fold(label);
        match (self.open_start, self.open_end) {
            (false, false) => label == self.text,
            (false, true) => label.starts_with(&self.text),
            (true, false) => label.ends_with(&self.text),
            (true, true) => label.contains(&self.text),
        }
    }
}

/// A path: `*` stands for one segment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct PathPattern(Vec<String>);

impl TryFrom<String> for PathPattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.starts_with('/') {
            Ok(Self(text.split('/').map(str::to_owned).collect()))
        } else {
            Err("a path begins with `/`".to_owned())
        }
    }
}

impl PathPattern {
    pub(super) fn fits(&self, path: &str) -> bool {
        let segments: Vec<_> = path.split('/').collect();
        let one = |(wanted, found): (&String, &&str)| wanted == found || (wanted == "*" && !found.is_empty());
        segments.len() == self.0.len() && self.0.iter().zip(&segments).all(one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_paths_are_matched() {
        let pattern = |text: &str| Pattern::try_from(text.to_owned()).unwrap();
        assert!(pattern("E-mail address").fits("e-mail  Address"));
        assert!(!pattern("E-mail address").fits("Repeat e-mail address"));
        assert!(pattern("Pay *").fits("Pay USD 12.00") && pattern("*address").fits("Repeat e-mail address"));
        assert!(Pattern::try_from("a*b".to_owned()).is_err());
        let path = PathPattern::try_from("/table/book/*/guest".to_owned()).unwrap();
        assert!(path.fits("/table/book/x1/guest"));
        assert!(!path.fits("/table/book//guest") && !path.fits("/table/book/x/y/guest"));
    }
}
