//! The one irreversible step, and reading what came of it.
//!
//! **Invariant:** the submit is sent at most once, and only with a permit; afterwards pages are only read.

use onegent_core::audit::{AuditDraft, AuditKind};
use onegent_core::job::JobErrorCode;
use tokio::time::Instant;

use super::{Observation, Stop, Visit};
use crate::agent::charge::evidence;
use crate::agent::{AgentStep, Ending, SubmitIntent};
use crate::browser::SubmitError;
use crate::gate::{Armed, Gate, Verdict};
use crate::planner::AfterSubmit;

impl Visit<'_> {
    /// Asks for the permit and uses it.
    pub(super) async fn submit(
        &mut self,
        seen: &Observation,
        armed: Armed,
        intent: SubmitIntent,
    ) -> Result<Ending, Stop> {
        self.time_left()?;
        self.log.step("submit");
        // What may never go out asks for no permit.
        if let Err(error) = self.page.arm(&armed).await {
            self.note_denied(&error);
            return Err(error.into());
        }
        // Not before: nothing stands between what was judged and what is armed.
        self.keep_picture().await;
        self.log.write().await?;
        let permit = self.control.permit(intent).await?;
        let began = Instant::now();
        let sent = self.page.submit(armed, permit).await;
        self.control.took(AgentStep::Submit, began.elapsed());
        self.log.step("confirmation");
        Ok(match sent {
            Ok(()) => self.outcome(seen).await,
            Err(SubmitError::NotSent(error)) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a submit was not sent");
                let message = "The submit could not be sent. Nothing was booked or charged.";
                Stop::for_good(JobErrorCode::SubmitRefused, message).into()
            }
            Err(SubmitError::Unread(error)) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a submit's answer was not read");
                self.look_again(seen).await
            }
        })
    }

    /// Reads the page that answered the submit.
    async fn outcome(&mut self, submitted_from: &Observation) -> Ending {
        let Ok(seen) = self.page.observe().await else { return self.unknown(submitted_from) };
        self.keep_picture().await;
        match self.planner.after_submit(&self.mask.observation(&seen)) {
            AfterSubmit::Booked { code } => {
                self.log.page(&self.mask.observation(&seen));
                Ending::Booked { confirmation_code: code, evidence: evidence(&seen, self.mask) }
            }
            AfterSubmit::Refused => {
                self.refused = true;
                self.unknown(&seen)
            }
            AfterSubmit::Unclear => self.look_again(submitted_from).await,
        }
    }

    /// Looks at the confirmation page, which only reads. Anything but a clear confirmation leaves the outcome unknown: a
    /// page that says nothing now may say something when the site is done.
    async fn look_again(&mut self, submitted_from: &Observation) -> Ending {
        let place = self.planner.confirmation_of(&submitted_from.url);
        let Some(url) = place else { return self.unknown(submitted_from) };
        // A gate that let nothing through yet opens an address of the site, and no more.
        let Verdict::Allowed(cleared) = Gate::new().entry(url) else {
            return self.unknown(submitted_from);
        };
        if self.act(cleared).await.is_err() {
            return self.unknown(submitted_from);
        }
        let Ok(seen) = self.page.observe().await else { return self.unknown(submitted_from) };
        match self.planner.after_submit(&self.mask.observation(&seen)) {
            AfterSubmit::Booked { code } => {
                Ending::Booked { confirmation_code: code, evidence: evidence(&seen, self.mask) }
            }
            AfterSubmit::Refused | AfterSubmit::Unclear => self.unknown(&seen),
        }
    }

    fn unknown(&mut self, seen: &Observation) -> Ending {
        self.log.event(AuditDraft::new(AuditKind::PageObserved, "The submit's outcome could not be read."));
        Ending::OutcomeUnknown { evidence: evidence(seen, self.mask) }
    }
}
