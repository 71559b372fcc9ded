use std::collections::HashMap;

use data_adapter_core::{CodeDelivery, SendLimit, VerificationOutcome};
use data_adapter_sca::{Authorization, Verification};
use metrics::Counter;

fn stopped(limit: SendLimit) -> Counter {
    metrics::counter!("data_adapter_codes_stopped_total", "reason" => limit.name())
}

/// Counts codes that were made, and what became of them, whichever API was asked.
pub(super) struct Codes {
    pub(super) created: Counter,
    pub(super) undelivered: Counter,
    pub(super) verified: Counter,
    pub(super) failed: Counter,
    unknown: Counter,
    expired: Counter,
    used: Counter,
    spent: Counter,
    stopped: HashMap<SendLimit, Counter>,
}

impl Codes {
    pub(super) fn new() -> Self {
        let counter = |event| metrics::counter!("data_adapter_codes_total", "event" => event);
        Self {
            created: counter("created"),
            undelivered: counter("undelivered"),
            verified: counter("verified"),
            failed: counter("failed"),
            unknown: counter("unknown"),
            expired: counter("expired"),
            used: counter("used"),
            spent: counter("spent"),
            stopped: SendLimit::EVERY.into_iter().map(|limit| (limit, stopped(limit))).collect(),
        }
    }

    /// A code that was made and handed over to whoever sends it, or was not.
    pub(super) fn issued(&self, delivery: CodeDelivery) {
        match delivery {
            CodeDelivery::Succeeded => self.created.increment(1),
            CodeDelivery::Failed => {
                self.created.increment(1);
                self.undelivered.increment(1);
            }
            CodeDelivery::Stopped(limit) => self.stopped(limit),
        }
    }

    /// A code that was not made, since a limit stopped it.
    pub(super) fn stopped(&self, limit: SendLimit) {
        if let Some(counter) = self.stopped.get(&limit) {
            counter.increment(1);
        }
    }

    pub(super) fn of(&self, outcome: VerificationOutcome) -> &Counter {
        match outcome {
            VerificationOutcome::Succeeded => &self.verified,
            VerificationOutcome::Wrong { .. } | VerificationOutcome::Empty { .. } => &self.failed,
            VerificationOutcome::UnknownMessage => &self.unknown,
            VerificationOutcome::Expired => &self.expired,
            VerificationOutcome::AlreadyUsed => &self.used,
            VerificationOutcome::AttemptsSpent => &self.spent,
        }
    }

    /// `None` where no code was compared.
    pub(super) fn of_authorization(&self, authorization: &Authorization) -> Option<&Counter> {
        match authorization {
            Authorization::Succeeded(_) => Some(&self.verified),
            Authorization::Wrong(_) | Authorization::Exhausted(_) => Some(&self.failed),
            Authorization::Gone => Some(&self.unknown),
            Authorization::Blocked | Authorization::Undecided(_) => None,
        }
    }

    /// `None` where no code was compared, or nobody is told.
    pub(super) fn of_factor(&self, verification: Verification) -> Option<&Counter> {
        match verification {
            Verification::Activated => Some(&self.verified),
            Verification::Wrong | Verification::OneLeft | Verification::LimitExceeded => Some(&self.failed),
            Verification::Expired => Some(&self.expired),
            Verification::StateInvalid | Verification::AlreadyRegistered => None,
        }
    }
}
