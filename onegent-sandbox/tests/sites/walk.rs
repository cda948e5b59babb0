//! The way through each site, as `SITES.md` describes it.

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use onegent_sandbox::{Entry, Site, catalogue};

use crate::browser::{Browser, Form, Page};

pub(crate) const EMAIL: &str = "ada@example.org";

pub(crate) fn entry(id: &str) -> &'static Entry {
    catalogue().iter().find(|entry| entry.id == id).unwrap()
}

/// A day that is on sale: the first one a month ahead with an even day of the month.
pub(crate) fn day() -> Date {
    let mut day = today().checked_add(30.days()).unwrap();
    while day.day() % 2 == 1 {
        day = day.tomorrow().unwrap();
    }
    day
}

/// A day on which the entries with other days are full.
pub(crate) fn odd_day() -> Date {
    let mut day = today().checked_add(30.days()).unwrap();
    while day.day() % 2 == 0 {
        day = day.tomorrow().unwrap();
    }
    day
}

#[expect(clippy::disallowed_methods, reason = "the sites under test read the same clock")]
pub(crate) fn today() -> Date {
    jiff::Timestamp::now().to_zoned(TimeZone::UTC).date()
}

/// The results of a search for the entry.
pub(crate) async fn results(browser: &mut Browser, entry: &Entry, date: Date) -> Page {
    let root = format!("/{}/", entry.site.id());
    let search = browser.open(&root).await.form("form.search");
    let (date, later) = (date.to_string(), date.checked_add(2.days()).unwrap().to_string());
    let search = match entry.site {
        Site::Table => search.with("city", entry.city).with("date", &date).with("restaurant", entry.name),
        Site::Stay => search.with("destination", entry.name).with("checkin", &date).with("checkout", &later),
        Site::Air => {
            let route = entry.route.unwrap();
            search.with("from", route.from).with("to", route.to).with("depart", &date).with("return", &later)
        }
        Site::Tours => search.with("place", entry.city).with("day", &date).with("q", entry.name),
    };
    browser.submit(&search).await
}

/// The entry's own page.
pub(crate) async fn details(browser: &mut Browser, entry: &Entry, date: Date) -> Page {
    let results = results(browser, entry, date).await;
    let card = format!("[data-entry='{}']", entry.id);
    match entry.site {
        Site::Table => browser.follow(&results, &format!("{card} h2 a")).await,
        Site::Stay | Site::Air => browser.follow(&results, &format!("{card} a.button")).await,
        Site::Tours => browser.submit(&results.form(&format!("{card} form"))).await,
    }
}

/// The form of the entry's page that makes the choice.
pub(crate) fn choice(page: &Page, entry: &Entry) -> Form {
    page.form(match entry.site {
        Site::Table => "form.reserve",
        Site::Stay => "form.room",
        Site::Air => "form.itinerary",
        Site::Tours => "form.tickets",
    })
}

/// The guest form, empty.
pub(crate) async fn guest(browser: &mut Browser, entry: &Entry, date: Date) -> Page {
    let details = details(browser, entry, date).await;
    browser.submit(&choice(&details, entry)).await
}

/// A guest form filled in.
pub(crate) fn filled(page: &Page, site: Site, email: &str) -> Form {
    let form = page.form("form.guest");
    let phone = "+44 20 7946 0958";
    match site {
        Site::Table => form
            .with("first_name", "Ada")
            .with("last_name", "Lovelace")
            .with("email", email)
            .with("phone", phone)
            .with("terms", "yes"),
        Site::Stay => form
            .with("firstname", "Ada")
            .with("lastname", "Lovelace")
            .with("mail", email)
            .with("mail_repeat", email)
            .with("mobile", phone)
            .with("conditions", "yes"),
        Site::Air => form
            .with("given_1", "Ada")
            .with("family_1", "Lovelace")
            .with("contact_email", email)
            .with("contact_phone", phone)
            .with("accept", "yes"),
        Site::Tours => form
            .with("full_name", "Ada Lovelace")
            .with("email", email)
            .with("tel", phone)
            .with("agree", "yes"),
    }
}

/// From a guest form on to the review page.
pub(crate) async fn past_guest(browser: &mut Browser, guest: &Page, site: Site) -> Page {
    let next = browser.submit(&filled(guest, site, EMAIL)).await;
    if site == Site::Air {
        browser.submit(&next.form("form.extras").without("insurance")).await
    } else {
        next
    }
}

pub(crate) async fn review(browser: &mut Browser, entry: &Entry, date: Date) -> Page {
    let guest = guest(browser, entry, date).await;
    past_guest(browser, &guest, entry.site).await
}

pub(crate) async fn payment(browser: &mut Browser, entry: &Entry, date: Date) -> Page {
    let review = review(browser, entry, date).await;
    browser.submit(&review.form("form.review")).await
}

/// The whole way to the confirmation.
pub(crate) async fn book(browser: &mut Browser, id: &str) -> Page {
    let review = review(browser, entry(id), day()).await;
    let next = browser.submit(&review.form("form.review")).await;
    if next.has("form.payment") { browser.submit(&next.form("form.payment")).await } else { next }
}

/// The amount that a review or payment page asks for.
pub(crate) fn total(page: &Page) -> String {
    page.text(".total strong")
}
