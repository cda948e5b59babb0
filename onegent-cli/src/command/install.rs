//! `onegent install`: our entry in a host's configuration file.

use onegent_core::port::ApiKey;
use serde_json::json;

use crate::args::{Api, Common, Install};
use crate::exit::{Exit, Hinted};
use crate::hosts::document::{Change, Document};
use crate::hosts::file::{self, Edited, FileError};
use crate::hosts::{Entry, Folders, Host};
use crate::{env, output};

/// Adds, shows or removes the entry.
pub(crate) fn run(install: &Install, common: &Common) -> anyhow::Result<Exit> {
    let host = install.host;
    if install.print {
        return print(host, entry(install, common)?, install.embedded);
    }
    let path = match &install.config {
        Some(path) => path.clone(),
        None => Folders::here().ok_or_else(no_home)?.file_of(host),
    };
    let edited = if install.uninstall {
        file::edit(&path, install.dry_run, |document| document.uninstall(host))
    } else {
        let entry = entry(install, common)?;
        if entry.key.is_none() && !install.embedded && !has_key(host, &path)? {
            let message = format!("{} env var is required", env::API_KEY);
            let hint =
                "set it to the key that the host shall use, or run the whole server there with --embedded";
            return Err(Hinted::new(message, hint).exit(Exit::NotAllowed).into());
        }
        file::edit(&path, install.dry_run, |document| document.install(host, &entry))
    };
    tell(install, &edited.map_err(|error| refused(&error))?, common)?;
    Ok(Exit::Done)
}

/// Prints a file that has our entry alone, with a placeholder where the key belongs.
fn print(host: Host, entry: Entry, embedded: bool) -> anyhow::Result<Exit> {
    let stand_in = format!("ogk_live_{}", "x".repeat(32));
    let key = (!embedded).then(|| ApiKey::parse(&stand_in)).transpose()?;
    let document = Document::parse("")?;
    document.install(host, &Entry { key, ..entry })?;
    output::line(document.text().replace(&stand_in, "ogk_live_...").trim_end())?;
    Ok(Exit::Done)
}

/// What the host shall start.
fn entry(install: &Install, common: &Common) -> anyhow::Result<Entry> {
    let command = match &install.command {
        Some(command) => command.clone(),
        None => std::env::current_exe()?,
    };
    let mut args = vec!["mcp".to_owned()];
    if install.embedded {
        args.push("--embedded".to_owned());
    }
    if let (Some(dir), true) = (&common.data_dir, install.embedded) {
        args.extend(["--data-dir".to_owned(), std::path::absolute(dir)?.display().to_string()]);
    }
    let (key, api) =
        if install.embedded { (None, None) } else { (super::key_from_environment()?, own_api(&install.api)) };
    Ok(Entry { command: command.display().to_string(), args, key, api })
}

/// The API, unless it is the one that is called anyway.
fn own_api(api: &Api) -> Option<String> {
    let url = api.api_base_url.as_str();
    (url != env::HOSTED_API).then(|| url.to_owned())
}

fn has_key(host: Host, path: &std::path::Path) -> anyhow::Result<bool> {
    let document = file::open(path).map_err(|error| refused(&error))?;
    let unreadable = |cause| refused(&FileError::Unreadable { path: path.to_owned(), cause });
    Ok(document.find(host).map_err(unreadable)?.is_some_and(|found| found.key.is_some()))
}

fn tell(install: &Install, edited: &Edited, common: &Common) -> anyhow::Result<()> {
    let (host, path) = (install.host, edited.path.display());
    if common.json {
        return output::json(&json!({
            "host": host.word(), "file": edited.path, "change": word(edited.change),
            "backup": edited.backup, "dryRun": install.dry_run,
        }));
    }
    let will = if install.dry_run { "would be " } else { "" };
    let title = host.title();
    match edited.change {
        Change::Added => output::line(format_args!("Onegent {will}added to {title}: {path}"))?,
        Change::Updated => output::line(format_args!("Onegent's entry {will}renewed in {title}: {path}"))?,
        Change::Removed => output::line(format_args!("Onegent {will}taken out of {title}: {path}"))?,
        Change::Nothing if install.uninstall => {
            output::line(format_args!("Onegent is not in {title}'s configuration: {path}"))?;
        }
        Change::Nothing => output::line(format_args!("{title} knows Onegent already: {path}"))?,
    }
    if install.dry_run || edited.change == Change::Nothing {
        return Ok(());
    }
    if let Some(backup) = &edited.backup {
        let key = if install.uninstall { ", with the key, if one was in it" } else { "" };
        output::line(format_args!("  before  {}{key}", backup.display()))?;
    }
    output::line(format_args!("  next    {}", host.restart()))?;
    Ok(())
}

fn word(change: Change) -> &'static str {
    match change {
        Change::Added => "added",
        Change::Updated => "updated",
        Change::Removed => "removed",
        Change::Nothing => "none",
    }
}

pub(crate) fn no_home() -> Hinted {
    Hinted::new("this system names no home directory", "name the file with --config")
}

/// A file that stays as it is, and what to do about it.
fn refused(error: &FileError) -> anyhow::Error {
    let hint = match error {
        FileError::Unreadable { .. } => {
            "nothing was changed; correct the file, or paste the entry that --print shows"
        }
        FileError::ReadOnly(_) => {
            "nothing was changed; make it writable, or paste the entry that --print shows"
        }
        FileError::Changed(_) => "nothing was changed; close the program that writes it and try again",
        FileError::NotText(_) | FileError::TooLarge(_) => {
            "nothing was changed; is it the right file? --config names another"
        }
        FileError::Io { .. } => "nothing was changed; check the path and its permissions",
    };
    Hinted::new(error.to_string(), hint).into()
}
