//! Sign-in links, session cookies, and the way on.

use axum::body::Body;
use axum::http::{Request, header};

use crate::sample;
use crate::world::{ANAS_COOKIE, ANAS_CSRF, Reply, World};

/// The cookie that an answer sets, as `name=value`.
fn cookie(reply: &Reply, name: &str) -> Option<String> {
    let all = reply.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap());
    let found = all.filter(|line| !line.contains("Max-Age=0")).find(|line| line.starts_with(name))?;
    Some(found.split(';').next().unwrap().to_owned())
}

async fn open(world: &World, path: &str) -> (Reply, String) {
    let page = world.page(path, "a=b").await;
    let form = cookie(&page, "onegent_form_8080").expect("the page sets its proof");
    (page, form)
}

#[tokio::test]
async fn looking_at_a_link_uses_nothing_up_and_the_button_signs_in_once() {
    let world = World::new();
    world.fake.add_link("once", sample::ana());
    for _ in 0..3 {
        let (page, _) = open(&world, "/sign-in?token=once").await;
        assert!(page.status == 200 && page.body.contains(">Sign in</button>"));
    }
    assert!(world.fake.writes().is_empty());
    let (_, form) = open(&world, "/sign-in?token=once&next=/jobs/x").await;
    let proof = form.split_once('=').unwrap().1;
    let fields = format!("csrf={proof}&token=once&next=/jobs/x");
    let reply = world.form("/sign-in", &form, &fields).await;
    assert_eq!((reply.status.as_u16(), reply.header("location")), (303, "/jobs/x"));
    assert_eq!(
        cookie(&reply, "onegent_session_8080").as_deref(),
        Some("onegent_session_8080=session-after-sign-in")
    );
    let again = world.form("/sign-in", &form, &fields).await;
    assert_eq!(again.status, 401);
    assert!(again.body.contains("used before") && cookie(&again, "onegent_session_8080").is_none());
}

#[tokio::test]
async fn a_form_without_this_browsers_proof_signs_nobody_in() {
    let world = World::new();
    world.fake.add_link("once", sample::ana());
    let (_, form) = open(&world, "/sign-in?token=once").await;
    for (cookies, fields) in [
        (form.as_str(), "token=once"),
        (form.as_str(), "token=once&csrf="),
        (form.as_str(), "token=once&csrf=0123456789abcdef0123456789abcdef"),
        ("onegent_form_8080=", "token=once&csrf="),
        ("a=b", "token=once&csrf="),
    ] {
        let reply = world.form("/sign-in", cookies, fields).await;
        assert_eq!(reply.status, 403, "{cookies} {fields}");
    }
    assert!(world.fake.writes().is_empty());
}

#[tokio::test]
async fn a_new_session_ends_the_one_before() {
    let world = World::new();
    world.fake.add_link("once", sample::ana());
    let (_, form) = open(&world, "/sign-in?token=once").await;
    let fields = format!("csrf={}&token=once", form.split_once('=').unwrap().1);
    world.form("/sign-in", &format!("{form}; {ANAS_COOKIE}"), &fields).await;
    assert_eq!(world.page("/", ANAS_COOKIE).await.status, 303);
    assert_eq!(world.page("/", "onegent_session_8080=session-after-sign-in").await.status, 200);
}

#[tokio::test]
async fn the_way_on_is_kept_and_stays_here() {
    let world = World::new();
    let reply = world.page("/jobs/job_1?a=b", "a=b").await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("location")),
        (303, "/sign-in?next=%2Fjobs%2Fjob_1%3Fa%3Db")
    );
    let reply = world.page("/", "onegent_session_8080=unknown").await;
    assert_eq!((reply.status.as_u16(), reply.header("location")), (303, "/sign-in"));
    for hostile in ["//evil.test", "https://evil.test", "/%5Cevil.test", "/%0d%0aSet-Cookie:x"] {
        let (page, _) = open(&world, &format!("/sign-in?token=t&next={hostile}")).await;
        assert!(page.body.contains("name=\"next\" value=\"/\""), "{hostile}");
    }
}

#[tokio::test]
async fn a_link_opened_later_leads_to_where_one_wanted_to_go() {
    let world = World::new();
    let (page, _) = open(&world, "/sign-in?next=%2Fjobs%2Fjob_1").await;
    let kept = cookie(&page, "onegent_next_8080").unwrap();
    let page = world.page("/sign-in?token=once", &kept).await;
    assert!(page.body.contains("name=\"next\" value=\"/jobs/job_1\""), "{}", page.body);
    let page = world.page("/sign-in?token=once", "onegent_next_8080=//evil.test").await;
    assert!(page.body.contains("name=\"next\" value=\"/\""));
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    let world = World::new();
    let reply = world.form("/sign-out", ANAS_COOKIE, &format!("csrf={ANAS_CSRF}")).await;
    assert_eq!(reply.status, 303);
    assert!(reply.header("set-cookie").starts_with("onegent_session_8080=; Path=/; Max-Age=0"));
    assert_eq!(world.page("/", ANAS_COOKIE).await.status, 303);
}

#[tokio::test]
async fn under_tls_the_cookie_belongs_to_this_host_alone() {
    let world = World::at("https://onegent.example");
    world.fake.add_link("once", sample::ana());
    let page = world.page("/sign-in?token=once", "a=b").await;
    let form = cookie(&page, "__Host-onegent-form").unwrap();
    let fields = format!("csrf={}&token=once", form.split_once('=').unwrap().1);
    let request = Request::post("/sign-in")
        .header(header::COOKIE, &form)
        .header(header::ORIGIN, "https://onegent.example")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let reply = world.send(request.body(Body::from(fields)).unwrap()).await;
    let set = reply.header("set-cookie");
    assert!(set.starts_with("__Host-onegent=session-after-sign-in; Path=/; Max-Age=43200"), "{set}");
    assert!(set.ends_with("HttpOnly; SameSite=Lax; Secure"), "{set}");
    assert_eq!(page.header("strict-transport-security"), "max-age=31536000");
}

#[tokio::test]
async fn a_password_opens_a_session_and_a_code_where_one_is_needed() {
    let world = World::new();
    let (page, form) = open(&world, "/sign-in?next=/profiles").await;
    assert!(page.body.contains("Sign in with Example ID"));
    let proof = form.split_once('=').unwrap().1;
    let fields =
        |email: &str| format!("csrf={proof}&next=/profiles&email={email}&password=correct+horse+battery");
    let reply = world.form("/sign-in/password", &form, &fields("ana@example.com")).await;
    assert_eq!((reply.status.as_u16(), reply.header("location")), (303, "/profiles"));
    assert!(cookie(&reply, "onegent_session_8080").is_some());

    let wrong = world.form("/sign-in/password", &form, &fields("eve@example.com")).await;
    assert!(
        wrong.status == 401
            && wrong.body.contains("Nobody has this")
            && wrong.body.contains("eve@example.com")
    );
    let step = world.form("/sign-in/password", &form, &fields("code@example.com")).await;
    assert!(step.status == 200 && cookie(&step, "onegent_session_8080").is_none());
    for (code, status) in [("000000", 401), ("123456", 303)] {
        let fields = format!("csrf={proof}&next=/profiles&ticket=ticket&code={code}");
        assert_eq!(world.form("/sign-in/code", &form, &fields).await.status, status, "{code}");
    }
}

#[tokio::test]
async fn a_visit_at_the_provider_comes_back_to_the_browser_that_began_it() {
    let world = World::new();
    let begun = world.page("/sign-in/provider/begin?next=/profiles", "a=b").await;
    assert_eq!(
        (begun.status.as_u16(), begun.header("location")),
        (303, "https://id.example/authorize?state=s")
    );
    let visit = cookie(&begun, "onegent_visit_8080").unwrap();
    let back = "/sign-in/provider?code=c&state=s";
    assert_eq!(world.page(back, "a=b").await.status, 401, "another browser");
    let reply = world.page(back, &visit).await;
    assert_eq!((reply.status.as_u16(), reply.header("location")), (303, "/profiles"));
    assert!(cookie(&reply, "onegent_session_8080").is_some());
    for _ in 0..30 {
        world.page("/sign-in/provider/begin", "a=b").await;
    }
    assert_eq!(world.page("/sign-in/provider/begin", "a=b").await.status, 429);
}
