use data_adapter_sca::{Enrolment, FactorChannel, FactorStatus, Verification};

use super::bench::{Bench, blocked};
use crate::Directory;
use crate::engine::bench::{BLOCK_FOR, LIMIT, TRIES};

pub(super) async fn failures_at_other_codes_count_and_block_a_phone_too(bench: Bench) {
    let user = bench.payer().await;
    let sent = bench.send(&user).await;
    bench.codes.fail_often(LIMIT - 1).await;
    assert_eq!(bench.guess_wrong(&user, &sent).await, Verification::LimitExceeded, "it started the block");
    for code in [&sent.code, &sent.wrong()] {
        assert_eq!(bench.verify(&user, code).await, Verification::StateInvalid, "during the block");
    }
    assert_eq!(bench.phone(&user).await, FactorStatus::Pending);
    bench.codes.advance(BLOCK_FOR);
    assert_eq!(bench.verify(&user, &sent.code).await, Verification::Activated);
}

pub(super) async fn failures_at_a_phone_block_the_other_codes(bench: Bench) {
    let user = bench.payer().await;
    let sent = bench.send(&user).await;
    for _ in 0..TRIES {
        bench.guess_wrong(&user, &sent).await;
    }
    assert!(!bench.codes.is_sent_codes().await, "the user is not blocked");
    bench.codes.advance(BLOCK_FOR);
    assert!(bench.codes.is_sent_codes().await, "the block does not end");
}

pub(super) async fn a_phone_that_was_proved_forgets_the_failures(bench: Bench) {
    let user = bench.payer().await;
    bench.codes.fail_often(LIMIT - 1).await;
    bench.prove(&user).await;
    bench.codes.fail_often(LIMIT - 1).await;
    assert!(bench.codes.is_sent_codes().await, "the user is blocked");
}

pub(super) async fn who_is_blocked_enrols_as_ever_and_is_sent_nothing(bench: Bench) {
    let bench = bench.with_code("123456");
    let user = bench.payer().await;
    bench.codes.fail_often(LIMIT).await;
    let before = bench.sendings();
    assert_eq!(bench.enrol(&user).await, Enrolment::Sent);
    assert_eq!(bench.enrol_push(&user, FactorChannel::Authy).await, Enrolment::Sent);
    assert_eq!(bench.sendings(), before, "something was sent");
    for code in ["123456", "000000"] {
        assert_eq!(bench.verify(&user, code).await, Verification::StateInvalid);
    }
    bench.codes.advance(BLOCK_FOR);
    assert_eq!(bench.verify(&user, "123456").await, Verification::Wrong, "nobody has this code");
    let factors = bench.list(&user).await;
    assert!(factors.iter().all(|(_, status)| *status == FactorStatus::Pending), "{factors:?}");
    bench.prove(&user).await;
}

pub(super) async fn no_code_is_right_while_the_account_may_not_be_used(bench: Bench) {
    let user = bench.payer().await;
    let sent = bench.send(&user).await;
    for code in [&sent.code, &sent.wrong()] {
        assert_eq!(bench.verify(&blocked(&user), code).await, Verification::StateInvalid);
    }
    assert_eq!(bench.phone(&user).await, FactorStatus::Pending);
    assert_eq!(bench.guess_wrong(&user, &sent).await, Verification::Wrong);
    assert_eq!(bench.guess_wrong(&user, &sent).await, Verification::OneLeft, "those two counted as well");
    assert_eq!(bench.verify(&user, &sent.code).await, Verification::Activated);
    assert_eq!(bench.list(&bench.user(Directory::CZECH).await).await, []);
}
