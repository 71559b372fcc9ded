use data_adapter_core::{AdapterError, CodeAndPasswordOutcome, MessageId, Restriction, VerificationOutcome};

use super::bench::{Bench, LIMIT, Sent, TRIES, VALIDITY, wrong};
use crate::{Approval, Directory};

const RIGHT: &str = Directory::PASSWORD;
const WRONG: &str = "not the password";

/// Both together have to fail, and spend a try of so many.
async fn fails(bench: &Bench, approval: &Approval, sent: &Sent, code: &str, password: &str) {
    let both = bench.verify_with_password(approval, &sent.message, code, password).await;
    assert!(!both, "it succeeded");
    assert_eq!(
        bench.guess_wrong(approval, sent).await,
        wrong(TRIES - 2),
        "one try was spent with the password and one without"
    );
}

pub(super) async fn a_right_code_and_a_right_password_succeed_together_once(bench: Bench) {
    let approval = Approval::payment("op");
    let sent = bench.send(&approval).await;
    for expected in [true, false] {
        let both = bench.verify_with_password(&approval, &sent.message, &sent.code, RIGHT).await;
        assert_eq!(both, expected);
    }
    assert_eq!(bench.verify(&approval, &sent).await, VerificationOutcome::AlreadyUsed);
}

pub(super) async fn a_right_code_with_a_wrong_password_spends_a_try_and_stays(bench: Bench) {
    let approval = Approval::payment("op");
    let sent = bench.send(&approval).await;
    fails(&bench, &approval, &sent, &sent.code, WRONG).await;
    let both = bench.verify_with_password(&approval, &sent.message, &sent.code, RIGHT).await;
    assert!(both, "the code was used up though the password was wrong");
}

pub(super) async fn a_wrong_code_with_a_right_password_spends_a_try(bench: Bench) {
    let approval = Approval::payment("op");
    let sent = bench.send(&approval).await;
    fails(&bench, &approval, &sent, &sent.wrong(), RIGHT).await;
}

pub(super) async fn a_wrong_code_with_a_wrong_password_spends_one_try(bench: Bench) {
    let approval = Approval::payment("op");
    for (code, password) in [("", ""), ("12", WRONG)] {
        let sent = bench.send(&approval).await;
        fails(&bench, &approval, &sent, code, password).await;
        assert!(bench.verify(&approval, &sent).await.succeeded());
    }
}

pub(super) async fn an_account_that_may_not_be_used_fails_as_a_wrong_password_does_and_leaves_the_code(
    bench: Bench,
) {
    let approval = Approval::payment("op").by(Directory::TEMPORARY);
    let sent = bench.send(&approval).await;
    fails(&bench, &approval, &sent, &sent.code, RIGHT).await;
    assert!(bench.verify(&approval, &sent).await.succeeded(), "the code was used up");
}

/// Told whenever the password is right, it would tell whoever has no code that it is.
pub(super) async fn that_an_account_may_not_be_used_may_be_told_only_when_both_are_right(bench: Bench) {
    let approval = Approval::payment("op").by(Directory::TEMPORARY);
    let sent = bench.send(&approval).await;
    let restricted = |may_be_told| {
        let restriction = Restriction::MustChangePassword;
        CodeAndPasswordOutcome::Restricted { restriction, may_be_told }
    };
    for (code, password, expected) in [
        (sent.code.clone(), RIGHT, restricted(true)),
        (sent.wrong(), RIGHT, restricted(false)),
        (sent.code.clone(), WRONG, CodeAndPasswordOutcome::Failed),
        (sent.wrong(), WRONG, CodeAndPasswordOutcome::Failed),
    ] {
        assert_eq!(bench.both(&approval, &sent.message, &code, password).await, expected, "{password}");
    }
}

pub(super) async fn a_password_that_nobody_could_check_spends_nothing(bench: Bench) {
    let approval = Approval::payment("op");
    let sent = bench.send(&approval).await;
    bench.directory.fail_with(Some(|| AdapterError::Remote("the test says so".to_owned())));
    let answer = approval.answer(&sent.message, &sent.code);
    for _ in 0..TRIES {
        let both = bench.engine().verify_with_password(&answer, &approval.credentials(RIGHT)).await;
        assert!(matches!(both, Err(AdapterError::Remote(_))), "it came back as {both:?}");
    }
    bench.directory.fail_with(None);
    assert_eq!(bench.guess_wrong(&approval, &sent).await, wrong(TRIES - 1));
    let both = bench.verify_with_password(&approval, &sent.message, &sent.code, RIGHT).await;
    assert!(both, "the code does not fit any more");
}

pub(super) async fn a_code_that_is_over_fails_with_any_password(bench: Bench) {
    let bench = bench.without_blocks();
    let expired = Approval::payment("expired");
    let sent_expired = bench.send(&expired).await;
    bench.advance(VALIDITY);
    let spent = Approval::payment("spent");
    let sent_spent = bench.send(&spent).await;
    for left in (0..TRIES).rev() {
        assert_eq!(bench.guess_wrong(&spent, &sent_spent).await, wrong(left));
    }
    let ended = Approval::payment("ended");
    let sent_ended = bench.send(&ended).await;
    bench.end_operation("ended").await;
    let unknown = Approval::payment("unknown");
    let sent_unknown = Sent { message: MessageId::new("unknown"), code: "12345678".to_owned() };
    for (approval, sent) in
        [(expired, sent_expired), (spent, sent_spent), (ended, sent_ended), (unknown, sent_unknown)]
    {
        for password in [RIGHT, WRONG] {
            let both = bench.verify_with_password(&approval, &sent.message, &sent.code, password).await;
            assert!(!both, "a code that is {} succeeded", approval.operation.id);
        }
    }
    assert_eq!(bench.directory.checks(), 8, "passwords that were checked");
}

pub(super) async fn failures_with_a_password_block_the_codes(bench: Bench) {
    let approval = Approval::payment("op");
    let sent = bench.send(&approval).await;
    for _ in 0..LIMIT {
        bench.verify_with_password(&approval, &sent.message, &sent.code, WRONG).await;
    }
    assert!(!bench.is_sent_codes().await, "the user is not blocked");
}
