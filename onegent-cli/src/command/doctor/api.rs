//! The key, the REST API that it is for, and the clock beside the API's.

use std::error::Error as _;
use std::time::Duration;

use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};
use onegent_client::Client;
use onegent_core::port::ApiKey;
use onegent_core::time::{Clock as _, SystemClock};
use reqwest::header::{DATE, HeaderMap};
use reqwest::{Response, StatusCode};
use serde_json::Value;
use url::Url;

use super::Finding;
use crate::env;

/// The call that all guides name for trying a key: it reads, needs no job, and answers zeros for what it does not know.
const CALL: &str = "metrics/providers/opentable";
const PATIENCE: Duration = Duration::from_secs(10);
/// Sessions, tokens and dates bear this much.
const SKEW: SignedDuration = SignedDuration::from_mins(2);

fn key_in_environment() -> Option<String> {
    std::env::var(env::API_KEY).ok().filter(|text| !text.is_empty())
}

/// The key's shape.
pub(super) fn key() -> Finding {
    let Some(text) = key_in_environment() else {
        let hint = "`onegent serve` prints a test key at its first start; `onegent keys create` makes another. \
                    Not needed by hosts that have their own, or with --embedded";
        return Finding::note("key", format!("{} is not set", env::API_KEY), hint);
    };
    match ApiKey::parse(text.trim()) {
        Ok(key) => {
            Finding::ok("key", format!("{} has the shape of a {} key", env::API_KEY, key.environment()))
        }
        Err(error) => {
            let hint = "copy the whole key, without quotes or spaces; a lost one is replaced with `onegent keys create`";
            Finding::problem("key", format!("{} is not an API key: {error}", env::API_KEY), hint)
        }
    }
}

/// Calls the API, with the key when there is one.
pub(super) async fn ask(base: &Url) -> anyhow::Result<Vec<Finding>> {
    let key = key_in_environment().and_then(|text| ApiKey::parse(text.trim()).ok());
    if let Err(error) = Client::builder(base.as_str()).api_key(key.clone()).build() {
        let hint = format!("check {} or --api-base-url", env::API_BASE_URL);
        return Ok(vec![Finding::problem("api", error.to_string(), hint)]);
    }
    // Whoever installed a provider before us is as good.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let http =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(PATIENCE).build()?;
    let address = format!("{}/{CALL}", base.as_str().trim_end_matches('/'));
    let mut request = http.get(&address);
    if let Some(key) = &key {
        request = request.bearer_auth(key.expose());
    }
    Ok(match request.send().await {
        Err(error) => vec![unreachable(base, &error)],
        Ok(answer) => {
            let clock = clock(answer.headers(), SystemClock.now());
            let answered = answered(base, answer, key.is_some()).await;
            std::iter::once(answered).chain(clock).collect()
        }
    })
}

fn unreachable(base: &Url, error: &reqwest::Error) -> Finding {
    let mut cause = error.source();
    while let Some(deeper) = cause.and_then(std::error::Error::source) {
        cause = Some(deeper);
    }
    let why = cause.map_or_else(|| "no answer".to_owned(), ToString::to_string);
    let hint = if error.is_timeout() {
        "something on the way keeps silent; check network, proxy and firewall"
    } else if base.host_str().is_some_and(|host| host == "127.0.0.1" || host == "localhost") {
        "is the server running? `onegent serve` starts one"
    } else {
        "check the address, the network, and whether a proxy replaces certificates"
    };
    Finding::problem("api", format!("{base} can't be reached: {why}"), hint)
}

async fn answered(base: &Url, answer: Response, with_key: bool) -> Finding {
    let status = answer.status();
    // What is no JSON is no Onegent API.
    let body: Value = answer.json().await.unwrap_or_default();
    let code = body["error"]["code"].as_str().unwrap_or_default();
    match (status, code) {
        (StatusCode::OK, _) if body["provider"] == "opentable" => {
            Finding::ok("api", format!("{base} takes the key"))
        }
        (StatusCode::UNAUTHORIZED, "missing_authorization") if !with_key => {
            Finding::ok("api", format!("{base} answers, and wants a key"))
        }
        (_, "") => {
            let hint = format!(
                "{} must end in /api/v1 of an Onegent server; a proxy in front of it may answer in its place",
                env::API_BASE_URL
            );
            Finding::problem("api", format!("{base} answers with {status}, but not as Onegent"), hint)
        }
        (StatusCode::UNAUTHORIZED, code) => {
            let hint = "the key was revoked, or belongs to another server than the one that is called; \
                        `onegent keys list` shows the keys of a data directory";
            Finding::problem("api", format!("{base} refuses the key: {code}"), hint)
        }
        (StatusCode::FORBIDDEN, code) => {
            let hint = "make a key with the scopes `book` and `read`: `onegent keys create --name laptop`";
            Finding::problem("api", format!("{base} takes the key, which may not do this: {code}"), hint)
        }
        (StatusCode::TOO_MANY_REQUESTS, _) => {
            Finding::note("api", format!("{base} has had too many requests"), "wait a minute and try again")
        }
        (status, code) => {
            let hint = "the server has a problem of its own; its log and `/status` say more";
            Finding::problem("api", format!("{base} answers with {status} {code}"), hint)
        }
    }
}

/// Our clock beside the server's.
fn clock(headers: &HeaderMap, now: Timestamp) -> Option<Finding> {
    let theirs = headers.get(DATE)?.to_str().ok()?;
    let theirs = DateTimeParser::new().parse_timestamp(theirs).ok()?;
    let skew = now.duration_since(theirs);
    if skew.abs() <= SKEW {
        return Some(Finding::ok("clock", "this clock and the server's agree"));
    }
    let (minutes, way) = (skew.abs().as_secs() / 60, if skew.is_positive() { "ahead of" } else { "behind" });
    let hint = "let the system set its clock (for example `timedatectl set-ntp true`); sign-ins and dates depend on it";
    Some(Finding::problem("clock", format!("this clock is {minutes} minutes {way} the server's"), hint))
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    fn told(now: &str) -> Option<Finding> {
        let mut headers = HeaderMap::new();
        headers.insert(DATE, "Mon, 23 Nov 2026 06:00:00 GMT".parse().unwrap());
        clock(&headers, now.parse().unwrap())
    }

    #[test]
    fn a_clock_that_is_off_is_told_with_how_much() {
        assert_eq!(told("2026-11-23T06:01:30Z").unwrap().verdict, Verdict::Ok);
        let ahead = told("2026-11-23T06:30:00Z").unwrap();
        assert_eq!(ahead.verdict, Verdict::Problem);
        assert!(ahead.message.contains("30 minutes ahead"), "{}", ahead.message);
        assert!(told("2026-11-20T06:00:00Z").unwrap().message.contains("4320 minutes behind"));
        assert!(clock(&HeaderMap::new(), Timestamp::UNIX_EPOCH).is_none());
    }
}
