//! What messages are called.

use data_adapter_core::{MessageId, Random};
use jiff::Timestamp;

/// The id of a new message: a UUID of version 7 (RFC 9562, 5.7), which is the time in milliseconds and 74 random bits.
///
/// Ids that rise let a store append. Random ones would have it change another page for each, which is most of what it writes.
pub(crate) fn new_id(now: Timestamp, random: &dyn Random) -> MessageId {
    let milliseconds = u64::try_from(now.as_millisecond()).unwrap_or_default();
    let id = uuid::Builder::from_unix_timestamp_millis(milliseconds, &random.bytes()).into_uuid();
    MessageId::new(id.to_string())
}

#[cfg(test)]
mod tests {
    use data_adapter_core::SystemRandom;
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn later_messages_have_greater_ids() {
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let times = (0..1_000).map(|number| start + SignedDuration::from_millis(number));
        let ids: Vec<_> = times.map(|time| new_id(time, &SystemRandom).to_string()).collect();
        assert!(ids.is_sorted(), "{ids:?}");
    }

    #[test]
    fn no_two_messages_of_one_moment_have_the_same_id() {
        let id = || new_id(Timestamp::UNIX_EPOCH, &SystemRandom).to_string();
        let ids: std::collections::HashSet<_> = (0..1_000).map(|_| id()).collect();
        assert_eq!(ids.len(), 1_000);
    }
}
