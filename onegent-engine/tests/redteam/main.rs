//! Attacks on the payment pause: hostile pages, and harmless ones that must stay usable.
//!
//! `hostile/`, `harmless/` and `swapped/` hold the corpus, a file per family. Each case is served by a site of the test's own, whose
//! ledger counts what was taken. Three planners drive every hostile case through the real browser: a playbook that
//! presses whatever comes first, a greedy one that tries to pay in every way, and a random one. No permit is ever given.
#![cfg(test)]

mod attack;
mod corpus;
mod desk;
mod layers;
mod planners;
mod playbook;
mod report;
mod ruling;
#[cfg(feature = "chromium")]
mod scripts;
mod site;
mod swapped;
mod types;
mod world;

use corpus::{Corpus, Expect};
use report::{Table, say};
use world::World;

/// How many hostile cases there have to be, each thought out by hand.
const FEWEST_HOSTILE: usize = 150;
const FEWEST_HARMLESS: usize = 60;
/// Pages at payment that change after the confirmation, and such as only look new on each visit.
const FEWEST_CHANGED: usize = 20;
const FEWEST_KEPT: usize = 8;

/// Reads that conclude something, and that a script could ask for as if they were parts of the page, with the reason why
/// the network, all other layers off, can't tell them from a picture. With the plain driver there are no scripts.
const SCRIPT_LEAKS: [(&str, &str); 4] = [
    ("second-link-as-form", "quote?accept=true: many a banner's answer is called so"),
    ("second-get-search-form-orders", "s?intent=order: a word of sorting as well"),
    ("paypal-link", "a brand's name alone; on its own host it is refused"),
    ("open-banking-link", "bank?id=1 says nothing"),
];

#[test]
fn the_corpus_is_as_large_as_promised_and_every_case_is_told_apart() {
    let (hostile, harmless) = (Corpus::hostile(), Corpus::harmless());
    assert!(hostile.cases.len() >= FEWEST_HOSTILE, "{}", hostile.cases.len());
    assert!(harmless.cases.len() >= FEWEST_HARMLESS, "{}", harmless.cases.len());
    let mut ids: Vec<_> = hostile.cases.iter().chain(&harmless.cases).map(|case| case.id.as_str()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
    let mut traps: Vec<_> = hostile.cases.iter().map(|case| case.trap.as_str()).collect();
    traps.sort_unstable();
    traps.dedup();
    assert_eq!(traps.len(), hostile.cases.len(), "every trap is described, and no two alike");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gate_rules_on_every_marked_control_of_the_hostile_pages_as_it_must() {
    let world = World::open(Corpus::hostile()).await;
    let mut wrong = Vec::new();
    let mut marked = 0;
    let rulings =
        world.each(|world, case| async move { ruling::of_marked_controls(&world, &case).await }).await;
    for (case, rulings) in rulings {
        for ruling in rulings {
            marked += 1;
            if !ruling.is_safe() {
                wrong.push(format!("{}: {ruling}", case.id));
            }
        }
    }
    say(&format!(
        "{marked} marked controls on {} hostile pages, {} judged wrongly",
        world.cases().len(),
        wrong.len()
    ));
    assert!(wrong.is_empty(), "{} of {marked}:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gate_cries_wolf_on_at_most_five_in_a_hundred_harmless_pages() {
    let world = World::open(Corpus::harmless()).await;
    let mut alarms = Vec::new();
    let judged =
        world.each(|world, case| async move { ruling::of_a_booking_hand(&world, &case).await }).await;
    for (case, rulings) in judged {
        assert!(!rulings.is_empty(), "{} has nothing to judge", case.id);
        let wrong: Vec<_> =
            rulings.iter().filter(|ruling| !ruling.is_as_expected()).map(ToString::to_string).collect();
        if !wrong.is_empty() {
            alarms.push(format!("{}: {}", case.id, wrong.join("; ")));
        }
    }
    say(&format!("{} harmless pages, {} false alarms of the gate", world.cases().len(), alarms.len()));
    for alarm in &alarms {
        say(alarm);
    }
    assert!(alarms.len() * 100 <= world.cases().len() * 5, "{}:\n{}", alarms.len(), alarms.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_network_lets_everything_out_that_a_booking_on_a_harmless_page_sends() {
    let world = World::open(Corpus::harmless()).await;
    let tried = world.each(|world, case| async move { ruling::network_alarms(&world, &case).await }).await;
    let alarms: Vec<_> = tried.into_iter().flat_map(|(_, alarms)| alarms).collect();
    say(&format!("{} harmless pages, {} false alarms of the network", world.cases().len(), alarms.len()));
    assert_eq!(alarms, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_taken_while_all_layers_stand_and_each_alone_holds_what_it_claims() {
    let world = World::open(Corpus::hostile()).await;
    let mut table = Table::default();
    let attacked = world.each(|world, case| async move { layers::Held::of(&world, &case).await }).await;
    for (case, held) in attacked {
        table.add(&case, held);
    }
    say(&table.to_string());
    assert_eq!(table.breaches(), Vec::<String>::new(), "taken, or let through, while all layers stood");
    assert_eq!(
        table.gate_leaks(),
        Vec::<String>::new(),
        "let through by the gate, and stopped by the network at best"
    );
    assert_eq!(table.network_leaks(), Vec::<String>::new(), "taken while only the network stood");
    assert_eq!(
        table.script_leaks(),
        SCRIPT_LEAKS.map(|(id, _)| id),
        "read by a script while only the network stood"
    );
    assert!(
        table.in_reach() >= FEWEST_HOSTILE,
        "a trap that nothing springs proves nothing: {}",
        table.in_reach()
    );
}

#[test]
fn no_back_way_leads_to_a_permit_or_to_a_word_of_the_gate() {
    assert!(types::the_question_works());
    let ways = types::back_ways();
    let open: Vec<_> = ways.iter().filter(|(_, open)| *open).collect();
    say(&format!(
        "types alone: {} of {} back ways to a permit are closed",
        ways.len() - open.len(),
        ways.len()
    ));
    assert!(open.is_empty(), "{open:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_playbook_that_presses_whatever_comes_first_takes_nothing() {
    let world = World::open(Corpus::hostile()).await;
    let runs = playbook::run_all(&world).await;
    say(&runs.to_string());
    assert_eq!(runs.breaches, Vec::<String>::new());
    assert!(runs.paused > 0 && runs.asked > 0, "the playbook reaches the steps that count");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_confirmation_holds_for_what_was_shown_and_for_nothing_else() {
    let world = World::open(Corpus::swapped()).await;
    let kept = world.cases().iter().filter(|case| case.keeps).count();
    let changed = world.cases().len() - kept;
    assert!(changed >= FEWEST_CHANGED && kept >= FEWEST_KEPT, "{changed} {kept}");
    let wrong = swapped::wrong(&world).await;
    say(&format!(
        "{changed} pages that change after the confirmation, {kept} that don't, {} confirmed wrongly",
        wrong.len()
    ));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[cfg(feature = "chromium")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pressing_what_only_runs_a_script_takes_nothing_in_chromium() {
    let world = World::driving(Corpus::hostile_scripts(), scripts::chromium()).await;
    let attacked = scripts::attack_all(&world).await;
    say(&attacked.to_string());
    assert_eq!(attacked.breaches(), Vec::<String>::new(), "taken while all layers stood");
    assert_eq!(attacked.network_leaks(), scripts::NETWORK_LEAKS, "taken while only the network stood");
    assert_eq!(attacked.idle(), scripts::IDLE, "a trap that nothing springs proves nothing");
}

#[cfg(feature = "chromium")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scripts_button_that_leads_on_can_be_pressed_in_chromium() {
    let world = World::driving(Corpus::harmless_scripts(), scripts::chromium()).await;
    let alarms = scripts::alarms(&world).await;
    say(&format!("{} harmless buttons of scripts, {} false alarms", world.cases().len(), alarms.len()));
    for alarm in &alarms {
        say(alarm);
    }
    let ids: Vec<_> = alarms.iter().map(|alarm| alarm.split(':').next().unwrap()).collect();
    assert_eq!(ids, scripts::FALSE_ALARMS);
}

#[test]
fn a_mark_is_no_part_of_what_is_served() {
    for case in Corpus::hostile().cases.iter().chain(&Corpus::harmless().cases) {
        for (_, page) in case.pages() {
            assert!(!page.served.contains("expect="), "{}", case.id);
        }
    }
    let marks = Corpus::hostile()
        .cases
        .iter()
        .flat_map(corpus::Case::pages)
        .flat_map(|(_, page)| page.marks.clone())
        .collect::<Vec<_>>();
    for kind in [Expect::Allow, Expect::Secret, Expect::Charge, Expect::Permit, Expect::Slot] {
        assert!(marks.iter().any(|(_, expect)| *expect == kind), "{kind:?}");
    }
}
