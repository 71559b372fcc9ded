//! Operations that are over.
//!
//! An operation has a place of its own, with two keys: that it is over, and the challenges that were taken down for it before. Its
//! end is said first, so that no more are taken down; then each of these is ended in its own place, or if it is not there yet its
//! place is taken; and then it is forgotten here. Whoever stops in between leaves challenges that are taken down: whoever asks
//! whether the operation is over, or ends it again, ends those first. So an operation that was said to be over has no open
//! challenge. While it is being ended, its challenges end one after the other.

use data_adapter_core::{AdapterError, MessageId, OperationId};
use data_adapter_sca::Challenge;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use tokio::time::Instant;

use crate::loaded::Loaded;
use crate::place::Place;
use crate::records::{CAME_TOO_LATE, Ended, Record as _, State};
use crate::store::{Change, Write, lasting, pause};
use crate::{RedisStore, place};

/// How many challenges of an operation are ended at once.
const AT_ONCE: usize = 8;

impl RedisStore {
    /// Where an operation is, and its keys: that it is over, and its challenges.
    fn operation_keys(&self, operation: &OperationId) -> (Place, [String; 2]) {
        let name = place::operation(operation);
        (Place::of_name(&name), ["ended", "operation"].map(|kind| self.owned(kind, &name)))
    }

    /// Takes a challenge down for its operation: false where that is over.
    pub(crate) async fn register(
        &self,
        challenge: &Challenge,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<bool, AdapterError> {
        let (place, keys) = self.operation_keys(&challenge.step.operation);
        let until = challenge.expires_at + self.retention().challenges;
        let lasts = lasting(until.duration_since(now)).to_string();
        let arguments = [challenge.message.to_string(), lasts].map(String::into_bytes);
        let taken_down: u8 =
            self.servers.run(&place, &self.scripts.register, &keys, &arguments, deadline).await?;
        Ok(taken_down == 1)
    }

    /// Ends an operation with every open challenge of it, and says how many those were.
    pub(crate) async fn end_of(&self, operation: &OperationId, now: Timestamp) -> Result<u64, AdapterError> {
        let (place, keys) = self.operation_keys(operation);
        let ended = Ended(now);
        let lasts = lasting(ended.lasts_until(&self.retention()).duration_since(now)).to_string();
        let arguments = [ended.write().unwrap_or_default(), lasts].map(String::into_bytes);
        let (script, deadline) = (&self.scripts.end, self.servers.deadline());
        let messages: Vec<String> = self.servers.run(&place, script, &keys, &arguments, deadline).await?;
        self.end_each(operation, messages).await
    }

    /// Whether an operation is over, with every challenge of it.
    pub(crate) async fn operation_is_over(
        &self,
        operation: &OperationId,
        deadline: Instant,
    ) -> Result<bool, AdapterError> {
        let (place, keys) = self.operation_keys(operation);
        let (is_over, messages): (bool, Vec<String>) =
            self.servers.run(&place, &self.scripts.is_over, &keys, &[], deadline).await?;
        if !messages.is_empty() {
            self.end_each(operation, messages).await?;
        }
        Ok(is_over)
    }

    /// Ends challenges of an operation that is over, and says how many of them were open.
    async fn end_each(&self, operation: &OperationId, messages: Vec<String>) -> Result<u64, AdapterError> {
        if messages.is_empty() {
            return Ok(0);
        }
        let ends = stream::iter(messages.clone());
        let ends = ends.map(|message| async move { self.end_for_good(&MessageId::new(message)).await });
        let ended: u64 = ends
            .buffer_unordered(AT_ONCE)
            .map_ok(u64::from)
            .try_fold(0, |a, b| async move { Ok(a + b) })
            .await?;
        let (place, [_, members]) = self.operation_keys(operation);
        let arguments: Vec<_> = messages.into_iter().map(String::into_bytes).collect();
        let (script, deadline) = (&self.scripts.forget, self.servers.deadline());
        let _: u8 = self.servers.run(&place, script, &[members], &arguments, deadline).await?;
        Ok(ended)
    }

    /// Ends a challenge, or lets it come too late: true where it was open.
    async fn end_for_good(&self, message: &MessageId) -> Result<bool, AdapterError> {
        let Some((place, key)) = self.challenge_key(message) else { return Ok(false) };
        let deadline = self.servers.deadline();
        let lasts = lasting(self.retention().ended_operations);
        let mut round = 0;
        loop {
            if let Some(was_open) = self.on_challenge(message, None, end_open).await? {
                return Ok(was_open);
            }
            let becomes = CAME_TOO_LATE.to_owned();
            let too_late = Write { key: key.clone(), was: String::new(), becomes, lasts: Some(lasts) };
            let change = Change { writes: vec![too_late], indexed: None };
            if self.keep(&place, change, deadline).await?
                || self.one(&place, &key, deadline).await? == CAME_TOO_LATE
            {
                return Ok(false);
            }
            round += 1;
            pause(round, deadline).await?;
        }
    }
}

/// Ends what is open: true where it was.
pub(crate) fn end_open(loaded: &mut Loaded) -> bool {
    let is_open = loaded.record.state == State::Open;
    if is_open {
        loaded.close(State::Ended);
    }
    is_open
}
