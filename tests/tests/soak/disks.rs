//! Disks that are full, or lose the end of a file.

use std::fs::File;
use std::path::Path;

use anyhow::{Context as _, ensure};
use onegent_client::Client;
use onegent_core::create::CreateJob;
use onegent_core::job::Job;
use onegent_core::status::JobStatus;
use onegent_tests::process::{self, SandboxProcess, ServerProcess};
use onegent_tests::soak::Soak;
use onegent_tests::wish::{self, Wish};
use onegent_tests::world::{ledger, patiently};

#[tokio::test]
async fn a_full_disk_refuses_work_and_loses_or_doubles_nothing() -> anyhow::Result<()> {
    let mut soak = Soak::begin(4).await?;
    for _disk in 0..3 {
        soak.cycle_on_a_full_disk().await?;
    }
    let report = soak.finish().await;
    ensure!(report.violations.is_empty(), "\n{report}");
    // A server that finds no room at its start refuses to start, and one that is up refuses the next wish.
    let at_start = report.deaths.get("by a full disk, at its start").map_or(0, |times| *times as usize);
    ensure!(report.refused_on_full_disk + at_start >= 3, "the disk was never full\n{report}");
    ensure!(report.tally.reservations >= 2, "nothing was booked after it\n{report}");
    Ok(())
}

#[tokio::test]
async fn a_server_that_can_write_nothing_says_so_and_does_not_start() -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let data = home.path().join("data");
    let sandbox = SandboxProcess::start(home.path()).await?;
    ServerProcess::start(home.path(), &data, &sandbox.origins).await?.terminate().await?;

    let serve = ServerProcess::command(home.path(), &data, &sandbox.origins, 0).await?;
    let output = process::run(process::on_a_full_disk(&serve, 0)).await?;
    let said = String::from_utf8([output.stdout, output.stderr].concat())?;
    ensure!(output.status.code() == Some(1) && said.contains("can't open the database"), "{said}");
    ServerProcess::start(home.path(), &data, &sandbox.origins).await?.terminate().await?;
    sandbox.stop().await
}

type Damage = fn(&File, u64) -> std::io::Result<()>;

/// What a disk may do to the end of a journal that it had promised to keep.
const DAMAGES: [(&str, Damage); 3] = [
    ("the last page is torn", |file, length| file.set_len(length - 100)),
    ("half of it is gone", |file, length| file.set_len(length / 2)),
    ("the last pages are zeros", |file, length| {
        file.set_len(length - 10_000)?;
        file.set_len(length)
    }),
];

#[tokio::test]
async fn a_journal_without_its_end_leaves_a_whole_record_and_no_second_booking() -> anyhow::Result<()> {
    let sandbox_home = tempfile::tempdir()?;
    let sandbox = SandboxProcess::start(sandbox_home.path()).await?;
    for (name, damage) in DAMAGES {
        survive(name, damage, &sandbox).await.context(name)?;
    }
    let counts = ledger(&sandbox.origins.sites).await?.counts;
    let each = DAMAGES.len() * PAID.len();
    ensure!((counts.reservations, counts.charges, counts.repeats) == (each, each, 0), "{counts:?}");
    sandbox.stop().await
}

/// Two of them would book and charge again with a second submit.
const PAID: [&str; 4] = ["juniper-row", "canal-and-crown", "cobalt-jfk-lax", "skyline-ferry"];

async fn survive(name: &str, damage: Damage, sandbox: &SandboxProcess) -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let data = home.path().join("data");
    let server = ServerProcess::start(home.path(), &data, &sandbox.origins).await?;
    let key = server.first_key()?;
    let mut creates = Vec::new();
    for entry in PAID {
        let wish = Wish::at(wish::entry(entry)?).for_guest(&format!("{entry} {name}").replace(' ', "-"));
        let mut create = wish.create()?;
        create.client_metadata.idempotency_key = Some(entry.parse()?);
        creates.push(create);
    }
    for create in &creates {
        paused(&server.client(&key)?, create).await?;
    }
    server.kill().await?;
    let journal = File::options().write(true).open(data.join("onegent.db-wal"))?;
    damage(&journal, journal.metadata()?.len())?;

    whole(home.path(), &data).await?;
    let server = ServerProcess::start(home.path(), &data, &sandbox.origins).await?;
    let (client, mut person) = (server.client(&key)?, server.person().await?);
    for create in &creates {
        // What is gone is made again under the same key, and what is there answers.
        let job = paused(&client, create).await?;
        person.confirm(&job).await?;
        let done = rest(&client, &job).await?;
        ensure!(done.status == JobStatus::Done, "{done:?}");
    }
    server.terminate().await?;
    whole(home.path(), &data).await
}

async fn paused(client: &Client, create: &CreateJob) -> anyhow::Result<Job> {
    let job = rest(client, &client.create_job(create).await?.job).await?;
    ensure!(job.status == JobStatus::PausedPayment, "{job:?}");
    Ok(job)
}

/// Until a job neither waits for the agent nor has it.
async fn rest(client: &Client, job: &Job) -> anyhow::Result<Job> {
    let follow = async {
        let mut events = client.job_events(job.job_id, 0).await?;
        while let Some(update) = events.next().await {
            if let onegent_client::JobUpdate::Job(job) = update?
                && !matches!(job.status, JobStatus::Queued | JobStatus::Running)
            {
                return Ok(*job);
            }
        }
        anyhow::Ok(client.job(job.job_id).await?)
    };
    patiently("the job to come to rest", follow).await?
}

/// `onegent audit verify` finds nothing wrong.
async fn whole(home: &Path, data: &Path) -> anyhow::Result<()> {
    let mut verify = process::command("onegent", home).await?;
    verify.args(["audit", "verify", "--data-dir"]).arg(data);
    let output = process::run(verify).await?;
    ensure!(output.status.success(), "{}", String::from_utf8(output.stdout)?);
    Ok(())
}
