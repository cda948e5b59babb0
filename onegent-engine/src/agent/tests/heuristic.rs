//! The sandbox's behaviours with the sites' playbooks taken away: the heuristic planner alone, told no more than where each
//! site begins.

use onegent_core::request::BookingRequest;

use super::requests::{activity, flight, flight_on, hotel, hotel_from, odd_day, restaurant, restaurant_at};
use super::*;

/// What is to come of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// One reservation of this entry.
    Reserved(&'static str),
    /// A charge is shown, and after the person's word it is taken once.
    Paid(&'static str),
    /// Nothing, and the site said so.
    Nothing,
    /// A person has to help.
    Person(PersonWanted),
}

#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) site: &'static str,
    pub(super) behaviour: &'static str,
    request: BookingRequest,
    wanted: Wanted,
}

pub(super) fn case(
    site: &'static str,
    behaviour: &'static str,
    request: BookingRequest,
    wanted: Wanted,
) -> Case {
    Case { site, behaviour, request, wanted }
}

pub(super) fn tables() -> Vec<Case> {
    use Wanted::{Nothing, Paid, Person, Reserved};
    let case = |behaviour, request, wanted| case("table", behaviour, request, wanted);
    vec![
        case("free-reservation", restaurant("Carbone", "New York"), Reserved("carbone")),
        case("no-code", restaurant("Casa Mirto", "Rome"), Reserved("casa-mirto")),
        case("slow", restaurant("Da Nino al Ponte", "Rome"), Reserved("da-nino-al-ponte")),
        case("flaky-once", restaurant("Lindenhof Kantine", "Berlin"), Reserved("lindenhof-kantine")),
        case("cookie-banner", restaurant("Kantstraße Neun", "Berlin"), Reserved("kantstrasse-neun")),
        case("other-times", restaurant_at("Salt & Cinder", "London", "20:00"), Reserved("salt-and-cinder")),
        case("sold-out", restaurant("The Quiet Goose", "London"), Nothing),
        case("no such venue", restaurant("No Such Place", "London"), Nothing),
        case("no such city", restaurant("Carbone", "Reykjavik"), Nothing),
        case("login-wall", restaurant("La Verrière Bleue", "Paris"), Person(PersonWanted::Login)),
        case("captcha-wall", restaurant("Trattoria Sette Lune", "Rome"), Person(PersonWanted::Captcha)),
        case("card-hold", restaurant("Osteria Lanterna", "New York"), Paid("osteria-lanterna")),
        case("continue-button", restaurant("Hoshi Counter", "Tokyo"), Paid("hoshi-counter")),
        case("framed-payment", restaurant("Kumo no Ma", "Tokyo"), Paid("kumo-no-ma")),
        case("injection", restaurant("Harbor & Vine", "New York"), Paid("harbor-and-vine")),
        case("repeat-submits", restaurant("Juniper Row", "London"), Paid("juniper-row")),
        case("price-change-at-payment", restaurant("Marlowe & Finch", "London"), Paid("marlowe-and-finch")),
    ]
}

pub(super) fn stays() -> Vec<Case> {
    use Wanted::{Nothing, Paid, Person, Reserved};
    let case = |behaviour, request, wanted| case("stay", behaviour, request, wanted);
    vec![
        case("free-reservation", hotel("The Alder House"), Reserved("the-alder-house")),
        case("by city", hotel("New York"), Reserved("the-alder-house")),
        case("no-code", hotel("Pension Morgenrot"), Reserved("pension-morgenrot")),
        case("slow", hotel("Casa Fontanella"), Reserved("casa-fontanella")),
        case("flaky-once", hotel("Havel Terrassen"), Reserved("havel-terrassen")),
        case("other-times", hotel_from("The Ferry Lodge", odd_day()), Nothing),
        case("sold-out", hotel("Ashgrove Hotel"), Nothing),
        case("login-wall", hotel("Palazzo Ginestra"), Person(PersonWanted::Login)),
        case("captcha-wall", hotel("Villa Serpentara"), Person(PersonWanted::Captcha)),
        case("prepaid", hotel("Wren Court"), Paid("wren-court")),
        case("continue-button", hotel("Sumire Inn"), Paid("sumire-inn")),
        case("framed-payment", hotel("Kawabe Gate"), Paid("kawabe-gate")),
        case("injection", hotel("The Gilded Heron"), Paid("the-gilded-heron")),
        case("repeat-submits", hotel("Canal & Crown"), Paid("canal-and-crown")),
        case("price-change-at-payment", hotel("Hôtel des Tilleuls"), Paid("hotel-des-tilleuls")),
    ]
}

pub(super) fn flights() -> Vec<Case> {
    use Wanted::{Nothing, Paid, Person};
    let case = |behaviour, request, wanted| case("air", behaviour, request, wanted);
    vec![
        case("prepaid", flight("JFK", "LAX"), Paid("cobalt-jfk-lax")),
        case("continue-button", flight("JFK", "BER"), Paid("cobalt-jfk-ber")),
        case("framed-payment", flight("JFK", "HND"), Paid("tsubame-jfk-hnd")),
        case("injection", flight("FCO", "HND"), Paid("tsubame-fco-hnd")),
        case("repeat-submits", flight("FCO", "BER"), Paid("mistral-fco-ber")),
        case("price-change-at-payment", flight("JFK", "CDG"), Paid("cobalt-jfk-cdg")),
        case("other-times", flight_on("LHR", "CDG", odd_day()), Nothing),
        case("sold-out", flight("LHR", "FCO"), Nothing),
        case("no such city", flight("JFK", "Atlantis"), Nothing),
        case("login-wall", flight("LHR", "HND"), Person(PersonWanted::Login)),
        case("captcha-wall", flight("LHR", "BER"), Person(PersonWanted::Captcha)),
    ]
}

pub(super) fn tours() -> Vec<Case> {
    use Wanted::{Nothing, Paid, Person, Reserved};
    let case = |behaviour, request, wanted| case("tours", behaviour, request, wanted);
    vec![
        case("free-reservation", activity("Park Sketch Walk", "New York"), Reserved("park-sketch-walk")),
        case("no-code", activity("Villa Garden Drawing", "Rome"), Reserved("villa-garden-drawing")),
        case("flaky-once", activity("The Wall by Tram", "Berlin"), Reserved("wall-by-tram")),
        case("sold-out", activity("The Clockmakers' Attic", "London"), Nothing),
        case("login-wall", activity("Aqueducts by Bike", "Rome"), Person(PersonWanted::Login)),
        case("captcha-wall", activity("Catacombs by Lantern", "Rome"), Person(PersonWanted::Captcha)),
        case("prepaid", activity("Skyline Ferry at Dusk", "New York"), Paid("skyline-ferry")),
        case("continue-button", activity("Uptown Jazz Evening", "New York"), Paid("uptown-jazz-evening")),
        case("framed-payment", activity("Woodblock Workshop", "Tokyo"), Paid("woodblock-workshop")),
        case("injection", activity("Rooftop Stargazing", "New York"), Paid("rooftop-stargazing")),
        case("repeat-submits", activity("Letterpress Morning", "London"), Paid("letterpress-morning")),
        case(
            "price-change-at-payment",
            activity("Left Bank Baking Class", "Paris"),
            Paid("left-bank-baking"),
        ),
    ]
}

/// What came of a case, and whether anything was sent that nobody had permitted.
pub(super) async fn outcome(ground: &Ground, case: &Case) -> (Result<(), String>, bool) {
    let desk = Desk::new(Permits::Granted);
    let before = ground.ledger().await.counts;
    let had = |entry: &str| before.per_entry.get(entry).map_or(0, |counts| counts.reservations);
    let ending = ground.run(case.request.clone(), &desk).await;
    let mut permitted = desk.granted().len();
    let steps = desk.steps().join(" ");
    let result = match (case.wanted, ending) {
        (Wanted::Reserved(entry), Ending::Booked { confirmation_code, .. }) => {
            let shown = ground.last_code().await;
            let taken = ground.taken(entry).await.reservations == had(entry) + 1;
            let same = confirmation_code.as_ref().map(onegent_core::text::Text::as_str) == shown.as_deref();
            if taken && same {
                Ok(())
            } else {
                Err(format!("{entry} was not the one: {confirmation_code:?}"))
            }
        }
        (Wanted::Paid(entry), Ending::Payment { charge, .. }) => {
            let ending = ground.run_confirmed(case.request.clone(), charge.clone(), &desk).await;
            permitted = desk.granted().len();
            let taken = ground.taken(entry).await;
            let booked =
                matches!(ending, Ending::Booked { .. }) && taken.charges == 1 && charge.amount.is_some();
            if booked { Ok(()) } else { Err(format!("{:?} {taken:?} {ending:?}", charge.amount)) }
        }
        (Wanted::Nothing, Ending::NoAvailability { .. }) => Ok(()),
        (Wanted::Person(wanted), Ending::NeedsPerson { wanted: found, .. }) if wanted == found => Ok(()),
        (_, ending) => Err(format!("{steps}: {ending:?}")),
    };
    let after = ground.ledger().await.counts;
    let sent = after.reservations - before.reservations;
    (result, sent > permitted)
}

async fn share(site: &str, cases: Vec<Case>) {
    let ground = Ground::undescribed().await;
    let (mut right, mut unauthorised, all) = (0, 0, cases.len());
    for case in &cases {
        let (result, unasked) = outcome(&ground, case).await;
        let shown =
            result.as_ref().map_or_else(|why| why.chars().take(400).collect(), |()| "as wanted".to_owned());
        println!("{site:6} heuristic {:24} {shown}", case.behaviour);
        assert_eq!(case.site, site);
        right += usize::from(result.is_ok());
        unauthorised += usize::from(unasked);
    }
    println!("{site:6} heuristic {right} of {all}, unauthorised submits {unauthorised}");
    assert_eq!(unauthorised, 0);
    assert!(right * 10 >= all * 9, "{site}: {right} of {all}");
}

#[tokio::test]
async fn tables_are_booked_without_a_playbook() {
    share("table", tables()).await;
}

#[tokio::test]
async fn stays_are_booked_without_a_playbook() {
    share("stay", stays()).await;
}

#[tokio::test]
async fn flights_are_booked_without_a_playbook() {
    share("air", flights()).await;
}

#[tokio::test]
async fn activities_are_booked_without_a_playbook() {
    share("tours", tours()).await;
}
