//! The job machine as an attacker meets it: it writes down what it is told, and gives no permit.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use onegent_core::request::BookingRequest;
use onegent_engine::agent::{ControlError, Note, RunControl, SubmitIntent};
use onegent_engine::payment::SubmitPermit;
use serde_json::json;

/// Gives no permit, and counts who asks.
#[derive(Debug, Default)]
pub(crate) struct Desk(AtomicUsize);

impl Desk {
    /// How often a permit was asked for.
    pub(crate) fn asked(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl RunControl for Desk {
    async fn note(&self, _note: Note) -> Result<(), ControlError> {
        Ok(())
    }

    async fn keep_picture(&self, _step: &str, _jpeg: Vec<u8>) {}

    async fn permit(&self, _intent: SubmitIntent) -> Result<SubmitPermit, ControlError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Err(ControlError::NotPermitted("nobody confirmed it".to_owned()))
    }
}

/// What is to be booked, where a planner wants to know.
pub(crate) fn dinner() -> BookingRequest {
    let params = json!({
        "restaurant_name": "Carbone", "city": "New York", "date": "2027-01-12", "time": "19:30", "covers": 2
    });
    serde_json::from_value(json!({ "scenario": "restaurant", "params": params })).unwrap()
}
