//! The real binaries, run as people run them.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};

use anyhow::{Context as _, ensure};
use onegent_client::Client;
use onegent_core::port::ApiKey;
use onegent_engine::agent::SandboxOrigins;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use url::Url;

use crate::person::Person;
use crate::world::patiently;

/// A built binary of this workspace. It stands beside the test's own; when it is missing it is built.
pub async fn binary(name: &str) -> anyhow::Result<PathBuf> {
    static BUILT: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let test = std::env::current_exe()?;
    let beside = test.parent().context("a binary lies in a folder")?;
    // A test's own binary lies one deeper, in `deps`.
    let folder = if beside.ends_with("deps") { beside.parent().unwrap_or(beside) } else { beside };
    let binary = folder.join(name).with_extension(std::env::consts::EXE_EXTENSION);
    let _one_build_at_a_time = BUILT.lock().await;
    if !binary.is_file() {
        let release = folder.ends_with("release").then_some("--release");
        let cargo = std::env::var("CARGO").unwrap_or_else(|_unset| "cargo".to_owned());
        let mut build = Command::new(cargo);
        build.args(["build", "--locked", "--package", "onegent-cli", "--bins"]).args(release);
        let status = build.current_dir(env!("CARGO_MANIFEST_DIR")).status().await?;
        ensure!(status.success() && binary.is_file(), "can't build {name}");
    }
    Ok(binary)
}

/// A command of a binary that sees nothing of the tester's own environment, with `home` as its home.
pub async fn command(name: &str, home: &Path) -> anyhow::Result<Command> {
    let mut command = Command::new(binary(name).await?);
    command.env_clear().env("HOME", home).current_dir(home);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    Ok(command)
}

/// The same command where no file can grow longer than `kib` KiB, as on a full disk.
pub fn on_a_full_disk(command: &Command, kib: u64) -> Command {
    // A write beyond the limit would kill the process unless it asked to be told instead. POSIX counts in 512 bytes.
    const LIMITED: &str = r#"trap "" XFSZ; ulimit -f "$1"; shift; exec "$@""#;
    let inner = command.as_std();
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", LIMITED, "sh", &(kib * 2).to_string()]).arg(inner.get_program()).args(inner.get_args());
    shell.env_clear().envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if let Some(folder) = inner.get_current_dir() {
        shell.current_dir(folder);
    }
    shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    shell
}

/// Runs a command to its end.
pub async fn run(mut command: Command) -> anyhow::Result<Output> {
    Ok(patiently("a command to end", command.output()).await??)
}

/// The next line that a process says.
pub async fn next_line(
    lines: &mut tokio::io::Lines<BufReader<impl AsyncRead + Unpin>>,
) -> anyhow::Result<String> {
    let line = patiently("a process to say something", lines.next_line()).await??;
    line.context("the process ended without a word")
}

/// What a process said that could not start.
#[derive(Debug, thiserror::Error)]
#[error("it does not start: {0}")]
pub struct Refusal(Value);

/// A running process that announced itself with one line of JSON.
struct Announced {
    child: Child,
    said: Value,
}

impl Announced {
    async fn start(command: Command) -> anyhow::Result<Self> {
        // Nobody reads its log here; a full pipe would stop it.
        Self::logging(command, Stdio::inherit()).await
    }

    async fn logging(mut command: Command, log: Stdio) -> anyhow::Result<Self> {
        let mut child = command.stderr(log).spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("no stdout")?).lines();
        let said: Value = serde_json::from_str(&next_line(&mut lines).await?)?;
        if let Some(error) = said.get("error") {
            return Err(Refusal(error.clone()).into());
        }
        child.stdout = Some(lines.into_inner().into_inner());
        Ok(Self { child, said })
    }

    fn url(&self, name: &str) -> anyhow::Result<Url> {
        Ok(self.said[name].as_str().with_context(|| format!("no {name} in {}", self.said))?.parse()?)
    }

    async fn kill(mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }

    async fn terminate(mut self) -> anyhow::Result<()> {
        let pid = self.child.id().context("the process has ended")?;
        let sent = Command::new("kill").args(["-TERM", &pid.to_string()]).status().await?;
        ensure!(sent.success(), "can't signal {pid}");
        let status = patiently("the process to stop", self.child.wait()).await??;
        ensure!(status.success(), "it ended with {status}");
        Ok(())
    }
}

/// `onegent sandbox` in a process of its own: the truth, whatever happens to the server.
pub struct SandboxProcess {
    process: Announced,
    /// Where it is.
    pub origins: SandboxOrigins,
}

impl SandboxProcess {
    /// Starts it on free ports.
    pub async fn start(home: &Path) -> anyhow::Result<Self> {
        let mut sandbox = command("onegent", home).await?;
        sandbox.args(["sandbox", "--json", "--port", "0", "--payments-port", "0"]);
        let process = Announced::start(sandbox).await?;
        let origins = SandboxOrigins { sites: process.url("sites")?, payments: process.url("payments")? };
        Ok(Self { process, origins })
    }

    /// Stops it.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.process.terminate().await
    }
}

/// `onegent serve` in a process of its own.
pub struct ServerProcess {
    process: Announced,
}

impl ServerProcess {
    /// Starts it over a data directory, with practice sites elsewhere.
    pub async fn start(home: &Path, data_dir: &Path, sandbox: &SandboxOrigins) -> anyhow::Result<Self> {
        Self::from_command(Self::command(home, data_dir, sandbox, 0).await?).await
    }

    /// The command that starts it, on a port or on any.
    pub async fn command(
        home: &Path,
        data_dir: &Path,
        sandbox: &SandboxOrigins,
        port: u16,
    ) -> anyhow::Result<Command> {
        let mut serve = command("onegent", home).await?;
        serve.args(["serve", "--json", "--port", &port.to_string(), "--data-dir"]).arg(data_dir);
        serve.args([
            "--sandbox-url",
            sandbox.sites.as_str(),
            "--sandbox-payments-url",
            sandbox.payments.as_str(),
        ]);
        Ok(serve)
    }

    /// Starts it by a command that was changed.
    pub async fn from_command(serve: Command) -> anyhow::Result<Self> {
        Ok(Self { process: Announced::start(serve).await? })
    }

    /// The same, with its log in a file.
    pub async fn logging(serve: Command, log: std::fs::File) -> anyhow::Result<Self> {
        Ok(Self { process: Announced::logging(serve, log.into()).await? })
    }

    /// Until it ends by itself.
    pub async fn ended(&mut self) -> anyhow::Result<ExitStatus> {
        Ok(self.process.child.wait().await?)
    }

    /// The key that it made at its very first start.
    pub fn first_key(&self) -> anyhow::Result<ApiKey> {
        Ok(ApiKey::parse(self.process.said["testKey"].as_str().context("no first key")?)?)
    }

    /// A REST client.
    pub fn client(&self, key: &ApiKey) -> anyhow::Result<Client> {
        Ok(Client::builder(self.process.url("api")?.as_str()).api_key(key.clone()).build()?)
    }

    /// The MCP endpoint.
    pub fn mcp(&self) -> anyhow::Result<Url> {
        self.process.url("mcp")
    }

    /// The console's address.
    pub fn console(&self) -> anyhow::Result<Url> {
        self.process.url("console")
    }

    /// Where its metrics are, if it was told to serve them.
    pub fn metrics(&self) -> anyhow::Result<Url> {
        self.process.url("metrics")
    }

    /// The one-time link that it printed.
    pub fn sign_in_link(&self) -> anyhow::Result<Url> {
        self.process.url("signIn")
    }

    /// Its owner, signed in.
    pub async fn person(&self) -> anyhow::Result<Person> {
        Person::sign_in(self.process.url("console")?, self.process.url("signIn")?).await
    }

    /// Its process, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.process.child.id()
    }

    /// `kill -9`.
    pub async fn kill(self) -> anyhow::Result<()> {
        self.process.kill().await
    }

    /// Ctrl-C's politer sibling.
    pub async fn terminate(self) -> anyhow::Result<()> {
        self.process.terminate().await
    }
}
