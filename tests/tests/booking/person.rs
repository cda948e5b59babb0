//! What a site wants from a person, and how the person is called.

use anyhow::{Context as _, ensure};
use onegent_core::audit::AuditKind;
use onegent_core::status::JobStatus;
use onegent_sandbox::Counts;
use onegent_tests::wish::{self, Wish};
use onegent_tests::world::World;

#[tokio::test]
async fn a_wall_calls_the_person_and_is_never_climbed() -> anyhow::Result<()> {
    let walls = [
        ("la-verriere-bleue", JobStatus::NeedsLogin, AuditKind::NeedsLogin),
        ("palazzo-ginestra", JobStatus::NeedsLogin, AuditKind::NeedsLogin),
        ("tsubame-lhr-hnd", JobStatus::NeedsLogin, AuditKind::NeedsLogin),
        ("aqueduct-by-bike", JobStatus::NeedsLogin, AuditKind::NeedsLogin),
        ("trattoria-sette-lune", JobStatus::Captcha, AuditKind::Captcha),
        ("villa-serpentara", JobStatus::Captcha, AuditKind::Captcha),
        ("nordlys-lhr-ber", JobStatus::Captcha, AuditKind::Captcha),
        ("lantern-catacombs", JobStatus::Captcha, AuditKind::Captcha),
    ];
    World::live(async |world| {
        for (id, status, kind) in walls {
            let job = world.book(&Wish::at(wish::entry(id)?)).await?;
            ensure!(job.status == status, "{id}: {job:?}");
            let help = job.handoff_url.as_deref().context("the person is not told where to help")?;
            ensure!(help.starts_with(world.node()?.url().as_str()), "{id}: {help}");
            ensure!(
                job.payment.is_none() && job.links.confirm.is_none(),
                "{id}: nothing can be confirmed here"
            );
            ensure!(world.trail(job.job_id).await?.iter().any(|event| event.kind == kind), "{id}");
            world.client()?.cancel_job(job.job_id).await?;
        }
        ensure!(world.ledger().await?.counts == Counts::default());
        Ok(())
    })
    .await
}
