//! A playbook that only says where a site is, as it is written into a file.

use onegent_core::caller::Environment;
use onegent_core::request::Scenario;
use onegent_core::text::{ProviderId, Text};
use serde::Serialize;
use url::Url;

/// Where a site is and what can be booked there. The keys are those of a playbook.
#[derive(Debug, Clone, Serialize)]
pub struct SiteFile {
    /// What it is called in requests and trails.
    pub id: ProviderId,
    /// What people are shown.
    pub name: Text,
    /// What can be booked there.
    pub scenarios: Vec<Scenario>,
    /// Whether it is a real site or one of the sandbox's.
    pub environment: Environment,
    base: String,
    entry: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    origins: Vec<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    private: bool,
}

impl SiteFile {
    /// A real site whose visits begin at `entry`. Where `private`, it may be at a private address, and without TLS.
    pub fn real(id: ProviderId, name: Text, scenario: Scenario, entry: &Url, private: bool) -> Self {
        let base = entry.origin().ascii_serialization();
        Self {
            id,
            name,
            scenarios: vec![scenario],
            environment: Environment::Live,
            base,
            entry: relative(entry),
            origins: Vec::new(),
            private,
        }
    }

    /// One of the sandbox's sites, wherever the sandbox is by then.
    pub fn practice(id: ProviderId, name: Text, scenario: Scenario, entry: &Url) -> Self {
        Self {
            environment: Environment::Test,
            base: "sandbox:sites".to_owned(),
            origins: vec!["sandbox:payments".to_owned()],
            ..Self::real(id, name, scenario, entry, false)
        }
    }

    /// A further origin that the site's pages go to.
    #[must_use]
    pub fn with_origin(mut self, other: &Url) -> Self {
        let origin = other.origin().ascii_serialization();
        if origin != self.base && !self.origins.contains(&origin) {
            self.origins.push(origin);
        }
        self
    }

    /// The file's text.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }
}

fn relative(url: &Url) -> String {
    url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planner::playbook::Playbook;

    #[test]
    fn what_is_written_can_be_read_again() {
        let entry: Url = "https://www.example.com/book?from=a%22b".parse().unwrap();
        let name: Text = "Ana's \"Tables\" \\ more".parse().unwrap();
        let file =
            SiteFile::real("example.com".parse().unwrap(), name.clone(), Scenario::Restaurant, &entry, false)
                .with_origin(&"https://book.example.com/x".parse().unwrap())
                .with_origin(&entry);
        let read = Playbook::parse("example.toml", &file.to_toml().unwrap(), None).unwrap().unwrap();
        assert_eq!((read.entry(), read.name(), read.origins().len()), (entry, &name, 2));
        assert!(!read.is_described() && !read.is_private());

        let near: Url = "http://10.0.0.8:8000/".parse().unwrap();
        let file = SiteFile::real("near".parse().unwrap(), name, Scenario::Activity, &near, true);
        assert!(Playbook::parse("near.toml", &file.to_toml().unwrap(), None).unwrap().unwrap().is_private());
    }
}
