//! `onegent providers`: booking sites beside those that come along.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use onegent_core::caller::Environment;
use onegent_core::text::{ProviderId, Text};
use onegent_core::time::{Clock, SystemClock};
use onegent_engine::Engine;
use onegent_engine::agent::SandboxOrigins;
use onegent_engine::browser::choice::Browsers;
use onegent_engine::browser::inspect::inspect;
use onegent_engine::engine::KnownPath;
use onegent_engine::entry_page::EntryPage;
use onegent_engine::network::NetworkPolicy;
use onegent_engine::planner::playbook::{Playbook, SiteFile, origins_of};
use serde::Serialize;
use url::Url;

use super::{data_dir, place};
use crate::args::{AddProvider, Common, Providers, ProvidersDir};
use crate::exit::{Exit, Hinted};
use crate::node::{make_folder, with_engine};
use crate::output;

/// Adds, lists, shows or removes providers.
pub(crate) async fn run(providers: Providers, common: &Common) -> anyhow::Result<Exit> {
    match providers {
        Providers::Add(add) => self::add(*add, common).await,
        Providers::List { dir } => list(&dir, common).await,
        Providers::Show { id, dir } => show(&id, &dir, common).await,
        Providers::Remove { id, dir } => remove(&id, &dir, common).await,
    }
}

/// A provider, as lists show it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Known {
    provider: ProviderId,
    name: Text,
    scenarios: Vec<onegent_core::request::Scenario>,
    environment: Environment,
    /// Where visits begin.
    entry: String,
    /// How many kinds of pages are described; none where the agent finds its way.
    pages: usize,
    /// Its file; none where it comes along.
    file: Option<PathBuf>,
}

fn folder(dir: &ProvidersDir, common: &Common) -> anyhow::Result<PathBuf> {
    match &dir.providers {
        Some(folder) => Ok(folder.clone()),
        None => Ok(data_dir(common)?.join("providers")),
    }
}

/// Where the sandbox is does not matter here: its sites are told by their paths.
fn somewhere() -> anyhow::Result<SandboxOrigins> {
    Ok(SandboxOrigins {
        sites: Url::parse("http://sandbox/")?,
        payments: Url::parse("http://payments.sandbox/")?,
    })
}

/// All providers, and where the file of each is.
fn known(dir: &ProvidersDir, common: &Common) -> anyhow::Result<Vec<Known>> {
    let (folder, sandbox) = (folder(dir, common)?, somewhere()?);
    let mut files = Vec::new();
    for path in toml_files(&folder)? {
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
        if let Some(playbook) = Playbook::parse(&name, &text, Some(&sandbox))? {
            files.push((playbook, Some(path)));
        }
    }
    let own = Playbook::all(None, Some(&sandbox))?.into_iter().map(|playbook| (playbook, None));
    let replaced = |id: &ProviderId| files.iter().any(|(file, _): &(Playbook, _)| file.id() == id);
    let own: Vec<_> = own.filter(|(playbook, _)| !replaced(playbook.id())).collect();
    let all = own.into_iter().chain(files).map(|(playbook, file)| Known {
        provider: playbook.id().clone(),
        name: playbook.name().clone(),
        scenarios: playbook.scenarios().to_vec(),
        environment: playbook.environment(),
        entry: playbook.entry().to_string(),
        pages: playbook.pages(),
        file,
    });
    Ok(all.collect())
}

fn toml_files(folder: &std::path::Path) -> anyhow::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(folder).with_context(|| format!("can't read {}", folder.display()))?;
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
    paths.sort();
    Ok(paths)
}

/// What the record has learned, if there is one.
async fn learned(site: Option<&ProviderId>, common: &Common) -> anyhow::Result<Vec<KnownPath>> {
    let place = place(common)?;
    if place.database_url.is_none() && !place.data_dir.join("onegent.db").is_file() {
        return Ok(Vec::new());
    }
    with_engine(&place, async |engine: &Engine| Ok(engine.learned_paths(site).await?)).await
}

/// Writes a provider's file; over another's only where that is the one to replace.
fn put(file: &Path, text: &str, replaces: bool) -> anyhow::Result<()> {
    let mut options = OpenOptions::new();
    let options = options.write(true).truncate(replaces).create_new(!replaces);
    let written = options.open(file).and_then(|mut opened| opened.write_all(text.as_bytes()));
    match written {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let hint = "name another with --id; what lies there is of another provider";
            Err(Hinted::new(format!("there is {} already", file.display()), hint).into())
        }
        written => written.with_context(|| format!("can't write {}", file.display())),
    }
}

async fn add(add: AddProvider, common: &Common) -> anyhow::Result<Exit> {
    let url = Url::parse(add.url.as_str())?;
    let taken = known(&add.dir, common)?.into_iter().find(|known| known.provider == id(&add));
    if let Some(taken) = taken.as_ref().filter(|_| !add.replace) {
        let hint = "name another with --id, or put it in its place with --replace";
        return Err(Hinted::new(format!("there is a provider {} already", taken.provider), hint).into());
    }
    let own = taken.and_then(|taken| taken.file);
    let replaces = own.is_some();
    let file = match own {
        Some(own) => own,
        None => folder(&add.dir, common)?.join(format!("{}.toml", id(&add))),
    };
    let practice = add.environment == Environment::Test;
    let policy = if add.private || practice {
        NetworkPolicy::sandbox([url.origin()])
    } else {
        NetworkPolicy::site(origins_of(&url))
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let browsers = Browsers::new(&add.browser.choice()?, &clock)?;
    let inspected = inspect(browsers.of(!practice), url.clone(), policy, false).await;
    browsers.close().await;
    let seen = inspected
        .map_err(|error| {
            let hint = "is the address right, and public? A site in a network of your own takes --private";
            Hinted::new(format!("can't look at {url}: {:#}", anyhow::Error::from(error)), hint)
        })?
        .seen;
    if seen.status >= 400 {
        let hint = "name the page where a booking begins, as it stands in a browser's address bar";
        return Err(Hinted::new(format!("{url} answered {}", seen.status), hint).into());
    }
    let page = EntryPage::read(&seen);
    let Some(scenario) = add.scenario.or(page.scenario) else {
        let hint = "say it with --scenario restaurant, hotel, flight or activity";
        return Err(Hinted::new("the page does not say what can be booked there", hint).into());
    };
    let name = add.name.clone().or(page.name).or_else(|| Text::fit(id(&add).as_str()));
    let name = name.context("a provider has a name")?;
    let site = if practice {
        SiteFile::practice(id(&add), name, scenario, &url)
    } else {
        SiteFile::real(id(&add), name, scenario, &url, add.private).with_origin(&seen.url)
    };
    let text = site.to_toml()?;
    // Whatever the page is called, a server has to be able to read the file.
    Playbook::parse(&file.display().to_string(), &text, Some(&somewhere()?))?;
    make_folder(&folder(&add.dir, common)?)?;
    put(&file, &text, replaces)?;
    if common.json {
        output::json(&serde_json::json!({ "provider": site, "file": file, "lookedAt": seen.url }))?;
        return Ok(Exit::Done);
    }
    output::line(format_args!("Added {}: {:?}, books {scenario}.", site.id, site.name.as_str()))?;
    output::line(format_args!("  looked at  {}", seen.url))?;
    output::line(format_args!("  file       {}", file.display()))?;
    output::line("\nStart the server again, and try it; nothing is paid before you confirm it:")?;
    output::line(format_args!("  onegent book {scenario} --provider {} --wait ...", site.id))?;
    Ok(Exit::Done)
}

fn id(add: &AddProvider) -> ProviderId {
    add.id.clone().unwrap_or_else(|| add.url.provider().clone())
}

async fn list(dir: &ProvidersDir, common: &Common) -> anyhow::Result<Exit> {
    let (known, learned) = (known(dir, common)?, learned(None, common).await?);
    let mut only_learned: Vec<&ProviderId> = learned.iter().map(|path| &path.provider).collect();
    only_learned.retain(|id| !known.iter().any(|known| known.provider == **id));
    only_learned.sort();
    only_learned.dedup();
    if common.json {
        output::json(&serde_json::json!({ "providers": known, "named": only_learned }))?;
        return Ok(Exit::Done);
    }
    let paths = |id: &ProviderId| learned.iter().filter(|path| path.provider == *id).count().to_string();
    let rows = known.iter().map(|known| {
        let from = if known.file.is_some() { "file" } else { "comes along" };
        let described = if known.pages > 0 { "playbook" } else { "finds its way" };
        vec![
            known.provider.to_string(),
            known.name.to_string(),
            words(&known.scenarios),
            known.environment.to_string(),
            from.to_owned(),
            described.to_owned(),
            paths(&known.provider),
        ]
    });
    let named = only_learned.iter().map(|id| {
        let none = String::new;
        vec![id.to_string(), none(), none(), none(), "named by requests".to_owned(), none(), paths(id)]
    });
    let header = ["provider", "name", "books", "environment", "from", "how", "learned paths"];
    output::line(output::table(&header, rows.chain(named).collect()))?;
    Ok(Exit::Done)
}

fn words(scenarios: &[onegent_core::request::Scenario]) -> String {
    scenarios.iter().map(|scenario| scenario.as_str()).collect::<Vec<_>>().join(" ")
}

async fn show(id: &ProviderId, dir: &ProvidersDir, common: &Common) -> anyhow::Result<Exit> {
    let known = known(dir, common)?.into_iter().find(|known| known.provider == *id);
    let learned = learned(Some(id), common).await?;
    if known.is_none() && learned.is_empty() {
        return Err(unknown(id));
    }
    if common.json {
        output::json(&serde_json::json!({ "provider": known, "learned": learned }))?;
        return Ok(Exit::Done);
    }
    if let Some(known) = known {
        output::line(format_args!("{}: {:?}", known.provider, known.name.as_str()))?;
        output::line(format_args!("  books        {} ({})", words(&known.scenarios), known.environment))?;
        output::line(format_args!("  begins at    {}", known.entry))?;
        let file =
            known.file.map_or_else(|| "none, it comes along".to_owned(), |file| file.display().to_string());
        output::line(format_args!("  file         {file}"))?;
        let pages = match known.pages {
            0 => "none described; the agent finds its way".to_owned(),
            pages => format!("{pages} described"),
        };
        output::line(format_args!("  pages        {pages}"))?;
    }
    for path in &learned {
        output::line(format_args!(
            "\nLearned: {} ({}), revision {}, {} steps, last used {}",
            path.scenario,
            path.environment,
            path.revision,
            path.path.steps(),
            path.used_at
        ))?;
        for page in &path.path.pages {
            let heading = page.heading.as_ref().map_or_else(String::new, |heading| format!("  {heading:?}"));
            output::line(format_args!("  {}{heading}", page.path))?;
            for deed in &page.deeds {
                output::line(format_args!("    {:<14} {}", deed.step, deed.what))?;
            }
        }
    }
    Ok(Exit::Done)
}

async fn remove(id: &ProviderId, dir: &ProvidersDir, common: &Common) -> anyhow::Result<Exit> {
    // Several files may describe one provider; what is removed must not live on in another one.
    let (files, built_in): (Vec<_>, Vec<_>) = known(dir, common)?
        .into_iter()
        .filter(|known| known.provider == *id)
        .map(|known| known.file)
        .partition(Option::is_some);
    let files: Vec<PathBuf> = files.into_iter().flatten().collect();
    let forgotten = match learned(Some(id), common).await?.len() {
        0 => 0,
        _ => with_engine(&place(common)?, async |engine| Ok(engine.forget_learned(id).await?)).await?,
    };
    if files.is_empty() && forgotten == 0 {
        if built_in.is_empty() {
            return Err(unknown(id));
        }
        let hint = "a request can leave it out with blockedProviders, or a file of its id can replace it";
        return Err(Hinted::new(format!("{id} comes along with the program"), hint).into());
    }
    for file in &files {
        std::fs::remove_file(file).with_context(|| format!("can't remove {}", file.display()))?;
    }
    if common.json {
        output::json(&serde_json::json!({ "removed": id, "files": files, "learnedPaths": forgotten }))?;
        return Ok(Exit::Done);
    }
    for file in files {
        output::line(format_args!(
            "Removed {}; a running server uses it until it is started again",
            file.display()
        ))?;
    }
    output::line(format_args!("Forgot {forgotten} learned paths"))?;
    Ok(Exit::Done)
}

fn unknown(id: &ProviderId) -> anyhow::Error {
    Hinted::new(format!("there is no provider {id}"), "`onegent providers list` shows them").into()
}
