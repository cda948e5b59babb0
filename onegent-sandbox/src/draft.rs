//! A booking in progress: nothing of it is taken before its final form.

use jiff::civil::Date;

use crate::{
    Behaviour, Entry, Money,
    guest::Guest,
    ledger::{Order, fingerprint},
    session::Visit,
};

/// A line of a summary.
#[derive(Debug, Clone)]
pub(crate) struct Fact {
    pub(crate) label: &'static str,
    pub(crate) value: String,
}

impl Fact {
    pub(crate) fn new(label: &'static str, value: &(impl ToString + ?Sized)) -> Self {
        Self { label, value: value.to_string() }
    }
}

/// What a guest chose on the entry's page.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) facts: Vec<Fact>,
    /// The choice in one line, for the ledger.
    pub(crate) booked: String,
    pub(crate) date: Date,
    pub(crate) until: Option<Date>,
    pub(crate) time: Option<String>,
    pub(crate) slot: String,
    pub(crate) units: u32,
    pub(crate) party: u32,
    /// To pay or hold now.
    pub(crate) price: Money,
    /// To pay on the spot.
    pub(crate) later: Option<Money>,
}

/// Something added to a booking after the choice.
#[derive(Debug, Clone)]
pub(crate) struct Extra {
    pub(crate) label: &'static str,
    pub(crate) price: Money,
}

/// A booking in progress.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) owner: Visit,
    pub(crate) entry: &'static Entry,
    pub(crate) choice: Choice,
    pub(crate) guest: Option<Guest>,
    pub(crate) extras: Vec<Extra>,
    /// The amount that the review page showed first.
    pub(crate) quoted: Option<Money>,
}

/// Whose price it is: a change of it sticks for the guest, the entry and the day.
pub(crate) type PriceKey = (&'static str, String, Date);

impl Draft {
    pub(crate) fn new(owner: Visit, entry: &'static Entry, choice: Choice) -> Self {
        Self { owner, entry, choice, guest: None, extras: Vec::new(), quoted: None }
    }

    /// What is due after the payment page was seen `views` times under this draft's [`PriceKey`].
    pub(crate) fn due(&self, views: u32) -> Money {
        let sum = self.extras.iter().fold(self.choice.price, |sum, extra| sum.plus(extra.price));
        let raised = (self.entry.is(Behaviour::PriceChangeAtPayment) && views >= 1)
            || (self.entry.is(Behaviour::PriceChangeOnReload) && views >= 2);
        if raised { sum.percent(108) } else { sum }
    }

    /// The key of the price, once the guest is known.
    pub(crate) fn price_key(&self) -> Option<PriceKey> {
        let guest = self.guest.as_ref()?;
        Some((self.entry.id, fingerprint(&guest.email), self.choice.date))
    }

    /// The order of the final form; `None` while the guest is unknown.
    pub(crate) fn order(&self, token: &str, due: Money) -> Option<Order> {
        let guest = self.guest.as_ref()?;
        let choice = self.choice.clone();
        Some(Order {
            entry: self.entry,
            booked: choice.booked,
            email: guest.email.clone(),
            family: guest.family.clone(),
            date: choice.date,
            until: choice.until,
            time: choice.time,
            slot: choice.slot,
            units: choice.units,
            party: choice.party,
            due,
            token: token.to_owned(),
        })
    }
}
