//! Asking a site's own booking look-up what became of a submit.

use onegent_core::charge::Charge;

use super::run::policy;
use super::{Agent, Assignment, LookUp};
use crate::browser;
use crate::browser::action::{Action, SlotValues};
use crate::browser::mask::GuestMask;
use crate::browser::{Page, PageError};
use crate::gate::{Gate, Verdict};
use crate::planner::playbook::Playbook;
use crate::planner::{Goal, Step};

/// More steps than any look-up needs.
const MOST_STEPS: usize = 12;

/// `None` when the site has no look-up, or it could not be read. `charged` is what the submit was to pay.
pub(super) async fn look_up(
    agent: &Agent,
    playbook: &Playbook,
    assignment: &Assignment,
    charged: Option<&Charge>,
) -> Option<LookUp> {
    let slots = SlotValues::travelling(&assignment.guest, &assignment.travel);
    let goal = Goal {
        request: assignment.request.clone(),
        consent: assignment.consent.clone(),
        unknown: slots.unknown(),
    };
    let asking = playbook.look_up(&goal, charged.map(|charge| &charge.merchant))?;
    let mask = GuestMask::new(slots.clone());
    let mut page =
        agent.browser(playbook).open(browser::Visit { policy: policy(playbook), slots }).await.ok()?;
    let mut gate = Gate::new();
    act(page.as_mut(), gate.entry(asking.page().clone())).await.ok()?;
    for _ in 0..MOST_STEPS {
        if agent.clock.now() >= assignment.deadline {
            return None;
        }
        let seen = mask.observation(&page.observe().await.ok()?);
        if seen.status >= 400 {
            return None;
        }
        match asking.next(&seen) {
            None => return Some(asking.answer(&seen)),
            Some(Step::End(_)) => return None,
            Some(Step::Act { action, .. }) => {
                let pressed = matches!(action, Action::Press { .. });
                act(page.as_mut(), gate.judge(&seen, action)).await.ok()?;
                if pressed {
                    let answer = mask.observation(&page.observe().await.ok()?);
                    return (answer.status < 400).then(|| asking.answer(&answer));
                }
            }
        }
    }
    None
}

/// Only what the gate allows: a look-up that wants a permit is none.
async fn act(page: &mut dyn Page, verdict: Verdict) -> Result<(), PageError> {
    match verdict {
        Verdict::Allowed(cleared) => page.act(cleared).await,
        Verdict::Denied { .. } | Verdict::NeedsPermit { .. } => {
            Err(PageError::Unusable("the look-up does not only read"))
        }
    }
}
