//! What challenges are called.

use data_adapter_core::{MessageId, OperationId, UserId};
use jiff::Timestamp;

/// Whose a challenge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose<'a> {
    /// That of a user.
    User(&'a UserId),
    /// A fake in an operation, for nobody.
    Nobody(&'a OperationId),
}

/// A UUID of version 7 (RFC 9562, 5.7), which is the time in milliseconds, and 74 of these bits: all but the first four, and the first two
/// of the third byte.
///
/// Ids that rise let a store append. Random ones would have it change another page for each, which is most of what it writes.
#[must_use]
pub fn message_id(now: Timestamp, random: [u8; 10]) -> MessageId {
    let milliseconds = u64::try_from(now.as_millisecond()).unwrap_or_default();
    let id = uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid();
    MessageId::new(id.to_string())
}

#[cfg(test)]
mod tests {
    use data_adapter_core::{Random, SystemRandom};
    use jiff::SignedDuration;

    use super::*;

    fn id(now: Timestamp) -> String {
        let random: &dyn Random = &SystemRandom;
        message_id(now, random.bytes()).to_string()
    }

    #[test]
    fn later_messages_have_greater_ids() {
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let times = (0..1_000).map(|number| start + SignedDuration::from_millis(number));
        let ids: Vec<_> = times.map(id).collect();
        assert!(ids.is_sorted(), "{ids:?}");
    }

    #[test]
    fn no_two_messages_of_one_moment_have_the_same_id() {
        let ids: std::collections::HashSet<_> = (0..1_000).map(|_| id(Timestamp::UNIX_EPOCH)).collect();
        assert_eq!(ids.len(), 1_000);
    }
}
