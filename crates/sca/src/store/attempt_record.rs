use jiff::{SignedDuration, Timestamp};

use super::{Admission, AttemptPolicy, CLOCK_TOLERANCE};

/// What is known of a user's attempts at one factor, and what becomes of it: the rules of [`AttemptStore`](super::AttemptStore), for
/// every store alike. A store reads it, asks it once, and writes it back, while nobody else can.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttemptRecord {
    /// Failures in a row.
    pub failures: u32,
    /// When the last of them was.
    pub last_at: Timestamp,
    /// When the block ends; it may be over.
    pub blocked_until: Option<Timestamp>,
    /// Attempts that are under way, or that nobody ended.
    pub reservations: Vec<Reservation>,
}

/// An attempt that is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// The id of the attempt.
    pub id: String,
    /// When it was admitted.
    pub admitted_at: Timestamp,
    /// From when on it is a failure.
    pub expires_at: Timestamp,
}

/// What became of counting a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// It counts.
    Failure {
        /// Whether it is the one that started the block.
        starts_block: bool,
    },
    /// The user was blocked before; it counts for nothing.
    Blocked,
}

impl AttemptRecord {
    /// Whether there is nothing to keep.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.failures == 0 && self.blocked_until.is_none() && self.reservations.is_empty()
    }

    /// Whether a block runs at `now`.
    #[must_use]
    pub fn is_blocked(&self, now: Timestamp) -> bool {
        self.blocked_until.is_some_and(|until| until > now)
    }

    /// When the last of the attempts under way is a failure; `None` when none is under way.
    #[must_use]
    pub fn reserved_until(&self) -> Option<Timestamp> {
        self.reservations.iter().map(|reservation| reservation.expires_at).max()
    }

    /// Whether nobody needs it any more: no block runs at `now`, and all else is at least `age` old.
    #[must_use]
    pub fn is_outdated(&self, now: Timestamp, age: SignedDuration) -> bool {
        let newest = self.reserved_until().map_or(self.last_at, |until| until.max(self.last_at));
        !self.is_blocked(now) && now.duration_since(newest) >= age
    }

    /// Admits the attempt with this id. One that is under way already is the same one, asked about again.
    pub fn admit(
        &mut self,
        id: &str,
        now: Timestamp,
        policy: &AttemptPolicy,
        lease: SignedDuration,
    ) -> Admission {
        if self.reservations.iter().any(|reservation| reservation.id == id) {
            return Admission::Admitted;
        }
        self.prepare(now, policy);
        if self.is_blocked(now) {
            return Admission::Blocked;
        }
        self.forget_old(now, policy);
        let under_way = u32::try_from(self.reservations.len()).unwrap_or(u32::MAX);
        // One alone may always be made: the limit may have been a higher one when the failures were counted.
        if under_way > 0 && self.failures.saturating_add(under_way) >= policy.limit {
            return Admission::Busy;
        }
        self.reservations.push(Reservation { id: id.to_owned(), admitted_at: now, expires_at: now + lease });
        Admission::Admitted
    }

    /// Ends an attempt that was right. Those that died before it count no more than other failures of before.
    pub fn succeed(&mut self, id: &str, now: Timestamp) {
        self.reservations.retain(|reservation| reservation.id != id && reservation.expires_at > now);
        self.failures = 0;
        self.blocked_until = None;
    }

    /// Ends an attempt that was wrong; one that is not under way changes nothing.
    pub fn fail(&mut self, id: &str, now: Timestamp, policy: &AttemptPolicy) {
        let under_way = self.reservations.len();
        self.give_back(id);
        if self.reservations.len() < under_way {
            self.count(now, policy);
        }
    }

    /// Ends an attempt that was none.
    pub fn give_back(&mut self, id: &str) {
        self.reservations.retain(|reservation| reservation.id != id);
    }

    /// Counts a failure that was no attempt before.
    pub fn count(&mut self, now: Timestamp, policy: &AttemptPolicy) -> Counted {
        self.prepare(now, policy);
        self.count_at(now, policy)
    }

    /// Blocks from `now` on, as if all failures that are allowed had been made.
    pub fn block(&mut self, now: Timestamp, policy: &AttemptPolicy) {
        self.failures = self.failures.max(policy.limit);
        self.last_at = now;
        self.blocked_until = self.blocked_until.max(Some(now + policy.block_for));
    }

    /// Puts right what a clock that went back has left, with blocks of `block_for`: true when there was anything.
    pub fn rewind(&mut self, now: Timestamp, block_for: SignedDuration) -> bool {
        let before = self.clone();
        let latest = now + block_for;
        if self.blocked_until.is_some_and(|until| until.duration_since(latest) > CLOCK_TOLERANCE) {
            self.blocked_until = Some(latest);
        }
        if is_ahead(self.last_at, now) {
            self.last_at = now;
        }
        self.bring_reservations_back(now);
        *self != before
    }

    /// Brings everything up to `now`: the attempts that died are failures, in the order of their ends.
    fn prepare(&mut self, now: Timestamp, policy: &AttemptPolicy) {
        self.bring_reservations_back(now);
        let is_dead = |reservation: &mut Reservation| reservation.expires_at <= now;
        let mut ends: Vec<_> =
            self.reservations.extract_if(.., is_dead).map(|reservation| reservation.expires_at).collect();
        ends.sort_unstable();
        for end in ends {
            self.count_at(end, policy);
        }
        self.blocked_until = self.blocked_until.map(|until| until.min(now + policy.block_for));
    }

    fn count_at(&mut self, time: Timestamp, policy: &AttemptPolicy) -> Counted {
        if self.is_blocked(time) {
            return Counted::Blocked;
        }
        self.forget_old(time, policy);
        self.failures = self.failures.saturating_add(1);
        self.last_at = time;
        let starts_block = self.failures >= policy.limit;
        if starts_block {
            self.blocked_until = Some(time + policy.block_for);
        }
        Counted::Failure { starts_block }
    }

    /// Forgets failures before a block that is over, and those that are too old.
    fn forget_old(&mut self, now: Timestamp, policy: &AttemptPolicy) {
        if self.blocked_until.is_some() || now.duration_since(self.last_at) >= policy.forget_after {
            self.failures = 0;
            self.blocked_until = None;
        }
    }

    /// Lets attempts of a clock that was ahead last no longer than others.
    fn bring_reservations_back(&mut self, now: Timestamp) {
        for reservation in self.reservations.iter_mut().filter(|one| is_ahead(one.admitted_at, now)) {
            let lease = reservation.expires_at.duration_since(reservation.admitted_at);
            reservation.admitted_at = now;
            reservation.expires_at = now + lease;
        }
    }
}

/// Whether `time` lies further ahead than clocks may be apart.
fn is_ahead(time: Timestamp, now: Timestamp) -> bool {
    time.duration_since(now) > CLOCK_TOLERANCE
}
