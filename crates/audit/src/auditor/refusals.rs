//! Requests that were turned away, few lines for however many.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use crate::event::{AuditEvent, AuditOutcome, EventKind};

/// Why a request was turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefusalReason {
    /// It did not say who asks, or not truly.
    Unauthorized,
    /// Its caller may not ask for this.
    Forbidden,
    /// It asks for what can't be.
    Invalid,
    /// Its client certificate was refused, so that there is no request. What stands in the line as the reason: one of a few.
    Certificate(&'static str),
}

/// A request that was turned away.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Refusal {
    /// Why.
    pub reason: RefusalReason,
    /// The caller, if it is known to be that one.
    pub caller: Option<String>,
    /// Where it came from; `None` where that is not known.
    pub peer: Option<IpAddr>,
    /// What it asked for, as it is routed; `None` for a path that leads nowhere.
    pub path: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    reason: RefusalReason,
    caller: Option<String>,
    peer: Option<String>,
    path: Option<String>,
}

/// Counts refusals: the first one of a kind has a line at once, those after it are added up until they are taken.
#[derive(Default)]
pub(crate) struct Refusals(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    /// How often, since the line before.
    kinds: HashMap<Key, u64>,
    /// Those for which there was no room.
    others: u64,
}

impl Refusals {
    /// Kinds that are told apart. Were there no limit, whoever has many addresses could fill the disk.
    const KINDS: usize = 128;

    /// The line to write at once; `None` when there was one of this kind before.
    pub(crate) fn count(&self, refusal: Refusal) -> Option<AuditEvent> {
        let key = Key {
            reason: refusal.reason,
            caller: refusal.caller,
            peer: refusal.peer.map(network),
            path: refusal.path,
        };
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.kinds.get_mut(&key) {
            *count += 1;
            return None;
        }
        if counts.kinds.len() >= Self::KINDS {
            counts.others += 1;
            return None;
        }
        counts.kinds.insert(key.clone(), 0);
        Some(key.event(1))
    }

    /// A line for each kind that came again since the last time. Those that did not are new the next time they come.
    pub(crate) fn take(&self) -> Vec<AuditEvent> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut events = Vec::new();
        counts.kinds.retain(|key, count| {
            let again = std::mem::take(count);
            events.extend((again > 0).then(|| key.event(again)));
            again > 0
        });
        let others = std::mem::take(&mut counts.others);
        events.extend((others > 0).then(|| AuditEvent { count: Some(others), ..event() }));
        events
    }
}

impl Key {
    fn event(&self, count: u64) -> AuditEvent {
        let reason = match self.reason {
            RefusalReason::Unauthorized => "unauthorized",
            RefusalReason::Forbidden => "forbidden",
            RefusalReason::Invalid => "invalid_input",
            RefusalReason::Certificate(reason) => reason,
        };
        AuditEvent {
            reason: Some(reason),
            caller: self.caller.clone(),
            peer: self.peer.clone(),
            path: self.path.clone(),
            count: Some(count),
            ..event()
        }
    }
}

fn event() -> AuditEvent {
    AuditEvent { outcome: AuditOutcome::Failed, ..AuditEvent::new(EventKind::CallerRefused) }
}

/// An address of IPv4, or the network of 64 bits that one of IPv6 is in: who has one address of it has all of them.
fn network(peer: IpAddr) -> String {
    match peer.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let prefix = address.to_bits() & (u128::MAX << 64);
            format!("{}/64", Ipv6Addr::from_bits(prefix))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(peer: &str, path: &str) -> Refusal {
        Refusal {
            reason: RefusalReason::Unauthorized,
            caller: None,
            peer: Some(peer.parse().unwrap()),
            path: Some(path.to_owned()),
        }
    }

    #[test]
    fn the_first_of_a_kind_is_told_at_once_and_the_others_are_added_up() {
        let refusals = Refusals::default();
        assert_eq!(refusals.count(refusal("192.0.2.1", "/a")).unwrap().count, Some(1));
        for _ in 0..1_000 {
            assert!(refusals.count(refusal("192.0.2.1", "/a")).is_none());
        }
        assert!(refusals.count(refusal("192.0.2.2", "/a")).is_some());
        assert!(refusals.count(refusal("192.0.2.1", "/b")).is_some());
        let told = refusals.take();
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].count, told[0].peer.as_deref()), (Some(1_000), Some("192.0.2.1")));
        assert!(
            refusals.count(refusal("192.0.2.1", "/a")).is_none(),
            "a flood that goes on is only added up"
        );
        assert_eq!(refusals.take().len(), 1);
        assert_eq!(refusals.take().len(), 0);
        assert!(
            refusals.count(refusal("192.0.2.1", "/a")).is_some(),
            "after a pause it is told at once again"
        );
    }

    #[test]
    fn however_many_addresses_there_are_the_lines_are_few_and_count_all_of_them() {
        let refusals = Refusals::default();
        let mut told = Vec::new();
        for number in 0..100_000_u32 {
            let peer = std::net::Ipv4Addr::from_bits(number).to_string();
            told.extend(refusals.count(refusal(&peer, "/a")));
        }
        told.extend(refusals.take());
        assert_eq!(told.len(), Refusals::KINDS + 1);
        assert_eq!(told.iter().filter_map(|event| event.count).sum::<u64>(), 100_000);
        assert_eq!(told.last().unwrap().peer, None);
    }

    #[test]
    fn a_network_of_ipv6_is_one_peer() {
        let refusals = Refusals::default();
        let first = refusals.count(refusal("2001:db8:1:2::3", "/a")).unwrap();
        assert_eq!(first.peer.as_deref(), Some("2001:db8:1:2::/64"));
        assert!(refusals.count(refusal("2001:db8:1:2:ffff::", "/a")).is_none());
        assert!(refusals.count(refusal("2001:db8:1:3::3", "/a")).is_some());
        let mapped = refusals.count(refusal("::ffff:192.0.2.1", "/a")).unwrap();
        assert_eq!(mapped.peer.as_deref(), Some("192.0.2.1"));
    }
}
