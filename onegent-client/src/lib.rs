//! Typed client of Onegent's REST API.
