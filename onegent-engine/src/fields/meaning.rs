//! What a field can ask for: one closed list, from a guest's name to a trip's way back.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

macro_rules! meanings {
    ($($(#[$doc:meta])+ $name:ident = $word:literal,)+) => {
        /// What a field asks for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Meaning {
            $($(#[$doc])+ $name,)+
        }

        impl Meaning {
            /// All of them, in the order in which they are listed.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The word that reports, playbooks and test pages use.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }
        }
    };
}

meanings! {
    /// Given name.
    FirstName = "first_name",
    /// Middle name or its initial.
    MiddleName = "middle_name",
    /// Family name.
    LastName = "last_name",
    /// Given and family name in one.
    FullName = "full_name",
    /// Mr, Mrs and the like; the sex where it is asked as such.
    Honorific = "honorific",
    /// An e-mail address.
    Email = "email",
    /// A telephone number, or the part of it without the country's code.
    Phone = "phone",
    /// The country's code of a telephone number.
    PhoneCountry = "phone_country",
    /// The area's code of a telephone number.
    PhoneArea = "phone_area",
    /// What follows the number inside a house.
    PhoneExtension = "phone_extension",
    /// Street and number, or the whole first line of an address.
    Street = "street",
    /// The second line of an address: flat, suite.
    Street2 = "street2",
    /// A third line, or a number that stands apart.
    Street3 = "street3",
    /// The city of an address or of a search.
    City = "city",
    /// State, province, region.
    Province = "province",
    /// Postal code.
    PostalCode = "postal_code",
    /// Country.
    Country = "country",
    /// Company or organisation.
    Company = "company",
    /// Tax or VAT number.
    TaxNumber = "tax_number",
    /// Date of birth.
    BirthDate = "birth_date",
    /// Day of birth.
    BirthDay = "birth_day",
    /// Month of birth.
    BirthMonth = "birth_month",
    /// Year of birth.
    BirthYear = "birth_year",
    /// Nationality.
    Nationality = "nationality",
    /// Number of a passport or an identity card.
    Document = "document",
    /// The day until which a document is valid.
    DocumentExpiry = "document_expiry",
    /// A card's number.
    CardNumber = "card_number",
    /// A card's security code.
    CardCode = "card_code",
    /// A card's expiry, month and year.
    CardExpiry = "card_expiry",
    /// The month of a card's expiry.
    CardMonth = "card_month",
    /// The year of a card's expiry.
    CardYear = "card_year",
    /// The name on a card.
    CardHolder = "card_holder",
    /// A card's brand.
    CardType = "card_type",
    /// A bank account.
    BankAccount = "bank_account",
    /// A password.
    Password = "password",
    /// What one signs in with; it may be an e-mail address.
    Username = "username",
    /// A code that was sent to the person.
    OneTimeCode = "one_time_code",
    /// The code of a booking that there is.
    BookingCode = "booking_code",
    /// The answer that tells people from programs.
    Captcha = "captcha",
    /// A voucher's or a promotion's code.
    Coupon = "coupon",
    /// A number in a loyalty programme.
    Loyalty = "loyalty",
    /// Words to search for.
    Search = "search",
    /// The name of a restaurant, hotel or activity.
    Venue = "venue",
    /// Where to stay, or where a trip goes.
    Destination = "destination",
    /// Where a trip begins.
    Origin = "origin",
    /// Arrival day of a stay.
    CheckIn = "check_in",
    /// Departure day of a stay.
    CheckOut = "check_out",
    /// Both days of a stay in one field.
    DateRange = "date_range",
    /// Day of the outbound trip.
    DepartDate = "depart_date",
    /// Day of the trip back.
    ReturnDate = "return_date",
    /// The day of a booking.
    Date = "date",
    /// The day of the month of a booking's date.
    Day = "day",
    /// The month of a booking's date.
    Month = "month",
    /// The year of a booking's date.
    Year = "year",
    /// The time of a booking.
    Time = "time",
    /// When a guest means to arrive at a place already booked.
    ArrivalTime = "arrival_time",
    /// How many people.
    Guests = "guests",
    /// How many grown-ups.
    Adults = "adults",
    /// How many children.
    Children = "children",
    /// How many children without a seat or bed of their own.
    Infants = "infants",
    /// The age of a child.
    ChildAge = "child_age",
    /// How many rooms.
    Rooms = "rooms",
    /// How many nights.
    Nights = "nights",
    /// Cabin class.
    Cabin = "cabin",
    /// One way or return.
    TripKind = "trip_kind",
    /// What kind of ticket, room, table or fare.
    Product = "product",
    /// Wishes and remarks.
    Remarks = "remarks",
    /// Consent without which there is no booking.
    Terms = "terms",
    /// Consent to advertising.
    Marketing = "marketing",
    /// Something that costs or insures besides.
    Extra = "extra",
    /// Nothing of these.
    Unknown = "unknown",
}

impl Meaning {
    /// Whether it is one of the guest's own details.
    pub fn is_guest(self) -> bool {
        self <= Self::DocumentExpiry
    }

    /// Whether it is part of a card.
    pub fn is_card(self) -> bool {
        self >= Self::CardNumber && self <= Self::CardType
    }

    /// Whether it is a whole day.
    pub fn is_day(self) -> bool {
        matches!(self, Self::CheckIn | Self::CheckOut | Self::DepartDate | Self::ReturnDate | Self::Date)
    }

    /// Whether it is a number of people.
    pub fn is_party(self) -> bool {
        matches!(self, Self::Guests | Self::Adults | Self::Children | Self::Infants)
    }
}

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Meaning {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Not the word of a meaning.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no field asks for `{0}`")]
pub struct UnknownMeaning(String);

impl FromStr for Meaning {
    type Err = UnknownMeaning;

    fn from_str(text: &str) -> Result<Self, UnknownMeaning> {
        let found = Self::ALL.iter().copied().find(|meaning| meaning.as_str() == text);
        found.ok_or_else(|| UnknownMeaning(text.to_owned()))
    }
}
