use std::collections::BTreeSet;

use stateright::semantics::SequentialSpec;

/// How often may be guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limits {
    /// At one step, until a code of it is right.
    pub tries: u8,
    /// In a row, over all steps of the user; so often a password may be wrong in a row, too. The last one blocks.
    pub failures: u8,
}

/// What a store keeps of one user: a code in each of some steps, and a password.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ledger {
    limits: Limits,
    steps: Vec<CodeStep>,
    codes: Failures,
    passwords: Failures,
    under_way: BTreeSet<u8>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct CodeStep {
    spent: u8,
    is_used: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Failures {
    in_a_row: u8,
    is_blocked: bool,
}

impl Failures {
    /// Whether this one starts a block.
    fn count(&mut self, limit: u8) -> bool {
        if self.is_blocked {
            return false;
        }
        self.in_a_row += 1;
        self.is_blocked = self.in_a_row >= limit;
        self.is_blocked
    }
}

/// A call of a store, or what time does to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// A guess at the code of a step.
    Guess {
        /// Which step.
        step: usize,
        /// Whether it is the code.
        is_right: bool,
        /// Whether it uses the code up if it is.
        accept: bool,
    },
    /// A password is about to be checked, under this number.
    Admit(u8),
    /// It was right.
    Succeed(u8),
    /// It was wrong.
    Fail(u8),
    /// Nobody could say.
    GiveBack(u8),
    /// Nobody said anything, and the time for it is over.
    Expire(u8),
    /// The blocks of the user are over.
    EndBlocks,
}

/// What a store answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// The code was used before; nothing was counted.
    Used,
    /// Its step has no tries left; nothing was counted.
    Spent,
    /// The code was right, and is used up.
    Accepted,
    /// The guess counts.
    Counted {
        /// Whether it was right, and only not accepted.
        fits: bool,
        /// Tries left in the step.
        remaining: u8,
        /// Whether codes were blocked before it.
        blocked: bool,
        /// Whether it started a block.
        starts_block: bool,
    },
    /// The password may be checked.
    Admitted,
    /// Those that are being checked may be all that are left.
    Busy,
    /// Passwords are blocked.
    Blocked,
    /// There is nothing to say.
    Done,
}

impl Ledger {
    /// Of a user with a code in each of so many steps who has failed nothing.
    #[must_use]
    pub fn new(limits: Limits, steps: usize) -> Self {
        Self {
            limits,
            steps: vec![CodeStep::default(); steps],
            codes: Failures::default(),
            passwords: Failures::default(),
            under_way: BTreeSet::new(),
        }
    }

    /// Whether codes are blocked.
    #[must_use]
    pub fn are_codes_blocked(&self) -> bool {
        self.codes.is_blocked
    }

    /// Whether passwords are blocked.
    #[must_use]
    pub fn are_passwords_blocked(&self) -> bool {
        self.passwords.is_blocked
    }

    /// Whether the code of a step was used up.
    #[must_use]
    pub fn is_used(&self, step: usize) -> bool {
        self.steps[step].is_used
    }

    /// The numbers of the passwords that are being checked.
    #[must_use]
    pub fn under_way(&self) -> &BTreeSet<u8> {
        &self.under_way
    }

    fn guess(&mut self, step: usize, is_right: bool, accept: bool) -> Answer {
        let Limits { tries, failures } = self.limits;
        let CodeStep { spent, is_used } = &mut self.steps[step];
        if *is_used {
            return Answer::Used;
        }
        if *spent >= tries {
            return Answer::Spent;
        }
        let blocked = self.codes.is_blocked;
        let fits = is_right && !blocked;
        if fits && accept {
            (*spent, *is_used) = (0, true);
            self.codes = Failures::default();
            return Answer::Accepted;
        }
        *spent += 1;
        let remaining = tries - *spent;
        Answer::Counted { fits, remaining, blocked, starts_block: self.codes.count(failures) }
    }

    fn admit(&mut self, number: u8) -> Answer {
        if self.passwords.is_blocked {
            return Answer::Blocked;
        }
        let taken = usize::from(self.passwords.in_a_row) + self.under_way.len();
        if taken >= usize::from(self.limits.failures) {
            return Answer::Busy;
        }
        self.under_way.insert(number);
        Answer::Admitted
    }

    fn fail(&mut self, number: u8) {
        if self.under_way.remove(&number) {
            self.passwords.count(self.limits.failures);
        }
    }

    fn end_blocks(&mut self) {
        for failures in [&mut self.codes, &mut self.passwords] {
            if failures.is_blocked {
                *failures = Failures::default();
            }
        }
    }
}

impl SequentialSpec for Ledger {
    type Op = Call;
    type Ret = Answer;

    fn invoke(&mut self, call: &Call) -> Answer {
        match *call {
            Call::Guess { step, is_right, accept } => return self.guess(step, is_right, accept),
            Call::Admit(number) => return self.admit(number),
            Call::Succeed(number) => {
                self.under_way.remove(&number);
                self.passwords = Failures::default();
            }
            Call::GiveBack(number) => drop(self.under_way.remove(&number)),
            Call::Fail(number) | Call::Expire(number) => self.fail(number),
            Call::EndBlocks => self.end_blocks(),
        }
        Answer::Done
    }
}
