//! How words and values of core look on a page. Everything here is escaped, or has nothing to escape.

use std::fmt;

use askama::filters::HtmlSafe;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use onegent_core::job::JobErrorCode;
use onegent_core::money::Money;
use onegent_core::request::{BookingRequest, Cabin, Scenario};
use onegent_core::status::JobStatus;
use onegent_core::time::VenueDate;

/// A drawing of the sprite in `sprite.html`. Decoration only: words always stand beside it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Icon(pub(super) &'static str);

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            r##"<svg class="icon" aria-hidden="true" focusable="false"><use href="#i-{}"/></svg>"##,
            self.0
        )
    }
}

impl HtmlSafe for Icon {}

/// An instant, with its zone. The script puts it into the reader's own.
#[derive(Debug, Clone, Copy)]
pub(super) struct When(pub(super) Timestamp);

impl When {
    /// The same without mark-up, for names that only screen readers say.
    pub(super) fn plain(self) -> String {
        self.0.to_zoned(TimeZone::UTC).strftime("%-d %b %Y, %H:%M UTC").to_string()
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, r#"<time datetime="{}">{}</time>"#, self.0, self.plain())
    }
}

impl HtmlSafe for When {}

/// The time of day of an instant, to the second, with its zone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment(pub(super) Timestamp);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.to_zoned(TimeZone::UTC).strftime("%H:%M:%S UTC").to_string();
        write!(f, r#"<time datetime="{}" data-form="moment">{shown}</time>"#, self.0)
    }
}

impl HtmlSafe for Moment {}

/// A day, as `Tue 1 Dec 2026`.
pub(super) fn day(date: VenueDate) -> String {
    date.get().strftime("%a %-d %b %Y").to_string()
}

/// An amount with grouped thousands and its currency's code, as `1,412.50 USD`.
pub(super) fn money(money: Money) -> String {
    format!("{} {}", amount(money), money.currency())
}

/// The amount alone, with grouped thousands.
pub(super) fn amount(money: Money) -> String {
    let plain = money.value().to_string();
    let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut shown = String::with_capacity(plain.len() + plain.len() / 3);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    if !rest.is_empty() {
        shown.push('.');
        shown.push_str(rest);
    }
    shown
}

/// How a status looks: told by words first, then by form and colour.
#[derive(Debug, Clone, Copy)]
pub(super) struct StatusView {
    /// The word of the interface, for programs and style.
    pub(super) word: &'static str,
    /// The word for a person.
    pub(super) label: &'static str,
    /// What it means.
    pub(super) sentence: &'static str,
    pub(super) icon: Icon,
}

impl From<JobStatus> for StatusView {
    fn from(status: JobStatus) -> Self {
        let (label, icon, sentence) = match status {
            JobStatus::Queued => {
                ("Queued", "clock", "Accepted and safely stored. The agent takes it up in a moment.")
            }
            JobStatus::Running => ("In progress", "run", "The agent is on the booking site."),
            JobStatus::PausedPayment => (
                "Needs your confirmation",
                "gate",
                "The agent stands at the payment step. Nothing is submitted or charged unless you confirm it here.",
            ),
            JobStatus::NeedsLogin => {
                ("Needs your sign-in", "person", "The booking site wants the guest's own account.")
            }
            JobStatus::Captcha => ("Needs a human", "person", "The booking site wants proof of a human."),
            JobStatus::Done => ("Booked", "check", "The booking is made."),
            JobStatus::NoAvailability => {
                ("Nothing available", "empty", "The booking site was read and has nothing that fits.")
            }
            JobStatus::Error => ("Failed", "alert", "The booking could not be finished."),
            JobStatus::Cancelled => {
                ("Cancelled", "stop", "It was stopped before the submit. Nothing was charged.")
            }
            JobStatus::Expired => ("Expired", "clock", "Nobody confirmed in time. Nothing was charged."),
        };
        Self { word: status.as_str(), label, sentence, icon: Icon(icon) }
    }
}

/// A scenario's drawing.
pub(super) fn scenario_icon(scenario: Scenario) -> Icon {
    Icon(match scenario {
        Scenario::Restaurant => "restaurant",
        Scenario::Hotel => "hotel",
        Scenario::Flight => "flight",
        Scenario::Activity => "activity",
    })
}

/// A scenario's name for a person.
pub(super) fn scenario_label(scenario: Scenario) -> &'static str {
    match scenario {
        Scenario::Restaurant => "Restaurant",
        Scenario::Hotel => "Hotel",
        Scenario::Flight => "Flight",
        Scenario::Activity => "Activity",
    }
}

/// The name of what is booked.
pub(super) fn title(request: &BookingRequest) -> String {
    match request {
        BookingRequest::Restaurant(p) => p.restaurant_name.to_string(),
        BookingRequest::Hotel(p) => p.destination.to_string(),
        BookingRequest::Flight(p) => format!("{} to {}", p.origin, p.destination),
        BookingRequest::Activity(p) => {
            p.activity_name.as_ref().map_or_else(|| format!("An activity in {}", p.city), ToString::to_string)
        }
    }
}

/// A request in one short line below its title.
pub(super) fn subtitle(request: &BookingRequest) -> String {
    match request {
        BookingRequest::Restaurant(p) => {
            format!("{} · {} at {} · {}", p.city, day(p.date), p.time, people(p.covers.get()))
        }
        BookingRequest::Hotel(p) => {
            let nights = p.check_in.nights_until(p.check_out);
            let nights = if nights == 1 { "1 night".to_owned() } else { format!("{nights} nights") };
            format!("{} · {nights} · {}", day(p.check_in), people(p.guests.get()))
        }
        BookingRequest::Flight(p) => {
            let back =
                p.return_date.map_or_else(|| "one way".to_owned(), |date| format!("back {}", day(date)));
            format!("{} · {back} · {}", day(p.depart_date), people(p.passengers.get()))
        }
        BookingRequest::Activity(p) => {
            format!("{} · {} · {}", p.city, day(p.date), people(p.participants.get()))
        }
    }
}

/// A request, fact by fact.
pub(super) fn facts(request: &BookingRequest) -> Vec<(&'static str, String)> {
    match request {
        BookingRequest::Restaurant(p) => vec![
            ("Restaurant", p.restaurant_name.to_string()),
            ("City", p.city.to_string()),
            ("Date", day(p.date)),
            ("Time", format!("{}, local to the restaurant", p.time)),
            ("Party", people(p.covers.get())),
        ],
        BookingRequest::Hotel(p) => {
            let mut facts = vec![
                ("Destination", p.destination.to_string()),
                ("Arrival", day(p.check_in)),
                ("Departure", day(p.check_out)),
                ("Guests", people(p.guests.get())),
            ];
            facts.extend(p.rooms.map(|rooms| ("Rooms", rooms.to_string())));
            facts
        }
        BookingRequest::Flight(p) => {
            let mut facts = vec![
                ("From", p.origin.to_string()),
                ("To", p.destination.to_string()),
                ("Outbound", day(p.depart_date)),
            ];
            facts.extend(p.return_date.map(|date| ("Return", day(date))));
            facts.push(("Passengers", people(p.passengers.get())));
            facts.extend(p.cabin.map(|cabin| ("Cabin", cabin_label(cabin).to_owned())));
            facts
        }
        BookingRequest::Activity(p) => {
            let mut facts = vec![("City", p.city.to_string()), ("Date", day(p.date))];
            facts.extend(p.activity_name.as_ref().map(|name| ("Activity", name.to_string())));
            facts.push(("Participants", people(p.participants.get())));
            facts
        }
    }
}

fn cabin_label(cabin: Cabin) -> &'static str {
    match cabin {
        Cabin::Economy => "Economy",
        Cabin::PremiumEconomy => "Premium economy",
        Cabin::Business => "Business",
        Cabin::First => "First",
    }
}

fn people(n: u32) -> String {
    if n == 1 { "1 person".to_owned() } else { format!("{n} people") }
}

/// What a person can do about a job's error.
pub(super) fn error_help(code: JobErrorCode) -> &'static str {
    match code {
        JobErrorCode::NoProvider => {
            "Allow more booking sites in the request, or ask for another kind of booking."
        }
        JobErrorCode::ProviderUnreachable => {
            "Nothing was booked. Ask again later, or allow another booking site."
        }
        JobErrorCode::ProviderNotUnderstood => {
            "Nothing was booked. Book by hand on the site, or allow another site."
        }
        JobErrorCode::GuestDetailsRefused => {
            "Nothing was booked. Check the guest's name, e-mail and telephone number."
        }
        JobErrorCode::PriceAboveLimit => {
            "Nothing was booked. Raise the limit in the request if the price is fine."
        }
        JobErrorCode::BlockedByGate => {
            "Nothing was booked. What was left to do could have cost money without your confirmation."
        }
        JobErrorCode::SubmitRefused => "The site said no; nothing was booked. Ask again with other details.",
        JobErrorCode::SubmitOutcomeUnknown => {
            "Before you book again, look for a confirmation from the venue, or ask it. The agent never submits twice."
        }
        JobErrorCode::TimeLimit => "Nothing was booked. Ask again, with more time if the site is slow.",
        JobErrorCode::TooManyAttempts => "Nothing was booked. The timeline shows where it failed each time.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped_and_keep_their_currency() {
        let shown = |value: &str, code: &str| money(Money::parse(value, code).unwrap());
        assert_eq!(shown("0", "USD"), "0.00 USD");
        assert_eq!(shown("412.5", "USD"), "412.50 USD");
        assert_eq!(shown("1412.5", "EUR"), "1,412.50 EUR");
        assert_eq!(shown("1234567", "JPY"), "1,234,567 JPY");
    }

    #[test]
    fn instants_carry_their_zone() {
        let at: Timestamp = "2026-12-01T19:05:09Z".parse().unwrap();
        assert_eq!(
            When(at).to_string(),
            r#"<time datetime="2026-12-01T19:05:09Z">1 Dec 2026, 19:05 UTC</time>"#
        );
        assert!(Moment(at).to_string().contains("19:05:09 UTC"));
    }
}
