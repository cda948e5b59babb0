//! What the measures are called, and what they say.

use prometheus_client::registry::{Registry, Unit};

use super::Meters;

impl Meters {
    /// Names them all.
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register("claims", "Jobs that workers here took up", self.claims.clone());
        registry.register("runs", "Runs that ended here, by where their job stood then", self.runs.clone());
        registry.register(
            "job_status_changes",
            "Jobs that came to a status by something that was done here",
            self.statuses.clone(),
        );
        registry.register(
            "leases_lost",
            "Leases lost: runs given back by the sweep here, and runs that stopped here because others have their job",
            self.leases_lost.clone(),
        );
        registry.register(
            "gate_verdicts",
            "What the payment gate said of actions: allowed, denied, or only with a permit to reserve or to charge",
            self.verdicts.clone(),
        );
        registry.register("submit_permits", "Permits to submit that were given here", self.permits.clone());
        registry.register(
            "submits",
            "Submits by what became of them, as it was written down here",
            self.submits.clone(),
        );
        registry.register("workers", "How many jobs may run here at once", self.workers.clone());
        registry.register(
            "browser_sessions",
            "Browser sessions open here: of runs, and kept for a fast confirmation",
            self.sessions.clone(),
        );
        registry.register_with_unit(
            "agent_step",
            "How long the agent's steps take, by what they do",
            Unit::Seconds,
            self.steps.clone(),
        );
        registry.register(
            "model_asks",
            "Questions to a language model, by what they came to",
            self.model_asks.clone(),
        );
        registry.register(
            "model_tokens",
            "Tokens that a language model read and wrote",
            self.model_tokens.clone(),
        );
        registry.register_with_unit(
            "store_write",
            "How long a transaction takes from the call to its end",
            Unit::Seconds,
            self.writes.clone(),
        );
        registry.register(
            "store_writes_waiting",
            "Transactions that were asked for here and are not yet answered",
            self.writes_waiting.clone(),
        );
        registry.register("webhook_attempts", "Webhook messages sent from here", self.webhooks.clone());
        self.register_record(registry);
    }

    /// What is the same at every node.
    fn register_record(&self, registry: &mut Registry) {
        registry.register(
            "store_up",
            "Whether the record could be read: 1, or 0 and then nothing of it is told",
            self.store_up.clone(),
        );
        registry.register("jobs_open", "Open jobs in the record", self.open.clone());
        registry.register(
            "jobs",
            "Open jobs in the record by state, counted up to fifty thousand of each kind",
            self.jobs.clone(),
        );
        registry.register_with_unit(
            "oldest_due_job",
            "For how long the job that waits longest could have been claimed; 0 when none waits",
            Unit::Seconds,
            self.oldest.clone(),
        );
        registry.register(
            "webhook_messages",
            "Webhook messages in the record: waiting, or given up; counted up to fifty thousand of each",
            self.messages.clone(),
        );
    }
}
