//! What the record takes in a second, beside what its disk can do one thing after the other.

use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use onegent_engine::engine::{Database, PostgresConfig};
use onegent_test_postgres::{Disk, Server};

use super::Pace;
use super::disk::syncs_a_second;
use super::ground::Ground;
use super::samples::Samples;
use super::table::{Table, Target};

/// Callers at a time, and workers at a time.
const MANY: usize = 64;
const WORKERS: usize = 16;

/// Durable creates by one caller and by many, and whole lives of jobs, on both databases.
pub async fn store(pace: Pace) -> anyhow::Result<Table> {
    let (rounds, time, lives) = match pace {
        Pace::Quick => (7, Duration::from_millis(200), 500),
        Pace::Thorough => (9, Duration::from_secs(1), 4_000),
    };
    let mut table = Table::new();
    let folder = tempfile::tempdir()?;
    let sqlite = Ground::sqlite(folder.path(), WORKERS).await?;
    let targets = [Some(Target::AtLeast(0.2)), Some(Target::AtLeast(2.0))];
    creates(&mut table, "SQLite", &sqlite, targets, rounds, time).await?;
    let server = Server::start(Disk::Durable)?;
    let folder = tempfile::tempdir()?;
    let remote = Database::Postgres(PostgresConfig::new(server.database()?.into()));
    let postgres = Ground::new(folder.path(), remote, WORKERS).await?;
    creates(&mut table, "PostgreSQL", &postgres, [None, None], rounds, time).await?;
    for (name, ground) in [("SQLite", sqlite), ("PostgreSQL", postgres)] {
        ends(&mut table, name, &ground, rounds, lives).await?;
        ground.engine.shutdown(Duration::from_secs(5)).await;
    }
    Ok(table)
}

async fn creates(
    table: &mut Table,
    name: &str,
    ground: &Ground,
    targets: [Option<Target>; 2],
    rounds: usize,
    time: Duration,
) -> anyhow::Result<()> {
    let disk = tempfile::tempdir()?;
    for (callers, target) in [1, MANY].into_iter().zip(targets) {
        let (mut created, mut synced) = (Samples::default(), Samples::default());
        for round in 0..=rounds {
            let (ours, peer) = (
                created_a_second(ground, callers, time).await?,
                syncs_a_second(&disk.path().join("synced"), time)?,
            );
            // The first warms up.
            if round > 0 {
                created.push(ours);
                synced.push(peer);
            }
        }
        let what = format!("{name}: durable creates, {callers} at a time");
        table.compare((&what, "/s"), &created, ("fdatasync", &synced), target);
    }
    Ok(())
}

async fn created_a_second(ground: &Ground, callers: usize, time: Duration) -> anyhow::Result<f64> {
    let begun = Instant::now();
    let asking = (0..callers).map(|_| {
        let ground = ground.clone();
        tokio::spawn(async move {
            let mut made = 0_u32;
            while begun.elapsed() < time {
                ground.create().await?;
                made += 1;
            }
            anyhow::Ok(made)
        })
    });
    let mut made = 0.0;
    for each in try_join_all(asking).await? {
        made += f64::from(each?);
    }
    Ok(made / begun.elapsed().as_secs_f64())
}

/// Creates jobs and lets the workers claim and end them all: two durable changes and their trail each, beside creating.
async fn ends(
    table: &mut Table,
    name: &str,
    ground: &Ground,
    rounds: usize,
    lives: u32,
) -> anyhow::Result<()> {
    ground.engine.start()?;
    let last = ground.create().await?;
    // What was created before is not what is measured.
    ground.ended(last).await?;
    let (mut ended, mut synced) = (Samples::default(), Samples::default());
    let disk = tempfile::tempdir()?;
    for _round in 0..rounds {
        let begun = Instant::now();
        let each = lives.div_ceil(u32::try_from(MANY)?);
        let living = (0..MANY).map(|_| {
            let ground = ground.clone();
            tokio::spawn(async move {
                for _life in 0..each {
                    let job = ground.create().await?;
                    ground.ended(job).await?;
                }
                anyhow::Ok(())
            })
        });
        for life in try_join_all(living).await? {
            life?;
        }
        ended.push(f64::from(each) * f64::from(u32::try_from(MANY)?) / begun.elapsed().as_secs_f64());
        synced.push(syncs_a_second(&disk.path().join("synced"), Duration::from_millis(200))?);
    }
    let what = format!("{name}: jobs created, claimed and ended, {WORKERS} workers");
    table.compare((&what, "/s"), &ended, ("fdatasync", &synced), None);
    Ok(())
}
