//! A person at the payment desk.

use super::*;

#[tokio::test]
async fn a_charge_is_reviewed_and_confirmed_once() {
    let bed = Bed::new().await;
    let (id, person) = (bed.paused().await, bed.person().await);
    let waiting = bed.seen(id).await;
    assert_eq!(waiting.status, JobStatus::PausedPayment);
    assert_eq!(waiting.links.confirm.as_deref(), Some(format!("http://127.0.0.1:4700/jobs/{id}").as_str()));
    let review = bed.engine.review(&person, id).await.unwrap();
    assert_eq!(review.charge, charge("412.50"));
    assert_eq!(review.page_text.as_deref(), Some("Pay USD 412.50"));
    for _ in 0..2 {
        let job = bed.engine.confirm(&person, id, review.hold, review.hash).await.unwrap();
        assert_eq!(job.status, JobStatus::Running);
        assert!(job.payment.is_some() && job.links.confirm.is_none());
    }
    let confirmed = bed.trail(id).await.into_iter().filter(|kind| *kind == AuditKind::ChargeConfirmed);
    assert_eq!(confirmed.count(), 1);
    assert_eq!(code(bed.engine.decline(&person, id, review.hold).await), ErrorCode::NothingToConfirm);
    assert_eq!(code(bed.engine.review(&person, id).await), ErrorCode::NothingToConfirm);
}

#[tokio::test]
async fn what_was_not_shown_is_not_confirmed() {
    let bed = Bed::new().await;
    let (id, person) = (bed.paused().await, bed.person().await);
    let review = bed.engine.review(&person, id).await.unwrap();
    let other = charge("1.00").hash(id);
    assert_eq!(code(bed.engine.confirm(&person, id, review.hold, other).await), ErrorCode::ChargeChanged);
    let hold = bed.engine.parts.id(onegent_core::id::HoldId::generate);
    assert_eq!(code(bed.engine.confirm(&person, id, hold, review.hash).await), ErrorCode::ChargeChanged);
    assert_eq!(code(bed.engine.decline(&person, id, hold).await), ErrorCode::ChargeChanged);
    let mut stranger = person.clone();
    stranger.account = bed.engine.parts.id(AccountId::generate);
    assert_eq!(
        code(bed.engine.confirm(&stranger, id, review.hold, review.hash).await),
        ErrorCode::JobNotFound
    );
    assert_eq!(bed.seen(id).await.status, JobStatus::PausedPayment);
}

#[tokio::test]
async fn an_old_or_ended_session_confirms_nothing() {
    let bed = Bed::new().await;
    let link = bed.engine.sign_in_link().await.unwrap();
    let (cookie, session) = bed.engine.sign_in(&visitor(), &link).await.unwrap();
    let old = bed.person().await;
    bed.clock.turn(bed.engine.parts.config.fresh_session);
    let id = bed.paused().await;
    let review = bed.engine.review(&old, id).await.unwrap();
    assert_eq!(code(bed.engine.confirm(&old, id, review.hold, review.hash).await), ErrorCode::NotSignedIn);
    // Even somebody who could make up the date of the sign-in: the record knows better.
    let forged = Person { signed_in_at: bed.clock.now(), ..session.person };
    assert_eq!(code(bed.engine.confirm(&forged, id, review.hold, review.hash).await), ErrorCode::NotSignedIn);
    bed.engine.sign_out(&cookie).await.unwrap();
    let request = bed.engine.parts.id(RequestId::generate);
    assert_eq!(code(bed.engine.session(&cookie, request).await), ErrorCode::NotSignedIn);
    let fresh = bed.person().await;
    bed.engine.confirm(&fresh, id, review.hold, review.hash).await.unwrap();
}

#[tokio::test]
async fn an_offer_that_is_over_reads_as_expired_before_anything_swept_it() {
    let bed = Bed::new().await;
    let (id, person) = (bed.paused().await, bed.person().await);
    let review = bed.engine.review(&person, id).await.unwrap();
    bed.clock.turn(bed.engine.parts.config.hold_ttl);
    let seen = bed.seen(id).await;
    assert_eq!((seen.status, seen.completed_at), (JobStatus::Expired, Some(review.expires_at)));
    assert!(seen.payment.is_none() && seen.links.confirm.is_none());
    assert_eq!(code(bed.engine.review(&person, id).await), ErrorCode::NothingToConfirm);
    let late = bed.engine.confirm(&person, id, review.hold, review.hash).await;
    assert_eq!(code(late), ErrorCode::NothingToConfirm);
}

#[tokio::test]
async fn a_decline_ends_the_job_and_may_be_repeated() {
    let bed = Bed::new().await;
    let (id, person) = (bed.paused().await, bed.person().await);
    let hold = bed.engine.review(&person, id).await.unwrap().hold;
    for _ in 0..2 {
        assert_eq!(bed.engine.decline(&person, id, hold).await.unwrap().status, JobStatus::Cancelled);
    }
    assert_eq!(bed.trail(id).await[3..], [AuditKind::ChargeDeclined, AuditKind::JobCancelled]);
}

#[tokio::test]
async fn a_link_signs_in_once_and_a_forms_token_tells_nothing_of_the_session() {
    let bed = Bed::new().await;
    let link = bed.engine.sign_in_link().await.unwrap();
    let (cookie, session) = bed.engine.sign_in(&visitor(), &link).await.unwrap();
    assert_eq!(code(bed.engine.sign_in(&visitor(), &link).await.map(|_| ())), ErrorCode::NotSignedIn);
    let unknown = SignInToken::new("ogl_nothing");
    assert_eq!(code(bed.engine.sign_in(&visitor(), &unknown).await.map(|_| ())), ErrorCode::NotSignedIn);
    let request = bed.engine.parts.id(RequestId::generate);
    let again = bed.engine.session(&cookie, request).await.unwrap();
    assert_eq!(again.csrf.expose(), session.csrf.expose());
    assert!(!cookie.expose().contains(session.csrf.expose()));
    assert_eq!(again.person.session, session.person.session);
}

#[tokio::test]
async fn a_key_opens_what_it_names_until_it_is_revoked() {
    let bed = Bed::new().await;
    let request = KeyRequest {
        name: "laptop".parse().unwrap(),
        environment: Environment::Test,
        scopes: vec![Scope::Read],
        scenarios: vec![Scenario::Hotel],
        expires_at: None,
    };
    let issued = bed.engine.create_key_for_owner(request.clone()).await.unwrap();
    let access = bed.engine.access(&issued.secret).await.unwrap();
    assert_eq!((access.reach, access.scopes), (Reach::Only(Environment::Test), vec![Scope::Read]));
    assert_eq!((access.scenarios, access.key), (vec![Scenario::Hotel], Some(issued.info.key_id)));
    let person = bed.person().await;
    assert_eq!(bed.engine.keys(&person).await.unwrap()[0].last_used_at, Some(bed.clock.now()));
    bed.engine.revoke_key(&person, issued.info.key_id).await.unwrap();
    assert_eq!(code(bed.engine.access(&issued.secret).await), ErrorCode::InvalidApiKey);
    let empty = KeyRequest { scopes: Vec::new(), scenarios: Vec::new(), ..request };
    assert_eq!(bed.engine.create_key_for_owner(empty).await.unwrap_err().wrong_fields().len(), 2);
}

#[tokio::test]
async fn a_paused_job_says_how_long_it_waits() {
    let bed = Bed::new().await;
    let id = bed.paused().await;
    let said = async || bed.seen(id).await.progress.map(|progress| progress.message.to_string());
    for (passed, words) in [
        (0, "Waits for your person; expires in 60 minutes."),
        (18 * 60 - 1, "Waits for your person; expires in 42 minutes."),
        (40 * 60 + 1, "Waits for your person; expires in 2 minutes."),
        (1, "Waits for your person; expires in 1 minute."),
        (60, "Waits for your person; expires in less than a minute."),
    ] {
        bed.clock.turn(Duration::from_secs(passed));
        assert_eq!(said().await.as_deref(), Some(words));
    }
    bed.clock.turn(Duration::from_secs(59));
    assert_eq!((bed.seen(id).await.status, said().await), (JobStatus::Expired, None));
}
