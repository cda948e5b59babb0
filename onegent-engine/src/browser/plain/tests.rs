//! Reading pages, and what forms send.

use std::sync::Arc;

use onegent_core::time::SystemClock;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

use super::document::Document;
use super::{PlainBrowser, observe};
use crate::browser::action::SlotValues;
use crate::browser::observation::{FieldKind, Method, Observation};
use crate::browser::read::Origin;
use crate::browser::reference::{FramePath, Ref};
use crate::browser::{Browser, PageError, Visit};
use crate::gate::{Gate, Verdict};
use crate::network::NetworkPolicy;

const SITE: &str = "https://www.example.com/a/page?x=1";

fn labels(html: &str) -> Vec<String> {
    observe(html, SITE).fields().map(|found| found.it.label.clone()).collect()
}

fn load(html: &str) -> Document {
    let origin = Origin { url: Url::parse(SITE).unwrap(), status: 200, reloadable: true };
    Document::parse(html, origin, FramePath::default()).unwrap()
}

fn field(seen: &Observation, label: &str) -> Ref {
    seen.fields().find(|found| found.it.label == label).unwrap().it.reference.clone()
}

fn button(seen: &Observation, name: &str) -> Ref {
    seen.buttons().find(|found| found.it.name == name).unwrap().it.reference.clone()
}

/// What pressing a button sends: method, address, body.
fn sent(document: &Document, name: &str) -> (Method, String, String) {
    let sent = document.press(&button(&document.observe(), name)).unwrap();
    let body: Vec<_> = sent.fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    (sent.method, sent.url.to_string(), body.join("&"))
}

#[test]
fn labels_are_found_as_browsers_find_them() {
    assert_eq!(labels("<label for=a>By id</label><input id=a>"), ["By id"]);
    assert_eq!(labels("<label>Around <input></label>"), ["Around"]);
    assert_eq!(labels("<label>Around <select><option>x</select> it</label>"), ["Around it"]);
    assert_eq!(labels("<input aria-label=Named placeholder=no>"), ["Named"]);
    assert_eq!(
        labels("<b id=x>First</b><i id=y>second</i><input aria-labelledby='x y' aria-label=no>"),
        ["First second"]
    );
    assert_eq!(labels("<input title=Tip placeholder=no>"), ["Tip"]);
    assert_eq!(labels("<input placeholder=Last>"), ["Last"]);
    assert_eq!(labels("<label for=other>No</label><input id=a>"), [""]);
    assert_eq!(
        labels("<span id=x hidden>Said all the same</span><input aria-labelledby=x>"),
        ["Said all the same"]
    );
}

#[test]
fn what_is_folded_away_takes_nothing_and_is_sent() {
    let page = |open: &str| {
        format!(
            "<form method=post action=/x><details {open}><summary>Invoice</summary><label>Name <input name=n value=a></label></details>\
             <button>Next</button></form>"
        )
    };
    let takes = |html: &str| observe(html, SITE).fields().all(|found| !found.it.disabled);
    assert!(takes(&page("open")) && !takes(&page("")));
    assert_eq!(sent(&load(&page("")), "Next").2, "n=a");
}

#[test]
fn a_calendars_cell_is_called_by_its_day_as_well() {
    let seen = observe("<table><tr><td data-date=2027-03-04 onclick=x>4</table>", SITE);
    let cell = seen.buttons().next().unwrap().it;
    assert_eq!((cell.name.as_str(), &cell.says[..]), ("4", &["2027-03-04".to_owned()][..]));
}

#[test]
fn radio_buttons_are_one_field_with_its_legend() {
    let seen = observe(
        "<form><fieldset><legend>Choose a time</legend><label><input type=radio name=t value=1> 19:00</label><label><input \
         type=radio name=t value=2 checked> 19:30</label></fieldset></form>",
        SITE,
    );
    let field = seen.fields().next().unwrap().it;
    assert_eq!(
        (field.kind, field.label.as_str(), field.value.as_str()),
        (FieldKind::Radio, "Choose a time", "2")
    );
    let options: Vec<_> =
        field.options.iter().map(|choice| (choice.value.as_str(), choice.label.as_str())).collect();
    assert_eq!(options, [("1", "19:00"), ("2", "19:30")]);
}

#[test]
fn a_form_sends_what_a_browser_would() {
    let document = load(
        "<form method=post action=../go?y=2#z><input type=hidden name=token value=t><input name=a value=1><input name=off \
         value=no disabled><input type=checkbox name=b value=yes checked><input type=checkbox name=c value=yes><input \
         type=radio name=r value=1><input type=radio name=r value=2 checked><select name=s><option value=x>X<option value=z \
         selected>Z</select><select name=first><option>One<option>Two</select><textarea name=t>\nlong\ntext</textarea><input \
         value=unnamed><fieldset disabled><input name=in value=no></fieldset><button name=go value=1>Go</button><button \
         name=go value=2 formaction=/else>Else</button><button formmethod=get>Look</button></form><input name=out value=3>",
    );
    let body = "token=t&a=1&b=yes&r=2&s=z&first=One&t=long\ntext";
    let to = |path: &str| format!("https://www.example.com{path}");
    assert_eq!(sent(&document, "Go"), (Method::Post, to("/go?y=2"), format!("{body}&go=1")));
    assert_eq!(sent(&document, "Else"), (Method::Post, to("/else"), format!("{body}&go=2")));
    let (method, url, rest) = sent(&document, "Look");
    assert_eq!((method, rest.as_str()), (Method::Get, ""));
    assert_eq!(url, to("/go?token=t&a=1&b=yes&r=2&s=z&first=One&t=long%0Atext"));
}

#[test]
fn fields_outside_a_form_can_belong_to_it() {
    let document =
        load("<input form=f name=a value=1><form id=f method=post></form><button form=f>Go</button>");
    assert_eq!(sent(&document, "Go").2, "a=1");
    assert_eq!(sent(&document, "Go").1, SITE);
}

#[test]
fn what_is_filled_in_is_sent_and_shown() {
    let mut document = load(
        "<form method=post><label>Name <input name=n></label><label>Size <select name=s><option value=1>S<option \
         value=2>M</select></label><label><input type=checkbox name=c> Terms</label><fieldset><legend>Time</legend><label><input \
         type=radio name=t value=7> 7</label><label><input type=radio name=t value=8> 8</label></fieldset><button>Go</button></form>",
    );
    let seen = document.observe();
    document.fill(&field(&seen, "Name"), "Ana").unwrap();
    document.choose(&field(&seen, "Size"), "2").unwrap();
    document.check(&field(&seen, "Terms"), true).unwrap();
    document.choose(&field(&seen, "Time"), "8").unwrap();
    assert_eq!(sent(&document, "Go").2, "n=Ana&s=2&c=on&t=8");
    let values: Vec<_> = document.observe().fields().map(|found| found.it.value.clone()).collect();
    assert_eq!(values, ["Ana", "2", "on", "8"]);
}

#[test]
fn what_a_field_does_not_take_is_refused() {
    let mut document = load(
        "<form><label>A <input maxlength=2></label><label>B <select><option value=1>x</select></label><label>C <input \
         readonly></label><label>D <input type=password></label></form>",
    );
    let seen = document.observe();
    for (label, value) in [("A", "abc"), ("A", "a\nb"), ("C", "x"), ("D", "x")] {
        assert!(matches!(document.fill(&field(&seen, label), value), Err(PageError::NotTaken(_))), "{label}");
    }
    assert!(matches!(document.choose(&field(&seen, "B"), "9"), Err(PageError::NotTaken(_))));
}

#[test]
fn a_reference_to_another_page_is_stale() {
    let document = load("<form method=post><button>Reserve</button></form>");
    let other = load("<form method=post><button>Pay</button></form>").observe();
    let reference = button(&other, "Pay");
    assert!(matches!(document.press(&reference), Err(PageError::Stale(_))));
}

#[test]
fn a_page_is_read_as_a_person_reads_it() {
    let seen = observe(
        "<title> A  title </title><nav><ul><li><a href=/n>Nav</a></ul></nav><h1>Hello <b>you</b></h1><script>x()</script><p \
         hidden>no</p><p style='DISPLAY : none'>no</p><p role=alert>Careful</p><dl><div><dt>Total<dd>USD 12.00</div></dl><table><tr><th>Fare<td>EUR \
         5.00</table><iframe src=/f title=Pay></iframe><template>no</template><p>Be<br>low</p><script \
         type='application/ld+json'>{\"@type\":\"Hotel\"}</script><ol><li>a<li aria-current=step>b<li>c</ol>",
        SITE,
    );
    assert_eq!(seen.title, "A title");
    assert_eq!(seen.headings, ["Hello you"]);
    assert_eq!(seen.text, "Nav\nHello you\nCareful\nTotal\nUSD 12.00\nFare\nEUR 5.00\nBe\nlow\na\nb\nc");
    let prices: Vec<_> =
        seen.prices.iter().map(|price| format!("{} {}", price.label, price.amount)).collect();
    assert_eq!(prices, ["Total USD 12.00", "Fare EUR 5.00"]);
    assert_eq!(seen.messages.len(), 1);
    assert_eq!(seen.frames[0].title, "Pay");
    assert_eq!(seen.frames[0].origin, "https://www.example.com");
    assert_eq!(seen.json_ld[0]["@type"], "Hotel");
    let mark = seen.progress.unwrap();
    assert_eq!((mark.current, mark.total), (2, 3));
    serde_json::to_string(&seen).unwrap();
}

#[test]
fn cards_have_names_and_what_can_be_used_in_them() {
    let seen = observe(
        "<main><h1>Results</h1><article><h2>One</h2><a href=/1>See</a><ul><li><a href=/t>19:00</a></ul></article><article><h2>Two</h2><form><button>See</button></form></article><table><tr><th>Air</th><td>x</td><td><a \
         href=/3>Select</a></table></main>",
        SITE,
    );
    let named: Vec<_> = seen.groups.iter().filter(|group| !group.name.is_empty()).collect();
    let told: Vec<_> = named.iter().map(|group| (group.name.as_str(), group.controls.len())).collect();
    assert_eq!(told, [("One", 2), ("Two", 1), ("Air", 1)]);
}

#[test]
fn what_a_page_says_is_wrong_stands_at_its_field() {
    let seen = observe(
        "<label>Email <input aria-invalid=true aria-describedby=e></label><span id=e>Not an address.</span><label>Name <input \
         aria-describedby=e></label>",
        SITE,
    );
    let told: Vec<_> = seen.fields().map(|found| found.it.message.as_deref()).collect();
    assert_eq!(told, [Some("Not an address."), None]);
}

#[tokio::test]
async fn a_page_is_kept_before_its_frames_are_there() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let serve = async {
        let (mut first, _) = listener.accept().await.unwrap();
        let _read = first.read(&mut [0; 4096]).await.unwrap();
        let page = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<title>Booked</title><iframe src=/f>";
        first.write_all(page.as_bytes()).await.unwrap();
        drop(first);
        // The frame is asked for and never comes.
        listener.accept().await.unwrap()
    };
    let guest =
        r#"{"first_name":"Ana","last_name":"Silva","email":"ana@example.com","phone":"+12125550123"}"#;
    let slots = SlotValues::of(&serde_json::from_str(guest).unwrap());
    let policy = NetworkPolicy::sandbox([origin.origin()]);
    let browser = PlainBrowser::new(Arc::new(SystemClock)).unwrap();
    let mut page = browser.open(Visit { policy, slots }).await.unwrap();
    let Verdict::Allowed(cleared) = Gate::new().entry(origin) else { panic!() };
    tokio::select! {
        _ = page.act(cleared) => panic!("it did not wait for the frame"),
        _ = serve => {}
    }
    assert_eq!(page.observe().await.unwrap().title, "Booked");
}
