//! A job machine that only writes down what it is told, and gives permits or refuses them.

use std::sync::Mutex;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use onegent_core::audit::{AuditDraft, AuditKind};
use onegent_core::id::{JobId, PermitId};
use onegent_core::machine::{Permit, SubmitKind};
use onegent_core::time::{Clock, SystemClock};

use super::ground::GUEST;
use crate::agent::{ControlError, Ending, Note, RunControl, SubmitIntent};
use crate::payment::SubmitPermit;

/// How the desk answers who asks for a permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Permits {
    Granted,
    Refused,
    /// Granted, and over at once.
    Over,
}

pub(super) struct Desk {
    permits: Permits,
    notes: Mutex<Vec<Note>>,
    granted: Mutex<Vec<SubmitKind>>,
    pictured: Mutex<Vec<String>>,
    noted: tokio::sync::Notify,
}

impl Desk {
    pub(super) fn new(permits: Permits) -> Self {
        Self {
            permits,
            notes: Mutex::default(),
            granted: Mutex::default(),
            pictured: Mutex::default(),
            noted: tokio::sync::Notify::new(),
        }
    }

    /// What was permitted, in order.
    pub(super) fn granted(&self) -> Vec<SubmitKind> {
        self.granted.lock().unwrap().clone()
    }

    /// The steps that a picture was kept of, in order.
    pub(super) fn pictured(&self) -> Vec<String> {
        self.pictured.lock().unwrap().clone()
    }

    /// The step words, in order.
    pub(super) fn steps(&self) -> Vec<String> {
        let steps = self.events().into_iter().filter(|event| event.kind == AuditKind::StepStarted);
        steps.map(|event| event.data["step"].as_str().unwrap().to_owned()).collect()
    }

    /// Until a step has begun.
    #[cfg(feature = "chromium")]
    pub(super) async fn reached(&self, step: &str) {
        while !self.steps().iter().any(|word| word == step) {
            self.noted.notified().await;
        }
    }

    pub(super) fn events(&self) -> Vec<AuditDraft> {
        self.notes.lock().unwrap().iter().flat_map(|note| note.events.clone()).collect()
    }

    pub(super) fn has(&self, kind: AuditKind) -> bool {
        self.events().iter().any(|event| event.kind == kind)
    }

    /// Nothing of the guest stands in any note or ending.
    pub(super) fn check_privacy(&self, ending: &Ending) {
        let said = format!("{:?} {ending:?}", self.notes.lock().unwrap());
        for detail in GUEST {
            assert!(!said.to_lowercase().contains(&detail.to_lowercase()), "{detail} in {said}");
        }
    }
}

#[async_trait]
impl RunControl for Desk {
    async fn note(&self, note: Note) -> Result<(), ControlError> {
        self.notes.lock().unwrap().push(note);
        self.noted.notify_one();
        Ok(())
    }

    async fn keep_picture(&self, step: &str, jpeg: Vec<u8>) {
        assert!(jpeg.starts_with(b"\xff\xd8\xff"), "a picture is a JPEG");
        self.pictured.lock().unwrap().push(step.to_owned());
    }

    async fn permit(&self, intent: SubmitIntent) -> Result<SubmitPermit, ControlError> {
        if self.permits == Permits::Refused {
            return Err(ControlError::NotPermitted("the test says no".to_owned()));
        }
        let kind = match intent {
            SubmitIntent::Reserve { .. } => SubmitKind::Reserve,
            SubmitIntent::Charge { confirmation, read } => {
                assert_eq!(*confirmation.charge(), read);
                SubmitKind::Charge { hold: confirmation.hold(), charge: confirmation.hash() }
            }
        };
        self.granted.lock().unwrap().push(kind);
        let lives = if self.permits == Permits::Over { 0 } else { 30 };
        let deadline = SystemClock.now() + SignedDuration::from_secs(lives);
        let permit = Permit { id: PermitId::generate(Timestamp::UNIX_EPOCH, [3; 10]), kind, deadline };
        Ok(SubmitPermit::for_tests(JobId::generate(Timestamp::UNIX_EPOCH, [7; 10]), permit))
    }
}
