use std::sync::Arc;

use data_adapter_core::SystemRandom;
use data_adapter_sca::{Enrolment, FactorStatus, ScaRequests as _, Verification};

use super::bench::{Bench, with_number};
use super::others::request;
use crate::engine::bench::{Bench as Codes, keys};
use crate::{Approval, Directory};

const OTHER: &str = "+420777000001";

pub(super) async fn a_phone_is_inactive_when_its_user_has_another_number(bench: Bench) {
    let user = bench.payer().await;
    let moved = with_number(&user, Some(OTHER));
    bench.prove(&user).await;
    assert_eq!(bench.phone(&moved).await, FactorStatus::Inactive);
    assert_eq!(bench.phone(&user).await, FactorStatus::Inactive, "it has to be proved again");
    assert_eq!(bench.verify(&user, "123456").await, Verification::StateInvalid);
    bench.prove(&moved).await;
    assert_eq!(bench.phone(&moved).await, FactorStatus::Active);
    let to = bench.codes.gateway.messages().pop().expect("it was sent").to;
    assert_eq!(to.expose(), OTHER);
}

pub(super) async fn a_phone_of_another_number_can_be_enrolled_at_once(bench: Bench) {
    let user = bench.payer().await;
    bench.prove(&user).await;
    bench.prove(&with_number(&user, Some(OTHER))).await;
    bench.prove(&user).await;
    assert_eq!(bench.phone(&user).await, FactorStatus::Active);
}

pub(super) async fn another_notation_is_the_same_number(bench: Bench) {
    let user = bench.payer().await;
    bench.prove(&user).await;
    for notation in ["+420 712 345 678", "00420712345678", "tel:+420-712-345-678"] {
        let written = with_number(&user, Some(notation));
        assert_eq!(bench.phone(&written).await, FactorStatus::Active, "{notation}");
    }
}

pub(super) async fn a_number_that_is_gone_or_unreadable_for_a_while_changes_nothing_for_good(bench: Bench) {
    let user = bench.payer().await;
    bench.prove(&user).await;
    for number in [None, Some("a number that nobody has")] {
        let without = with_number(&user, number);
        assert_eq!(bench.phone(&without).await, FactorStatus::Inactive);
        assert_ne!(bench.enrol(&without).await, Enrolment::AlreadyRegistered);
        assert_eq!(bench.phone(&user).await, FactorStatus::Active);
    }
}

pub(super) async fn a_code_proves_no_number_but_the_one_that_it_went_to(bench: Bench) {
    let user = bench.payer().await;
    let moved = with_number(&user, Some(OTHER));
    let sent = bench.send(&user).await;
    assert_eq!(bench.verify(&moved, &sent.code).await, Verification::StateInvalid);
    assert_eq!(bench.phone(&moved).await, FactorStatus::Inactive);
    assert_eq!(
        bench.verify(&user, &sent.code).await,
        Verification::StateInvalid,
        "it has to be enrolled again"
    );
    bench.prove(&moved).await;
}

pub(super) async fn a_phone_is_active_while_the_key_of_its_hash_is_known(bench: Bench) {
    let user = bench.payer().await;
    let with_keys = |current: &str, previous: &[&str]| {
        let keys = keys(current, previous);
        bench.with(|codes| codes.another(codes.policy, keys, Arc::new(SystemRandom)))
    };
    bench.prove(&user).await;
    let later = with_keys("next", &[]);
    assert_eq!(later.phone(&user).await, FactorStatus::Inactive, "nobody can say what it was proved for");
    assert_eq!(bench.phone(&user).await, FactorStatus::Active, "the key is back");
    later.prove(&user).await;
    assert_eq!(later.phone(&user).await, FactorStatus::Active);
}

pub(super) async fn a_phone_that_was_seen_under_a_newer_key_outlives_the_older_one(bench: Bench) {
    for (number, is_seen_by) in ["the list", "a code for an operation", "a request"].into_iter().enumerate() {
        let with_keys = |current: &str, previous: &[&str]| {
            let keys = keys(current, previous);
            bench.with(|codes| codes.another(codes.policy, keys, Arc::new(SystemRandom)))
        };
        let [old, new] = [format!("key {number}"), format!("key {}", number + 1)];
        let user = bench.payer().await;
        let (both, later) = (with_keys(&new, &[&old]), with_keys(&new, &[]));
        if number == 0 {
            with_keys(&old, &[]).prove(&user).await;
        }
        assert_eq!(later.phone(&user).await, FactorStatus::Inactive, "nobody has seen it");
        match number {
            0 => drop(both.list(&user).await),
            1 => drop(both.codes.create(&Approval::payment("op 1")).await),
            _ => drop(both.requests.create(&request(&both, &Approval::payment("op 2")).await).await),
        }
        assert_eq!(later.phone(&user).await, FactorStatus::Active, "{is_seen_by}");
    }
}

pub(super) async fn another_number_that_any_api_sees_makes_a_phone_inactive_for_good(bench: Bench) {
    for bench in [bench.clone(), bench.with(Codes::that_requires_enrolled_numbers)] {
        let user = bench.payer().await;
        let moved = with_number(&user, Some(OTHER));
        for is_seen_by in ["a code for an operation", "a request"] {
            bench.prove(&moved).await;
            let approval = Approval::payment(is_seen_by);
            match is_seen_by {
                "a request" => drop(bench.requests.create(&request(&bench, &approval).await).await),
                _ => drop(bench.codes.create(&approval).await),
            }
            assert_eq!(bench.phone(&moved).await, FactorStatus::Inactive, "seen by {is_seen_by}");
        }
    }
}

pub(super) async fn a_number_that_the_front_names_makes_no_phone_inactive(bench: Bench) {
    for bench in [bench.clone(), bench.with(Codes::that_requires_enrolled_numbers)] {
        let user = bench.payer().await;
        if bench.list(&user).await.is_empty() {
            bench.prove(&user).await;
        }
        let mut asked = Approval::payment("op").request();
        asked.phone = with_number(&user, Some(OTHER)).phone;
        bench.codes.engine().create(&asked).await.expect("a code is made");
        assert_eq!(bench.phone(&user).await, FactorStatus::Active);
    }
}

pub(super) async fn what_is_kept_of_one_number_differs_between_users(bench: Bench) {
    let mut kept = Vec::new();
    for id in [Directory::PAYER, Directory::CZECH] {
        let user = with_number(&bench.user(id).await, Some(OTHER));
        bench.send(&user).await;
        let factors = bench.factors().list(&user).await.expect("factors are listed");
        let target = factors[0].target.clone().expect("it is proved for a number");
        assert!(!format!("{target:?}").contains(&format!("{:?}", target.hash[0])), "it is shown");
        kept.push(target);
    }
    assert_ne!(kept[0].hash, kept[1].hash);
}
