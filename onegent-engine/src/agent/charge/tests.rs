//! What a page's charge is, with what is about to be pressed on it.

use super::*;
use crate::browser::action::{Action, SlotValues};
use crate::browser::plain::observe;

/// What is done on a page before its first button is pressed.
type Meddle = fn(&mut Observation);

fn read(page: &str, hints: &ChargeHints, limit: Option<Money>, meddle: Meddle) -> Charge {
    let guest = serde_json::json!({
        "first_name": "Ana", "last_name": "Silva", "email": "ana@example.com", "phone": "+12125550123",
    });
    let request = serde_json::json!({
        "scenario": "restaurant",
        "params": { "restaurant_name": "Owl", "city": "Toronto", "date": "2027-03-04", "time": "19:00", "covers": 2 },
    });
    let reader = ChargeReader {
        provider: &"site".parse().unwrap(),
        provider_name: &"Site".parse().unwrap(),
        hints,
        request: &serde_json::from_value(request).unwrap(),
        mask: &GuestMask::new(SlotValues::of(&serde_json::from_value(guest).unwrap())),
        limit,
    };
    let mut seen = observe(page, "https://www.example.com/pay");
    meddle(&mut seen);
    let button =
        seen.buttons().next().and_then(|found| Some((found.it.reference.clone(), found.it.target.clone()?)));
    let pressed = button.as_ref().and_then(|(button, target)| {
        Pressed::of(&seen, &Action::Press { button: button.clone() }, Some(target))
    });
    reader.read(&seen, ChargeKind::Payment, pressed.as_ref())
}

/// The charge of a page whose playbook names this currency, if any.
fn charge(page: &str, currency: Option<&str>) -> Charge {
    let hints = ChargeHints {
        amount: vec!["Total".to_owned()],
        merchant: "Merchant".to_owned(),
        terms: "Terms".to_owned(),
        facts: Vec::new(),
        currency: currency.map(|code| code.parse().unwrap()),
    };
    read(page, &hints, None, |_page| {})
}

fn told<'a>(charge: &'a Charge, label: &str) -> Option<&'a str> {
    let fact = charge.facts.iter().find(|fact| fact.label.as_str() == label)?;
    Some(fact.value.as_str())
}

#[test]
fn a_sign_of_several_currencies_names_none() {
    let amount = |page: &str, currency| charge(page, currency).amount.map(|amount| amount.to_string());
    assert_eq!(amount("<p>Total: $412.50", None), None);
    assert_eq!(charge("<p>Total: $412.50", None).kind, ChargeKind::Unclear);
    assert_eq!(amount("<p>Total: USD 412.50", None).as_deref(), Some("USD 412.50"));
    assert_eq!(amount("<p>Total: $412.50", Some("CAD")).as_deref(), Some("CAD 412.50"));
    assert_eq!(amount("<p>Total: $412.50<p>Deposit: CAD 10.00", None).as_deref(), Some("CAD 412.50"));
    assert_eq!(amount("<p>Total: $412.50<p>CAD 10.00 or USD 8.00", None), None);
}

#[test]
fn a_guest_is_no_merchant_and_stands_in_no_terms() {
    let charge = charge("<dl><dt>Merchant<dd>Ana Silva<dt>Terms<dd>Write to ana@example.com</dl>", None);
    assert_eq!((charge.merchant.as_str(), charge.terms), ("Site", None));
}

#[test]
fn what_can_t_be_read_is_shown_as_it_is_written() {
    let charge = charge("<p>Total: $412.50<p>Service: 40 kr<p>Discount: none", None);
    let amounts = told(&charge, "Amounts on the page");
    assert_eq!(amounts, Some("Total: $412.50, currency not named by the site; Service: 40 kr"));
    assert!(told(&charge, "Why no amount is shown").is_some());
    assert_eq!(told(&self::charge("<p>Total: USD 412.50", None), "Amounts on the page"), None);
}

#[test]
fn a_limit_that_was_not_checked_is_told() {
    let limit = Some(Money::parse("300.00", "EUR").unwrap());
    let limit = |page: &str| {
        let charge = read(page, &ChargeHints::default(), limit, |_page| {});
        told(&charge, "Price limit").map(str::to_owned)
    };
    assert_eq!(limit("<p>Total: EUR 412.50"), None);
    assert_eq!(
        limit("<p>Total: $412.50").as_deref(),
        Some("EUR 300.00 is the limit, and it was not checked: the amount is not clear.")
    );
    assert!(limit("<p>Total: CHF 412.50").is_some_and(|told| told.contains("the site asks for CHF")));
}

const EXTRAS: &str = "<p>Total: EUR 100.00<form method=post action=/go><label>Cover <select name=c>\
    <option value=b>Basic, EUR 5.00<option value=p>Plus, EUR 20.00<option value=n selected>None</select></label>\
    <label><input type=checkbox name=t value=1> Newsletter</label>\
    <label>Email <input type=email name=e value=ana@example.com></label>\
    <input type=hidden name=amount value=10000><input type=hidden name=csrf value=k2><button>Pay</button></form>";

#[test]
fn what_is_pressed_and_chosen_is_part_of_the_charge() {
    let plain = read(EXTRAS, &ChargeHints::default(), None, |_page| {});
    assert_eq!(plain.amount, Some(Money::parse("100.00", "EUR").unwrap()));
    let facts: Vec<_> = plain.facts.iter().map(|fact| format!("{}: {}", fact.label, fact.value)).collect();
    let wanted = [
        "Button pressed: Pay",
        "Sends to: https://www.example.com/go",
        "Chosen in the form: Cover: None",
        "Sent unseen: amount = 10000",
    ];
    assert_eq!(facts, wanted);
    let ticked = read(EXTRAS, &ChargeHints::default(), None, |page| page.forms[0].fields[1].checked = true);
    assert_eq!(told(&ticked, "Chosen in the form"), Some("Cover: None; Newsletter: ticked"));
    assert_ne!(plain, ticked);
}

#[test]
fn a_choice_with_a_price_of_its_own_leaves_no_amount() {
    let choose = |page: &mut Observation| "p".clone_into(&mut page.forms[0].fields[0].value);
    let charge = read(EXTRAS, &ChargeHints::default(), None, choose);
    assert_eq!((charge.amount, charge.kind), (None, ChargeKind::Unclear));
    assert_eq!(told(&charge, "Chosen in the form"), Some("Cover: Plus, EUR 20.00"));
    assert_eq!(told(&charge, "Amounts on the page"), Some("Total: EUR 100.00"));
    assert!(told(&charge, "Why no amount is shown").is_some_and(|why| why.contains("on top")));
}
