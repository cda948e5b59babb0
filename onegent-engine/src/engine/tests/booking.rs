//! What an assistant can and can't do.

use super::*;

#[tokio::test]
async fn a_job_is_answered_at_once_and_looks_as_the_wire_says() {
    let bed = Bed::new().await;
    let job = bed.created().await;
    assert_eq!((job.status, job.attempt), (JobStatus::Queued, 0));
    let id = job.job_id;
    let links = serde_json::to_value(&job.links).unwrap();
    let api = format!("http://127.0.0.1:4700/api/v1/execution-jobs/{id}");
    assert_eq!(
        links,
        serde_json::json!({ "self": api, "audit": format!("{api}/audit"), "events": format!("{api}/events") })
    );
    assert_eq!(bed.seen(id).await, job);
}

#[tokio::test]
async fn credentials_bound_what_can_be_done() {
    let bed = Bed::new().await;
    let full = bed.caller(Environment::Live);
    let access = full.access().unwrap().clone();
    let create = || CreateJob::new(dinner(), guest());
    let try_with = |access: Access| {
        let caller = bed.with(access);
        let engine = Arc::clone(&bed.engine);
        async move { code(engine.create(&caller, create()).await) }
    };
    let hotels = Access { scenarios: vec![Scenario::Hotel], ..access.clone() };
    assert_eq!(try_with(hotels).await, ErrorCode::ScenarioNotAllowed);
    let reader = Access { scopes: vec![Scope::Read], ..access.clone() };
    assert_eq!(try_with(reader.clone()).await, ErrorCode::InsufficientScope);
    let console = Access { reach: Reach::Everything, ..access };
    assert_eq!(try_with(console).await, ErrorCode::InsufficientScope);
    let missing = Caller { credential: Credential::Missing, request_id: full.request_id };
    assert_eq!(code(bed.engine.create(&missing, create()).await), ErrorCode::MissingAuthorization);
    let job = bed.created().await.job_id;
    assert_eq!(code(bed.engine.cancel(&bed.with(reader), job).await), ErrorCode::InsufficientScope);
}

#[tokio::test]
async fn an_app_names_no_site() {
    let bed = Bed::new().await;
    let access = bed.caller(Environment::Live).access().unwrap().clone();
    assert!(access.names_sites);
    let said = |names_sites: bool| {
        let caller = bed.with(Access { names_sites, ..access.clone() });
        let request = dinner().on(Some("https://tables.example.com/".parse().unwrap()));
        let engine = Arc::clone(&bed.engine);
        async move {
            let refused = engine.create(&caller, CreateJob::new(request, guest())).await.unwrap_err();
            assert_eq!(refused.code(), ErrorCode::InvalidRequest);
            let refused = format!("{refused:?}");
            assert!(refused.contains("request.params.venueUrl"), "{refused}");
            refused
        }
    };
    assert!(said(false).await.contains("connected app"));
    // This engine knows nothing of other sites; that is another reason.
    assert!(!said(true).await.contains("connected app"));
}

#[tokio::test]
async fn anothers_job_is_as_one_that_never_was() {
    let bed = Bed::new().await;
    let id = bed.created().await.job_id;
    let mine = bed.caller(Environment::Live).access().unwrap().clone();
    let stranger = Access { account: bed.engine.parts.id(AccountId::generate), ..mine };
    let nobodys = bed.engine.parts.id(JobId::generate);
    for (caller, id) in [
        (bed.with(stranger), id),
        (bed.caller(Environment::Test), id),
        (bed.caller(Environment::Live), nobodys),
    ] {
        let query = AuditQuery { after: 0, limit: Bounded::new(1).unwrap() };
        let codes = [
            code(bed.engine.job(&caller, id).await),
            code(bed.engine.audit(&caller, id, query).await),
            code(bed.engine.watch(&caller, id, 0, Duration::ZERO).await),
            code(bed.engine.cancel(&caller, id).await),
        ];
        assert_eq!(codes, [ErrorCode::JobNotFound; 4]);
    }
}

#[tokio::test]
async fn a_guest_comes_from_the_request_or_a_saved_profile() {
    let bed = Bed::new().await;
    let caller = bed.caller(Environment::Live);
    let create = |profile, profile_id| CreateJob { profile, profile_id, ..CreateJob::new(dinner(), guest()) };
    let refused = bed.engine.create(&caller, create(None, None)).await.unwrap_err();
    assert_eq!(refused.wrong_fields()[0].field, "profile");
    let saved = bed.engine.save_profile_of_owner(guest(), false).await.unwrap();
    assert!(
        bed.engine.create(&caller, create(None, None)).await.is_err(),
        "the first is no default by itself"
    );
    bed.engine.set_default_profile(&bed.person().await, Some(saved)).await.unwrap();
    assert!(bed.engine.create(&caller, create(None, None)).await.is_ok());
    assert!(bed.engine.create(&caller, create(None, Some(saved))).await.is_ok());
    bed.engine.delete_profile_of_owner(saved).await.unwrap();
    let refused = bed.engine.create(&caller, create(None, Some(saved))).await.unwrap_err();
    assert_eq!(refused.wrong_fields()[0].field, "profileId");
    let both = bed.engine.create(&caller, create(Some(guest()), Some(saved))).await.unwrap_err();
    assert_eq!(both.code(), ErrorCode::InvalidRequest);
}

#[tokio::test]
async fn a_key_answers_with_its_job_even_when_the_day_is_over() {
    let bed = Bed::new().await;
    let caller = bed.caller(Environment::Live);
    let mut create = CreateJob::new(dinner(), guest());
    create.client_metadata.idempotency_key = Some("dinner".parse().unwrap());
    let first = bed.engine.create(&caller, create.clone()).await.unwrap();
    bed.clock.turn(Duration::from_hours(24 * 30));
    let again = bed.engine.create(&caller, create.clone()).await.unwrap();
    assert_eq!((first.replayed, again.replayed, again.job.job_id), (false, true, first.job.job_id));
    create.consent.allow_time_adjustment = false;
    assert_eq!(code(bed.engine.create(&caller, create.clone()).await), ErrorCode::IdempotencyConflict);
    create.client_metadata.idempotency_key = None;
    let late = bed.engine.create(&caller, create).await.unwrap_err();
    assert_eq!(late.wrong_fields()[0].field, "request.params.date");
}

#[tokio::test]
async fn a_watcher_hears_of_a_change_and_a_second_cancel_is_refused() {
    let bed = Bed::new().await;
    let caller = bed.caller(Environment::Live);
    let id = bed.created().await.job_id;
    let (watch, cancelled) = tokio::join!(
        bed.engine.watch(&caller, id, 1, Duration::from_secs(50)),
        bed.engine.cancel(&caller, id)
    );
    let watch = watch.unwrap();
    assert_eq!(watch.events.iter().map(|event| event.kind).collect::<Vec<_>>(), [AuditKind::JobCancelled]);
    assert_eq!((watch.job.status, watch.cursor), (JobStatus::Cancelled, 2));
    assert_eq!(cancelled.unwrap().status, JobStatus::Cancelled);
    assert_eq!(code(bed.engine.cancel(&caller, id).await), ErrorCode::JobNotCancellable);
    let over = bed.engine.watch(&caller, id, 2, Duration::from_secs(50)).await.unwrap();
    assert!(over.events.is_empty(), "of an ended job nothing more is waited for");
}

#[tokio::test]
async fn pictures_are_the_own_accounts_and_go_with_the_guest() {
    let bed = Bed::new().await;
    let job = bed.created().await.job_id;
    let album = &bed.engine.parts.album;
    let own = |job| crate::album::Whose { account: bed.engine.owner(), job };
    let taken_at = bed.clock.now();
    album.keep(own(job), (taken_at, "guest_details".to_owned()), vec![0xff, 0xd8]).await.unwrap();
    let caller = bed.caller(Environment::Live);
    let listed = bed.engine.screenshots(&caller, job).await.unwrap();
    assert_eq!((listed.len(), listed[0].number, listed[0].taken_at), (1, 1, taken_at));
    assert_eq!(bed.engine.screenshot(&caller, job, None).await.unwrap().unwrap().image, [0xff, 0xd8]);
    assert_eq!(bed.engine.screenshot(&caller, job, Some(2)).await.unwrap(), None);

    let Credential::Verified(access) = &caller.credential else { panic!() };
    let books_only = bed.with(Access { scopes: vec![Scope::Book], ..access.clone() });
    assert_eq!(code(bed.engine.screenshot(&books_only, job, None).await), ErrorCode::InsufficientScope);
    let foreign = AccountId::generate(bed.clock.now(), [9; 10]);
    for caller in [bed.with(Access { account: foreign, ..access.clone() }), bed.caller(Environment::Test)] {
        assert_eq!(code(bed.engine.screenshots(&caller, job).await), ErrorCode::JobNotFound);
        assert_eq!(code(bed.engine.screenshot(&caller, job, None).await), ErrorCode::JobNotFound);
    }

    let kept = bed.created().await.job_id;
    bed.engine.cancel(&caller, job).await.unwrap();
    bed.clock.turn(bed.engine.parts.config.guest_retention + Duration::from_secs(1));
    album.keep(own(kept), (bed.clock.now(), "search".to_owned()), vec![0xff]).await.unwrap();
    bed.engine.start().unwrap();
    bed.ended(kept).await;
    assert!(
        album.list(own(job)).await.unwrap().is_empty(),
        "the guest is forgotten, and the pictures with them"
    );
    assert_eq!(album.list(own(kept)).await.unwrap().len(), 1);
    bed.engine.shutdown(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn pictures_go_where_they_lie_when_another_node_forgot_the_guest() {
    let mut bed = Bed::new().await;
    bed.engine.shutdown(Duration::ZERO).await;
    // As a worker node has it, which forgets nothing of the record itself.
    let guest_retention = Duration::from_hours(24 * 365 * 100);
    let config = EngineConfig { guest_retention, ..config(&bed.clock, &bed.dir) };
    bed.engine = Engine::open(config).await.unwrap();
    let album = &bed.engine.parts.album;
    let own = |job| crate::album::Whose { account: bed.engine.owner(), job };
    let (job, kept) = (bed.created().await.job_id, bed.created().await.job_id);
    for job in [job, kept] {
        album.keep(own(job), (bed.clock.now(), "search".to_owned()), vec![0xff]).await.unwrap();
    }
    bed.engine.cancel(&bed.caller(Environment::Live), job).await.unwrap();
    bed.clock.turn(Duration::from_secs(1));
    assert_eq!(bed.engine.parts.store.forget(bed.clock.now()).await.unwrap(), 1);
    bed.engine.start().unwrap();
    bed.ended(kept).await;
    assert!(album.list(own(job)).await.unwrap().is_empty());
    assert_eq!(album.list(own(kept)).await.unwrap().len(), 1);
    bed.engine.shutdown(Duration::from_secs(5)).await;
}
