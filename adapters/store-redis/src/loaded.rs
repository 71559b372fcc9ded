//! A challenge with all that changes together with it.

use data_adapter_core::{AdapterError, MessageId, UserId};
use data_adapter_records::nanoseconds;
use data_adapter_sca::{AttemptRecord, Challenge, Factor, GuessPolicy};
use jiff::Timestamp;
use tokio::time::Instant;

use crate::RedisStore;
use crate::place::{Name, Place};
use crate::records::{Attempts, CAME_TOO_LATE, ChallengeRecord, Record as _, State, StepRecord};
use crate::store::{Change, Entry, Indexed, lasting, pause};
use crate::{place, remote};

/// A challenge that the store knows, what its step has spent, and what its user failed at codes.
pub(crate) struct Loaded {
    place: Place,
    owner: Name,
    pub(crate) record: ChallengeRecord,
    challenge: Entry<ChallengeRecord>,
    pub(crate) step: Entry<StepRecord>,
    pub(crate) attempts: Entry<Attempts>,
    was_open: bool,
    had_until: Timestamp,
}

impl Loaded {
    fn challenge(&self) -> &Challenge {
        &self.record.challenge
    }

    /// Whether it is open; one that is over is ended for good.
    pub(crate) fn is_live(&mut self, now: Timestamp) -> bool {
        if self.record.state == State::Open && self.challenge().is_over(now) {
            self.close(State::Ended);
        }
        self.record.state == State::Open
    }

    /// Ends it, or uses it up.
    pub(crate) fn close(&mut self, state: State) {
        self.record.state = state;
        let message = self.record.challenge.message.as_str();
        if let Some(step) = &mut self.step.value
            && step.open.as_ref().is_some_and(|(open, _)| open == message)
        {
            step.open = None;
        }
    }

    /// Says when it is over now.
    pub(crate) fn lasts_until(&mut self, until: Timestamp) {
        self.record.challenge.expires_at = until;
        if let Some((_, over)) = self.step.value.as_mut().and_then(|step| step.open.as_mut()) {
            *over = nanoseconds(until);
        }
    }

    /// Guesses that its step has spent, and that are not forgotten.
    pub(crate) fn guesses(&self, now: Timestamp, policy: &GuessPolicy) -> u32 {
        self.step.value.as_ref().map_or(0, |step| step.guesses(now, policy.failures.forget_after))
    }

    /// Keeps how many guesses its step has spent.
    pub(crate) fn spend(&mut self, guesses: u32, now: Timestamp) {
        let step = self.step.value.get_or_insert_with(StepRecord::new);
        (step.guesses, step.last_at) = (guesses, nanoseconds(now));
    }

    /// Forgets what its step has spent.
    pub(crate) fn forget_spent(&mut self) {
        if let Some(step) = &mut self.step.value {
            (step.guesses, step.last_at) = (0, 0);
        }
    }

    /// What its user failed at codes. Nobody's failures are not kept.
    pub(crate) fn attempts(&self) -> AttemptRecord {
        self.attempts.value.as_ref().map(|attempts| attempts.record.clone()).unwrap_or_default()
    }

    /// Keeps what its user failed at codes.
    pub(crate) fn keep_attempts(&mut self, record: AttemptRecord) {
        let user = self.record.challenge.step.user.clone();
        self.attempts.value = user.map(|user| Attempts { user, factor: Factor::Code, record });
    }

    /// Forgets the challenge; what its step has spent stays.
    pub(crate) fn forget(mut self, store: &RedisStore, now: Timestamp) -> (Place, Change) {
        self.close(State::Ended);
        self.challenge.value = None;
        self.change_to(store, Some(now))
    }

    fn kept(mut self, store: &RedisStore, now: Option<Timestamp>) -> (Place, Change) {
        self.challenge.value = Some(self.record.clone());
        self.change_to(store, now)
    }

    fn change_to(self, store: &RedisStore, now: Option<Timestamp>) -> (Place, Change) {
        let retention = store.retention();
        let indexed = self.indexed(store, now);
        let writes = vec![
            self.challenge.write(now, &retention),
            self.step.write(now, &retention),
            self.attempts.write(now, &retention),
        ];
        (self.place, Change { writes, indexed })
    }

    /// What becomes of the list of the user's open challenges.
    fn indexed(&self, store: &RedisStore, now: Option<Timestamp>) -> Option<Indexed> {
        let challenge = self.challenge();
        challenge.step.user.as_ref()?;
        let (key, message) = (store.owned("open", &self.owner), challenge.message.to_string());
        let is_open = self.record.state == State::Open && self.challenge.value.is_some();
        match now {
            _ if self.was_open && !is_open => {
                Some(Indexed { key, removed: vec![message], ..Indexed::default() })
            }
            Some(now) if is_open && challenge.expires_at != self.had_until => {
                let added = vec![listed(store, &self.record, now)];
                Some(Indexed { key, added, ..Indexed::default() })
            }
            Some(_) | None => None,
        }
    }
}

/// A challenge in the list of the open ones of its user.
pub(crate) fn listed(store: &RedisStore, record: &ChallengeRecord, now: Timestamp) -> (String, i64, u64) {
    let lasts = lasting(record.lasts_until(&store.retention()).duration_since(now));
    (record.challenge.message.to_string(), record.challenge.expires_at.as_millisecond(), lasts)
}

impl RedisStore {
    /// Where a challenge is, and its key; `None` where no id of a challenge is like this.
    pub(crate) fn challenge_key(&self, message: &MessageId) -> Option<(Place, String)> {
        let place = self.hiding.place(message)?;
        let key = self.key(&place, "challenge", message.as_str());
        Some((place, key))
    }

    /// The key of what is known of a user's attempts.
    pub(crate) fn attempts_key(&self, user: &UserId, factor: Factor) -> (Place, String) {
        let owner = place::owner(data_adapter_sca::Whose::User(user));
        let name = format!("{owner}:{}", data_adapter_records::factor_number(factor));
        let place = Place::of_name(&owner);
        let key = self.key(&place, "attempts", &name);
        (place, key)
    }

    /// A challenge with all that changes together with it; `None` where there is none.
    pub(crate) async fn load(
        &self,
        message: &MessageId,
        deadline: Instant,
    ) -> Result<Option<Loaded>, AdapterError> {
        let Some((place, key)) = self.challenge_key(message) else { return Ok(None) };
        let keys = [key];
        let arguments = [self.base(&place).into_bytes()];
        let script = &self.scripts.read_challenge;
        let read: [String; 3] = self.servers.run(&place, script, &keys, &arguments, deadline).await?;
        let ([key], [challenge, step, attempts]) = (keys, read);
        self.loaded(place, key, challenge, step, attempts)
    }

    fn loaded(
        &self,
        place: Place,
        key: String,
        challenge: String,
        step: String,
        attempts: String,
    ) -> Result<Option<Loaded>, AdapterError> {
        if challenge.is_empty() || challenge == CAME_TOO_LATE {
            return Ok(None);
        }
        let record = ChallengeRecord::read(&challenge).map_err(|error| remote(&error))?;
        let owner = place::owner(record.challenge.step.whose());
        let step_key = self.key(&place, "step", &place::step(&record.challenge.step));
        let attempts_key = self.key(&place, "attempts", &format!("{owner}:0"));
        Ok(Some(Loaded {
            challenge: Entry::read(key, challenge)?,
            step: Entry::read(step_key, step)?,
            attempts: Entry::read(attempts_key, attempts)?,
            was_open: record.state == State::Open,
            had_until: record.challenge.expires_at,
            place,
            owner,
            record,
        }))
    }

    /// Asks a challenge, and keeps what becomes of it and of all that changes together with it; `None` where there is none. Without
    /// a time nothing of it lasts longer than before.
    pub(crate) async fn on_challenge<T>(
        &self,
        message: &MessageId,
        now: Option<Timestamp>,
        change: impl Fn(&mut Loaded) -> T,
    ) -> Result<Option<T>, AdapterError> {
        let deadline = self.servers.deadline();
        let mut round = 0;
        loop {
            let Some(mut loaded) = self.load(message, deadline).await? else { return Ok(None) };
            let answer = change(&mut loaded);
            let (place, change) = loaded.kept(self, now);
            if self.keep(&place, change, deadline).await? {
                return Ok(Some(answer));
            }
            round += 1;
            pause(round, deadline).await?;
        }
    }
}
