//! Everything that is measured over HTTP, started and ready to be asked.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use crate::bench::load::Ask;
use crate::bench::program::Program;
use crate::wish::{self, Wish};

const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;

/// The programs, and what each is asked.
pub(super) struct Stand {
    /// The full server, which takes jobs and leaves them queued.
    pub(super) full: Program,
    /// The gateway, in front of an API that gives the same job without looking.
    pub(super) gateway: Program,
    /// The full server's own answers, given without looking.
    pub(super) bytes: Program,
    /// Six tools by the same library.
    pub(super) bare: Program,
    /// The same in front of the gateway's API.
    pub(super) through: Program,
    pub(super) list: Lists,
    pub(super) call: Calls,
    pub(super) job: Pair,
    pub(super) create: Pair,
}

pub(super) struct Pair {
    pub(super) ours: Ask,
    pub(super) bytes: Ask,
}

/// `tools/list`.
pub(super) struct Lists {
    pub(super) ours: Ask,
    pub(super) bytes: Ask,
    pub(super) bare: Ask,
    pub(super) gateway: Ask,
}

/// `tools/call` of `get_job_status`.
pub(super) struct Calls {
    pub(super) ours: Ask,
    pub(super) bare: Ask,
    pub(super) gateway: Ask,
    pub(super) through: Ask,
}

impl Stand {
    pub(super) async fn start(home: &Path) -> anyhow::Result<Self> {
        let full = Program::start("onegent", home, |serve| {
            serve.args(["serve", "--json", "--port", "0", "--workers", "0", "--account-rate", "0"]);
            for limit in ["--most-open-jobs", "--most-open-jobs-in-all", "--most-jobs-a-day"] {
                serve.args([limit, "1000000000"]);
            }
            serve.arg("--data-dir").arg(home.join("data")).env("ONEGENT_LOG", "error");
        })
        .await?;
        let said: Value = serde_json::from_str(&full.said)?;
        let key = said["testKey"].as_str().context("no key")?;
        let post = |url: &Url, body: &str| Ask::new(&Method::POST, url, key, body);
        let get = |url: &Url| Ask::new(&Method::GET, url, key, "");

        let mcp = full.url("mcp")?;
        let jobs: Url = format!("{}/execution-jobs", full.url("api")?).parse()?;
        let wish = serde_json::to_string(&Wish::at(wish::entry("the-brass-pear")?).create()?)?;
        let create = post(&jobs, &wish)?;
        let created: Value = serde_json::from_slice(&create.once().await?)?;
        let id = created["jobId"].as_str().with_context(|| format!("no job in {created}"))?;
        let status = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": { "name": "get_job_status", "arguments": { "jobId": id } } });
        let status = status.to_string();
        let (list, call) = (post(&mcp, LIST)?, post(&mcp, &status)?);
        let job = get(&format!("{jobs}/{id}").parse()?)?;

        let kept = [("list", &list), ("job", &job), ("created", &create), ("call", &call)];
        let [list_file, job_file, created_file, call_file] = kept.map(|(name, _)| home.join(name));
        for (name, ask) in kept {
            keep(&home.join(name), ask).await?;
        }
        let files = [&list_file, &job_file, &created_file];
        let bytes = Program::start("bare", home, |bare| {
            bare.arg("bytes").args(files);
        })
        .await?;
        let at = |place: &str| anyhow::Ok(bytes.url("url")?.join(place)?);
        let (same_list, same_job, same_created) = (at("0")?, at("1")?, at("2")?);
        let bare = bare_http(home, &call_file, None).await?;
        let through = bare_http(home, &call_file, Some(&same_job)).await?;
        let gateway = Program::start_talking("onegent-mcp-server", home, |gateway| {
            gateway.args(["--http", "--port", "0"]).env("ONEGENT_API_BASE_URL", same_job.as_str());
        })
        .await?;
        let named = gateway.said.split(' ').find(|word| word.starts_with("http"));
        let before: Url = named.with_context(|| format!("no address in {}", gateway.said))?.parse()?;
        let (plain, asking) = (bare.url("url")?, through.url("url")?);
        Ok(Self {
            list: Lists {
                ours: list,
                bytes: post(&same_list, LIST)?,
                bare: post(&plain, LIST)?,
                gateway: post(&before, LIST)?,
            },
            call: Calls {
                ours: call,
                bare: post(&plain, &status)?,
                gateway: post(&before, &status)?,
                through: post(&asking, &status)?,
            },
            job: Pair { ours: job, bytes: get(&same_job)? },
            create: Pair { ours: create, bytes: post(&same_created, &wish)? },
            full,
            gateway,
            bytes,
            bare,
            through,
        })
    }
}

async fn bare_http(home: &Path, answer: &PathBuf, upstream: Option<&Url>) -> anyhow::Result<Program> {
    Program::start("bare", home, |bare| {
        bare.args(["http", "--answer"]).arg(answer);
        if let Some(url) = upstream {
            bare.args(["--upstream", url.as_str()]);
        }
    })
    .await
}

/// Writes down what the full server answers.
async fn keep(path: &Path, ask: &Ask) -> anyhow::Result<()> {
    let answer = ask.once().await?;
    ensure!(answer.starts_with(b"{"), "{}: {}", path.display(), String::from_utf8_lossy(&answer));
    Ok(std::fs::write(path, answer)?)
}
