//! Playbooks: booking sites described in TOML, page by page.
//!
//! A playbook has rules. The first whose `when` fits the page decides: it fills and presses (`do`), picks from a list of
//! results (`pick`), or says what the page means (`end`). It keeps no memory of its own: what is filled in already, the
//! page shows.

use std::time::Duration;

use async_trait::async_trait;
use onegent_core::caller::Environment;
use onegent_core::money::Currency;
use onegent_core::request::Scenario;
use onegent_core::site::SiteUrl;
use onegent_core::text::{Bounded, ProviderId, Text};
use serde::Deserialize;
use url::Url;

use super::{AfterSubmit, Finding, Goal, Planner, Step, banner};
use crate::agent::{AgentError, SandboxOrigins};
use crate::browser::fold::{fold, has_phrase};
use crate::browser::observation::Observation;

pub(in crate::planner) mod choose;
mod deed;
mod find;
mod pattern;
mod rule;
mod site_file;
mod template;

use deed::Deed;
use rule::Rule;

pub use find::BookingLookUp;
pub use site_file::SiteFile;

/// The playbooks that come with the engine.
const EMBEDDED: [(&str, &str); 4] = [
    ("suppertide.toml", include_str!("../../playbooks/suppertide.toml")),
    ("larkhaven.toml", include_str!("../../playbooks/larkhaven.toml")),
    ("aerolume.toml", include_str!("../../playbooks/aerolume.toml")),
    ("wanderlot.toml", include_str!("../../playbooks/wanderlot.toml")),
];

/// A described booking site.
#[derive(Debug, Clone)]
pub struct Playbook {
    file: File,
    base: Url,
    origins: Vec<url::Origin>,
    /// Whether it may be at a private address, and without TLS.
    private: bool,
}

/// The file as it is written. `playbooks/suppertide.toml` explains every key.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: ProviderId,
    name: Text,
    scenarios: Vec<Scenario>,
    environment: Environment,
    base: String,
    entry: String,
    #[serde(default)]
    origins: Vec<String>,
    #[serde(default)]
    scripts: bool,
    /// Whether it may be at a private address, and without TLS: for a network that is the owner's own.
    #[serde(default)]
    private: bool,
    #[serde(default, rename = "page")]
    pages: Vec<Rule>,
    #[serde(default)]
    charge: ChargeHints,
    #[serde(default)]
    submit: SubmitHints,
    look_up: Option<LookUpHints>,
    /// How long a person may take to confirm, where the site's own offer asks for another time than usual.
    hold_minutes: Option<Bounded<1, 1440>>,
}

/// Where the site prints what a person has to see before money moves.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChargeHints {
    /// Labels of the amount.
    pub amount: Vec<String>,
    /// The label of who takes it.
    pub merchant: String,
    /// The label of the cancellation terms.
    pub terms: String,
    /// Labels of what is booked, in the order in which they are shown.
    pub facts: Vec<String>,
    /// What the site charges in, where a sign such as `$` leaves it open.
    pub currency: Option<Currency>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SubmitHints {
    /// The confirmation page's address, relative to the page that was submitted.
    confirmation: String,
    /// Phrases of headings and messages with which the site says that it took nothing.
    refused: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct LookUpHints {
    page: String,
    #[serde(rename = "do")]
    deeds: Vec<Deed>,
    none: String,
    must_have: Vec<template::Template>,
    name: find::Name,
    code: String,
    no_code: String,
}

impl Playbook {
    /// The playbooks that come with the engine and those in a folder, for the sites that can be reached.
    pub fn all(
        folder: Option<&std::path::Path>,
        sandbox: Option<&SandboxOrigins>,
    ) -> Result<Vec<Self>, AgentError> {
        let mut all: Vec<Self> = Vec::new();
        let own = EMBEDDED.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        for (name, text) in own.chain(read_folder(folder)?) {
            if let Some(playbook) = Self::parse(&name, &text, sandbox)? {
                // A file of the owner's replaces the one that came along.
                all.retain(|other| other.file.id != playbook.file.id);
                all.push(playbook);
            }
        }
        Ok(all)
    }

    /// Reads a playbook; `None` when its site is the sandbox's and there is none.
    pub fn parse(
        name: &str,
        text: &str,
        sandbox: Option<&SandboxOrigins>,
    ) -> Result<Option<Self>, AgentError> {
        let wrong = |reason: String| AgentError::Playbook { name: name.to_owned(), reason };
        let file: File = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
        let needs_sandbox = file.base.starts_with("sandbox:");
        if needs_sandbox != (file.environment == Environment::Test) {
            return Err(wrong("environment: `test` is the sandbox's, and the sandbox is `test`".to_owned()));
        }
        if needs_sandbox && sandbox.is_none() {
            return Ok(None);
        }
        let place = |text: &str| match (text, sandbox) {
            ("sandbox:sites", Some(sandbox)) => Ok(sandbox.sites.clone()),
            ("sandbox:payments", Some(sandbox)) => Ok(sandbox.payments.clone()),
            (text, _) => Url::parse(text).map_err(|error| wrong(format!("`{text}`: {error}"))),
        };
        let base = place(&file.base)?;
        base.join(&file.entry).map_err(|error| wrong(format!("entry: {error}")))?;
        let others = file.origins.iter().map(|text| place(text)).collect::<Result<Vec<_>, _>>()?;
        let origins = std::iter::once(&base).chain(&others).map(Url::origin).collect();
        let private = needs_sandbox || file.private;
        Ok(Some(Self { file, base, origins, private }))
    }

    /// What is known of a site that a request named: where it begins. `None` where its host is no name.
    pub fn direct(
        site: &SiteUrl,
        entry: Url,
        (scenario, environment): (Scenario, Environment),
        private: bool,
        sandbox: Option<&SandboxOrigins>,
    ) -> Option<Self> {
        let origins = match (environment, sandbox) {
            (Environment::Test, Some(sandbox)) => vec![entry.origin(), sandbox.payments.origin()],
            _ => origins_of(&entry),
        };
        let file = File {
            id: site.provider().clone(),
            name: Text::fit(site.provider().as_str())?,
            scenarios: vec![scenario],
            environment,
            base: entry.to_string(),
            entry: entry.to_string(),
            origins: Vec::new(),
            scripts: true,
            private: false,
            pages: Vec::new(),
            charge: ChargeHints::default(),
            submit: SubmitHints::default(),
            look_up: None,
            hold_minutes: None,
        };
        Some(Self { file, base: entry, origins, private: private || environment == Environment::Test })
    }

    /// The site's id.
    pub fn id(&self) -> &ProviderId {
        &self.file.id
    }

    /// The site's name.
    pub fn name(&self) -> &Text {
        &self.file.name
    }

    /// What it books.
    pub fn scenarios(&self) -> &[Scenario] {
        &self.file.scenarios
    }

    /// Whether it is a real site or the sandbox's.
    pub fn environment(&self) -> Environment {
        self.file.environment
    }

    /// Whether it says what to do on the site's pages. One without a page only says where the site is.
    pub fn is_described(&self) -> bool {
        !self.file.pages.is_empty()
    }

    /// How many kinds of pages it describes.
    pub fn pages(&self) -> usize {
        self.file.pages.len()
    }

    /// The ids of those that come with the engine.
    pub fn embedded() -> Vec<ProviderId> {
        EMBEDDED.iter().filter_map(|(name, _)| name.strip_suffix(".toml")?.parse().ok()).collect()
    }

    /// Where a visit begins.
    pub fn entry(&self) -> Url {
        self.base.join(&self.file.entry).unwrap_or_else(|_| self.base.clone())
    }

    /// The origins that belong to the site.
    pub fn origins(&self) -> &[url::Origin] {
        &self.origins
    }

    /// Whether it may be at a private address, and without TLS: the sandbox's sites, and what whoever runs the engine said
    /// so of.
    pub fn is_private(&self) -> bool {
        self.private
    }

    /// How long its charges wait for a person, where it is not as long as usual.
    pub fn hold(&self) -> Option<Duration> {
        self.file.hold_minutes.map(|minutes| Duration::from_mins(minutes.get().into()))
    }

    /// Whether the site is nothing without its scripts, so that it takes a real browser.
    /// So it is taken of a real site that nobody described.
    pub fn needs_scripts(&self) -> bool {
        self.file.scripts || (!self.is_described() && self.environment() == Environment::Live)
    }

    /// Where the site prints its charges.
    pub fn charge(&self) -> &ChargeHints {
        &self.file.charge
    }

    /// The site's own booking look-up, if it has one. `merchant` is who was to be paid, where something was.
    pub fn look_up<'a>(&'a self, goal: &'a Goal, merchant: Option<&'a Text>) -> Option<BookingLookUp<'a>> {
        let hints = self.file.look_up.as_ref()?;
        let page = self.base.join(&hints.page).ok()?;
        Some(BookingLookUp::new(hints, page, goal, merchant))
    }

    fn rule_for(&self, seen: &Observation) -> Option<&Rule> {
        self.file.pages.iter().find(|rule| rule.when.fits(seen))
    }
}

/// The origins of a site that is known by its address alone: its own, and the one with `www.` before it or without, since sites
/// send visitors from one to the other.
pub fn origins_of(url: &Url) -> Vec<url::Origin> {
    let mut origins = vec![url.origin()];
    if let Some(url::Host::Domain(name)) = url.host() {
        let other = name.strip_prefix("www.").map_or_else(|| format!("www.{name}"), str::to_owned);
        let mut twin = url.clone();
        if twin.set_host(Some(&other)).is_ok() {
            origins.push(twin.origin());
        }
    }
    origins
}

fn read_folder(folder: Option<&std::path::Path>) -> Result<Vec<(String, String)>, AgentError> {
    let Some(folder) = folder else { return Ok(Vec::new()) };
    let wrong = |path: &std::path::Path, error: std::io::Error| AgentError::Playbook {
        name: path.display().to_string(),
        reason: error.to_string(),
    };
    let entries = std::fs::read_dir(folder).map_err(|error| wrong(folder, error))?;
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
    paths.sort();
    let read = paths.into_iter().map(|path| {
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        std::fs::read_to_string(&path).map(|text| (name, text)).map_err(|error| wrong(&path, error))
    });
    read.collect()
}

#[async_trait]
impl Planner for Playbook {
    async fn next(&self, seen: &Observation, goal: &Goal) -> Step {
        if let Some(action) = banner::dismiss(seen) {
            return Step::Act { action, word: "banner".to_owned(), remark: None };
        }
        match self.rule_for(seen) {
            Some(rule) => rule.next(seen, goal),
            None => {
                Step::End(Finding::NotUnderstood { why: "no rule of the playbook fits the page".to_owned() })
            }
        }
    }

    fn after_submit(&self, seen: &Observation) -> AfterSubmit {
        if let Some(code) = self.rule_for(seen).and_then(|rule| rule.booked(seen)) {
            return AfterSubmit::Booked { code };
        }
        // Only where the page itself speaks: its terms or a review may have the same words in them.
        let said = seen.headings.iter().chain(seen.messages.iter().map(|message| &message.text));
        let said: Vec<_> = said.map(|text| fold(text)).collect();
        let refused = self
            .file
            .submit
            .refused
            .iter()
            .any(|phrase| said.iter().any(|text| has_phrase(text, &fold(phrase))));
        if refused { AfterSubmit::Refused } else { AfterSubmit::Unclear }
    }

    fn confirmation_of(&self, submitted_from: &Url) -> Option<Url> {
        submitted_from.join(&self.file.submit.confirmation).ok()
    }
}

#[cfg(test)]
mod tests;
