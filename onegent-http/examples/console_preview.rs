//! The console with made-up bookings in every state, to look at: `cargo run -p onegent-http --example console_preview`.
//!
//! Everybody is signed in. `-- 8099` takes another port, `-- 8099 empty` shows an account without bookings.

#[expect(dead_code, clippy::unwrap_used, reason = "the tests' own, which use the rest of it")]
#[path = "../tests/http/fake.rs"]
mod fake;
#[expect(dead_code, clippy::unwrap_used, reason = "the tests' own, which use the rest of it")]
#[path = "../tests/http/sample.rs"]
mod sample;

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use onegent_core::audit::{AuditDraft, AuditKind};
use onegent_core::caller::{Environment, Scope};
use onegent_core::charge::{Charge, ChargeKind};
use onegent_core::id::JobId;
use onegent_core::job::{Alternative, Job, JobError, JobErrorCode, Payment, Progress};
use onegent_core::money::Money;
use onegent_core::port::{KeyRequest, Review};
use onegent_core::request::{ActivityParams, BookingRequest, FlightParams, HotelParams, Scenario};
use onegent_core::status::JobStatus;
use onegent_core::text::Bounded;
use url::Url;

use fake::{Fake, Still};

type Failed = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().map_or(Ok(8098), |text| text.parse())?;
    let fake = Arc::new(Fake::default());
    fake.add_session("preview", "preview", sample::ana());
    if arguments.next().as_deref() != Some("empty") {
        furnish(&fake)?;
    }
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    let app = onegent_http::App {
        requests: onegent_http::RequestMeter::default(),
        service: fake.clone(),
        desk: fake.clone(),
        authority: fake.clone(),
        accounts: fake.clone(),
        profiles: fake.clone(),
        webhooks: fake,
        trusted_proxies: Vec::new(),
        account_rate: None,
        state_key: None,
        clock: Arc::new(Still),
        public_url: Url::parse(&format!("http://127.0.0.1:{port}"))?,
        sandbox_url: Some(Url::parse("http://127.0.0.1:9090/")?),
    };
    let cookie = HeaderValue::try_from(format!("onegent_session_{port}=preview"))?;
    let signed_in = move |mut request: Request| {
        request.headers_mut().insert(header::COOKIE, cookie.clone());
        std::future::ready(request)
    };
    let router = onegent_http::router(app).layer(axum::middleware::map_request(signed_in));
    onegent_http::serve(listener, router, std::time::Duration::ZERO, std::future::pending()).await?;
    Ok(())
}

/// One booking per state, oldest first.
fn furnish(fake: &Fake) -> Result<(), Failed> {
    let add = |number: u8, status, request, change: &dyn Fn(&mut Job) -> Result<(), Failed>| {
        let mut job = sample::job(number, status, request);
        change(&mut job)?;
        let id = fake.add_job(sample::ana(), job, None);
        begin(fake, id, status);
        Ok::<_, Failed>(id)
    };
    add(10, JobStatus::Cancelled, tour()?, &|_| Ok(()))?;
    add(20, JobStatus::Expired, hotel()?, &|_| Ok(()))?;
    add(30, JobStatus::Error, flight()?, &|job| {
        let message = "The booking was sent, but the airline's answer did not arrive. It was not sent again."
            .parse()?;
        job.error = Some(JobError { code: JobErrorCode::SubmitOutcomeUnknown, message });
        Ok(())
    })?;
    add(40, JobStatus::NoAvailability, sample::table(), &|job| {
        for (time, price) in [("18:00", None), ("21:45", Some("25.00"))] {
            job.alternatives.push(Alternative {
                label: "Table for two, main room".parse()?,
                date: Some("2026-12-04".parse()?),
                time: Some(time.parse()?),
                price: price.map(|price| Money::parse(price, "USD")).transpose()?,
            });
        }
        Ok(())
    })?;
    add(50, JobStatus::Done, hotel()?, &|job| {
        job.confirmation_code = Some("LUM-7Q4K2".parse()?);
        job.provider = Some("sandbox-stay".parse()?);
        Ok(())
    })?;
    add(60, JobStatus::Captcha, tour()?, &|_| Ok(()))?;
    add(70, JobStatus::NeedsLogin, flight()?, &|job| {
        job.handoff_url = Some("http://127.0.0.1:9090/sky/login".to_owned());
        Ok(())
    })?;
    paused(fake, 80, sample::table(), sample::charge("412.50"), None);
    paused(fake, 90, sample::table(), sample::charge("437.50"), Some(sample::charge("412.50")));
    let mut unclear = sample::charge("1412.50");
    unclear.kind = ChargeKind::Unclear;
    unclear.amount = None;
    unclear.terms = None;
    paused(fake, 100, hotel()?, unclear, None);
    add(110, JobStatus::Running, hotel()?, &|job| {
        job.provider = Some("sandbox-stay".parse()?);
        let message = "Filling in the guest's details.".parse()?;
        job.progress = Some(Progress { step: "guest_details".parse()?, message });
        Ok(())
    })?;
    add(120, JobStatus::Queued, sample::table(), &|_| Ok(()))?;
    for (number, name, environment) in
        [(3, "Laptop assistant", Environment::Test), (90, "Phone", Environment::Live)]
    {
        let request = KeyRequest {
            name: name.parse()?,
            environment,
            scopes: Scope::ALL.to_vec(),
            scenarios: Scenario::ALL.to_vec(),
            expires_at: None,
        };
        let mut info = sample::key_info(number, request);
        info.revoked_at = (number == 90).then(sample::now);
        fake.list_key(info);
    }
    Ok(())
}

fn begin(fake: &Fake, id: JobId, status: JobStatus) {
    let tell = |kind, message: &str| fake.tell(id, AuditDraft::new(kind, message));
    tell(AuditKind::JobCreated, "The booking was accepted.");
    if status == JobStatus::Queued {
        return;
    }
    tell(AuditKind::JobStarted, "A worker took the job, attempt 1.");
    fake.tell(id, AuditDraft::new(AuditKind::PageObserved, "Read the search page.").with("url", "/search"));
    tell(AuditKind::ActionAllowed, "Searched for the date and the party.");
    fake.tell(
        id,
        AuditDraft::new(
            AuditKind::TimeAdjusted,
            "19:30 is taken; 19:45 is within the 90 minutes you allowed.",
        )
        .with("wanted", "19:30")
        .with("taken", "19:45"),
    );
    tell(
        AuditKind::ActionDenied,
        "Did not press “Pay now”: it commits to a payment, and there is no permit.",
    );
    if status == JobStatus::Error {
        tell(AuditKind::SubmitUnknown, "The submit's outcome could not be read.");
    } else if status == JobStatus::Done {
        tell(AuditKind::JobCompleted, "Booked. The venue gave the code LUM-7Q4K2.");
    }
}

fn paused(fake: &Fake, number: u8, request: BookingRequest, charge: Charge, before: Option<Charge>) {
    let mut job = sample::job(number, JobStatus::PausedPayment, request);
    job.provider = Some(charge.provider.clone());
    job.payment = Some(Payment {
        amount: charge.amount,
        merchant: charge.merchant.clone(),
        description: charge.description.clone(),
        confirm_url: String::new(),
        expires_at: sample::now(),
    });
    let review: Review = sample::review(job.clone(), charge, before);
    let id = fake.add_job(sample::ana(), job, Some(review));
    begin(fake, id, JobStatus::PausedPayment);
    fake.tell(id, AuditDraft::new(AuditKind::PausedPayment, "Stopped at payment. A person has to confirm."));
}

fn hotel() -> Result<BookingRequest, Failed> {
    Ok(BookingRequest::Hotel(HotelParams {
        destination: "Hotel Lumen, Paris".parse()?,
        check_in: "2026-12-18".parse()?,
        check_out: "2026-12-21".parse()?,
        guests: Bounded::new(2).ok_or("bounds")?,
        rooms: None,
        venue_url: None,
    }))
}

fn flight() -> Result<BookingRequest, Failed> {
    Ok(BookingRequest::Flight(FlightParams {
        origin: "JFK".parse()?,
        destination: "LHR".parse()?,
        depart_date: "2026-12-17".parse()?,
        return_date: Some("2026-12-22".parse()?),
        passengers: Bounded::new(2).ok_or("bounds")?,
        cabin: None,
        venue_url: None,
    }))
}

fn tour() -> Result<BookingRequest, Failed> {
    Ok(BookingRequest::Activity(ActivityParams {
        city: "Rome".parse()?,
        date: "2026-12-29".parse()?,
        participants: Bounded::new(4).ok_or("bounds")?,
        activity_name: Some("Colosseum underground tour".parse()?),
        venue_url: None,
    }))
}
