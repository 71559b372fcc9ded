use std::sync::Arc;

use data_adapter_core::Binding;
use data_adapter_sca::{Challenge, Presentation};

/// A challenge with what became of it.
pub(super) struct Record {
    /// Those of open ones are in [`OpenSteps`](super::open_steps::OpenSteps) too.
    pub(super) challenge: Arc<Challenge>,
    pub(super) state: RecordState,
    pub(super) renewals: u32,
    pub(super) accepted: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RecordState {
    Open,
    Ended,
    Used,
}

impl Record {
    pub(super) fn open(challenge: Arc<Challenge>) -> Self {
        Self { challenge, state: RecordState::Open, renewals: 0, accepted: false }
    }

    /// Forgets what nobody asks of a challenge that is over. That it was is known until it is purged.
    pub(super) fn end(&mut self, state: RecordState) {
        self.state = state;
        let challenge = Arc::make_mut(&mut self.challenge);
        challenge.presentation = Presentation::of(Binding::to_operation());
        challenge.organization = None;
        challenge.key_id = String::new();
    }
}

#[cfg(test)]
mod tests {
    use data_adapter_testkit::{challenge, step};
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn of_a_challenge_that_is_over_nothing_is_left_that_people_were_told() {
        let code = challenge("message", &step("op", "login", Some("12345678")), Timestamp::UNIX_EPOCH);
        let told = Presentation { title: Some("Pay 100 CZK".to_owned()), ..code.presentation.clone() };
        let code = Arc::new(Challenge { presentation: told, ..code });
        let mut record = Record::open(Arc::clone(&code));
        record.end(RecordState::Used);
        assert_eq!(record.challenge.presentation, Presentation::of(Binding::to_operation()));
        assert_eq!((&record.challenge.message, &record.challenge.step), (&code.message, &code.step));
        assert_eq!(record.challenge.expires_at, code.expires_at);
    }
}
