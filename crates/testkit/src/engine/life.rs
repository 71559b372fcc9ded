use std::collections::HashSet;
use std::sync::Arc;

use data_adapter_core::{AdapterError, CodeRequest, MessageId, SystemRandom, VerificationOutcome};
use jiff::SignedDuration;

use super::bench::{Bench, TRIES, VALIDITY, keys};
use crate::{Approval, Directory};

pub(super) async fn the_right_code_succeeds_once(bench: Bench) {
    for approval in [Approval::login("op 1"), Approval::payment("op 2")] {
        let sent = bench.send(&approval).await;
        assert!(bench.verify(&approval, &sent).await.succeeded());
        for _ in 0..2 {
            assert_eq!(bench.verify(&approval, &sent).await, VerificationOutcome::AlreadyUsed);
        }
    }
}

pub(super) async fn a_code_has_the_configured_number_of_digits(bench: Bench) {
    for digits in 6..=9 {
        let mut policy = bench.policy;
        policy.digits = digits;
        let bench = bench.with_policy(policy);
        let approval = Approval::payment(&format!("op {digits}"));
        for _ in 0..20 {
            let sent = bench.send(&approval).await;
            assert_eq!(sent.code.len(), digits as usize, "digits");
        }
    }
}

pub(super) async fn no_two_codes_are_alike(bench: Bench) {
    let approval = Approval::payment("op");
    let (mut codes, mut messages) = (HashSet::new(), HashSet::new());
    for _ in 0..20 {
        let sent = bench.send(&approval).await;
        codes.insert(sent.code);
        messages.insert(sent.message);
    }
    assert_eq!(messages.len(), 20, "message ids");
    assert!(codes.len() >= 19, "20 codes, {} of them different", codes.len());
}

pub(super) async fn a_code_is_valid_until_its_time_is_over(bench: Bench) {
    let (in_time, late) = (Approval::payment("in time"), Approval::payment("late"));
    let (sent_in_time, sent_late) = (bench.send(&in_time).await, bench.send(&late).await);
    bench.clock.advance(SignedDuration::from_millis(VALIDITY * 1000 - 1));
    assert!(bench.verify(&in_time, &sent_in_time).await.succeeded());
    bench.clock.advance(SignedDuration::from_millis(1));
    assert_eq!(bench.verify(&late, &sent_late).await, VerificationOutcome::Expired);
}

pub(super) async fn a_message_that_was_never_sent_is_unknown(bench: Bench) {
    let approval = Approval::login("op");
    let sent = bench.send(&approval).await;
    let unknown = MessageId::new("00000000-0000-4000-8000-000000000000");
    assert_eq!(bench.answer(&approval, &unknown, &sent.code).await, VerificationOutcome::UnknownMessage);
    assert!(bench.verify(&approval, &sent).await.succeeded());
}

pub(super) async fn a_new_code_ends_the_older_one_whether_it_is_called_a_resend_or_not(bench: Bench) {
    for (operation, resend) in [("op 1", false), ("op 2", true)] {
        let approval = Approval::payment(operation);
        let older = bench.send(&approval).await;
        let mut request = approval.request();
        request.resend = resend;
        let newer = bench.engine().create(&request).await.expect("a code is made");
        let newer = newer.expect("the user is known").message;
        let code = bench.gateway.last_code().expect("it was sent");
        assert_eq!(bench.verify(&approval, &older).await, VerificationOutcome::Expired);
        assert!(bench.answer(&approval, &newer, &code).await.succeeded());
    }
}

pub(super) async fn codes_for_the_steps_of_one_operation_live_side_by_side(bench: Bench) {
    let login = Approval::login("op");
    let payment = Approval::payment("op").named("authorize_payment_sca");
    let for_login = bench.send(&login).await;
    let for_payment = bench.send(&payment).await;
    assert!(bench.verify(&login, &for_login).await.succeeded());
    assert!(bench.verify(&payment, &for_payment).await.succeeded());
}

pub(super) async fn the_end_of_an_operation_ends_its_codes(bench: Bench) {
    let (login, payment) = (Approval::login("op"), Approval::payment("op"));
    let other = Approval::payment("another operation");
    let mut ended = Vec::new();
    for approval in [login, payment] {
        ended.push((bench.send(&approval).await, approval));
    }
    let sent_other = bench.send(&other).await;
    for _ in 0..2 {
        bench.end_operation("op").await;
    }
    for (sent, approval) in &ended {
        assert_eq!(bench.verify(approval, sent).await, VerificationOutcome::Expired);
    }
    assert!(bench.verify(&other, &sent_other).await.succeeded());
}

pub(super) async fn a_code_of_an_earlier_key_is_good_while_the_key_is_known(bench: Bench) {
    let with_keys = |current, previous: &[&str]| {
        bench.another(bench.policy, keys(current, previous), Arc::new(SystemRandom))
    };
    let (kept, forgotten) = (Approval::payment("op 1"), Approval::payment("op 2"));
    let old = with_keys("old", &[]);
    let (sent_kept, sent_forgotten) = (old.send(&kept).await, old.send(&forgotten).await);
    let without_old = with_keys("new", &["older"]);
    let rotated = with_keys("new", &["old"]);
    assert!(rotated.verify(&kept, &sent_kept).await.succeeded());
    let fresh = Approval::payment("op 3");
    let sent_fresh = rotated.send(&fresh).await;
    assert!(without_old.verify(&fresh, &sent_fresh).await.succeeded());
    for _ in 0..TRIES {
        let answer = forgotten.answer(&sent_forgotten.message, &sent_forgotten.code);
        let outcome = without_old.engine().verify(&answer).await;
        assert!(matches!(outcome, Err(AdapterError::Unanswerable(_))), "it came back as {outcome:?}");
    }
    assert!(
        rotated.verify(&forgotten, &sent_forgotten).await.succeeded(),
        "what nobody could check was counted"
    );
}

pub(super) async fn an_operation_that_was_ended_gets_no_more_codes(bench: Bench) {
    let approval = Approval::payment("op");
    bench.send(&approval).await;
    bench.end_operation("op").await;
    let sent = bench.gateway.messages().len();
    for approval in [&approval, &Approval::login("op"), &approval.clone().by(Directory::CZECH)] {
        for user in [approval.request().user, None] {
            let refused = bench.engine().create(&CodeRequest { user, ..approval.request() }).await;
            assert!(matches!(refused, Err(AdapterError::InvalidOperationContext(_))), "{refused:?}");
        }
    }
    assert_eq!(bench.gateway.messages().len(), sent, "a message left");
    bench.send(&Approval::payment("another")).await;
}
