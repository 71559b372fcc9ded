use std::collections::BTreeSet;

use data_adapter_core::UserId;
use data_adapter_sca::{Device, NewDevice};
use jiff::Timestamp;

use super::bench::{Bench, USER};
use crate::build::at;

pub(super) fn device(user: &str, name: &str, now: Timestamp) -> NewDevice {
    NewDevice {
        user: UserId::new(user),
        name: name.to_owned(),
        kind: "iPhone 15".to_owned(),
        os_version: "iOS 19.1".to_owned(),
        registered_at: now,
    }
}

impl Bench {
    pub(super) async fn register(&self, device: NewDevice) -> Device {
        let registered = self.store.register_device(device).await;
        registered.expect("a device is registered")
    }

    pub(super) async fn devices(&self, user: &str) -> Vec<Device> {
        let devices = self.store.devices(&UserId::new(user)).await;
        devices.expect("the store lists devices")
    }

    pub(super) async fn deregister(&self, user: &str, id: i64) -> bool {
        let deregistered = self.store.deregister_device(&UserId::new(user), id).await;
        deregistered.expect("a device is forgotten")
    }
}

pub(super) async fn devices_are_listed_as_they_were_registered_oldest_first(bench: Bench) {
    assert_eq!(bench.devices(USER).await, []);
    let odd = NewDevice {
        kind: String::new(),
        os_version: "'; drop table x; --".to_owned(),
        ..device(USER, "Žluťoučký \"telefon\" 🔑\n", at(5))
    };
    let mut registered = Vec::new();
    for new in [device(USER, "z", at(1)), odd, device(USER, "z", at(6)), device(USER, "a", at(7))] {
        let device = bench.register(new.clone()).await;
        assert_eq!(device.device, new);
        registered.push(device);
    }
    assert_eq!(bench.devices(USER).await, registered);
}

pub(super) async fn devices_of_one_user_are_listed_alone(bench: Bench) {
    let own = bench.register(device(USER, "phone", at(0))).await;
    let other = bench.register(device("another user", "phone", at(0))).await;
    assert_eq!(bench.devices(USER).await, [own]);
    assert_eq!(bench.devices("another user").await, [other]);
    assert_eq!(bench.devices("nobody").await, []);
}

pub(super) async fn a_device_is_deregistered_once_and_only_by_its_owner(bench: Bench) {
    let first = bench.register(device(USER, "first", at(0))).await;
    let second = bench.register(device(USER, "second", at(1))).await;
    let other = bench.register(device("another user", "other", at(2))).await;
    assert!(!bench.deregister("another user", first.id).await, "it is another user's");
    assert!(!bench.deregister(USER, other.id).await, "it is another user's");
    assert!(!bench.deregister(USER, other.id + 1_000).await, "there is none of this number");
    assert_eq!(bench.devices(USER).await, [first.clone(), second.clone()], "something changed");
    assert!(bench.deregister(USER, first.id).await, "it could not be deregistered");
    assert!(!bench.deregister(USER, first.id).await, "it was deregistered before");
    assert_eq!(bench.devices(USER).await, [second]);
    assert_eq!(bench.devices("another user").await, [other]);
}

/// Whoever has noted a number must not meet another device under it.
pub(super) async fn no_number_of_a_device_comes_again(bench: Bench) {
    let mut numbers = BTreeSet::new();
    for round in 0..3 {
        for user in [USER, "another user"] {
            let device = bench.register(device(user, "phone", at(round))).await;
            assert!(numbers.insert(device.id), "{} came again", device.id);
            assert!(bench.deregister(user, device.id).await, "it could not be deregistered");
            bench.purge(at(1_000_000_000)).await;
        }
    }
}
