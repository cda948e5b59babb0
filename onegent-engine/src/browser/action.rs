//! The closed list of what can be done on a page, and the slots that keep the guest's details out of planners.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use onegent_core::account::TravelDetails;
use onegent_core::guest::GuestProfile;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

use super::mask::Patterns;
use super::reference::Ref;

/// What a planner can propose. There is no way to run a script, to send a request of one's own, or to type a guest's
/// details as text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Opens an address.
    Goto {
        /// The address.
        url: Url,
    },
    /// Follows a link.
    Follow {
        /// The link.
        link: Ref,
    },
    /// Fills a field.
    Fill {
        /// The field.
        field: Ref,
        /// With what.
        value: Filling,
    },
    /// Chooses an option of a list or of a group of radio buttons.
    Choose {
        /// The field.
        field: Ref,
        /// The option's value.
        option: String,
    },
    /// Ticks or unticks a box.
    Check {
        /// The field.
        field: Ref,
        /// Ticked or not.
        on: bool,
    },
    /// Presses a button.
    Press {
        /// The button.
        button: Ref,
    },
}

/// What goes into a field.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Filling {
    /// One of the guest's details, put in by the driver.
    Slot(Slot),
    /// Words of the request, such as a date or a city.
    Text(String),
}

/// One of the guest's details.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Slot {
    /// Given name.
    #[serde(rename = "guest.first_name")]
    FirstName,
    /// Family name.
    #[serde(rename = "guest.last_name")]
    LastName,
    /// Given and family name.
    #[serde(rename = "guest.full_name")]
    FullName,
    /// E-mail address.
    #[serde(rename = "guest.email")]
    Email,
    /// Telephone number.
    #[serde(rename = "guest.phone")]
    Phone,
    /// Date of birth, as `YYYY-MM-DD`.
    #[serde(rename = "guest.born_on")]
    BornOn,
    /// The passport's number.
    #[serde(rename = "guest.passport_number")]
    PassportNumber,
    /// Who issued the passport, as two letters.
    #[serde(rename = "guest.passport_country")]
    PassportCountry,
}

impl Slot {
    /// What a person calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstName => "first name",
            Self::LastName => "last name",
            Self::FullName => "name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::BornOn => "date of birth",
            Self::PassportNumber => "passport number",
            Self::PassportCountry => "country of the passport",
        }
    }

    /// All of them, the longer values first.
    pub const ALL: [Self; 8] = [
        Self::Email,
        Self::FullName,
        Self::Phone,
        Self::BornOn,
        Self::PassportNumber,
        Self::LastName,
        Self::FirstName,
        Self::PassportCountry,
    ];

    /// What few guests say, and only saved ones.
    pub const TRAVEL: [Self; 3] = [Self::BornOn, Self::PassportNumber, Self::PassportCountry];

    /// The word that planners and playbooks use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstName => "guest.first_name",
            Self::LastName => "guest.last_name",
            Self::FullName => "guest.full_name",
            Self::Email => "guest.email",
            Self::Phone => "guest.phone",
            Self::BornOn => "guest.born_on",
            Self::PassportNumber => "guest.passport_number",
            Self::PassportCountry => "guest.passport_country",
        }
    }
}

/// Not the name of a slot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected one of: guest.first_name, guest.last_name, guest.full_name, guest.email, guest.phone, guest.born_on, \
     guest.passport_number, guest.passport_country"
)]
pub struct UnknownSlot;

impl FromStr for Slot {
    type Err = UnknownSlot;

    fn from_str(text: &str) -> Result<Self, UnknownSlot> {
        Self::ALL.into_iter().find(|slot| slot.as_str() == text).ok_or(UnknownSlot)
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The values behind the slots. Only a driver looks at them; the `Debug` form shows none.
#[derive(Debug, Clone)]
pub struct SlotValues {
    first_name: SecretString,
    last_name: SecretString,
    full_name: SecretString,
    email: SecretString,
    phone: SecretString,
    /// Empty texts where the guest did not say.
    born_on: SecretString,
    passport_number: SecretString,
    passport_country: SecretString,
    /// Made when first asked for.
    patterns: Arc<OnceLock<Arc<Patterns>>>,
}

impl SlotValues {
    /// A guest's details.
    pub fn of(guest: &GuestProfile) -> Self {
        Self::travelling(guest, &TravelDetails::default())
    }

    /// A guest's details with those that flights ask for.
    pub fn travelling(guest: &GuestProfile, travel: &TravelDetails) -> Self {
        let passport = travel.passport.as_ref();
        let secret = |text: &str| SecretString::from(text.to_owned());
        Self {
            first_name: secret(guest.first_name.as_str()),
            last_name: secret(guest.last_name.as_str()),
            full_name: secret(&format!("{} {}", guest.first_name, guest.last_name)),
            email: secret(guest.email.expose()),
            phone: secret(guest.phone.expose()),
            born_on: secret(&travel.born_on.map(|day| day.to_string()).unwrap_or_default()),
            passport_number: secret(passport.map_or("", |passport| passport.number.expose())),
            passport_country: secret(passport.map_or("", |passport| passport.country.as_str())),
            patterns: Arc::default(),
        }
    }

    /// What finds the values in text.
    pub(super) fn patterns(&self) -> Arc<Patterns> {
        Arc::clone(self.patterns.get_or_init(|| Arc::new(Patterns::new(self))))
    }

    /// The slots that the guest said nothing for.
    pub fn unknown(&self) -> Vec<Slot> {
        Slot::ALL.into_iter().filter(|slot| self.expose(*slot).is_empty()).collect()
    }

    /// The value of a slot, empty where the guest did not say. Personal data.
    pub fn expose(&self, slot: Slot) -> &str {
        match slot {
            Slot::FirstName => &self.first_name,
            Slot::LastName => &self.last_name,
            Slot::FullName => &self.full_name,
            Slot::Email => &self.email,
            Slot::Phone => &self.phone,
            Slot::BornOn => &self.born_on,
            Slot::PassportNumber => &self.passport_number,
            Slot::PassportCountry => &self.passport_country,
        }
        .expose_secret()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_named_alike_everywhere_and_never_print_values() {
        for slot in Slot::ALL {
            assert_eq!(slot.as_str().parse(), Ok(slot));
            assert_eq!(serde_json::to_value(slot).unwrap(), slot.as_str());
        }
        assert!("guest.card".parse::<Slot>().is_err());
        let json =
            r#"{"first_name":"Ana","last_name":"Silva","email":"ana@example.com","phone":"+12125550123"}"#;
        let values = SlotValues::of(&serde_json::from_str(json).unwrap());
        assert_eq!(values.expose(Slot::FullName), "Ana Silva");
        assert_eq!(values.unknown(), Slot::TRAVEL);
        let shown = format!("{values:?}");
        for secret in ["Ana", "Silva", "example", "555"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
