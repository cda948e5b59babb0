//! Autocomplete tokens (HTML, "Autofill"): what the page itself says that a field is for.

use super::meaning::Meaning::{self, *};
use crate::browser::observation::{Field, FieldKind};

/// What the last token of a field's `autocomplete` means. Sites that want no autofill write tokens that mean nothing, or
/// `new-password` on fields that are none.
pub(super) fn meaning(field: &Field) -> Option<Meaning> {
    let token = field.autocomplete.split_whitespace().rev().find(|token| *token != "webauthn")?;
    Some(match token {
        "name" => FullName,
        "given-name" => FirstName,
        "additional-name" => MiddleName,
        "family-name" => LastName,
        "honorific-prefix" | "sex" => Honorific,
        "email" => Email,
        "tel" | "tel-national" | "tel-local" => Phone,
        "tel-country-code" => PhoneCountry,
        "tel-area-code" => PhoneArea,
        "tel-extension" => PhoneExtension,
        "street-address" | "address-line1" => Street,
        "address-line2" => Street2,
        "address-line3" => Street3,
        "address-level2" => City,
        "address-level1" => Province,
        "postal-code" => PostalCode,
        "country" | "country-name" => Country,
        "organization" => Company,
        "bday" => BirthDate,
        "bday-day" => BirthDay,
        "bday-month" => BirthMonth,
        "bday-year" => BirthYear,
        "cc-number" => CardNumber,
        "cc-csc" => CardCode,
        "cc-exp" => CardExpiry,
        "cc-exp-month" => CardMonth,
        "cc-exp-year" => CardYear,
        "cc-name" => CardHolder,
        "cc-type" => CardType,
        "organization-title" => Unknown,
        "username" => Username,
        "one-time-code" => OneTimeCode,
        "new-password" | "current-password" if field.kind == FieldKind::Password => Password,
        _ => return None,
    })
}
