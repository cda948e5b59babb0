//! Pages as small as they can be, one rule each.

use super::*;
use crate::browser::plain::observe;

fn read(html: &str) -> Vec<&'static str> {
    let seen = observe(html, "https://www.example.com/");
    seen.forms.iter().flat_map(|form| meanings(&seen, form)).map(Meaning::as_str).collect()
}

#[test]
fn every_meaning_has_a_word_of_its_own() {
    for meaning in Meaning::ALL {
        assert_eq!(meaning.as_str().parse(), Ok(*meaning));
    }
    assert!("shoe_size".parse::<Meaning>().is_err());
}

#[test]
fn an_autocomplete_token_counts_before_all_words() {
    assert_eq!(read("<input autocomplete='shipping postal-code' aria-label=City>"), ["postal_code"]);
    assert_eq!(read("<input autocomplete=nope aria-label=City>"), ["city"]);
}

#[test]
fn the_longest_phrase_of_a_label_counts() {
    assert_eq!(read("<input aria-label='E-mail address'>"), ["email"]);
    assert_eq!(read("<input aria-label='Name on card'>"), ["card_holder"]);
    assert_eq!(read("<input name=billingFirstName>"), ["first_name"]);
    assert_eq!(read("<input name=customeremail>"), ["email"]);
}

#[test]
fn a_small_word_is_a_place_only_where_it_is_all_that_is_said() {
    assert_eq!(read("<input aria-label='By'>"), ["city"]);
    assert_eq!(read("<input aria-label='Offered by'>"), ["unknown"]);
}

#[test]
fn a_day_and_one_that_says_to_are_a_stay() {
    let day = "<option value=2027-03-04>Mar 04 Th, 2027<option value=2027-03-05>Mar 05 Fr, 2027";
    let form = format!(
        "<form><p>Check availability from <select name=p1>{day}</select> to <select name=q1>{day}</select></form>"
    );
    assert_eq!(read(&form), ["check_in", "check_out"]);
}

#[test]
fn a_number_of_a_product_is_told_by_its_legend() {
    let count =
        "<fieldset><legend>Quantity</legend><input type=number aria-label='Place on the walk'></fieldset>";
    assert_eq!(read(count), ["guests"]);
}

#[test]
fn a_name_beside_another_is_the_other_half() {
    assert_eq!(
        read("<form><input aria-label=Name><input aria-label=Surname></form>"),
        ["first_name", "last_name"]
    );
    assert_eq!(
        read("<form><input aria-label=Vorname><input aria-label=Name></form>"),
        ["first_name", "last_name"]
    );
}

#[test]
fn three_lists_in_a_row_are_one_date() {
    let list = |name: &str, from: i32, to: i32| {
        let options = (from..=to).map(|n| format!("<option>{n}")).collect::<Vec<_>>().concat();
        format!("<select name={name}>{options}</select>")
    };
    let birth = format!(
        "<form><fieldset><legend>Date of birth</legend>{}{}{}</fieldset></form>",
        list("a", 1, 31),
        list("b", 1, 12),
        list("c", 1930, 2020)
    );
    assert_eq!(read(&birth), ["birth_day", "birth_month", "birth_year"]);
    let trip = format!("<form>{}{}{}</form>", list("a", 1, 31), list("b", 1, 12), list("c", 2026, 2028));
    assert_eq!(read(&trip), ["day", "month", "year"]);
}

#[test]
fn lists_of_days_written_for_people_are_days() {
    let days = |label: &str, of: &dyn Fn(i32) -> String| {
        let options = (1..=30).map(of).collect::<Vec<_>>().concat();
        format!("<label>{label} <select>{options}</select></label>")
    };
    let words = |day: i32| format!("<option value={day}>Dec {day} Th, 2026</option>");
    let sent = |day: i32| format!("<option value=2026-12-{day:02}>Night {day}</option>");
    let codes = |code: i32| format!("<option>Land {}</option>", code + 30);
    for of in [&words as &dyn Fn(i32) -> String, &sent] {
        let stay = format!("<form>{}{}</form>", days("from", of), days("to", of));
        assert_eq!(read(&stay), ["check_in", "check_out"]);
    }
    let phone = format!("<form>{}<input type=tel aria-label=Phone></form>", days("Code", &codes));
    assert_eq!(read(&phone), ["phone_country", "phone"]);
}

#[test]
fn what_signs_in_is_no_address_to_write_to() {
    let login =
        "<form><input type=email aria-label=Email><input type=password><button>Sign in</button></form>";
    assert_eq!(read(login), ["username", "password"]);
    let open = "<form><input type=email aria-label=Email><input type=password><button>Create account</button></form>";
    assert_eq!(read(open), ["email", "password"]);
}
