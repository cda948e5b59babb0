//! Every entry of every practice site, booked as its behaviours say. The table of what to expect follows from the
//! catalogue itself, so that no entry and no behaviour is left out; the ledger is the truth.

use std::fmt::Write as _;

use anyhow::{Context as _, ensure};
use futures_util::future::join_all;
use onegent_core::audit::AuditKind;
use onegent_core::job::Job;
use onegent_core::status::JobStatus;
use onegent_core::text::Text;
use onegent_sandbox::{Behaviour, Currency, Entry, Ledger, Record, Site, catalogue};
use onegent_tests::wish::{self, Wish};
use onegent_tests::world::World;

/// What an entry's booking has to come to, when its person confirms whatever is asked.
#[derive(Debug, PartialEq, Eq)]
struct Expected {
    /// Where the job ends, or where it waits for another kind of help than money.
    status: JobStatus,
    /// How often the person is asked to confirm.
    pauses: usize,
    /// Reservations in the ledger.
    reservations: usize,
    /// Charges and holds in the ledger.
    charges: usize,
    /// Whether there is a confirmation code.
    code: bool,
}

fn expected(entry: &Entry) -> Expected {
    let stopped = |status| Expected { status, pauses: 0, reservations: 0, charges: 0, code: false };
    if entry.is(Behaviour::SoldOut) {
        return stopped(JobStatus::NoAvailability);
    }
    if entry.is(Behaviour::LoginWall) {
        return stopped(JobStatus::NeedsLogin);
    }
    if entry.is(Behaviour::CaptchaWall) {
        return stopped(JobStatus::Captcha);
    }
    let charges = usize::from(!entry.is(Behaviour::FreeReservation));
    // The page that was confirmed asks for more when it is opened again: the first confirmation is void.
    let again = usize::from(entry.is(Behaviour::PriceChangeOnReload));
    Expected {
        status: JobStatus::Done,
        pauses: charges + again,
        reservations: 1,
        charges,
        code: !entry.is(Behaviour::NoCode),
    }
}

async fn site_is_booked_as_its_entries_say(site: Site) -> anyhow::Result<()> {
    World::live(async |world| {
        let entries = catalogue().iter().filter(|entry| entry.site == site);
        let checked = join_all(entries.map(async |entry| (entry, check(world, entry).await))).await;
        let mut wrong = String::new();
        for (entry, outcome) in checked {
            if let Err(error) = outcome {
                writeln!(wrong, "{} {:?}: {error:#}", entry.id, entry.behaviours)?;
            }
        }
        ensure!(wrong.is_empty(), "\n{wrong}");
        world.cancel_the_rest().await?;
        let total = world.ledger().await?;
        ensure!(total.repeats.is_empty(), "a final form was sent twice: {:?}", total.repeats);
        Ok(())
    })
    .await
}

/// Books one entry to its end, confirming every stop, and compares with what was expected and with the ledger.
async fn check(world: &World, entry: &Entry) -> anyhow::Result<()> {
    let wish = Wish::at(entry);
    let mut person = world.person().await?;
    let mut job = world.book(&wish).await?;
    let mut pauses = 0;
    let mut confirmed = None;
    while job.status == JobStatus::PausedPayment {
        pauses += 1;
        ensure!(pauses <= 3, "the person is asked again and again");
        let (reservations, charges) = taken(world.ledger().await?, &wish);
        ensure!(reservations.is_empty() && charges.is_empty(), "something was taken before the confirmation");
        confirmed = job.payment.clone();
        person.confirm(&job).await?;
        job = world.rest(job.job_id).await?;
    }
    let (reservations, charges) = taken(world.ledger().await?, &wish);
    let found = Expected {
        status: job.status,
        pauses,
        reservations: reservations.len(),
        charges: charges.len(),
        code: job.confirmation_code.is_some(),
    };
    let wanted = expected(entry);
    ensure!(found == wanted, "{found:?} instead of {wanted:?}; {:?} {:?}", job.error, job.alternatives);
    for record in reservations.iter().chain(&charges) {
        holds_what_was_asked(record, &wish, entry)?;
        ensure!(record.attempt == 1, "submitted {} times", record.attempt);
        ensure!(record.code.as_deref() == job.confirmation_code.as_ref().map(Text::as_str));
    }
    if let [charge] = charges.as_slice() {
        let amount = confirmed.and_then(|payment| payment.amount).context("the charge was not shown")?;
        let took = charge.currency.map(Currency::code).zip(charge.amount);
        ensure!(took == Some((amount.currency().code(), amount.value())), "{took:?} instead of {amount}");
    }
    trail_tells_it(world, &job, charges.first(), &wish).await
}

/// What the sites took from this wish's guest.
fn taken(mut ledger: Ledger, wish: &Wish) -> (Vec<Record>, Vec<Record>) {
    let guest = wish.guest();
    ledger.reservations.retain(|record| record.guest == guest);
    ledger.charges.retain(|record| record.guest == guest);
    (ledger.reservations, ledger.charges)
}

fn holds_what_was_asked(record: &Record, wish: &Wish, entry: &Entry) -> anyhow::Result<()> {
    // Two airlines share one route, and the request names no airline.
    let same_route = catalogue().iter().any(|other| {
        other.id == record.entry
            && other.route.as_ref().map(|route| (route.from, route.to))
                == entry.route.as_ref().map(|route| (route.from, route.to))
    });
    ensure!(record.entry == entry.id || (entry.route.is_some() && same_route), "{} was booked", record.entry);
    ensure!((record.date, record.party) == (wish.day, 2), "{record:?}");
    if entry.site == Site::Table && !entry.is(Behaviour::OtherTimes) {
        ensure!(record.time.as_deref() == Some(wish::TIME), "{:?}", record.time);
    }
    Ok(())
}

/// The trail has one submit at most, the confirmation before the charge, and nothing of the guest.
async fn trail_tells_it(
    world: &World,
    job: &Job,
    charge: Option<&Record>,
    wish: &Wish,
) -> anyhow::Result<()> {
    let trail = world.trail(job.job_id).await?;
    let times =
        |kind| trail.iter().filter(move |event| event.kind == kind).map(|event| event.ts).collect::<Vec<_>>();
    let submits = times(AuditKind::SubmitStarted).len();
    ensure!(submits == usize::from(job.status == JobStatus::Done), "{submits} submits");
    if let Some(charge) = charge {
        let confirmed = times(AuditKind::ChargeConfirmed);
        ensure!(confirmed.last().is_some_and(|at| *at <= charge.at), "charged before the confirmation");
    }
    let written = serde_json::to_string(&trail)?;
    for secret in [wish.email.as_str(), "Wilhelmina", "Quastenberg", "2125550123"] {
        ensure!(!written.contains(secret), "the trail has {secret}");
    }
    Ok(())
}

#[tokio::test]
async fn every_restaurant_is_booked_as_its_entry_says() -> anyhow::Result<()> {
    site_is_booked_as_its_entries_say(Site::Table).await
}

#[tokio::test]
async fn every_hotel_is_booked_as_its_entry_says() -> anyhow::Result<()> {
    site_is_booked_as_its_entries_say(Site::Stay).await
}

#[tokio::test]
async fn every_flight_is_booked_as_its_entry_says() -> anyhow::Result<()> {
    site_is_booked_as_its_entries_say(Site::Air).await
}

#[tokio::test]
async fn every_tour_is_booked_as_its_entry_says() -> anyhow::Result<()> {
    site_is_booked_as_its_entries_say(Site::Tours).await
}
