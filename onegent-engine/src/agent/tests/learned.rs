//! Paths that bookings taught: taken again, mended where the site is another by now, and never a reason for the gate.

use super::*;
use crate::planner::learned::{Course, Deed, LearnedPath, Lesson};

/// The path that the last lesson was.
fn taught(desk: &Desk) -> LearnedPath {
    let Some(Lesson::Took(path)) = desk.lessons().pop() else { panic!("{:?}", desk.lessons()) };
    path
}

/// How far each run went by a path, in order.
fn courses(desk: &Desk) -> Vec<Course> {
    let number = |value: &serde_json::Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    let told = desk.events().into_iter().filter(|event| event.data.contains_key("learnedSteps"));
    told.map(|event| Course {
        followed: number(&event.data["learnedSteps"]),
        found: number(&event.data["newSteps"]),
    })
    .collect()
}

async fn booked(ground: &Ground, request: onegent_core::request::BookingRequest, desk: &Desk) {
    let ending = ground.run(request, desk).await;
    assert!(matches!(ending, Ending::Booked { .. }), "{ending:?} {:#?}", desk.events());
}

#[tokio::test]
async fn the_second_booking_takes_the_way_that_the_first_one_found() {
    let ground = Ground::undescribed().await;
    for (first, second) in [
        (restaurant("Maison Aubrac", "Paris"), restaurant("Carbone", "New York")),
        (hotel("The Alder House"), hotel("Pension Morgenrot")),
        (activity("Villa Garden Drawing", "Rome"), activity("Park Sketch Walk", "New York")),
    ] {
        let desk = Desk::new(Permits::Granted);
        booked(&ground, first, &desk).await;
        let path = taught(&desk);
        assert_eq!(courses(&desk), [], "nothing was known yet");
        booked(&ground, second, &desk).await;
        assert_eq!(desk.lessons().pop(), Some(Lesson::Held), "{path:#?} {:?}", courses(&desk));
        let [Course { followed, found: 0 }] = courses(&desk)[..] else { panic!("{:?}", courses(&desk)) };
        assert!(followed >= path.steps() / 2, "{followed} of {}", path.steps());
    }
}

#[tokio::test]
async fn a_path_has_nothing_of_the_guest_and_of_the_request() {
    let ground = Ground::undescribed().await;
    let desk = Desk::new(Permits::Granted);
    booked(&ground, activity("Park Sketch Walk", "New York"), &desk).await;
    let text = taught(&desk).to_json().unwrap();
    let words = ["Park", "Sketch", "York", "Philippa", "Quillfeather", "example.org", "4420", "202"];
    for word in words {
        assert!(!text.to_lowercase().contains(&word.to_lowercase()), "{word} in {text}");
    }
    assert!(text.contains("guest.email") && text.len() < 8192, "{text}");
    assert_eq!(LearnedPath::from_json(&text), Some(taught(&desk)));
}

#[tokio::test]
async fn where_the_site_is_another_by_now_the_path_is_mended() {
    let ground = Ground::undescribed().await;
    let desk = Desk::new(Permits::Granted);
    booked(&ground, restaurant("Maison Aubrac", "Paris"), &desk).await;
    let path = taught(&desk);

    // As if the site had had other buttons, and a page less, when the path was learned.
    let mut old = path.clone();
    old.pages.remove(1);
    for deed in old.pages.iter_mut().flat_map(|page| &mut page.deeds) {
        if let Deed::Press { button } = &mut deed.what {
            button.push_str(" now");
        }
    }
    desk.teach(&old);
    booked(&ground, restaurant("pomfret's", "London"), &desk).await;
    let [Course { found, .. }] = courses(&desk)[..] else { panic!("{:?}", courses(&desk)) };
    assert!(found > 0);
    assert_eq!(taught(&desk), path);
    booked(&ground, restaurant("Carbone", "New York"), &desk).await;
    assert_eq!(desk.lessons().pop(), Some(Lesson::Held));
}

#[tokio::test]
async fn a_path_is_no_reason_for_the_gate() {
    let ground = Ground::undescribed().await;
    let desk = Desk::new(Permits::Granted);
    booked(&ground, restaurant("Carbone", "New York"), &desk).await;
    let ending = ground.run(restaurant("Osteria Lanterna", "New York"), &desk).await;
    let Ending::Payment { charge, .. } = ending else { panic!("{ending:?}") };
    assert_eq!(desk.granted(), [SubmitKind::Reserve], "the first one's");
    assert_eq!(ground.taken("osteria-lanterna").await.reservations, 0);

    let ending = ground.run_confirmed(restaurant("Osteria Lanterna", "New York"), charge, &desk).await;
    assert!(matches!(ending, Ending::Booked { .. }), "{ending:?}");
    assert_eq!(ground.taken("osteria-lanterna").await.charges, 1);
}
