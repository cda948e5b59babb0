//! A PostgreSQL for tests: the one that [`VARIABLE`] names, or one in a temporary directory, which ends with the test
//! process, however that ends.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use anyhow::{Context as _, ensure};

/// A server to make databases on, as somebody who may do that: `postgres://user@host/database`.
pub const VARIABLE: &str = "ONEGENT_TEST_DATABASE_URL";

/// Where Debian has the server's programs; elsewhere they are in the path.
const DEBIAN: &str = "/usr/lib/postgresql/15/bin";

/// Runs as long as somebody holds its standard input, and does what it reads there. Its server sorts as no byte order
/// does, so that what relies on one shows.
const SCRIPT: &str = r#"
trap '' INT TERM HUP
set -e
dir=$(mktemp -d -t onegent-pg.XXXXXX)
initdb -D "$dir/data" -A trust -U onegent -E UTF8 --no-sync \
    --locale=C.UTF-8 --locale-provider=icu --icu-locale=en > "$dir/log" 2>&1
server() {
    pg_ctl -D "$dir/data" -w -l "$dir/log" -m immediate \
        -o "-k $dir -h '' -c max_connections=300 -c fsync=$1 -c full_page_writes=$1" "$2" > /dev/null 2>&1
}
server "$1" start
echo "$dir"
while read -r order; do
    server "$1" "$order"
    echo "$order"
done
server "$1" stop
rm -rf "$dir"
"#;

/// Whether what is written survives the machine's end, and what that costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    /// As in earnest.
    Durable,
    /// As fast as it goes.
    Careless,
}

/// A server of our own.
#[derive(Debug)]
pub struct Server {
    socket: String,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Server {
    /// Starts one in a new directory.
    pub fn start(disk: Disk) -> anyhow::Result<Self> {
        let fsync = if disk == Disk::Durable { "on" } else { "off" };
        // initdb refuses root.
        let (program, before): (_, &[&str]) =
            if is_root() { ("runuser", &["-u", "postgres", "--", "sh"]) } else { ("sh", &[]) };
        let mut command = Command::new(program);
        command.args(before).args(["-c", SCRIPT, "sh", fsync]).env("PATH", path()?).current_dir("/");
        if is_root() {
            // It may be closed to whom the server runs as.
            command.env_remove("TMPDIR");
        }
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let orders = child.stdin.take().context("no standard input")?;
        let mut answers = BufReader::new(child.stdout.take().context("no standard output")?);
        let mut socket = String::new();
        answers.read_line(&mut socket)?;
        socket.truncate(socket.trim_end().len());
        ensure!(!socket.is_empty(), "no PostgreSQL could be started; name one with {VARIABLE}");
        Ok(Self { socket, orders, answers })
    }

    /// Kills it and starts it again, as after a crash; back when it answers.
    pub fn crash(&mut self) -> anyhow::Result<()> {
        self.order("restart")
    }

    fn order(&mut self, order: &str) -> anyhow::Result<()> {
        writeln!(self.orders, "{order}")?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        ensure!(answer.trim_end() == order, "the server did not {order}");
        Ok(())
    }

    /// Where it listens: a socket of this machine.
    pub fn socket(&self) -> PathBuf {
        PathBuf::from(&self.socket).join(".s.PGSQL.5432")
    }

    /// A new, empty database; its URL.
    pub fn database(&self) -> anyhow::Result<String> {
        database_on(&format!("postgres://onegent@localhost/postgres?host={}", self.socket))
    }
}

/// A new, empty database on the server that all tests of this process share; its URL.
pub fn fresh() -> anyhow::Result<String> {
    static OWN: OnceLock<Server> = OnceLock::new();
    static STARTING: Mutex<()> = Mutex::new(());
    if let Ok(given) = std::env::var(VARIABLE) {
        return database_on(&given);
    }
    let _one_at_a_time = STARTING.lock();
    if OWN.get().is_none() {
        drop(OWN.set(Server::start(Disk::Careless)?));
    }
    OWN.get().context("it was started just now")?.database()
}

/// The URL of the same database where it is reached by a port of loopback.
pub fn over(url: &str, port: u16) -> anyhow::Result<String> {
    let (before, _socket) = url.split_once('?').context("it names a socket")?;
    let name = before.rsplit('/').next().context("it names a database")?;
    Ok(format!("postgres://onegent@127.0.0.1:{port}/{name}?sslmode=disable"))
}

fn database_on(server: &str) -> anyhow::Result<String> {
    static DATABASES: AtomicU32 = AtomicU32::new(0);
    let name = format!("onegent_test_{}_{}", std::process::id(), DATABASES.fetch_add(1, Ordering::Relaxed));
    let mut psql = Command::new("psql");
    psql.args(["-X", "-q", "-d", server, "-c", &format!("CREATE DATABASE {name}")]).env("PATH", path()?);
    ensure!(psql.status()?.success(), "no database could be made");
    let (scheme, rest) = server.split_once("://").context("a URL has a scheme")?;
    let (place, options) = rest.split_once('?').map_or((rest, ""), |(place, options)| (place, options));
    let authority = place.split_once('/').map_or(place, |(authority, _database)| authority);
    let mark = if options.is_empty() { "" } else { "?" };
    Ok(format!("{scheme}://{authority}/{name}{mark}{options}"))
}

fn path() -> anyhow::Result<std::ffi::OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(PathBuf::from(DEBIAN)).chain(std::env::split_paths(&path));
    Ok(std::env::join_paths(path)?)
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.starts_with(b"0\n"))
}
