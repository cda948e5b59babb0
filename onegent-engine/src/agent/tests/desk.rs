//! A job machine that only writes down what it is told, and gives permits or refuses them.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use onegent_core::audit::{AuditDraft, AuditKind};
use onegent_core::id::{JobId, PermitId};
use onegent_core::machine::{Permit, SubmitKind};
use onegent_core::text::ProviderId;
use onegent_core::time::{Clock, SystemClock};

use super::ground::GUEST;
use crate::agent::{ControlError, Ending, Note, RunControl, SubmitIntent};
use crate::payment::SubmitPermit;
use crate::planner::learned::{LearnedPath, Lesson, PathKey};

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
    paths: Mutex<HashMap<PathKey, LearnedPath>>,
    lessons: Mutex<Vec<Lesson>>,
    noted: tokio::sync::Notify,
}

impl Desk {
    pub(super) fn new(permits: Permits) -> Self {
        Self {
            permits,
            notes: Mutex::default(),
            granted: Mutex::default(),
            pictured: Mutex::default(),
            paths: Mutex::default(),
            lessons: Mutex::default(),
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

    /// What visits taught, in order.
    pub(super) fn lessons(&self) -> Vec<Lesson> {
        self.lessons.lock().unwrap().clone()
    }

    /// Another path in place of each that is known.
    pub(super) fn teach(&self, path: &LearnedPath) {
        for known in self.paths.lock().unwrap().values_mut() {
            known.clone_from(path);
        }
    }

    /// The sites in use, in order.
    pub(super) fn providers(&self) -> Vec<ProviderId> {
        self.notes.lock().unwrap().iter().filter_map(|note| note.provider.clone()).collect()
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

    async fn known_path(&self, of: &PathKey) -> Option<LearnedPath> {
        self.paths.lock().unwrap().get(of).cloned()
    }

    async fn learn(&self, of: &PathKey, lesson: Lesson) {
        match &lesson {
            Lesson::Took(path) => drop(self.paths.lock().unwrap().insert(of.clone(), path.clone())),
            Lesson::Misled => drop(self.paths.lock().unwrap().remove(of)),
            Lesson::Held => {}
        }
        self.lessons.lock().unwrap().push(lesson);
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
