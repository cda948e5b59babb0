//! The hosts on this machine, and whether their entry for Onegent can work.

use onegent_core::port::ApiKey;

use super::{Finding, local};
use crate::env;
use crate::hosts::{Folders, Found, Host, file};

/// Each host whose file is there.
pub(super) fn all() -> Vec<Finding> {
    let Some(folders) = Folders::here() else { return Vec::new() };
    let there = Host::ALL.into_iter().filter(|host| folders.file_of(*host).exists());
    let found: Vec<_> = there.map(|host| one(host, &folders)).collect();
    if found.is_empty() {
        let hint = "`onegent install claude-desktop` (or claude-code, cursor, vscode, windsurf) writes one";
        return vec![Finding::note("hosts", "no configuration of a known host", hint)];
    }
    found
}

fn one(host: Host, folders: &Folders) -> Finding {
    let (check, title, word) = (host.word(), host.title(), host.word());
    let path = folders.file_of(host);
    let document = match file::open(&path) {
        Ok(document) => document,
        Err(error) => {
            let hint = format!("{title} can't read it either; correct it there");
            return Finding::problem(check, error.to_string(), hint);
        }
    };
    match document.find(host) {
        Err(error) => {
            let hint = format!("{title} expects an object there; correct it");
            Finding::problem(check, format!("{}, {error}", path.display()), hint)
        }
        Ok(None) => {
            let hint = format!("`onegent install {word}` adds it");
            Finding::note(check, format!("{title} does not know Onegent"), hint)
        }
        Ok(Some(found)) => judged(host, &found),
    }
}

fn judged(host: Host, found: &Found) -> Finding {
    let (check, title, word) = (host.word(), host.title(), host.word());
    let again = format!("`onegent install {word}` writes it anew");
    let Some(command) = &found.command else {
        return Finding::problem(check, format!("{title}'s entry has no command"), again);
    };
    if local::program(command).is_none() {
        return Finding::problem(check, format!("{title} would start {command}, which is not there"), again);
    }
    match &found.key {
        _ if found.embedded => Finding::ok(check, format!("{title} runs the whole server itself")),
        None => {
            let hint = format!("set {} and run `onegent install {word}`", env::API_KEY);
            Finding::problem(check, format!("{title}'s entry has no {}", env::API_KEY), hint)
        }
        Some(Err(error)) => {
            let hint = format!("set {} to a whole key and run `onegent install {word}`", env::API_KEY);
            Finding::problem(check, format!("{title}'s entry has no API key: {error}"), hint)
        }
        Some(Ok(key)) if differs(key) => {
            let hint = format!("fine if you meant it; else run `onegent install {word}`");
            Finding::note(check, format!("{title} has another key than {}", env::API_KEY), hint)
        }
        Some(Ok(key)) => Finding::ok(check, format!("{title} has a {} key", key.environment())),
    }
}

fn differs(key: &ApiKey) -> bool {
    std::env::var(env::API_KEY).is_ok_and(|text| !text.is_empty() && text.trim() != key.expose())
}
