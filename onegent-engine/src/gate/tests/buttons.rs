//! Buttons and links: which go on, which book, which pay.

use super::*;

pub(super) fn form(inner: &str, button: &str) -> String {
    format!("<form method=post action=/next>{inner}<button>{button}</button></form>")
}

const CARD: &str = "<label>Card number <input name=n autocomplete=cc-number></label>";
const ON_FILE: &str = "<label><input type=radio name=c value=1 checked> Visa •••• 4242</label>";
pub(super) const DETAILS: &str = "<label>Email <input name=e type=email required value=x></label>";
pub(super) const REVIEW: &str = "<h1>Review</h1><dl><dt>Guest<dd>{guest}<dt>Date<dd>2027-01-12</dl>";

#[test]
fn before_the_guest_is_known_sites_are_searched_freely() {
    let harmless = [
        form("<label>City <input name=c></label>", "Find a table"),
        form("<label>City <input name=c></label>", "Suchen"),
        form("", "Select this room"),
        form("<p>EUR 280.00 in all</p>", "Select this room"),
        form("", "Book tickets"),
        form("", "Reserve this table"),
        form("", "Book now"),
        form("", "Réserver"),
        form("", "Continue with these flights"),
        form("", "次へ"),
        form("", ""),
    ];
    for html in harmless {
        assert_eq!(Said::of(&press(Gate::new(), &page(&html))), Said::Allowed, "{html}");
    }
}

#[test]
fn steps_that_lead_on_are_allowed_once_the_guest_is_known() {
    let harmless = [
        form(DETAILS, "Continue to review"),
        form(DETAILS, "Next step"),
        form(DETAILS, "Weiter"),
        form(DETAILS, "Suivant"),
        form("<label><input type=checkbox name=i> Insurance, USD 24.00</label>", "Continue to review"),
        format!("{REVIEW}<p>Total to pay now: USD 12.00</p>{}", form("", "Proceed to payment")),
        format!("{REVIEW}<p>Total to pay now: USD 12.00</p>{}", form("", "Go to checkout")),
        format!("{REVIEW}<p>Total to pay now: USD 12.00</p>{}", form("", "Continue to card details")),
        format!("{REVIEW}{}", form("", "Zur Kasse")),
        format!("{REVIEW}<form action=/back><button>Back</button></form>"),
        form(DETAILS, "Back"),
        form("<label>Email or last name <input name=c></label>", "Find booking"),
    ];
    for html in harmless {
        let verdict = press(knowing(), &page(&html));
        assert_eq!(Said::of(&verdict), Said::Allowed, "{html} {:?}", words(&verdict));
    }
}

#[test]
fn what_books_for_nothing_is_a_reservation() {
    let labels = [
        "Confirm reservation",
        "Complete booking",
        "Get free tickets",
        "Book now",
        "Reservierung bestätigen",
        "Confirmer la réservation",
        "Confirmar reserva",
        "Conferma prenotazione",
        "Bevestig reservering",
        "Potwierdź rezerwację",
        "Bekräfta bokning",
        "予約を確定する",
        "确认预订",
        "Submit",
        "OK",
        "",
    ];
    for label in labels {
        for money in [
            "",
            "<p>Total to pay now: USD 0.00</p>",
            "<p>Total to pay now: EUR 0.00</p><p>Due at the property: EUR 90.00</p>",
        ] {
            let html = format!("{REVIEW}{money}{}", form("", label));
            let verdict = press(knowing(), &page(&html));
            assert_eq!(Said::of(&verdict), Said::Reserve, "{html} {:?}", words(&verdict));
        }
    }
}

#[test]
fn a_summary_is_not_left_by_a_write_that_says_it_looks() {
    for label in ["Back", "Search", "View", "Edit booking"] {
        let seen = page(&format!("{REVIEW}<p>Total: USD 12.00</p>{}", form("", label)));
        assert_eq!(Said::of(&press(knowing(), &seen)), Said::Charge(ChargeKind::Payment), "{label}");
    }
}

#[test]
fn the_same_buttons_charge_where_money_is_due() {
    for label in
        ["Confirm reservation", "Complete booking", "Continue", "Next", "Submit", "", "Book now", "確定"]
    {
        let due = page(&format!("{REVIEW}<p>Total to pay now: USD 12.00</p>{}", form("", label)));
        assert_eq!(Said::of(&press(knowing(), &due)), Said::Charge(ChargeKind::Payment), "{label}");
        let unclear = page(&format!("{REVIEW}<p>USD 12.00</p>{}", form("", label)));
        assert_eq!(Said::of(&press(knowing(), &unclear)), Said::Charge(ChargeKind::Unclear), "{label}");
        let held =
            page(&format!("{REVIEW}<p>Amount held on your card now: USD 12.00</p>{}", form("", label)));
        assert_eq!(Said::of(&press(knowing(), &held)), Said::Charge(ChargeKind::CardHold), "{label}");
    }
}

#[test]
fn a_form_with_a_card_pays_whatever_its_button_says() {
    for inner in [CARD, ON_FILE] {
        for label in ["Pay", "Continue", "Next", "OK", "", "Search", "Back", "Confirm reservation", "送信"]
        {
            for gate in [Gate::new(), knowing()] {
                let verdict = press(gate, &page(&form(inner, label)));
                assert!(
                    matches!(Said::of(&verdict), Said::Charge(_)),
                    "{inner} {label} {:?}",
                    words(&verdict)
                );
            }
        }
    }
}

#[test]
fn words_of_paying_are_known_in_many_languages() {
    let labels = [
        "Pay USD 12.00",
        "Pay now",
        "Buy now",
        "Place binding order",
        "Zahlungspflichtig buchen",
        "Jetzt kaufen",
        "Commander avec obligation de paiement",
        "Payer 12,00 €",
        "Pagar ahora",
        "Comprar",
        "Paga ora",
        "Acquista",
        "Efetuar pagamento",
        "Nu betalen",
        "Kup teraz",
        "Betala",
        "購入する",
        "支払う",
        "立即支付",
        "Guarantee with card and book",
    ];
    for label in labels {
        for gate in [Gate::new(), knowing()] {
            let verdict = press(gate, &page(&form("", label)));
            assert!(matches!(Said::of(&verdict), Said::Charge(_)), "{label} {:?}", words(&verdict));
        }
    }
}

#[test]
fn a_payment_frame_makes_every_button_around_it_one_that_pays() {
    let pay = Frame {
        title: "Secure payment".to_owned(),
        origin: "https://pay.example.net".to_owned(),
        seen: Some(observe(&format!("<h1>Card</h1>{}", form(CARD, "Continue")), "https://pay.example.net/f")),
    };
    let unread = Frame { seen: None, ..pay.clone() };
    for frame in [pay, unread] {
        let mut seen = page(&form("", "Continue"));
        seen.frames.push(frame);
        let button = seen.forms[0].buttons[0].reference.clone();
        let verdict = knowing().judge(&seen, Action::Press { button });
        assert!(matches!(Said::of(&verdict), Said::Charge(_)), "{:?}", words(&verdict));
    }
    let mut seen = page(&form("", "Continue with these flights"));
    seen.frames.push(Frame {
        title: "Map".to_owned(),
        origin: "https://maps.example.net".to_owned(),
        seen: None,
    });
    assert_eq!(Said::of(&press(Gate::new(), &seen)), Said::Allowed);
}

#[test]
fn the_last_step_of_a_row_is_final_even_when_it_says_next() {
    let steps = "<ol><li>Search<li>Details<li aria-current=step>Done</ol>";
    assert_eq!(
        Said::of(&press(knowing(), &page(&format!("{steps}{}", form(DETAILS, "Next"))))),
        Said::Reserve
    );
    let early = "<ol><li>Search<li aria-current=step>Details<li>Done</ol>";
    assert_eq!(
        Said::of(&press(knowing(), &page(&format!("{early}{}", form(DETAILS, "Next"))))),
        Said::Allowed
    );
}

#[test]
fn a_one_page_booking_is_final_although_nothing_was_given_before() {
    let seen = page(&form(DETAILS, "Book a table"));
    assert_eq!(Said::of(&press(Gate::new(), &seen)), Said::Reserve);
}

#[test]
fn banners_are_answered_and_dialogs_that_pay_are_not() {
    let banner = |button: &str| {
        format!("<form method=post role=dialog><h2>Cookies</h2><button>{button}</button></form>")
    };
    for label in ["Accept all", "Reject all", "Alle ablehnen", "Tout refuser"] {
        assert_eq!(Said::of(&press(knowing(), &page(&banner(label)))), Said::Allowed, "{label}");
    }
    for label in ["Accept and pay", "Pay", "Confirm"] {
        assert!(!matches!(Said::of(&press(knowing(), &page(&banner(label)))), Said::Allowed), "{label}");
    }
}

#[test]
fn links_read_unless_they_say_that_they_book() {
    let follow = |mut gate: Gate, html: &str| {
        let seen = page(html);
        let link = seen.links[0].reference.clone();
        Said::of(&gate.judge(&seen, Action::Follow { link }))
    };
    assert_eq!(follow(Gate::new(), "<a href=/x>Book now</a>"), Said::Allowed);
    assert_eq!(follow(knowing(), "<a href=/x>Continue to review</a>"), Said::Allowed);
    assert_eq!(follow(knowing(), "<a href=/x>Confirm booking</a>"), Said::Reserve);
    assert!(matches!(follow(knowing(), "<a href=/x>Pay now</a>"), Said::Charge(_)));
    for denied in
        ["<a href='javascript:pay()'>Go</a>", "<a href=mailto:a@b.c>Go</a>", "<a href=/x download>Go</a>"]
    {
        assert_eq!(follow(Gate::new(), denied), Said::Denied, "{denied}");
    }
}

#[test]
fn what_is_not_on_the_page_or_sends_nothing_is_refused() {
    let seen = page(&form("", "Go"));
    let mut button = seen.forms[0].buttons[0].reference.clone();
    button.signature.push('x');
    assert_eq!(Said::of(&Gate::new().judge(&seen, Action::Press { button })), Said::Denied);
    for html in [
        "<form method=post><button disabled>Go</button></form>",
        "<form method=post><button type=button>Go</button></form>",
        "<button>Go</button>",
        "<form method=post action='javascript:x'><button>Go</button></form>",
    ] {
        assert_eq!(Said::of(&press(Gate::new(), &page(html))), Said::Denied, "{html}");
    }
}

#[test]
fn addresses_are_opened_only_before_the_guest_is_known() {
    let seen = page("<p>x</p>");
    let open =
        |mut gate: Gate, url: &str| Said::of(&gate.judge(&seen, Action::Goto { url: url.parse().unwrap() }));
    assert_eq!(open(Gate::new(), "https://www.example.com/other"), Said::Allowed);
    assert_eq!(open(knowing(), "https://www.example.com/pay?confirm=1"), Said::Denied);
    assert_eq!(open(knowing(), SITE), Said::Allowed);
    assert_eq!(open(Gate::new(), "file:///etc/passwd"), Said::Denied);
}

#[test]
fn an_allowed_slot_is_remembered() {
    let seen = page(&form(DETAILS, "Book"));
    let mut gate = Gate::new();
    let field = seen.forms[0].fields[0].reference.clone();
    let verdict = gate.judge(&seen, Action::Fill { field, value: Filling::Slot(Slot::Email) });
    assert_eq!(Said::of(&verdict), Said::Allowed);
    assert!(gate.details_given);
}
