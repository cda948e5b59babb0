//! A configuration file's text, edited in place: JSON as it is written by hand, with comments, trailing commas, a byte order
//! mark and any line ends, all of which stay.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstNode, CstObject, CstRootNode};
use onegent_core::port::ApiKey;

use super::entry::NAME;
use super::{Entry, Found, Host};
use crate::env;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// What stands in the way of editing a text.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    /// It is no JSON.
    #[error("line {line}, column {column}: {what}")]
    Syntax {
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// What is wrong there.
        what: String,
    },
    /// It is JSON of another make than the host's.
    #[error("{0}")]
    Foreign(String),
}

/// What an edit did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// There was no entry.
    Added,
    /// There was another one.
    Updated,
    /// The entry is gone.
    Removed,
    /// All is as it was.
    Nothing,
}

/// A file's text, parsed without losing anything.
pub(crate) struct Document {
    marked: bool,
    root: CstRootNode,
}

impl Document {
    /// Reads a text. The empty one is an object without members.
    pub(crate) fn parse(text: &str) -> Result<Self, Unreadable> {
        let (marked, text) = text.strip_prefix(BYTE_ORDER_MARK).map_or((false, text), |rest| (true, rest));
        let text = if text.trim().is_empty() { "{}\n" } else { text };
        let root = CstRootNode::parse(text, &AS_HOSTS_READ).map_err(|error| Unreadable::Syntax {
            line: error.line_display(),
            column: error.column_display(),
            what: error.kind().to_string(),
        })?;
        Ok(Self { marked, root })
    }

    /// The text as it stands now.
    pub(crate) fn text(&self) -> String {
        let mark = self.marked.then_some(BYTE_ORDER_MARK);
        mark.into_iter().chain(self.root.to_string().chars()).collect()
    }

    /// Our entry, if it is there.
    pub(crate) fn find(&self, host: Host) -> Result<Option<Found>, Unreadable> {
        let Some(entry) = self.servers(host)?.map(|servers| object(&servers, NAME)).transpose()?.flatten()
        else {
            return Ok(None);
        };
        let embedded = entry.array_value("args").is_some_and(|args| {
            args.elements().iter().any(|arg| text_of(arg).as_deref() == Some("--embedded"))
        });
        let key = entry.object_value("env").and_then(|env| string(&env, env::API_KEY));
        Ok(Some(Found {
            command: string(&entry, "command"),
            embedded,
            key: key.map(|key| ApiKey::parse(&key)),
        }))
    }

    /// Writes our entry. Of one that is there, only what differs is changed: a person may have added to it.
    pub(crate) fn install(&self, host: Host, entry: &Entry) -> Result<Change, Unreadable> {
        let before = self.root.to_string();
        let known = self.find(host)?.is_some();
        let root = self.top()?.unwrap_or_else(|| self.root.object_value_or_set());
        let servers = root.object_value_or_set(host.servers());
        if known {
            let place = servers.object_value_or_set(NAME);
            set(&place, "command", &entry.command);
            set_list(&place, "args", &entry.args);
            let environment = entry.environment();
            if !environment.is_empty() {
                let place = place.object_value_or_set("env");
                for (name, value) in &environment {
                    set(&place, name, value);
                }
            }
            if entry.is_complete() {
                let stale = env::OURS.iter().filter(|name| environment.iter().all(|(set, _)| set != *name));
                for property in stale.filter_map(|name| place.object_value("env")?.get(name)) {
                    property.remove();
                }
            }
            return Ok(if self.root.to_string() == before { Change::Nothing } else { Change::Updated });
        }
        servers.append(NAME, written(host, entry));
        Ok(Change::Added)
    }

    /// Takes our entry out.
    pub(crate) fn uninstall(&self, host: Host) -> Result<Change, Unreadable> {
        let entry = self.servers(host)?.and_then(|servers| servers.get(NAME));
        Ok(entry.map_or(Change::Nothing, |entry| {
            entry.remove();
            Change::Removed
        }))
    }

    fn servers(&self, host: Host) -> Result<Option<CstObject>, Unreadable> {
        let Some(root) = self.top()? else { return Ok(None) };
        object(&root, host.servers())
    }

    /// The outermost object; `None` when there is only a comment.
    fn top(&self) -> Result<Option<CstObject>, Unreadable> {
        match self.root.value() {
            None => Ok(None),
            Some(value) => value
                .as_object()
                .map(Some)
                .ok_or_else(|| Unreadable::Foreign("the file's value is not an object".to_owned())),
        }
    }
}

/// What the hosts' own readers take at most.
const AS_HOSTS_READ: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_trailing_commas: true,
    allow_loose_object_property_names: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// The object that a member is. A member that is there twice, or is something else, is not ours to judge.
fn object(parent: &CstObject, name: &str) -> Result<Option<CstObject>, Unreadable> {
    let same = |property: &jsonc_parser::cst::CstObjectProp| property.decoded_name().as_deref() == Some(name);
    let all: Vec<_> = parent.properties().into_iter().filter(same).collect();
    match all.as_slice() {
        [] => Ok(None),
        [one] => one
            .object_value()
            .map(Some)
            .ok_or_else(|| Unreadable::Foreign(format!("its member \"{name}\" is not an object"))),
        _ => Err(Unreadable::Foreign(format!("its member \"{name}\" is there more than once"))),
    }
}

fn text_of(node: &CstNode) -> Option<String> {
    node.as_string_lit()?.decoded_value().ok()
}

fn string(parent: &CstObject, name: &str) -> Option<String> {
    text_of(&parent.get(name)?.value()?)
}

fn set(parent: &CstObject, name: &str, value: &str) {
    if string(parent, name).as_deref() == Some(value) {
        return;
    }
    let value = CstInputValue::String(value.to_owned());
    match parent.get(name) {
        Some(property) => property.set_value(value),
        None => {
            parent.append(name, value);
        }
    }
}

fn set_list(parent: &CstObject, name: &str, wanted: &[String]) {
    let there = parent.array_value(name).map(|list| list.elements().iter().map(text_of).collect::<Vec<_>>());
    if there.is_some_and(|there| {
        there.iter().map(Option::as_deref).eq(wanted.iter().map(|one| Some(one.as_str())))
    }) {
        return;
    }
    match parent.get(name) {
        Some(property) => property.set_value(list(wanted)),
        None => {
            parent.append(name, list(wanted));
        }
    }
}

fn list(words: &[String]) -> CstInputValue {
    CstInputValue::Array(words.iter().cloned().map(CstInputValue::String).collect())
}

fn written(host: Host, entry: &Entry) -> CstInputValue {
    let mut members = Vec::new();
    if host.names_transport() {
        members.push(("type".to_owned(), CstInputValue::String("stdio".to_owned())));
    }
    members.push(("command".to_owned(), CstInputValue::String(entry.command.clone())));
    members.push(("args".to_owned(), list(&entry.args)));
    let environment = entry.environment();
    if !environment.is_empty() {
        let named = |(name, value): (&str, &str)| (name.to_owned(), CstInputValue::String(value.to_owned()));
        members.push(("env".to_owned(), CstInputValue::Object(environment.into_iter().map(named).collect())));
    }
    CstInputValue::Object(members)
}
