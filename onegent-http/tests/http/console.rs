//! The console's pages: the review, its two answers, keys, and what is not there.

use axum::http::StatusCode;
use onegent_core::status::JobStatus;

use crate::sample;
use crate::world::{ANAS_COOKIE, ANAS_CSRF, BENS_COOKIE, World};

/// The value of a hidden field in the form of `action`.
fn hidden(page: &str, action: &str, name: &str) -> String {
    let form =
        page.split("<form").find(|form| form.contains(&format!("action=\"{action}\""))).expect("the form");
    let field =
        form.split("<input").find(|input| input.contains(&format!("name=\"{name}\""))).expect("the field");
    field.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_review_shows_all_and_its_form_confirms_exactly_that() {
    let world = World::new();
    let (job, review) = world.paused();
    let page = world.page(&format!("/jobs/{job}"), ANAS_COOKIE).await;
    assert_eq!(page.status, 200);
    for shown in [
        "412.50",
        "USD",
        "Carbone NYC LLC",
        "Prepaid tasting menu",
        "Winter tasting, 7 courses",
        "Free cancellation until 48 hours before",
        "This amount is taken now.",
        "23 Nov 2026, 09:44 UTC",
        "the user has already agreed",
        "Confirm charge",
        "Decline",
    ] {
        assert!(page.body.contains(shown), "{shown}");
    }
    let action = format!("/jobs/{job}/confirm");
    let [csrf, hold, charge] = ["csrf", "hold", "charge"].map(|name| hidden(&page.body, &action, name));
    assert_eq!((hold.clone(), charge.clone()), (review.hold.to_string(), review.hash.to_string()));
    let reply = world.form(&action, ANAS_COOKIE, &format!("csrf={csrf}&hold={hold}&charge={charge}")).await;
    assert_eq!((reply.status.as_u16(), reply.header("location")), (303, format!("/jobs/{job}").as_str()));
    assert_eq!(world.fake.writes(), [format!("confirm {job}")]);
}

#[tokio::test]
async fn the_pages_that_the_agent_saw_are_shown_to_the_jobs_own_account() {
    let world = World::new();
    let (job, _) = world.paused();
    let picture = format!("/jobs/{job}/screenshots/7");
    let page = world.page(&format!("/jobs/{job}"), ANAS_COOKIE).await.body;
    assert!(page.contains("What the agent saw") && page.contains("guest details"), "{page}");
    assert!(page.contains(&format!(r#"<img src="{picture}""#)), "{page}");
    let shown = world.page(&picture, ANAS_COOKIE).await;
    assert_eq!((shown.status.as_u16(), shown.header("content-type")), (200, "image/jpeg"));
    assert_eq!((shown.body.as_str(), shown.header("cache-control")), ("a picture", "no-store"));
    for (path, cookie) in [
        (picture.clone(), BENS_COOKIE),
        (format!("/jobs/{job}/screenshots/8"), ANAS_COOKIE),
        (format!("/jobs/{job}/screenshots/x"), ANAS_COOKIE),
    ] {
        assert_eq!(world.page(&path, cookie).await.status, 404, "{path}");
    }
    assert_eq!(world.page(&picture, "a=b").await.status, 303);
    let running = world.job(1, JobStatus::Running);
    assert!(!world.page(&format!("/jobs/{running}"), ANAS_COOKIE).await.body.contains("What the agent saw"));
}

#[tokio::test]
async fn declining_ends_the_job() {
    let world = World::new();
    let (job, _) = world.paused();
    let page = world.page(&format!("/jobs/{job}"), ANAS_COOKIE).await;
    let action = format!("/jobs/{job}/decline");
    let [csrf, hold] = ["csrf", "hold"].map(|name| hidden(&page.body, &action, name));
    let reply = world.form(&action, ANAS_COOKIE, &format!("csrf={csrf}&hold={hold}")).await;
    assert_eq!(reply.status, 303);
    let page = world.page(&format!("/jobs/{job}"), ANAS_COOKIE).await;
    assert!(page.body.contains("Nothing was charged") && !page.body.contains("Confirm charge"));
}

#[tokio::test]
async fn a_charge_that_changed_meanwhile_is_shown_again_and_not_confirmed() {
    let world = World::new();
    let (job, review) = world.paused();
    let other = sample::charge("1.00").hash(job);
    let fields = format!("csrf={ANAS_CSRF}&hold={}&charge={other}", review.hold);
    let reply = world.form(&format!("/jobs/{job}/confirm"), ANAS_COOKIE, &fields).await;
    assert_eq!(reply.status, StatusCode::CONFLICT);
    assert!(reply.body.contains("role=\"alert\"") && reply.body.contains("The charge changed meanwhile"));
    assert!(reply.body.contains("412.50") && reply.body.contains("Confirm charge"));
}

#[tokio::test]
async fn a_session_too_old_to_confirm_leads_to_a_new_link_and_back() {
    let world = World::new();
    let (job, review) = world.paused();
    world.fake.age_session("anas-session");
    let fields = format!("csrf={ANAS_CSRF}&hold={}&charge={}", review.hold, review.hash);
    let reply = world.form(&format!("/jobs/{job}/confirm"), ANAS_COOKIE, &fields).await;
    assert_eq!(reply.header("location"), format!("/sign-in?next=%2Fjobs%2F{job}&again=yes"));
    let page = world.page(reply.header("location"), ANAS_COOKIE).await;
    assert!(
        page.status == 200
            && page.body.contains("Nothing was done")
            && page.body.contains("onegent sign-in-link")
    );
    assert!(world.fake.writes().is_empty());
}

#[tokio::test]
async fn only_another_sites_web_address_becomes_a_link_to_help_with() {
    let world = World::new();
    for (number, (address, linked)) in (1..).zip([
        ("https://site.test/login", true),
        ("http://127.0.0.1:8080/jobs/x", false),
        ("javascript:alert(1)", false),
    ]) {
        let mut job = sample::job(number, JobStatus::NeedsLogin, sample::table());
        job.handoff_url = Some(address.to_owned());
        let job = world.fake.add_job(sample::ana(), job, None);
        let page = world.page(&format!("/jobs/{job}"), ANAS_COOKIE).await.body;
        assert_eq!(page.contains("Open the booking site"), linked, "{address}");
        assert!(page.contains(">Continue</button>"));
    }
}

#[tokio::test]
async fn a_changed_charge_stands_beside_the_old_one() {
    let world = World::new();
    let job = sample::job(8, JobStatus::PausedPayment, sample::table());
    let review = sample::review(job.clone(), sample::charge("437.50"), Some(sample::charge("412.50")));
    let job = world.fake.add_job(sample::ana(), job, Some(review));
    let page = world.page(&format!("/jobs/{job}"), ANAS_COOKIE).await.body;
    let row = page.split("<tr").find(|row| row.contains(">Amount<")).unwrap();
    assert!(row.contains("412.50 USD") && row.contains("437.50 USD") && row.contains("Changed"), "{row}");
    let row = page.split("<tr").find(|row| row.contains(">Merchant<")).unwrap();
    assert!(!row.contains("Changed"), "{row}");
}

#[tokio::test]
async fn somebody_elses_booking_is_a_page_that_is_not_here() {
    let world = World::new();
    let job = world.job(1, JobStatus::Queued);
    let mut bodies = Vec::new();
    for id in [job.to_string(), sample::job_id(99).to_string(), "nonsense".to_owned()] {
        let reply = world.page(&format!("/jobs/{id}"), BENS_COOKIE).await;
        assert_eq!(reply.status, 404, "{id}");
        bodies.push(reply.body.replace(reply.header("x-request-id"), "[id]"));
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
}

#[tokio::test]
async fn every_status_has_its_page_and_its_row() {
    let world = World::new();
    for (number, status) in (1..).zip(JobStatus::ALL) {
        if status == JobStatus::PausedPayment {
            world.paused();
            continue;
        }
        let job = world.job(10 + number, status);
        let page = world.page(&format!("/jobs/{job}"), ANAS_COOKIE).await;
        assert_eq!(page.status, 200, "{status}");
        assert!(page.body.contains(&format!("data-status=\"{status}\"")), "{status}");
        assert_eq!(page.body.contains("/helped\""), status.needs_person(), "{status}");
        assert_eq!(page.body.contains("/cancel\""), !status.is_terminal(), "{status}");
    }
    let list = world.page("/", ANAS_COOKIE).await.body;
    for status in JobStatus::ALL {
        assert!(list.contains(&format!("chip-{status}")), "{status}");
        let one = world.page(&format!("/?status={status}"), ANAS_COOKIE).await.body;
        assert_eq!(one.matches("class=\"job-what\"").count(), 1, "{status}");
    }
    let wrong = world.page("/?status=nonsense", ANAS_COOKIE).await;
    assert!(wrong.status == 400 && wrong.body.contains("class=\"job-what\""));
}

#[tokio::test]
async fn an_empty_console_says_how_to_begin() {
    let page = World::new().page("/", ANAS_COOKIE).await.body;
    assert!(page.contains("http://127.0.0.1:8080/api/mcp") && page.contains("/developers/keys"), "{page}");
}

#[tokio::test]
async fn a_new_keys_secret_is_shown_once_and_never_in_an_address() {
    let world = World::new();
    let fields =
        format!("csrf={ANAS_CSRF}&name=Laptop&environment=test&scopes=book&scopes=read&scenarios=hotel");
    let reply = world.form("/developers/keys", ANAS_COOKIE, &fields).await;
    assert_eq!(reply.status, 200);
    assert!(!reply.headers.contains_key("location"));
    let secret = format!("ogk_test_{}", "Q7".repeat(16));
    assert!(reply.body.contains(&secret));
    assert!(!world.page("/developers/keys", ANAS_COOKIE).await.body.contains(&secret));
}

#[tokio::test]
async fn a_wrong_key_form_keeps_what_was_typed() {
    let world = World::new();
    let fields = format!("csrf={ANAS_CSRF}&name=%3Cb%3E{}&environment=live&scopes=read", "x".repeat(70));
    let reply = world.form("/developers/keys", ANAS_COOKIE, &fields).await;
    assert_eq!(reply.status, 400);
    assert!(!reply.body.contains("<b>x"), "typed text is escaped");
    assert!(reply.body.contains("xxxxxxxx") && reply.body.contains("aria-invalid"));
    assert!(reply.body.contains("value=\"live\" checked") && reply.body.contains("value=\"read\" checked"));
    assert!(reply.body.contains("Choose at least one."));
    assert!(world.fake.writes().is_empty());
}

#[tokio::test]
async fn the_status_page_is_for_everybody_and_true() {
    let world = World::new();
    let page = world.page("/status", "a=b").await;
    assert!(page.status == 200 && page.body.contains("Everything works"));
    world.fake.go_down();
    let page = world.page("/status", "a=b").await;
    assert!(page.status == 503 && page.body.contains("out of reach"));
    let page = world.page("/", ANAS_COOKIE).await;
    assert!(page.status == 503 && !page.body.contains("/secret/path"));
}
