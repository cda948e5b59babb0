//! What it costs to claim a job and to end it, and to count what is open, beside few other rows and beside many. With `--nocapture` it tells; how many
//! are many, `ONEGENT_TEST_ROWS` says.

use std::collections::BTreeSet;
use std::time::Duration;

use onegent_core::machine::JobEvent;
use tokio::time::Instant;

use crate::store::{Advance, JobQuota};
use crate::testing::Bench;

/// How many claims are timed.
const CYCLES: usize = 300;
/// Everything of a job but its id.
const COLUMNS: &str = "account_id, person_id, environment, scenario, request, guest, consent, client, state, \
     state_json, status, version, epoch, lease_until, worker, due_at, turn, attempt, failures, worked_ms, run_since, \
     hold_id, provider, booking, progress, audit_seq, audit_hash, created_at, updated_at, completed_at";
/// What is queued is over, as far as claims go by it.
const FINISH: &str = "UPDATE jobs SET state = 'cancelled', status = 'cancelled', due_at = NULL, \
     completed_at = updated_at WHERE state = 'queued'";

/// What differs between the databases.
pub(crate) struct Dialect {
    /// Rows `i` from `{from}` to before `{to}`.
    pub series: &'static str,
    /// `i` in seven digits.
    pub digits: &'static str,
    /// What the database does by itself some time after many rows have changed.
    pub settle: &'static str,
}

/// Claims and ends jobs beside a hundredth of the rows, beside all of them queued, and beside all of them finished.
pub(crate) async fn tell(bench: &Bench, dialect: Dialect, run: impl AsyncFn(String)) {
    let many = std::env::var("ONEGENT_TEST_ROWS").map_or(4 * CYCLES, |rows| rows.parse().unwrap());
    let few = (many / 100).max(3 * CYCLES);
    let queue = async |from: usize, to: usize| {
        let room = JobQuota { open: u64::MAX, open_of_account: u64::MAX, a_day: u64::MAX };
        bench.store.create(bench.new_job(), room).await.unwrap();
        let series = dialect.series.replace("{from}", &from.to_string()).replace("{to}", &to.to_string());
        let digits = dialect.digits;
        run(format!(
            "INSERT INTO jobs (id, {COLUMNS}) SELECT substr(id, 1, length(id) - 7) || {digits}, {COLUMNS} \
             FROM jobs, {series} WHERE id = (SELECT max(id) FROM jobs WHERE state = 'queued')"
        ))
        .await;
        run(dialect.settle.to_owned()).await;
    };
    queue(0, few).await;
    // The first ones pay for what is made once.
    cycle(bench).await;
    let alone = cycle(bench).await;
    let count = async || {
        let begun = Instant::now();
        bench.store.counts().await.unwrap();
        begun.elapsed()
    };
    let counted_alone = count().await;
    queue(few, many).await;
    let queued = cycle(bench).await;
    let counted_queued = count().await;
    run(FINISH.to_owned()).await;
    queue(0, few).await;
    let finished = cycle(bench).await;
    let counted_finished = count().await;
    eprintln!("count what is open: {counted_alone:?}, {counted_queued:?}, {counted_finished:?}");
    eprintln!(
        "claim and end one job: {alone:?} with {few} queued; {queued:?} with {many} queued ({:.2}); {finished:?} with {few} \
         queued and {many} finished ({:.2})",
        queued.as_secs_f64() / alone.as_secs_f64(),
        finished.as_secs_f64() / alone.as_secs_f64(),
    );
}

/// The median, of jobs that nobody had before.
async fn cycle(bench: &Bench) -> Duration {
    let (mut times, mut seen) = (Vec::with_capacity(CYCLES), BTreeSet::new());
    for _ in 0..CYCLES {
        let begun = Instant::now();
        let (job, _) = bench.claim_one().await;
        bench.store.advance(Advance::new(job.id, JobEvent::Cancel, Vec::new())).await.unwrap();
        times.push(begun.elapsed());
        assert!(seen.insert(job.id), "{} was claimed twice", job.id);
    }
    times.sort_unstable();
    times[CYCLES / 2]
}
