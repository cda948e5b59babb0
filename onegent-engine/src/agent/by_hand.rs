//! Pages that a person takes over, as the agent sees it.

use onegent_core::id::JobId;
use tokio::time::Instant;

use super::charge::evidence;
use super::{Agent, Assignment, At, Ending, Evidence, Kept};
use crate::browser::action::SlotValues;
use crate::browser::mask::GuestMask;
use crate::planner::heuristic::Heuristic;
use crate::planner::{AfterSubmit, Planner};

impl Agent {
    /// Lends a job's page to a person, and says until when.
    pub(crate) fn lend(&self, job: JobId) -> Option<(Instant, Kept)> {
        self.kept.lend(job)
    }

    /// Takes a page back that a person gave back at a wall: the next run of the job goes on there.
    pub(crate) fn go_on_at(&self, job: JobId, kept: Kept) {
        self.kept.keep(job, Kept { at: At::PastWall, ..kept });
    }

    /// Keeps a page for what is left of its time, so that it can be taken over again.
    pub(crate) fn keep_on(&self, job: JobId, kept: Kept, until: Instant) {
        self.kept.keep_until(job, kept, until);
    }

    /// Reads what came of what a person may have submitted themselves. The page is only looked at, and let go.
    pub(crate) async fn read_by_hand(&self, assignment: &Assignment, mut kept: Kept) -> Ending {
        let mask = GuestMask::new(SlotValues::travelling(&assignment.guest, &assignment.travel));
        let Some(playbook) = self.playbook(&kept.provider, assignment) else {
            return Ending::OutcomeUnknown { evidence: Evidence::default() };
        };
        let heuristic = Heuristic::new();
        let planner: &dyn Planner = if playbook.is_described() { &*playbook } else { &heuristic };
        // What was typed there is nobody's to read.
        if let Some(live) = kept.page.live() {
            live.empty_fields().await;
        }
        let Ok(seen) = kept.page.observe().await else {
            return Ending::OutcomeUnknown { evidence: Evidence::default() };
        };
        let evidence = evidence(&seen, &mask);
        match planner.after_submit(&mask.observation(&seen)) {
            AfterSubmit::Booked { code } => Ending::Booked { confirmation_code: code, evidence },
            AfterSubmit::Refused | AfterSubmit::Unclear => Ending::OutcomeUnknown { evidence },
        }
    }
}
