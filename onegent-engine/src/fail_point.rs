//! Places between two steps at which a process can be told to die or to stand still, so that tests meet every gap.
//!
//! Debug builds alone look at [`VARIABLE`]; in a release build a fail point is nothing.

use std::fmt;

/// The environment variable with the plan: a point's name, or `name:nth` to pass it `nth - 1` times first. The process
/// dies there; with `name:nth:freeze` it stands still, once, until somebody sends it `SIGCONT`.
pub const VARIABLE: &str = "ONEGENT_FAIL_POINT";

macro_rules! points {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)+) => {
        /// A gap between two steps of a job.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FailPoint {
            $($(#[$doc])* $name,)+
        }

        impl FailPoint {
            /// All of them, in the order in which a job meets them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name in a plan.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }
    };
}

points! {
    /// A group of writes is made and not committed.
    BeforeCommit = "before_commit";
    /// A group of writes is committed, and none of its callers knows.
    AfterCommit = "after_commit";
    /// A job is durable, and its caller has no answer.
    AfterCreate = "after_create";
    /// A worker has a queued job, and nothing was done.
    AfterClaim = "after_claim";
    /// The agent stood at payment, and the stop is not written.
    BeforePause = "before_pause";
    /// The stop at payment is written.
    AfterPause = "after_pause";
    /// A confirmation is durable, and its person has no answer.
    AfterConfirm = "after_confirm";
    /// A worker has a confirmed job, and nothing was done.
    AfterClaimConfirmed = "after_claim_confirmed";
    /// The agent is ready to submit, and has no permit.
    BeforePermit = "before_permit";
    /// The permit is written, and nothing was sent.
    AfterPermit = "after_permit";
    /// The site has taken the submit, and its answer was not read.
    AfterSend = "after_send";
    /// The outcome was read, and is not written.
    BeforeOutcome = "before_outcome";
    /// The outcome is written.
    AfterOutcome = "after_outcome";
    /// The site's look-up has answered, and what it said is not written.
    BeforeReconcile = "before_reconcile";
    /// What the site's look-up said is written.
    AfterReconcile = "after_reconcile";
}

impl fmt::Display for FailPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Dies here, at once and without any clean-up, or stands still, when the plan says so.
#[cfg(not(debug_assertions))]
pub(crate) fn reach(_point: FailPoint) {}

#[cfg(debug_assertions)]
pub(crate) use plan::reach;

#[cfg(debug_assertions)]
mod plan {
    use std::process::{Command, abort};
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::{FailPoint, VARIABLE};

    /// What happens at a point, and how many more times that place is passed before.
    #[derive(Debug)]
    struct Plan {
        point: FailPoint,
        passes: AtomicU32,
        fate: Fate,
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Fate {
        Dies,
        Freezes,
    }

    /// Dies here, at once and without any clean-up, or stands still, when the plan says so.
    pub(crate) fn reach(point: FailPoint) {
        static PLAN: LazyLock<Option<Plan>> = LazyLock::new(|| {
            let text = std::env::var(VARIABLE).ok()?;
            let plan = Plan::parse(&text);
            if plan.is_none() {
                // A misspelt plan must not pass for a run without accidents.
                tracing::error!(plan = text, "{VARIABLE} names no fail point");
                abort();
            }
            plan
        });
        match PLAN.as_ref().filter(|plan| plan.comes_true_at(point)).map(|plan| plan.fate) {
            None => {}
            Some(Fate::Dies) => abort(),
            Some(Fate::Freezes) => freeze(),
        }
    }

    /// Stops all of this process; comes back when it was told to go on.
    fn freeze() {
        // A shell sends a signal without unsafe code, and is wherever there is this signal.
        let sent = Command::new("/bin/sh").args(["-c", "kill -STOP $PPID"]).status();
        if !sent.is_ok_and(|status| status.success()) {
            abort();
        }
    }

    impl Plan {
        fn parse(text: &str) -> Option<Self> {
            let words: Vec<_> = text.split(':').collect();
            let (name, nth, fate) = match *words {
                [name] => (name, "1", Fate::Dies),
                [name, nth] => (name, nth, Fate::Dies),
                [name, nth, "freeze"] => (name, nth, Fate::Freezes),
                _ => return None,
            };
            let point = FailPoint::ALL.iter().copied().find(|point| point.as_str() == name)?;
            let passes = nth.parse::<u32>().ok()?.checked_sub(1)?;
            Some(Self { point, passes: AtomicU32::new(passes), fate })
        }

        /// Whether it is the point, for the n-th time; once.
        fn comes_true_at(&self, point: FailPoint) -> bool {
            // Below zero is the highest number, from which nobody counts down.
            self.point == point && self.passes.fetch_sub(1, Ordering::SeqCst) == 0
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_plan_names_a_point_and_how_often_it_is_passed() {
            let third = Plan::parse("after_permit:3").unwrap();
            assert!(!third.comes_true_at(FailPoint::AfterSend));
            let passes = [(); 5].map(|()| third.comes_true_at(FailPoint::AfterPermit));
            assert_eq!(passes, [false, false, true, false, false]);
            for point in FailPoint::ALL {
                assert!(Plan::parse(point.as_str()).unwrap().comes_true_at(*point), "{point}");
            }
            assert_eq!(third.fate, Fate::Dies);
            assert_eq!(Plan::parse("after_permit:3:freeze").unwrap().fate, Fate::Freezes);
        }

        #[test]
        fn a_misspelt_plan_is_none() {
            for wrong in [
                "",
                "after_lunch",
                "after_permit:",
                "after_permit:0",
                "after_permit:-1",
                "after_permit:1:",
                "after_permit:freeze",
                "after_permit:1:freeze:1",
            ] {
                assert!(Plan::parse(wrong).is_none(), "{wrong:?}");
            }
        }
    }
}
