//! `onegent book`: one subcommand per scenario, with the tools' own field names as flags.

use clap::{Args, Subcommand};
use onegent_core::id::ProfileId;
use onegent_core::request::Scenario;
use onegent_core::site::SiteUrl;
use onegent_core::text::ProviderId;
use serde_json::{Map, Value, json};

use super::Api;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Book {
    /// A table at a restaurant
    #[command(
        after_help = "Example:\n  onegent book restaurant --restaurant-name Carbone --city 'New York' --date $(date -d +30days +%F) --time 19:30 \\\n    --covers 2 --first-name Ana --last-name Silva --email ana@example.com --phone +12125550123 --wait"
    )]
    Restaurant {
        /// The restaurant's name
        #[arg(long)]
        restaurant_name: String,
        /// The city it is in
        #[arg(long)]
        city: String,
        /// The day, YYYY-MM-DD
        #[arg(long)]
        date: String,
        /// The time, HH:MM
        #[arg(long)]
        time: String,
        /// How many people, 1-20
        #[arg(long)]
        covers: u32,
        #[command(flatten)]
        with: With,
    },
    /// A stay at a hotel
    #[command(
        after_help = "Example:\n  onegent book hotel --destination Paris --check-in $(date -d +30days +%F) --check-out $(date -d +32days +%F) --guests 2 \\\n    --profile-id prof_0193... --wait"
    )]
    Hotel {
        /// City, area or hotel
        #[arg(long)]
        destination: String,
        /// Arrival, YYYY-MM-DD
        #[arg(long)]
        check_in: String,
        /// Departure, YYYY-MM-DD
        #[arg(long)]
        check_out: String,
        /// How many people, 1-10
        #[arg(long)]
        guests: u32,
        /// How many rooms, 1-5
        #[arg(long)]
        rooms: Option<u32>,
        #[command(flatten)]
        with: With,
    },
    /// A flight, one way or return (preview)
    #[command(
        after_help = "Example:\n  onegent book flight --origin JFK --destination LHR --depart-date $(date -d +30days +%F) --passengers 1 \\\n    --profile-id prof_0193... --wait"
    )]
    Flight {
        /// City or airport code
        #[arg(long)]
        origin: String,
        /// City or airport code
        #[arg(long)]
        destination: String,
        /// Outbound day, YYYY-MM-DD
        #[arg(long)]
        depart_date: String,
        /// Day of the flight back, YYYY-MM-DD
        #[arg(long)]
        return_date: Option<String>,
        /// How many people, 1-9
        #[arg(long)]
        passengers: u32,
        /// economy, premium_economy, business or first
        #[arg(long)]
        cabin: Option<String>,
        #[command(flatten)]
        with: With,
    },
    /// A tour, a ticket, a class (preview)
    #[command(
        after_help = "Example:\n  onegent book activity --city Rome --date $(date -d +30days +%F) --participants 2 --profile-id prof_0193... --wait"
    )]
    Activity {
        /// The city
        #[arg(long)]
        city: String,
        /// The day, YYYY-MM-DD
        #[arg(long)]
        date: String,
        /// How many people, 1-20
        #[arg(long)]
        participants: u32,
        /// The activity's name
        #[arg(long)]
        activity_name: Option<String>,
        #[command(flatten)]
        with: With,
    },
}

/// What all bookings take.
#[derive(Debug, Clone, Args)]
pub(crate) struct With {
    #[command(flatten)]
    pub(crate) guest: GuestOrProfile,
    /// Follow the job until it ends or waits for a person
    #[arg(long)]
    pub(crate) wait: bool,
    /// The same key with the same request answers with the same job
    #[arg(long)]
    pub(crate) idempotency_key: Option<String>,
    /// Don't even ask above this, such as '200.00 USD'
    #[arg(long, value_name = "AMOUNT CURRENCY", value_parser = money)]
    pub(crate) max_price: Option<onegent_core::money::Money>,
    /// Take no other time than the wished one
    #[arg(long)]
    pub(crate) exact_time: bool,
    /// Only these booking sites
    #[arg(long, value_name = "PROVIDER")]
    pub(crate) provider: Vec<ProviderId>,
    /// Book on this site, by the address of its first page; the server's owner has to allow it
    #[arg(long, value_name = "URL", conflicts_with = "provider")]
    pub(crate) site: Option<SiteUrl>,
    #[command(flatten)]
    pub(crate) api: Api,
}

/// The guest: typed in, or saved. Neither, when the account has a default profile.
#[derive(Debug, Clone, Args)]
pub(crate) struct GuestOrProfile {
    /// Given name
    #[arg(long)]
    first_name: Option<String>,
    /// Family name
    #[arg(long)]
    last_name: Option<String>,
    /// E-mail address
    #[arg(long)]
    email: Option<String>,
    /// Telephone number, such as +12125550123
    #[arg(long)]
    phone: Option<String>,
    /// A saved profile instead
    #[arg(long, conflicts_with_all = ["first_name", "last_name", "email", "phone"])]
    profile_id: Option<ProfileId>,
}

/// A guest's details, all of them.
#[derive(Debug, Clone, Args)]
pub(crate) struct Guest {
    /// Given name
    #[arg(long)]
    first_name: String,
    /// Family name
    #[arg(long)]
    last_name: String,
    /// E-mail address
    #[arg(long)]
    email: String,
    /// Telephone number, such as +12125550123
    #[arg(long)]
    phone: String,
}

impl Guest {
    /// The profile object of the wire.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "first_name": self.first_name, "last_name": self.last_name,
            "email": self.email, "phone": self.phone,
        })
    }
}

impl Book {
    /// The scenario, the tool's arguments, and what else was said.
    pub(crate) fn into_parts(self) -> (Scenario, Value, With) {
        let (scenario, params, with) = match self {
            Self::Restaurant { restaurant_name, city, date, time, covers, with } => (
                Scenario::Restaurant,
                json!({ "restaurant_name": restaurant_name, "city": city, "date": date, "time": time, "covers": covers }),
                with,
            ),
            Self::Hotel { destination, check_in, check_out, guests, rooms, with } => (
                Scenario::Hotel,
                json!({ "destination": destination, "check_in": check_in, "check_out": check_out, "guests": guests,
                    "rooms": rooms }),
                with,
            ),
            Self::Flight { origin, destination, depart_date, return_date, passengers, cabin, with } => (
                Scenario::Flight,
                json!({ "origin": origin, "destination": destination, "depart_date": depart_date,
                    "return_date": return_date, "passengers": passengers, "cabin": cabin }),
                with,
            ),
            Self::Activity { city, date, participants, activity_name, with } => (
                Scenario::Activity,
                json!({ "city": city, "date": date, "participants": participants, "activity_name": activity_name }),
                with,
            ),
        };
        let arguments = with.guest.add_to(params);
        (scenario, arguments, with)
    }
}

impl GuestOrProfile {
    fn add_to(&self, mut params: Value) -> Value {
        let named = [
            ("first_name", &self.first_name),
            ("last_name", &self.last_name),
            ("email", &self.email),
            ("phone", &self.phone),
        ];
        let profile: Map<_, _> = named
            .into_iter()
            .filter_map(|(name, value)| value.as_ref().map(|value| (name.to_owned(), json!(value))))
            .collect();
        if !profile.is_empty() {
            params["profile"] = Value::Object(profile);
        }
        if let Some(id) = self.profile_id {
            params["profileId"] = json!(id);
        }
        params
    }
}

fn money(text: &str) -> Result<onegent_core::money::Money, String> {
    let (amount, currency) =
        text.split_once(' ').ok_or("expected an amount and a currency, such as '200.00 USD'")?;
    onegent_core::money::Money::parse(amount, currency).map_err(|error| error.to_string())
}
