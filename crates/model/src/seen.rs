use crate::ledger::{Answer, Call, Limits};
use crate::protocol::Verdict;

/// What somebody sees who knows which answers are right, and counts by themselves.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Seen {
    limits: Limits,
    /// How often the code of each step was accepted.
    pub accepted: Vec<u8>,
    /// Guesses that were compared at each step since.
    pub compared: Vec<u8>,
    /// Guesses that were compared in a row, without a right one or the end of a block between them.
    pub codes: u8,
    /// Passwords that failed or expired in a row, in the same way.
    pub passwords: u8,
    /// Passwords that were checked and wrong, in all.
    pub wrong: u8,
    /// Passwords that failed or expired, in all.
    pub failures: u8,
    /// Whether anything that is right was refused for no reason.
    pub was_refused: bool,
}

impl Seen {
    pub(crate) fn new(limits: Limits, steps: usize) -> Self {
        Self {
            limits,
            accepted: vec![0; steps],
            compared: vec![0; steps],
            codes: 0,
            passwords: 0,
            wrong: 0,
            failures: 0,
            was_refused: false,
        }
    }

    /// The answer to a guess has left the store.
    pub(crate) fn guessed(&mut self, step: usize, call: &Call, answer: &Answer) {
        let is_accepted = *answer == Answer::Accepted;
        let is_good = matches!(call, Call::Guess { is_right: true, accept: true, .. });
        self.was_refused |= is_good && !is_accepted && !self.has_reason(step, answer);
        match *answer {
            Answer::Accepted => {
                self.accepted[step] += 1;
                (self.compared[step], self.codes) = (0, 0);
            }
            Answer::Counted { blocked, .. } => {
                self.compared[step] += 1;
                self.codes += u8::from(!blocked);
            }
            Answer::Used
            | Answer::Spent
            | Answer::Admitted
            | Answer::Busy
            | Answer::Blocked
            | Answer::Done => {}
        }
    }

    fn has_reason(&self, step: usize, answer: &Answer) -> bool {
        let Limits { tries, failures } = self.limits;
        (*answer == Answer::Used && self.accepted[step] > 0)
            || (*answer == Answer::Spent && self.compared[step] >= tries)
            || (matches!(answer, Answer::Counted { .. }) && self.codes >= failures)
    }

    /// A password was refused without being checked.
    pub(crate) fn refused_unchecked(&mut self) {
        self.was_refused |= self.passwords < self.limits.failures;
    }

    /// A password was checked.
    pub(crate) fn checked(&mut self, verdict: Verdict) {
        self.wrong += u8::from(verdict == Verdict::Wrong);
    }

    /// The store was told what came of it; `counts` says whether it was under way.
    pub(crate) fn settled(&mut self, verdict: Verdict, counts: bool) {
        match verdict {
            Verdict::Right => self.passwords = 0,
            Verdict::Wrong if counts => self.failed(),
            Verdict::Wrong | Verdict::Unknown => {}
        }
    }

    /// A password failed, or its time was over.
    pub(crate) fn failed(&mut self) {
        self.passwords += 1;
        self.failures += 1;
    }

    /// The blocks are over that there were.
    pub(crate) fn blocks_end(&mut self, of_codes: bool, of_passwords: bool) {
        if of_codes {
            self.codes = 0;
        }
        if of_passwords {
            self.passwords = 0;
        }
    }
}
