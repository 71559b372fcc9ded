use data_adapter_sca::{Enrolment, FactorChannel, FactorStatus, Verification};

use super::bench::{Bench, ENROLMENTS, WINDOW};
use crate::Directory;
use crate::engine::bench::{BLOCK_FOR, Sent, TRIES};
use crate::race::{at_once, rounds};

/// So many codes at the same moment, at two instances by turns; every `right`th of them is right.
async fn verify_at_once(bench: &Bench, sent: &Sent, codes: usize, right: Option<usize>) -> Vec<Verification> {
    let two = [bench.clone(), bench.another()];
    let all = at_once(codes, |number| {
        let (bench, sent) = (two[number % 2].clone(), sent.clone());
        let is_right = right.is_some_and(|right| number % right == right - 1);
        async move {
            let user = bench.payer().await;
            let code = if is_right { sent.code.clone() } else { sent.wrong() };
            bench.verify(&user, &code).await
        }
    });
    all.await
}

fn count(all: &[Verification], of: &[Verification]) -> usize {
    all.iter().filter(|verification| of.contains(verification)).count()
}

/// What is said of a code that was compared and is wrong.
const WRONG: [Verification; 3] = [Verification::Wrong, Verification::OneLeft, Verification::LimitExceeded];

pub(super) async fn of_parallel_wrong_codes_exactly_the_tries_are_compared(bench: Bench) {
    let user = bench.payer().await;
    for _ in rounds().take(5) {
        let sent = bench.send(&user).await;
        let all = verify_at_once(&bench, &sent, 100, None).await;
        assert_eq!(count(&all, &WRONG), TRIES as usize, "{all:?}");
        assert_eq!(count(&all, &[Verification::LimitExceeded]), 1, "{all:?}");
        assert_eq!(count(&all, &[Verification::StateInvalid]), 100 - TRIES as usize, "{all:?}");
        assert_eq!(bench.phone(&user).await, FactorStatus::Pending);
        bench.codes.advance(BLOCK_FOR.max(WINDOW));
    }
}

pub(super) async fn of_parallel_codes_right_and_wrong_at_most_one_activates(bench: Bench) {
    for round in rounds().take(5) {
        let user = bench.payer().await;
        let sent = bench.send(&user).await;
        let all = verify_at_once(&bench, &sent, 100, Some(7)).await;
        let activated = count(&all, &[Verification::Activated]);
        let wrong = count(&all, &WRONG);
        assert!(activated <= 1, "{activated} codes activated one factor");
        assert!(wrong <= TRIES as usize, "{wrong} wrong codes were compared in round {round}");
        let status = if activated == 1 { FactorStatus::Active } else { FactorStatus::Pending };
        assert_eq!(bench.phone(&user).await, status);
        bench.unlink(&user, FactorChannel::Sms).await;
        bench.codes.advance(BLOCK_FOR.max(WINDOW));
    }
}

pub(super) async fn of_parallel_right_codes_exactly_one_activates(bench: Bench) {
    for _ in rounds().take(5) {
        let user = bench.payer().await;
        let sent = bench.send(&user).await;
        let all = verify_at_once(&bench, &sent, 50, Some(1)).await;
        assert_eq!(count(&all, &[Verification::Activated]), 1, "{all:?}");
        assert_eq!(count(&all, &WRONG), 0, "{all:?}");
        bench.unlink(&user, FactorChannel::Sms).await;
        bench.codes.advance(WINDOW);
    }
}

pub(super) async fn of_parallel_enrolments_exactly_the_limit_is_sent(bench: Bench) {
    let two = [bench.clone(), bench.another()];
    let enrolments = at_once(50, |number| {
        let bench = two[number % 2].clone();
        async move {
            let user = bench.user(Directory::CZECH).await;
            bench.enrol(&user).await
        }
    });
    let enrolments = enrolments.await;
    let sent = enrolments.iter().filter(|enrolment| **enrolment == Enrolment::Sent).count();
    assert_eq!(sent, ENROLMENTS as usize, "{enrolments:?}");
    assert_eq!(bench.sendings(), ENROLMENTS as usize, "messages");
    assert!(enrolments.iter().all(|e| matches!(e, Enrolment::Sent | Enrolment::LimitExceeded)));
}
