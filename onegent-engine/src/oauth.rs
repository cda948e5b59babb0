//! The rules of the authorization server, pure: no I/O, no clock, no randomness.
//!
//! What is written down, and when, is the store's affair; who may do what is decided here, by functions of what was
//! presented, what is known, and the present moment.

mod answer;
mod brand;
mod client;
mod code;
mod metadata;
mod pkce;
mod redirect;
mod refresh;
mod request;
mod resource;
mod scope;

pub(crate) use answer::{Answer, answer};
pub(crate) use client::{Proof, identify, proves, unproven};
pub(crate) use code::{CodeRules, CodeVerdict, Redemption, is_verifier};
pub(crate) use metadata::{AuthMethod, ClientMetadata, document, document_address, registration};
pub(crate) use redirect::{place, site_host};
pub(crate) use refresh::{RefreshRules, RefreshVerdict};
pub(crate) use request::{Refused, read, state, trusted};
pub(crate) use resource::is_ours;
pub(crate) use scope::{narrowed, text as scope_text};
