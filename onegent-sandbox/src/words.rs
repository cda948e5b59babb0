//! The words and paths of each site: same steps, another voice.

use crate::Site;

/// One step from the choice to the confirmation.
#[derive(Debug)]
pub(crate) struct Step {
    /// Its path segment after the draft.
    pub(crate) path: &'static str,
    pub(crate) heading: &'static str,
    /// The button that leaves it.
    pub(crate) button: &'static str,
}

/// How a site speaks.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) site: Site,
    pub(crate) brand: &'static str,
    pub(crate) tagline: &'static str,
    pub(crate) blurb: &'static str,
    pub(crate) root: &'static str,
    pub(crate) cookie: &'static str,
    /// The results page, below the root.
    pub(crate) results: &'static str,
    pub(crate) search_button: &'static str,
    /// Where the entries' own pages stand, below the root.
    pub(crate) entries: &'static str,
    /// Where bookings in progress stand, below the root.
    pub(crate) cart: &'static str,
    pub(crate) guest: Step,
    /// `button` books a free entry.
    pub(crate) review: Step,
    /// `button` is what the review page says instead when there is something to pay.
    pub(crate) payment: Step,
    pub(crate) done: Step,
}

const fn step(path: &'static str, heading: &'static str, button: &'static str) -> Step {
    Step { path, heading, button }
}

static TABLE: Words = Words {
    site: Site::Table,
    brand: "Suppertide",
    tagline: "Find a table worth dressing up for",
    blurb: "Good rooms, real tables, no phone calls.",
    root: "/table/",
    cookie: "suppertide_visit",
    results: "search",
    search_button: "Find a table",
    entries: "at",
    cart: "book",
    guest: step("guest", "Your details", "Continue to review"),
    review: step("review", "Review your reservation", "Confirm reservation"),
    payment: step("payment", "Secure your table", "Continue to card details"),
    done: step("booked", "Your table is booked", "Find another table"),
};

static STAY: Words = Words {
    site: Site::Stay,
    brand: "Larkhaven",
    tagline: "Stay somewhere you will talk about",
    blurb: "Small hotels with character, chosen by people who slept there.",
    root: "/stay/",
    cookie: "lh_sid",
    results: "hotels",
    search_button: "Search stays",
    entries: "hotels",
    cart: "reservation",
    guest: step("guest", "Who is staying?", "Next step"),
    review: step("check", "Check your booking", "Complete booking"),
    payment: step("pay", "Payment", "Proceed to payment"),
    done: step("confirmed", "Booking confirmed", "Find another stay"),
};

static AIR: Words = Words {
    site: Site::Air,
    brand: "Aerolume",
    tagline: "Go far, land softly",
    blurb: "Every direct flight of our partners, with all fees in the price.",
    root: "/air/",
    cookie: "AEROLUMESESSION",
    results: "flights",
    search_button: "Show flights",
    entries: "flights",
    cart: "booking",
    guest: step("passengers", "Passengers", "Continue to extras"),
    review: step("review", "Review your trip", "Book now"),
    payment: step("payment", "Pay for your trip", "Go to payment"),
    done: step("ticket", "You are ready to fly", "Book another flight"),
};

static TOURS: Words = Words {
    site: Site::Tours,
    brand: "Wanderlot",
    tagline: "Small groups, big stories",
    blurb: "Walks, workshops and odd corners, led by people who live there.",
    root: "/tours/",
    cookie: "wl_basket",
    results: "list",
    search_button: "Search activities",
    entries: "activity",
    cart: "order",
    guest: step("contact", "Contact details", "Go to summary"),
    review: step("summary", "Order summary", "Get free tickets"),
    payment: step("checkout", "Checkout", "Go to checkout"),
    done: step("thanks", "See you there", "Find more to do"),
};

/// The path of the extras step, which only the airline site has.
pub(crate) const EXTRAS: &str = "extras";

pub(crate) const fn of(site: Site) -> &'static Words {
    match site {
        Site::Table => &TABLE,
        Site::Stay => &STAY,
        Site::Air => &AIR,
        Site::Tours => &TOURS,
    }
}
