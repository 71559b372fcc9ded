use stateright::semantics::SequentialSpec as _;
use stateright::{Model, Property};

use crate::ledger::{Answer, Call, Ledger, Limits};
use crate::properties;
use crate::seen::Seen;

/// Equal instances over one store, each of which answers some requests, one after the other.
#[derive(Clone, Debug)]
pub struct Protocol {
    /// How often may be guessed.
    pub limits: Limits,
    /// How many steps have a code.
    pub steps: usize,
    /// What may be asked for, each as often as anybody likes.
    pub requests: Vec<Request>,
    /// How many requests each instance answers.
    pub each: Vec<u8>,
    /// How many blocks run out.
    pub block_ends: u8,
    /// Whether an instance may stop so long that what it has under way expires, and then go on.
    pub pauses: bool,
    /// What is wrong with it.
    pub flaw: Flaw,
}

/// What may be wrong with the protocol: the properties have to notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing.
    None,
    /// A guess is compared in one call and counted in another.
    TwoCallsAGuess,
    /// A password is a failure from the moment it is asked for until it is right.
    FailureUntilRight,
    /// A password is checked although those under way may be all that are left.
    Impatient,
    /// What nobody ends stays under way.
    NoLease,
}

/// What a user, or somebody in their name, asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Request {
    /// To check the code of a step.
    Code {
        /// Which step.
        step: usize,
        /// Whether it is the code.
        is_right: bool,
    },
    /// To check a password.
    Password(Verdict),
    /// To check both, the password first.
    Both {
        /// What comes of the password.
        password: Verdict,
        /// The step of the code.
        step: usize,
        /// Whether it is the code.
        is_right: bool,
    },
}

/// What whoever checks a password says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It is right.
    Right,
    /// It is wrong.
    Wrong,
    /// Nobody can say.
    Unknown,
}

/// An instance.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Instance {
    /// How many requests it still answers.
    pub left: u8,
    /// What it does.
    pub work: Option<(Request, Stage)>,
}

/// How far a request has come.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Its password waits to be admitted.
    Waiting,
    /// Its password is about to be checked, by the attempt of this number.
    Admitted(u8),
    /// Its password was checked, and nobody was told.
    Checked(u8),
    /// Its code is about to be guessed.
    AtCode {
        /// Whether the password was right, or there is none.
        accept: bool,
    },
    /// Its code was compared, and nothing was counted ([`Flaw::TwoCallsAGuess`]).
    Compared {
        /// Whether the password was right, or there is none.
        accept: bool,
        /// What was found.
        found: Answer,
    },
}

/// Where everything is at some moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    /// What the store keeps.
    pub ledger: Ledger,
    /// The instances.
    pub instances: Vec<Instance>,
    /// How many blocks run out yet.
    pub block_ends: u8,
    /// The number of the next attempt at a password.
    pub next_attempt: u8,
    /// What somebody saw who knows which answers are right.
    pub seen: Seen,
}

/// What may happen next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A request reaches an instance.
    Begin(usize, Request),
    /// An instance goes on to its next call.
    Go(usize),
    /// An instance dies, and is started again; its request gets no answer.
    Die(usize),
    /// The time of a password under way is over.
    Expire(u8),
    /// The blocks are over.
    EndBlocks,
}

impl Protocol {
    /// `None` where the instance has to wait, and nothing changes.
    fn go(&self, world: &mut World, number: usize) -> Option<()> {
        let (request, stage) = world.instances[number].work.clone()?;
        let next = match stage {
            Stage::Waiting => self.admit(world, request)?,
            Stage::Admitted(attempt) => {
                world.seen.checked(request.password());
                Some(Stage::Checked(attempt))
            }
            Stage::Checked(attempt) => settle(world, request, attempt),
            Stage::AtCode { accept } if self.flaw == Flaw::TwoCallsAGuess => {
                let found = world.ledger.clone().invoke(&request.guess(accept));
                Some(Stage::Compared { accept, found })
            }
            Stage::AtCode { accept } => {
                let answer = world.ledger.invoke(&request.guess(accept));
                world.seen.guessed(request.step(), &request.guess(accept), &answer);
                None
            }
            Stage::Compared { accept, found } => {
                world.ledger.invoke(&request.guess(accept));
                world.seen.guessed(request.step(), &request.guess(accept), &found);
                None
            }
        };
        world.instances[number].work = next.map(|stage| (request, stage));
        Some(())
    }

    fn admit(&self, world: &mut World, request: Request) -> Option<Option<Stage>> {
        let attempt = world.next_attempt;
        let admission = world.ledger.invoke(&Call::Admit(attempt));
        if admission == Answer::Blocked {
            world.seen.refused_unchecked();
            // A code is guessed all the same: what is left of its tries must not tell.
            return Some(request.has_code().then_some(Stage::AtCode { accept: false }));
        }
        if admission == Answer::Busy && self.flaw != Flaw::Impatient {
            return None;
        }
        if self.flaw == Flaw::FailureUntilRight {
            world.ledger.invoke(&Call::Fail(attempt));
        }
        world.next_attempt += 1;
        Some(Some(Stage::Admitted(attempt)))
    }

    fn may_expire(&self, world: &World, attempt: u8) -> bool {
        let holds = |instance: &Instance| matches!(instance.work, Some((_, Stage::Admitted(held) | Stage::Checked(held))) if held == attempt);
        self.flaw != Flaw::NoLease && (self.pauses || !world.instances.iter().any(holds))
    }
}

fn settle(world: &mut World, request: Request, attempt: u8) -> Option<Stage> {
    let verdict = request.password();
    let counts = world.ledger.under_way().contains(&attempt);
    world.ledger.invoke(&match verdict {
        Verdict::Right => Call::Succeed(attempt),
        Verdict::Wrong => Call::Fail(attempt),
        Verdict::Unknown => Call::GiveBack(attempt),
    });
    world.seen.settled(verdict, counts);
    // While nobody can say whether the password is right, no guess at the code is spent.
    let goes_on = request.has_code() && verdict != Verdict::Unknown;
    goes_on.then_some(Stage::AtCode { accept: verdict == Verdict::Right })
}

impl Request {
    fn first(self) -> Stage {
        match self {
            Self::Code { .. } => Stage::AtCode { accept: true },
            Self::Password(_) | Self::Both { .. } => Stage::Waiting,
        }
    }

    fn has_code(self) -> bool {
        !matches!(self, Self::Password(_))
    }

    fn password(self) -> Verdict {
        match self {
            Self::Password(verdict) | Self::Both { password: verdict, .. } => verdict,
            Self::Code { .. } => unreachable!("it has no password"),
        }
    }

    fn step(self) -> usize {
        match self {
            Self::Code { step, .. } | Self::Both { step, .. } => step,
            Self::Password(_) => unreachable!("it has no code"),
        }
    }

    fn guess(self, accept: bool) -> Call {
        let is_right = matches!(self, Self::Code { is_right: true, .. } | Self::Both { is_right: true, .. });
        Call::Guess { step: self.step(), is_right, accept }
    }
}

impl Model for Protocol {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        vec![World {
            ledger: Ledger::new(self.limits, self.steps),
            instances: self.each.iter().map(|left| Instance { left: *left, work: None }).collect(),
            block_ends: self.block_ends,
            next_attempt: 0,
            seen: Seen::new(self.limits, self.steps),
        }]
    }

    fn actions(&self, world: &World, steps: &mut Vec<Step>) {
        for (number, instance) in world.instances.iter().enumerate() {
            if instance.work.is_some() {
                steps.extend([Step::Go(number), Step::Die(number)]);
            } else if instance.left > 0 {
                steps.extend(self.requests.iter().map(|request| Step::Begin(number, *request)));
            }
        }
        let under_way = world.ledger.under_way().iter();
        steps.extend(
            under_way.filter(|number| self.may_expire(world, **number)).map(|number| Step::Expire(*number)),
        );
        let is_blocked = world.ledger.are_codes_blocked() || world.ledger.are_passwords_blocked();
        if is_blocked && world.block_ends > 0 {
            steps.push(Step::EndBlocks);
        }
    }

    fn next_state(&self, last: &World, step: Step) -> Option<World> {
        let mut world = last.clone();
        match step {
            Step::Begin(number, request) => {
                let instance = &mut world.instances[number];
                instance.left -= 1;
                instance.work = Some((request, request.first()));
            }
            Step::Go(number) => self.go(&mut world, number)?,
            Step::Die(number) => world.instances[number].work = None,
            Step::Expire(number) => {
                world.ledger.invoke(&Call::Expire(number));
                world.seen.failed();
            }
            Step::EndBlocks => {
                world.seen.blocks_end(world.ledger.are_codes_blocked(), world.ledger.are_passwords_blocked());
                world.ledger.invoke(&Call::EndBlocks);
                world.block_ends -= 1;
            }
        }
        Some(world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::all()
    }
}
