//! Our entry in a host's file.

use std::fmt;

use onegent_core::port::{ApiKey, ParseKeyError};

use crate::env;

/// The name of our entry.
pub(crate) const NAME: &str = "onegent";

/// What a host shall start.
#[derive(Clone)]
pub(crate) struct Entry {
    /// The program, by its whole path: a host started from a dock knows no `PATH`.
    pub(crate) command: String,
    /// Its arguments.
    pub(crate) args: Vec<String>,
    /// The key, unless the server runs in the host's process or the entry keeps the one it has.
    pub(crate) key: Option<ApiKey>,
    /// The REST API, unless it is the hosted one.
    pub(crate) api: Option<String>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("command", &self.command)
            .field("args", &self.args)
            .finish_non_exhaustive()
    }
}

impl Entry {
    /// Whether it says all about which server is meant, so that what an older entry says of it is over. Without a key it
    /// goes on with the one that is there.
    pub(crate) fn is_complete(&self) -> bool {
        self.key.is_some() || self.args.iter().any(|arg| arg == "--embedded")
    }

    /// The environment that the program gets.
    pub(crate) fn environment(&self) -> Vec<(&'static str, &str)> {
        let key = self.key.as_ref().map(|key| (env::API_KEY, key.expose()));
        let api = self.api.as_deref().map(|api| (env::API_BASE_URL, api));
        key.into_iter().chain(api).collect()
    }
}

/// Our entry as a file has it.
#[derive(Debug)]
pub(crate) struct Found {
    /// The program.
    pub(crate) command: Option<String>,
    /// Whether it runs the whole server itself.
    pub(crate) embedded: bool,
    /// The key, by shape; `None` without one.
    pub(crate) key: Option<Result<ApiKey, ParseKeyError>>,
}
