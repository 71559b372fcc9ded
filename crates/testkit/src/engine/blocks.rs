use data_adapter_core::{AccountStatus, Clock as _, CodeVerification, UserId};
use data_adapter_sca::Factor;

use super::bench::{BLOCK_FOR, Bench, FORGET_AFTER, LIMIT, TRIES, wrong};
use crate::{Approval, Directory};

async fn is_blocked(bench: &Bench, user: &str, factor: Factor) -> bool {
    let until = bench.store.blocked_until(&UserId::new(user), factor, bench.clock.now()).await;
    until.expect("the store knows who is blocked").is_some()
}

pub(super) async fn failures_in_a_row_over_challenges_block_the_codes(bench: Bench) {
    bench.fail_often(LIMIT - 1).await;
    assert!(bench.is_sent_codes().await, "blocked before the limit");
    bench.fail_often(1).await;
    assert!(!bench.is_sent_codes().await, "a code was sent during the block");
    let other = Approval::payment("op").by(Directory::CZECH);
    let sent = bench.send(&other).await;
    assert!(bench.verify(&other, &sent).await.succeeded(), "another user is blocked");
}

pub(super) async fn a_block_ends(bench: Bench) {
    bench.fail_often(LIMIT).await;
    bench.advance(BLOCK_FOR - 1);
    assert!(!bench.is_sent_codes().await, "it ended early");
    bench.advance(1);
    bench.fail_often(LIMIT - 1).await;
    let approval = Approval::payment("op");
    let sent = bench.send(&approval).await;
    assert!(bench.verify(&approval, &sent).await.succeeded());
}

pub(super) async fn a_right_code_is_wrong_during_a_block(bench: Bench) {
    let approval = Approval::payment("op");
    let sent = bench.send(&approval).await;
    bench.fail_often(LIMIT).await;
    assert_eq!(bench.verify(&approval, &sent).await, wrong(TRIES - 1));
    assert_eq!(bench.guess_wrong(&approval, &sent).await, wrong(TRIES - 2));
    let with_password =
        bench.verify_with_password(&approval, &sent.message, &sent.code, Directory::PASSWORD).await;
    assert!(!with_password, "it is right together with a password");
    bench.advance(BLOCK_FOR);
    assert!(bench.verify(&approval, &sent).await.succeeded(), "it is not right again after the block");
}

pub(super) async fn a_right_code_is_wrong_and_stays_while_the_front_does_not_let_the_account_be_used(
    bench: Bench,
) {
    let approval = Approval::payment("op");
    let sent = bench.send(&approval).await;
    let answer = approval.answer(&sent.message, &sent.code);
    let blocked = CodeVerification { account: AccountStatus::Blocked, ..answer };
    let engine = bench.engine();
    assert_eq!(engine.verify(&blocked).await.expect("the store answers"), wrong(TRIES - 1));
    let credentials = approval.credentials(Directory::PASSWORD);
    let both = engine.verify_with_password(&blocked, &credentials).await;
    assert!(!both.expect("the store answers").succeeded(), "it is right together with a password");
    assert!(bench.verify(&approval, &sent).await.succeeded(), "it is used up");
}

pub(super) async fn a_success_forgets_the_failures(bench: Bench) {
    for operation in ["op 1", "op 2"] {
        bench.fail_often(LIMIT - 1).await;
        let approval = Approval::payment(operation);
        let sent = bench.send(&approval).await;
        assert!(bench.verify(&approval, &sent).await.succeeded());
        bench.advance(1);
    }
}

pub(super) async fn failures_that_are_long_past_are_forgotten(bench: Bench) {
    for _ in 0..2 {
        bench.fail_often(LIMIT - 1).await;
        bench.advance(FORGET_AFTER + 1);
    }
    assert!(bench.is_sent_codes().await, "they were not forgotten");
}

pub(super) async fn failures_count_for_the_user_of_the_code(bench: Bench) {
    let approval = Approval::payment("op");
    let sent = bench.send(&approval).await;
    let thief = approval.clone().by(Directory::CZECH);
    for left in (0..LIMIT).rev() {
        assert_eq!(bench.verify(&thief, &sent).await, wrong(left));
    }
    assert!(is_blocked(&bench, Directory::PAYER, Factor::Code).await);
    assert!(!is_blocked(&bench, Directory::CZECH, Factor::Code).await);
}

pub(super) async fn codes_and_passwords_are_blocked_apart(bench: Bench) {
    bench.fail_often(LIMIT).await;
    assert!(is_blocked(&bench, Directory::PAYER, Factor::Code).await);
    assert!(!is_blocked(&bench, Directory::PAYER, Factor::Password).await);
}
