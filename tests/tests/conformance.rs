#![cfg(test)]
//! The official conformance suite: all of it against a fixture on our HTTP stack, and what needs no fixture against the
//! server itself. There is no list of expected failures: nothing fails.

use anyhow::ensure;
use onegent_tests::conformance::{Part, authorization, run, serve_fixture, with_bearer};
use onegent_tests::world::World;
use tokio_util::sync::CancellationToken;

/// Runs the fixture with all that a revision requires.
async fn fixture(revision: &'static str, at_least: usize) -> anyhow::Result<()> {
    let stop = CancellationToken::new();
    let url = serve_fixture(stop.clone()).await?;
    let checks = run(&url, Part::Requirements(revision)).await?;
    stop.cancel();
    let passed = checks.iter().filter(|check| check.status == "SUCCESS").count();
    ensure!(passed >= at_least, "only {passed} checks passed");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_http_stack_passes_all_of_2025_11_25() -> anyhow::Result<()> {
    fixture("2025-11-25", 80).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_http_stack_passes_all_of_2026_07_28_and_the_tasks_extension() -> anyhow::Result<()> {
    fixture("2026-07-28", 190).await
}

/// What needs no tool, resource or prompt of a special name. Beside these there is only `logging-set-level`: nothing is
/// logged to clients, and the server does not say that it would be; 2026-07-28 has done away with it.
const OWN: [Part; 20] = [
    Part::Scenario("server-initialize", "2025-06-18"),
    Part::Scenario("server-session-lifecycle", "2025-03-26"),
    Part::Scenario("server-initialize", "2025-11-25"),
    Part::Scenario("server-session-lifecycle", "2025-11-25"),
    Part::Scenario("ping", "2025-11-25"),
    Part::Scenario("tools-list", "2025-11-25"),
    Part::Scenario("completion-complete", "2025-11-25"),
    Part::Scenario("server-sse-multiple-streams", "2025-11-25"),
    Part::Scenario("resources-list", "2025-11-25"),
    Part::Scenario("prompts-list", "2025-11-25"),
    Part::Untooled("server-stateless", "2026-07-28", &UNTOOLED),
    Part::Scenario("tools-list", "2026-07-28"),
    Part::Scenario("completion-complete", "2026-07-28"),
    Part::Scenario("server-sse-multiple-streams", "2026-07-28"),
    Part::Scenario("resources-list", "2026-07-28"),
    Part::Scenario("prompts-list", "2026-07-28"),
    Part::Scenario("sep-2164-resource-not-found", "2026-07-28"),
    Part::Scenario("caching", "2026-07-28"),
    Part::Scenario("http-header-validation", "2026-07-28"),
    Part::Scenario("input-required-result-unsupported-methods", "2026-07-28"),
];

/// Four of the 28 checks of `server-stateless` call tools of the suite's own; the fixture passes them.
const UNTOOLED: [&str; 4] = [
    "sep-2575-server-rejects-undeclared-capability",
    "sep-2575-missing-capability-http-400",
    "sep-2575-http-server-no-independent-requests-on-stream",
    "sep-2575-server-no-log-without-loglevel",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_passes_what_needs_no_fixture() -> anyhow::Result<()> {
    World::live(async |world| {
        let stop = CancellationToken::new();
        let url = with_bearer(&world.node()?.mcp_url(), world.key(), stop.clone()).await?;
        for part in OWN {
            run(&url, part).await?;
        }
        stop.cancel();
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_authorization_server_passes_metadata_and_code_grant() -> anyhow::Result<()> {
    World::live(async |world| {
        let checks = authorization(world).await?;
        ensure!(checks.len() == 3, "{checks:#?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_checks_of_dns_rebinding_pass_at_both_revisions() -> anyhow::Result<()> {
    World::live(async |world| {
        let stop = CancellationToken::new();
        let url = with_bearer(&world.node()?.mcp_url(), world.key(), stop.clone()).await?;
        for revision in ["2025-11-25", "2026-07-28"] {
            let checks = run(&url, Part::Scenario("dns-rebinding-protection", revision)).await?;
            let passed = checks.iter().filter(|check| check.status == "SUCCESS").count();
            ensure!(passed == 2 && checks.len() == 2, "{revision}: {checks:#?}");
        }
        stop.cancel();
        Ok(())
    })
    .await
}
