//! Asking for a booking: the body of `POST /execution-jobs`, and the same thing out of a tool's arguments.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::consent::Consent;
use crate::fields::{Field, FieldError, Fields, deserialize_by_fields};
use crate::guest::GuestProfile;
use crate::id::ProfileId;
use crate::request::{BookingRequest, Scenario};
use crate::text::Text;

/// What the caller says about itself. Nothing here grants anything.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ClientMetadata {
    /// The assistant or program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<Text>,
    /// The caller's own name for its user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Text>,
    /// The caller's own name for the conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<Text>,
    /// The same key with the same request answers with the same job; the `Idempotency-Key` header wins over it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<Text>,
}

impl Field for ClientMetadata {
    fn read(value: &Value, path: &str, errors: &mut Vec<FieldError>) -> Option<Self> {
        let mut fields = Fields::open(value, path, errors)?;
        let read = Self {
            agent_id: fields.optional("agentId"),
            user_id: fields.optional("userId"),
            session_id: fields.optional("sessionId"),
            idempotency_key: fields.optional("idempotencyKey"),
        };
        fields.finish().then_some(read)
    }
}

deserialize_by_fields!(ClientMetadata);

/// One booking to make.
#[derive(Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateJob {
    /// What to book.
    pub request: BookingRequest,
    /// The guest; exactly one of this and `profileId`, unless the account has a default profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<GuestProfile>,
    /// A saved profile's id, instead of `profile`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_id: Option<ProfileId>,
    /// The bounds within which the agent may act on its own.
    #[serde(default)]
    pub consent: Consent,
    /// What the caller says about itself.
    #[serde(default)]
    pub client_metadata: ClientMetadata,
}

impl fmt::Debug for CreateJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateJob").field("request", &self.request).finish_non_exhaustive()
    }
}

impl Field for CreateJob {
    fn read(value: &Value, path: &str, errors: &mut Vec<FieldError>) -> Option<Self> {
        let mut fields = Fields::open(value, path, errors)?;
        let request = fields.required("request");
        let (profile, profile_id) = take_guest(&mut fields);
        let consent: Option<Consent> = fields.optional("consent");
        let client_metadata: Option<ClientMetadata> = fields.optional("clientMetadata");
        let fine = fields.finish();
        let read = Self {
            request: request?,
            profile,
            profile_id,
            consent: consent.unwrap_or_default(),
            client_metadata: client_metadata.unwrap_or_default(),
        };
        fine.then_some(read)
    }
}

deserialize_by_fields!(CreateJob);

impl CreateJob {
    /// A booking with default consent for a guest.
    pub fn new(request: BookingRequest, profile: GuestProfile) -> Self {
        Self {
            request,
            profile: Some(profile),
            profile_id: None,
            consent: Consent::default(),
            client_metadata: ClientMetadata::default(),
        }
    }

    /// Reads the arguments of a `book_*` tool: the scenario's fields, the guest and the key side by side.
    pub fn from_arguments(scenario: Scenario, arguments: &Value) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let read = Self::read_arguments(scenario, arguments, &mut errors);
        match read {
            Some(read) if errors.is_empty() => Ok(read),
            _ => Err(errors),
        }
    }

    fn read_arguments(scenario: Scenario, arguments: &Value, errors: &mut Vec<FieldError>) -> Option<Self> {
        let mut fields = Fields::open(arguments, "", errors)?;
        let request = BookingRequest::take_params(scenario, &mut fields);
        let (profile, profile_id) = take_guest(&mut fields);
        let idempotency_key = fields.optional("idempotencyKey");
        let fine = fields.finish();
        let read = Self {
            request: request?,
            profile,
            profile_id,
            consent: Consent::default(),
            client_metadata: ClientMetadata { idempotency_key, ..ClientMetadata::default() },
        };
        fine.then_some(read)
    }

    /// SHA-256 over what makes two requests the same: all but the caller's words about itself.
    pub fn fingerprint(&self) -> [u8; 32] {
        let same = (&self.request, &self.profile, &self.profile_id, &self.consent);
        // Plain structs with string keys always serialise.
        let bytes = serde_json::to_vec(&same).unwrap_or_default();
        Sha256::digest(bytes).into()
    }
}

fn take_guest(fields: &mut Fields<'_>) -> (Option<GuestProfile>, Option<ProfileId>) {
    if fields.has("profile") && fields.has("profileId") {
        fields.refuse("profileId", "give either profile or profileId, not both");
    }
    (fields.optional("profile"), fields.optional("profileId"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let arguments = json!({
            "restaurant_name": "", "date": "tomorrow", "time": "7pm", "covers": 21,
            "profile": { "first_name": "Ana", "email": "nope" }, "tip": 5
        });
        let errors = CreateJob::from_arguments(Scenario::Restaurant, &arguments).unwrap_err();
        let fields: Vec<_> = errors.iter().map(|e| e.field.as_str()).collect();
        let wanted = [
            "restaurant_name",
            "city",
            "date",
            "time",
            "covers",
            "profile.last_name",
            "profile.email",
            "profile.phone",
            "tip",
        ];
        assert_eq!(fields, wanted);
    }

    #[test]
    fn a_stay_ends_after_it_begins() {
        let arguments = json!({ "destination": "Paris", "check_in": "2026-12-02", "check_out": "2026-12-02", "guests": 2 });
        let errors = CreateJob::from_arguments(Scenario::Hotel, &arguments).unwrap_err();
        assert_eq!(errors[0].field, "check_out");
    }

    #[test]
    fn a_request_survives_json() {
        let body = json!({
            "request": { "scenario": "flight", "params": {
                "origin": "JFK", "destination": "LHR", "depart_date": "2026-12-01", "passengers": 1,
                "cabin": "business" } },
            "profile": { "first_name": "Ana", "last_name": "Silva", "email": "ana@example.com",
                "phone": "+12125550123" },
            "consent": { "paymentPolicy": "stop_before_cvc", "maxPrice": { "value": "900", "currency": "USD" } }
        });
        let read: CreateJob = crate::fields::read(&body).unwrap();
        let again: CreateJob = serde_json::from_value(serde_json::to_value(&read).unwrap()).unwrap();
        assert_eq!(read, again);
        assert_eq!(read.fingerprint(), again.fingerprint());
    }

    #[test]
    fn no_policy_lets_an_assistant_pay() {
        let body = json!({
            "request": { "scenario": "activity", "params": { "city": "Rome", "date": "2026-12-01", "participants": 1 } },
            "consent": { "paymentPolicy": "pay" }
        });
        let errors = crate::fields::read::<CreateJob>(&body).unwrap_err();
        assert_eq!(errors[0].field, "consent.paymentPolicy");
    }
}
