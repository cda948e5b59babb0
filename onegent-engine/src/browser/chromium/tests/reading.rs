//! What is seen of a page, and what is filled in.

use super::*;
use crate::browser::observation::FieldKind;

#[tokio::test]
async fn a_page_is_seen_as_its_scripts_and_styles_made_it() {
    let mut scene = Scene::at("/everything").await;
    let seen = scene.seen().await;
    assert_eq!((seen.title.as_str(), seen.status, seen.reloadable), ("Everything", 200, true));
    assert_eq!(seen.headings, ["Everything", "Made by a script"]);
    let names: Vec<_> = seen.fields().map(|found| found.it.name.clone()).collect();
    assert_eq!(names, ["given", "arrival", "room", "bed", "terms", "shadow", "near", "far"]);
    let given = seen.fields().next().unwrap().it;
    assert_eq!((given.label.as_str(), given.value.as_str()), ("Given", "as it stands"));
    let carried: Vec<_> = seen.forms[0].carries.iter().map(|carried| carried.name.as_str()).collect();
    assert_eq!(carried, ["none", "clear", "off", "ghost"], "what is not shown is sent all the same");
    for (told, is) in [("Seen", true), ("Ghost", false), ("folded away", false), ("Conditions", true)] {
        assert_eq!(seen.text.contains(told), is, "{told} in {}", seen.text);
    }
    let buttons: Vec<_> = seen.buttons().map(|found| (found.it.name.as_str(), found.it.disabled)).collect();
    let expected = [
        ("Pay 9.00 EUR", false),
        ("Choose this one", false),
        ("More days", false),
        ("Not yet", true),
        ("Script link", false),
        ("Conditions", false),
        ("Shade", false),
        ("Far button", false),
    ];
    assert_eq!(buttons, expected);
    let frames: Vec<_> =
        seen.frames.iter().map(|frame| (frame.title.as_str(), frame.origin.as_str())).collect();
    let (near, far) = (seen.origin(), scene.site.far().origin().ascii_serialization());
    assert_eq!(frames, [("Near", near.as_str()), ("Far", far.as_str())]);
}

#[tokio::test]
async fn what_is_filled_in_is_read_back_from_wherever_it_stands() {
    let mut scene = Scene::at("/everything").await;
    for (name, text) in
        [("given", "Ana"), ("arrival", "2027-03-04"), ("shadow", "dusk"), ("near", "here"), ("far", "there")]
    {
        scene.fill(name, text).await;
        assert_eq!(scene.value(name).await, text);
    }
    let field = scene.field("room").await;
    scene.act(Action::Choose { field, option: "2".to_owned() }).await.unwrap();
    let field = scene.field("bed").await;
    scene.act(Action::Choose { field, option: "two".to_owned() }).await.unwrap();
    let field = scene.field("terms").await;
    scene.act(Action::Check { field, on: true }).await.unwrap();
    let seen = scene.seen().await;
    let value = |name: &str| {
        let found = seen.fields().find(|found| found.it.name == name).unwrap().it;
        if found.kind == FieldKind::Checkbox { found.checked.to_string() } else { found.value.clone() }
    };
    assert_eq!((value("room"), value("bed"), value("terms")), ("2".into(), "two".into(), "true".into()));
    let field = scene.field("arrival").await;
    let wrong = Action::Fill { field, value: Filling::Text("tomorrow".to_owned()) };
    assert!(matches!(scene.act(wrong).await, Err(PageError::NotTaken(_))));
    assert!(scene.site.written().is_empty());
}

#[tokio::test]
async fn whatever_reacts_to_a_click_can_be_pressed() {
    let mut scene = Scene::at("/everything").await;
    scene.press("Choose this one").await.unwrap();
    scene.press("More days").await.unwrap();
    assert!(scene.seen().await.text.contains("chosen. more days."));
    scene.press("Far button").await.unwrap();
    assert!(scene.seen().await.all().iter().any(|frame| frame.text.contains("pressed")));
    let stale = scene.button("Choose this one").await;
    scene.go("/near").await;
    let pressed =
        scene.page.act(crate::gate::Cleared::for_tests(Action::Press { button: stale }, None)).await;
    assert!(matches!(pressed, Err(PageError::Stale(_))), "{pressed:?}");
}

#[tokio::test]
async fn a_picture_shows_what_can_be_used() {
    let mut scene = Scene::at("/everything").await;
    let marked = [scene.field("given").await, scene.field("far").await];
    let (plain, with) =
        (scene.page.screenshot(&[]).await.unwrap(), scene.page.screenshot(&marked).await.unwrap());
    assert!(plain.starts_with(b"\x89PNG") && with.starts_with(b"\x89PNG"));
    assert_ne!(plain, with);
    assert_eq!(plain, scene.page.screenshot(&[]).await.unwrap(), "the marks are gone again");
}

#[tokio::test]
async fn a_picture_to_keep_shows_no_secret_wherever_it_stands() {
    let mut scene = Scene::new().await;
    let mut taken = Vec::new();
    for path in ["/secrets?AAAAAAAA&Ana", "/secrets?BBBBBBBB&Ana", "/secrets?BBBBBBBB&Ben"] {
        scene.go(path).await;
        let whole = scene.page.screenshot(&[]).await.unwrap();
        taken.push((whole, scene.page.keepsake().await.unwrap().unwrap()));
    }
    let [(first, kept_first), (second, kept_second), (_, kept_third)] = &taken[..] else { panic!() };
    assert!(kept_first.starts_with(b"\xff\xd8\xff") && kept_first.len() < 200_000, "{}", kept_first.len());
    assert!(first != second, "the secrets are in view");
    assert!(kept_first == kept_second, "and painted over");
    assert!(kept_second != kept_third, "what is no secret is shown");
}

#[tokio::test]
async fn dialogs_windows_and_files_are_dealt_with() {
    let mut scene = Scene::at("/talk").await;
    scene.press("Alert").await.unwrap();
    let seen = scene.seen().await;
    assert!(seen.messages.iter().any(|message| message.text == "Nothing on Mondays"), "{:?}", seen.messages);
    scene.press("Ask").await.unwrap();
    assert!(scene.seen().await.text.ends_with("false"));
    scene.press("Prompt").await.unwrap();
    assert!(scene.seen().await.messages.iter().any(|message| message.text == "Who?"));
    scene.press("Where").await.unwrap();
    assert!(scene.seen().await.text.contains("geo 1"), "a permission is refused, not asked for");
    let _stays = scene.follow("A file").await;
    assert_eq!(scene.seen().await.title, "Talk");
    scene.press("Keep me").await.unwrap();
    scene.follow("New tab").await.unwrap();
    let seen = scene.seen().await;
    assert_eq!((seen.title.as_str(), seen.url.path()), ("Near", "/near"), "a new page is followed");
    scene.go("/gone").await;
    assert_eq!(scene.seen().await.status, 404);
}
