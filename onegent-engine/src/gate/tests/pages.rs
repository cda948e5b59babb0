//! What a page adds to the words on a button: a review, a last step, an amount for later.

use super::buttons::{DETAILS, REVIEW, form};
use super::*;

/// A page with what the site sums up where nothing else speaks of concluding: the review alone makes it one.
fn summed_up(inner: &str, button: &str) -> Vec<&'static str> {
    let form = form(&format!("{inner}<input type=hidden name=step value=3>"), button);
    words(&press(knowing(), &page(&format!("{REVIEW}{form}"))))
}

#[test]
fn a_review_is_one_while_nothing_is_left_to_type() {
    let typed = "<label>Wishes <input name=w required></label>";
    let ticked = "<label><input type=checkbox name=t required> The terms</label>";
    let chosen = "<label>Bed <select name=b required><option value=''>Any<option>Twin</select></label>";
    let filled = "<label>Wishes <input name=w required value=quiet></label>";
    let optional = "<label>Wishes <input name=w></label>";
    assert!(!summed_up(typed, "Continue").contains(&"review_page"));
    for inner in [ticked, chosen, filled, optional] {
        assert!(summed_up(inner, "Continue").contains(&"review_page"), "{inner}");
    }
    let without = page(&form(optional, "Continue"));
    assert_eq!(words(&press(knowing(), &without)), ["leads_on"]);
    let in_a_sentence = page(&format!("<p>For {{guest}}, on 12 January.</p>{}", form(optional, "Continue")));
    assert!(words(&press(knowing(), &in_a_sentence)).contains(&"review_page"));
}

#[test]
fn a_row_of_one_step_has_no_last_one() {
    let alone = page(&format!("<ol><li aria-current=step>Details</ol>{}", form(DETAILS, "Next")));
    assert_eq!(Said::of(&press(knowing(), &alone)), Said::Allowed);
}

#[test]
fn a_link_within_the_page_moves_within_it() {
    let mut seen = page("<a href='#pay'>Pay now</a>");
    let link = seen.links[0].reference.clone();
    let verdict = knowing().judge(&seen, Action::Follow { link: link.clone() });
    assert_eq!(Said::of(&verdict), Said::Allowed, "{:?}", words(&verdict));
    // A page that came by a form's sending is sent again by such a link.
    seen.reloadable = false;
    let verdict = knowing().judge(&seen, Action::Follow { link });
    assert!(matches!(Said::of(&verdict), Said::Charge(_)), "{:?}", words(&verdict));
}

#[test]
fn an_amount_for_later_is_none_for_now_and_explains_that_nothing_is_due() {
    let verdict = |money: &str, gate: Gate, label: &str| {
        Said::of(&press(gate, &page(&format!("{REVIEW}<p>{money}</p>{}", form("", label)))))
    };
    let later = "EUR 80.00, to be paid at the property";
    assert_eq!(verdict(later, knowing(), "Grumbl"), Said::Reserve, "explained");
    assert!(matches!(verdict("", knowing(), "Grumbl"), Said::Charge(_)), "not explained");
    assert_eq!(verdict("Total to pay now: EUR 0.00", knowing(), "Grumbl"), Said::Reserve, "nothing");
    let asked = || Gate { money_before: true, ..knowing() };
    assert!(matches!(verdict(later, asked(), "Book"), Said::Charge(_)), "not what was asked for before");
    assert_eq!(verdict("Total to pay now: EUR 0.00", asked(), "Book"), Said::Reserve);
}

#[test]
fn a_payment_page_asks_unless_it_says_that_nothing_is_due() {
    let title = "<title>Payment</title><h1>Payment</h1>";
    let seen = |money: &str| {
        observe(&format!("{title}<p>{money}</p>{}", form("", "Book")), "https://www.example.com/payment")
    };
    assert!(matches!(Said::of(&press(knowing(), &seen(""))), Said::Charge(_)));
    assert_eq!(Said::of(&press(knowing(), &seen("Total to pay now: EUR 0.00"))), Said::Reserve);
}

#[test]
fn a_visit_begins_on_the_web_and_before_the_site_knows_the_guest() {
    let url = |text: &str| text.parse::<url::Url>().unwrap();
    assert_eq!(Said::of(&Gate::new().entry(url(SITE))), Said::Allowed);
    assert_eq!(Said::of(&knowing().entry(url(SITE))), Said::Denied);
    assert_eq!(Said::of(&Gate::new().entry(url("file:///etc/passwd"))), Said::Denied);
}

#[test]
fn a_link_that_leaves_the_site_takes_a_permit_unless_it_is_an_aside() {
    let follow = |label: &str| {
        let seen = page(&format!("<a href=https://www.example.net/more>{label}</a>"));
        let link = seen.links[0].reference.clone();
        words(&knowing().judge(&seen, Action::Follow { link }))
    };
    assert!(follow("More of it").contains(&"leaves_site"));
    assert_eq!(follow("Terms and conditions"), ["reads"]);
}

#[test]
fn nothing_for_later_explains_nothing() {
    let seen = |money: &str| page(&format!("{REVIEW}<p>{money}</p>{}", form("", "Grumbl")));
    let nothing = press(knowing(), &seen("City tax: EUR 0.00, to be paid at the property"));
    assert!(matches!(Said::of(&nothing), Said::Charge(_)), "{:?}", words(&nothing));
}

#[test]
fn a_hidden_amount_of_nothing_is_no_sign_of_money() {
    let seen =
        |amount: &str| page(&form(&format!("<input type=hidden name=amount value='{amount}'>"), "Next"));
    assert!(speaks_of_money(&seen("12.00")));
    for amount in ["0.00", "0", ""] {
        assert!(!speaks_of_money(&seen(amount)), "{amount}");
    }
}
