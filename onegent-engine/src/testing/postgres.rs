//! A PostgreSQL for tests: the one that [`VARIABLE`] names, or one of its own in a temporary directory, which ends with
//! the test process, however that ends.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use secrecy::SecretString;
use sqlx::{Connection as _, PgConnection};

/// A server to make databases on, as somebody who may do that.
const VARIABLE: &str = "ONEGENT_TEST_DATABASE_URL";
/// Where Debian has the server's programs; elsewhere they are in the path.
const DEBIAN: &str = "/usr/lib/postgresql/15/bin";

/// Runs as long as somebody holds its standard input. It sorts as no byte order does, so that what relies on one shows.
const SCRIPT: &str = r#"
trap '' INT TERM HUP
set -e
dir=$(mktemp -d /tmp/onegent-pg.XXXXXX)
initdb -D "$dir/data" -A trust -U onegent -E UTF8 --no-sync \
    --locale=C.UTF-8 --locale-provider=icu --icu-locale=en > "$dir/log" 2>&1
pg_ctl -D "$dir/data" -w -l "$dir/log" \
    -o "-k $dir -h '' -c max_connections=300 -c fsync=off -c full_page_writes=off" start > /dev/null
echo "$dir"
cat > /dev/null
pg_ctl -D "$dir/data" -m immediate stop > /dev/null 2>&1
rm -rf "$dir"
"#;

/// A server of our own.
struct Own {
    socket: String,
    _alive: ChildStdin,
}

static OWN: OnceLock<Own> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A new, empty database.
pub(super) async fn fresh() -> SecretString {
    let server = std::env::var(VARIABLE).unwrap_or_else(|_unset| {
        let own = OWN.get_or_init(start);
        format!("postgres://onegent@localhost/postgres?host={}", own.socket)
    });
    let name = format!(
        "onegent_test_{}_{}",
        std::process::id(),
        DATABASES.fetch_add(1, Ordering::Relaxed)
    );
    let mut conn = PgConnection::connect(&server).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let mut url: url::Url = server.parse().unwrap();
    url.set_path(&name);
    url.to_string().into()
}

fn start() -> Own {
    let mut command = if is_root() {
        // initdb refuses root.
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--", "sh", "-c", SCRIPT]);
        command
    } else {
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT]);
        command
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(PathBuf::from(DEBIAN)).chain(std::env::split_paths(&path));
    command.env("PATH", std::env::join_paths(path).unwrap());
    command.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut socket = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut socket).unwrap();
    let socket = socket.trim().to_owned();
    assert!(!socket.is_empty(), "no PostgreSQL could be started; name one with {VARIABLE}");
    Own { socket, _alive: child.stdin.take().unwrap() }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.starts_with(b"0\n"))
}
