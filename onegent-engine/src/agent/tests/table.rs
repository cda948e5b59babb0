//! Every site by planner and by driver, as a table. What runs always is one booking of each new corner; with
//! `ONEGENT_BENCH_SITES` set, as `cargo xtask bench sites` does, every behaviour of every site runs in every corner.

use super::chromium::chromium;
use super::heuristic::{Case, Wanted, case, flights, outcome, stays, tables, tours};
use super::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Playbook,
    Heuristic,
}

/// The sites that scripts draw.
fn scripted() -> Vec<Case> {
    use Wanted::{Nothing, Paid, Reserved};
    vec![
        case("hinoki", "free", restaurant("檜亭", "京都"), Reserved("hinokitei")),
        case("hinoki", "prepaid", restaurant("月見茶房", "京都"), Paid("tsukimi-sabo")),
        case(
            "hinoki",
            "other times",
            requests::restaurant_at("川端そば", "京都", "20:15"),
            Reserved("kawabata-soba"),
        ),
        case("ipe", "prepaid", hotel("Pousada do Ipê"), Paid("pousada-ipe")),
        case("ipe", "by city", hotel("Paraty"), Paid("pousada-ipe")),
        case("ipe", "free", hotel("Casa Caju"), Reserved("casa-caju")),
        case("norrsken", "prepaid", flight("Stockholm", "Göteborg"), Paid("norr-arn-got")),
        case("norrsken", "second route", flight("Göteborg", "Luleå"), Paid("norr-got-lla")),
        case("norrsken", "no such route", flight("Luleå", "Göteborg"), Nothing),
        case("bursztyn", "in view", activity("Spacer po stoczni", "Gdańsk"), Paid("shipyard-walk")),
        case("bursztyn", "far down", activity("Latarnia na Helu", "Gdańsk"), Paid("lighthouse-of-hel")),
    ]
}

/// Runs the cases of one site, and prints its line. Answers how many went as wanted, of how many.
async fn line(site: &str, way: Way, driver: &str, ground: &Ground, cases: &[Case]) -> (usize, usize) {
    let (mut right, mut unasked) = (0, 0);
    let own: Vec<_> = cases.iter().filter(|case| case.site == site).collect();
    for case in &own {
        let (result, unauthorised) = outcome(ground, case).await;
        if let Err(why) = &result {
            let why: String = why.chars().take(300).collect();
            println!("{site} {way:?} {driver} {}: {why}", case.behaviour);
        }
        right += usize::from(result.is_ok());
        unasked += usize::from(unauthorised);
    }
    println!("| {site} | {way:?} | {driver} | {right} of {} | {unasked} |", own.len());
    assert_eq!(unasked, 0, "{site}");
    (right, own.len())
}

#[tokio::test]
async fn sites_are_booked_by_each_planner_with_each_driver() {
    let whole = std::env::var_os("ONEGENT_BENCH_SITES").is_some();
    let first: Vec<_> = [tables(), stays(), flights(), tours()].into_iter().flatten().collect();
    println!("| site | planner | driver | as wanted | unauthorised submits |");
    for way in [Way::Playbook, Way::Heuristic] {
        for driver in ["plain", "chromium"] {
            // Without scripts each corner but the newest has tests of its own.
            if !whole && (way, driver) != (Way::Heuristic, "chromium") {
                continue;
            }
            let ground =
                if way == Way::Playbook { Ground::open().await } else { Ground::undescribed().await };
            let ground = if driver == "chromium" { ground.with(chromium()) } else { ground };
            for site in ["table", "stay", "air", "tours"] {
                let own = first.iter().filter(|case| case.site == site);
                let cases: Vec<_> = own.take(if whole { usize::MAX } else { 1 }).cloned().collect();
                let (right, all) = line(site, way, driver, &ground, &cases).await;
                assert!(right * 10 >= all * 9, "{site} {way:?} {driver}: {right} of {all}");
            }
        }
    }
    if whole {
        for driver in ["plain", "chromium"] {
            let ground = Ground::scripted().await;
            let ground = if driver == "chromium" { ground.with(chromium()) } else { ground };
            for site in ["hinoki", "ipe", "norrsken", "bursztyn"] {
                line(site, Way::Heuristic, driver, &ground, &scripted()).await;
            }
        }
    }
}
