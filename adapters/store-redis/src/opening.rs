//! How a challenge is opened. Its limits are counted first, then it is taken down for its operation, and then it is kept.
//!
//! The three are in three places, so that each is a change of its own. Whoever stops in between leaves a call that counts and a
//! challenge that is taken down and not there: too much is counted, and never too little. Whoever [ends](crate::operations) the
//! operation in between finds what is taken down, and leaves in its place that it came too late, so that it is not kept any more.

use data_adapter_core::{AdapterError, MessageId};
use data_adapter_records::nanoseconds;
use data_adapter_sca::{Challenge, Opened, Over, Rated, RatedKey, Step};
use jiff::Timestamp;
use tokio::time::Instant;

use crate::loaded::listed;
use crate::place::Place;
use crate::records::{CAME_TOO_LATE, ChallengeRecord, State, StepRecord};
use crate::store::{Change, Entry, Indexed, pause};
use crate::{RedisStore, place, remote};

impl RedisStore {
    pub(crate) async fn open_within(
        &self,
        challenge: Challenge,
        rates: &[RatedKey],
    ) -> Result<Opened, AdapterError> {
        let (now, deadline) = (challenge.created_at, self.servers.deadline());
        if let Rated::Over(over) = self.count(rates, Some(&challenge), now, deadline).await? {
            return self.limited(&challenge.step, over, now, deadline).await;
        }
        if self.register(&challenge, now, deadline).await? && self.keep_new(&challenge, now, deadline).await?
        {
            return Ok(Opened::Opened);
        }
        self.take_back(rates, now, deadline).await?;
        Ok(Opened::OperationOver)
    }

    async fn limited(
        &self,
        step: &Step,
        over: Over,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<Opened, AdapterError> {
        if self.operation_is_over(&step.operation, deadline).await? {
            return Ok(Opened::OperationOver);
        }
        let open = self.open_of(step, deadline).await?;
        let is_open =
            |record: &ChallengeRecord| record.state == State::Open && !record.challenge.is_over(now);
        let open = open.filter(is_open).map(|record| record.challenge.message);
        Ok(Opened::Limited { over, open })
    }

    /// The challenge of a step that is open, or the one that is being opened once it is there.
    async fn open_of(&self, step: &Step, deadline: Instant) -> Result<Option<ChallengeRecord>, AdapterError> {
        let (owner, opening) = (Place::of_name(&place::owner(step.whose())), self.opening_key(step));
        let mut round = 0;
        loop {
            let being_opened = self.one(&Place::of_rates(), &opening, deadline).await?;
            let open = self.step(&owner, step, deadline).await?.value.and_then(|step| step.open);
            let message = open.as_ref().map_or(being_opened.as_str(), |(message, _)| message);
            let loaded = self.load(&MessageId::new(message), deadline).await?;
            if loaded.is_some() || being_opened.is_empty() {
                return Ok(loaded.map(|loaded| loaded.record));
            }
            round += 1;
            pause(round, deadline).await?;
        }
    }

    async fn step(
        &self,
        owner: &Place,
        step: &Step,
        deadline: Instant,
    ) -> Result<Entry<StepRecord>, AdapterError> {
        let key = self.key(owner, "step", &place::step(step));
        let was = self.one(owner, &key, deadline).await?;
        Entry::read(key, was)
    }

    /// What one key holds; empty where it is not there.
    pub(crate) async fn one(
        &self,
        place: &Place,
        key: &str,
        deadline: Instant,
    ) -> Result<String, AdapterError> {
        let read = self.read(place, &[key.to_owned()], deadline).await?;
        read.into_iter().next().ok_or_else(|| remote(&"it answers nothing"))
    }

    /// Keeps a challenge, and ends the open one of its step: false where it came too late for its operation.
    async fn keep_new(
        &self,
        challenge: &Challenge,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<bool, AdapterError> {
        let owner = place::owner(challenge.step.whose());
        let (place, key) = self
            .challenge_key(&challenge.message)
            .filter(|(place, _)| *place == Place::of_name(&owner))
            .ok_or_else(|| remote(&"the id of a challenge is not one that it gave"))?;
        let mut round = 0;
        loop {
            let was = self.one(&place, &key, deadline).await?;
            if was == CAME_TOO_LATE {
                return Ok(false);
            }
            let change = self.new_change(&place, key.clone(), was, challenge, now, deadline).await?;
            if self.keep(&place, change, deadline).await? {
                return Ok(true);
            }
            round += 1;
            pause(round, deadline).await?;
        }
    }

    async fn new_change(
        &self,
        place: &Place,
        key: String,
        was: String,
        challenge: &Challenge,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<Change, AdapterError> {
        let retention = self.retention();
        let mut new = Entry::read(key, was)?;
        let record = ChallengeRecord::new(challenge.clone());
        let mut step = self.step(place, &challenge.step, deadline).await?;
        let spent = step.value.get_or_insert_with(StepRecord::new);
        let open = (challenge.message.to_string(), nanoseconds(challenge.expires_at));
        let before = spent.open.replace(open).filter(|(before, _)| before != challenge.message.as_str());
        let index = self.owned("open", &place::owner(challenge.step.whose()));
        let mut indexed =
            Indexed { key: index, added: vec![listed(self, &record, now)], removed: Vec::new() };
        new.value = Some(record);
        let mut writes = vec![new.write(Some(now), &retention), step.write(Some(now), &retention)];
        if let Some((before, _)) = before {
            let key = self.key(place, "challenge", &before);
            let was = self.one(place, &key, deadline).await?;
            let mut ended: Entry<ChallengeRecord> = Entry::read(key, was)?;
            if let Some(record) = &mut ended.value {
                record.state = State::Ended;
            }
            writes.push(ended.write(None, &retention));
            indexed.removed.push(before);
        }
        let indexed = challenge.step.user.is_some().then_some(indexed);
        Ok(Change { writes, indexed })
    }
}
