//! The time between a start of the server and its death.

use jiff::Timestamp;
use onegent_client::Client;
use onegent_core::port::ApiKey;
use tokio::sync::Mutex;

use crate::person::Person;
use crate::process::ServerProcess;

/// While one server process is up: how it is reached, and since when.
pub(super) struct Uptime<'a> {
    /// A program with a key.
    pub(super) client: Client,
    /// The key.
    pub(super) key: &'a ApiKey,
    /// The one person, at the console.
    pub(super) person: &'a Mutex<Person>,
    /// What was written before this was written by a process that is dead.
    pub(super) since: Timestamp,
    /// Whether the record may be out of reach, as on a full disk, so that `backend_unavailable` is a right answer.
    pub(super) may_refuse: bool,
}

impl<'a> Uptime<'a> {
    /// How a server that was started at `since` is reached.
    pub(super) fn of(
        server: &ServerProcess,
        key: &'a ApiKey,
        person: &'a Mutex<Person>,
        since: Timestamp,
        may_refuse: bool,
    ) -> anyhow::Result<Self> {
        Ok(Self { client: server.client(key)?, key, person, since, may_refuse })
    }
}
