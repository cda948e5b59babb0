//! Fields that are never filled.

use super::*;

fn fill(field: &str, value: Filling) -> Verdict {
    let seen = page(&format!("<form method=post>{field}<button>Next</button></form>"));
    let field = seen.forms[0].fields[0].reference.clone();
    Gate::new().judge(&seen, Action::Fill { field, value })
}

fn text() -> Filling {
    Filling::Text("x".to_owned())
}

#[test]
fn cards_accounts_and_passwords_are_never_filled() {
    let secrets = [
        "<input autocomplete=cc-number>",
        "<input autocomplete='section-pay billing cc-csc'>",
        "<input autocomplete=cc-exp-month>",
        "<input autocomplete=cc-name>",
        "<input type=password>",
        "<input autocomplete=current-password>",
        "<input autocomplete='username new-password'>",
        "<input autocomplete=one-time-code>",
        "<input name=card_number>",
        "<input name=cardNumber>",
        "<input id=paymentCardCvc>",
        "<input name=cardNumber aria-label='Card number'>",
        "<input id=cvv>",
        "<label>Security code <input></label>",
        "<label>CVC/CVV <input></label>",
        "<label>Expiry (MM/YY) <input></label>",
        "<label>Name on card <input></label>",
        "<label>Kartennummer <input></label>",
        "<label>Prüfnummer <input></label>",
        "<label>Numéro de carte <input></label>",
        "<label>Cryptogramme <input></label>",
        "<label>Número de tarjeta <input></label>",
        "<label>Numero di carta <input></label>",
        "<label>Número do cartão <input></label>",
        "<label>Kaartnummer <input></label>",
        "<label>Numer karty <input></label>",
        "<label>Kortnummer <input></label>",
        "<label>カード番号 <input></label>",
        "<label>信用卡号 <input></label>",
        "<label>IBAN <input></label>",
        "<label>Sort code <input></label>",
        "<input placeholder='4242 4242 4242 4242'>",
        "<input pattern='[0-9]{16}'>",
        r"<input pattern='\d{13,19}'>",
    ];
    for field in secrets {
        for value in [text(), Filling::Slot(Slot::FullName)] {
            let verdict = fill(field, value);
            assert_eq!(words(&verdict), ["secret_field"], "{field}");
            assert_eq!(Said::of(&verdict), Said::Denied, "{field}");
        }
    }
}

/// What the gate says of each field of one form.
fn each(fields: &str) -> Vec<Said> {
    let seen = page(&format!("<form method=post>{fields}<button>Next</button></form>"));
    let fill = |field: &crate::browser::observation::Field| Action::Fill {
        field: field.reference.clone(),
        value: text(),
    };
    seen.forms[0].fields.iter().map(|field| Said::of(&Gate::new().judge(&seen, fill(field)))).collect()
}

#[test]
fn a_row_of_boxes_for_digits_is_never_filled() {
    let boxes = |count, most: u8| format!("<input maxlength={most}>").repeat(count);
    for (fields, said) in [
        (boxes(4, 4), vec![Said::Denied; 4]),
        (boxes(6, 1), vec![Said::Denied; 6]),
        (format!("<input name=city>{}", boxes(4, 4)), [vec![Said::Allowed], vec![Said::Denied; 4]].concat()),
        (boxes(3, 4), vec![Said::Allowed; 3]),
        (boxes(3, 1), vec![Said::Allowed; 3]),
        (boxes(4, 2), vec![Said::Allowed; 4]),
        // What stands between them parts the row, be it of another length or nothing to type into.
        (format!("{}<input maxlength=3>{}", boxes(2, 4), boxes(2, 4)), vec![Said::Allowed; 5]),
        (format!("{}<input type=date maxlength=4>{}", boxes(2, 4), boxes(2, 4)), vec![Said::Allowed; 5]),
    ] {
        assert_eq!(each(&fields), said, "{fields}");
    }
}

#[test]
fn a_short_box_beside_a_card_number_belongs_to_it() {
    let card = "<input autocomplete=cc-number>";
    let (denied, allowed) = (Said::Denied, Said::Allowed);
    for (beside, said) in [
        ("<input maxlength=7>", denied),
        ("<input type=tel maxlength=4>", denied),
        ("<input maxlength=8>", allowed),
        ("<input>", allowed),
        ("<input type=date maxlength=4>", allowed),
    ] {
        assert_eq!(each(&format!("{card}{beside}")), [denied, said], "{beside}");
    }
}

#[test]
fn the_guests_own_fields_are_filled() {
    let fields = [
        "<input autocomplete=given-name>",
        "<label>Email <input type=email></label>",
        "<label>Phone <input type=tel pattern='[0-9 +]{6,15}'></label>",
        "<label>City <input name=city></label>",
        "<label>Company <input name=company></label>",
        "<label>Special requests (optional) <input name=requests></label>",
        "<label>Date <input type=date name=date></label>",
        "<label>Loyalty card (optional) <input name=loyalty></label>",
    ];
    for field in fields {
        let verdict = fill(field, text());
        assert_eq!(Said::of(&verdict), Said::Allowed, "{field} {:?}", words(&verdict));
    }
}

#[test]
fn no_card_number_is_typed_anywhere() {
    let verdict = fill("<label>City <input></label>", Filling::Text("4242 4242 4242 4242".to_owned()));
    assert_eq!(words(&verdict), ["card_number"]);
}

#[test]
fn a_form_that_holds_a_secret_is_not_pressed() {
    for field in [
        "<input type=password value=hunter2>",
        "<input value='4242424242424242' name=x>",
        "<input name=cvv value=123>",
    ] {
        let seen = page(&format!("<form method=post>{field}<button>Search</button></form>"));
        let verdict = press(Gate::new(), &seen);
        assert_eq!(words(&verdict), ["secret_held"], "{field}");
    }
}

#[test]
fn how_to_pay_is_not_chosen() {
    let seen = page(
        "<form method=post><fieldset><legend>Card</legend><label><input type=radio name=c value=file checked> Card on file: Visa \
         •••• 4242</label><label><input type=radio name=c value=new> Use another card</label></fieldset></form>",
    );
    let field = seen.forms[0].fields[0].reference.clone();
    let verdict = Gate::new().judge(&seen, Action::Choose { field, option: "new".to_owned() });
    assert_eq!(words(&verdict), ["payment_method"]);
}

#[test]
fn hidden_fields_can_not_even_be_named() {
    for hidden in [
        "<input type=hidden name=a>",
        "<input name=a hidden>",
        "<div style='display: none'><input name=a></div>",
        "<div aria-hidden=true><input name=a></div>",
        "<dialog><input name=a></dialog>",
    ] {
        let seen = page(&format!("<form method=post>{hidden}</form>"));
        assert_eq!(seen.fields().count(), 0, "{hidden}");
    }
}

#[test]
fn the_guests_details_go_to_no_foreign_frame() {
    let mut seen = page("<p>x</p>");
    let inner = observe("<form><label>Email <input type=email></label></form>", "https://ads.example.net/f");
    let field = inner.forms[0].fields[0].reference.clone();
    seen.frames.push(Frame { title: String::new(), origin: inner.origin(), seen: Some(inner) });
    let verdict = Gate::new().judge(&seen, Action::Fill { field, value: Filling::Slot(Slot::Email) });
    assert_eq!(words(&verdict), ["foreign_frame"]);
}

#[test]
fn only_what_is_offered_is_chosen() {
    let choose = |list: &str, option: &str| {
        let seen = page(&format!("<form method=post>{list}</form>"));
        let field = seen.forms[0].fields[0].reference.clone();
        words(&Gate::new().judge(&seen, Action::Choose { field, option: option.to_owned() }))
    };
    let list = "<select name=room><option value=1>One<option value=2>Two</select>";
    assert_eq!(choose(list, "2"), ["fills"]);
    assert_eq!(choose(list, "3"), ["not_a_field"]);
    assert_eq!(choose(&list.replace("name=room", "name=room disabled"), "2"), ["not_a_field"]);
}

#[test]
fn what_takes_or_holds_a_secret_is_known_wherever_it_stands() {
    let inner = "<label>Card number <input name=n autocomplete=cc-number></label><label>City <input name=c></label>\
                 <input type=password name=p><input name=x value=4242424242424242>";
    let seen = page(&format!("<form method=post>{inner}</form>"));
    let named = |reference| seen.field(reference).unwrap().it.name.clone();
    assert_eq!(secret_fields(&seen).map(named).collect::<Vec<_>>(), ["n", "p", "x"]);
}
