//! What can be booked, and how it fares.

use anyhow::ensure;
use onegent_core::caller::Environment;
use onegent_core::port::Health;
use onegent_core::request::Scenario;
use onegent_core::status::JobStatus;

use super::{Subject, bounded};

/// Every scenario has a site in the sandbox, and none of them is a real one.
pub async fn every_scenario_has_a_provider(subject: &Subject) -> anyhow::Result<()> {
    let page = subject.service.providers(&subject.caller()?).await?;
    for scenario in Scenario::ALL {
        ensure!(page.providers.iter().any(|provider| provider.scenarios.contains(&scenario)), "{scenario}");
    }
    for provider in &page.providers {
        ensure!(provider.environment == Environment::Test, "{} is real", provider.provider);
        ensure!(provider.health == Health::Unknown, "{} has no history yet", provider.provider);
    }
    Ok(())
}

/// A provider that nobody knows has zeros, and is no error.
pub async fn metrics_without_data_are_zeros(subject: &Subject) -> anyhow::Result<()> {
    let metrics = subject
        .service
        .provider_metrics(&subject.caller()?, "never-heard-of".parse()?, bounded(365)?)
        .await?;
    ensure!(metrics.provider.as_str() == "never-heard-of" && metrics.time_range_days.get() == 365);
    let counts = [
        metrics.total,
        metrics.done,
        metrics.no_availability,
        metrics.errors,
        metrics.cancelled,
        metrics.expired,
        metrics.median_duration_ms,
    ];
    ensure!(counts == [0; 7], "{metrics:?}");
    ensure!(metrics.success_rate.abs() < f64::EPSILON, "{metrics:?}");
    Ok(())
}

/// What became of bookings is counted under the site that took them.
pub async fn metrics_count_what_became_of_bookings(subject: &Subject) -> anyhow::Result<()> {
    let done = subject.at_rest("carbone").await?;
    let gone = subject.at_rest("the-quiet-goose").await?;
    let paused = subject.at_rest("the-brass-pear").await?;
    ensure!(gone.status == JobStatus::NoAvailability, "{}", gone.status);
    subject.service.cancel(&subject.caller()?, paused.job_id).await?;
    let provider = done.provider.ok_or_else(|| anyhow::anyhow!("a job that is done names its site"))?;
    let metrics = subject.service.provider_metrics(&subject.caller()?, provider, bounded(30)?).await?;
    ensure!(
        (metrics.total, metrics.done, metrics.no_availability, metrics.cancelled) == (3, 1, 1, 1),
        "{metrics:?}"
    );
    ensure!((metrics.success_rate - 1.0).abs() < f64::EPSILON, "{metrics:?}");
    Ok(())
}
