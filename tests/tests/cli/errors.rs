//! Errors, with what to do about them.

use onegent_tests::world::World;

use super::{onegent, settings};

const TABLE: [&str; 12] = [
    "book",
    "restaurant",
    "--restaurant-name",
    "Carbone",
    "--city",
    "New York",
    "--time",
    "19:30",
    "--covers",
    "2",
    "--date",
    "2999-01-12",
];

async fn fails(name: &str, arguments: &[&str], environment: &[(&str, &str)]) -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let said = onegent(home.path(), arguments, environment).await?;
    settings().bind(|| insta::assert_snapshot!(name, said));
    Ok(())
}

#[tokio::test]
async fn a_missing_key_is_asked_for() -> anyhow::Result<()> {
    fails("error-missing-key", &["jobs"], &[]).await
}

#[tokio::test]
async fn a_malformed_key_is_refused_without_being_printed() -> anyhow::Result<()> {
    fails("error-malformed-key", &["jobs"], &[("ONEGENT_API_KEY", "ogk_test_'short'")]).await
}

#[tokio::test]
async fn an_unreachable_server_is_told_from_a_refusal() -> anyhow::Result<()> {
    // Bound and dropped: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let (url, key) = (format!("http://127.0.0.1:{port}/api/v1"), format!("ogk_test_{}", "a".repeat(32)));
    fails("error-unreachable", &["jobs"], &[("ONEGENT_API_BASE_URL", &url), ("ONEGENT_API_KEY", &key)]).await
}

#[tokio::test]
async fn a_key_is_not_sent_in_the_clear() -> anyhow::Result<()> {
    let key = format!("ogk_test_{}", "a".repeat(32));
    let arguments = ["jobs", "--api-base-url", "http://booking.example/api/v1"];
    fails("error-plain-http", &arguments, &[("ONEGENT_API_KEY", &key)]).await
}

#[tokio::test]
async fn every_wrong_field_is_named_by_its_flag() -> anyhow::Result<()> {
    let arguments = [
        "book",
        "restaurant",
        "--restaurant-name",
        "",
        "--city",
        "New York",
        "--date",
        "tomorrow",
        "--time",
        "7pm",
        "--covers",
        "50",
        "--first-name",
        "Ana",
        "--email",
        "nope",
    ];
    fails("error-wrong-fields", &arguments, &[]).await
}

#[tokio::test]
async fn what_is_no_job_id_is_refused_at_once() -> anyhow::Result<()> {
    fails("error-no-job-id", &["status", "job_7"], &[]).await
}

#[tokio::test]
async fn the_server_s_refusals_come_with_a_hint() -> anyhow::Result<()> {
    World::live(async |world| {
        let (url, key) = (world.node()?.api_url(), world.key().expose().to_owned());
        let environment = [("ONEGENT_API_BASE_URL", url.as_str()), ("ONEGENT_API_KEY", key.as_str())];
        let unknown = format!("job_{}", "0".repeat(32));
        fails("error-unknown-job", &["status", &unknown], &environment).await?;
        fails("error-unknown-job-to-cancel", &["cancel", &unknown], &environment).await?;
        fails("error-no-guest", &TABLE, &environment).await?;

        let stranger = format!("ogk_test_{}", "a".repeat(32));
        let environment = [("ONEGENT_API_BASE_URL", url.as_str()), ("ONEGENT_API_KEY", stranger.as_str())];
        fails("error-unknown-key", &["jobs"], &environment).await
    })
    .await
}

#[tokio::test]
async fn a_data_directory_that_cannot_be_made_is_told() -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    std::fs::write(home.path().join("file"), "in the way")?;
    let said = onegent(home.path(), &["serve", "--port", "0", "--data-dir", "file/data"], &[]).await?;
    settings().bind(|| insta::assert_snapshot!("error-data-dir", said));
    Ok(())
}
