//! Which booking sites a job may try, best first.

use onegent_core::job::{JobError, JobErrorCode};
use onegent_core::text::ProviderId;

use crate::job_error::job_error;
use crate::parts::Parts;
use crate::store::record::{JobRecord, Outcomes};

/// The site that the request names, or those that book such things, in the job's environment, within its consent; by
/// success rate, then by name.
pub(crate) async fn choose(parts: &Parts, record: &JobRecord) -> Vec<ProviderId> {
    let scenario = record.request.scenario();
    if let Some(site) = record.request.site() {
        // What this node takes may differ from what the one took that accepted the job.
        let may =
            parts.agent.admit(site, record.environment).is_ok() && record.consent.allows(site.provider());
        return may.then(|| site.provider().clone()).into_iter().collect();
    }
    let fitting = parts.agent.providers().iter().filter(|provider| {
        provider.environment == record.environment
            && provider.scenarios.contains(&scenario)
            && record.consent.allows(&provider.id)
    });
    let mut ranked = Vec::new();
    for provider in fitting {
        // Without numbers the order is by name; that is no reason to fail a job.
        let outcomes = parts.health.of(&*parts.store, &provider.id, parts.now()).await;
        ranked.push((outcomes.unwrap_or_else(|_| Outcomes::default()).rank(), provider.id.clone()));
    }
    ranked.sort_by(|(a_rank, a), (b_rank, b)| b_rank.total_cmp(a_rank).then_with(|| a.cmp(b)));
    ranked.into_iter().map(|(_, id)| id).collect()
}

/// What a job is told when there is none.
pub(crate) fn none(record: &JobRecord) -> JobError {
    let (scenario, environment) = (record.request.scenario(), record.environment);
    if record.request.site().is_some() {
        let message = "The site that the request names may not be visited: by the setting --direct-sites of this \
             worker, or by allowedProviders and blockedProviders in the consent.";
        return job_error(JobErrorCode::NoProvider, message);
    }
    let message = format!(
        "No booking site that may be used books {scenario} in the {environment} environment. Look at `GET /providers`, \
         and at allowedProviders and blockedProviders in the consent."
    );
    job_error(JobErrorCode::NoProvider, &message)
}
