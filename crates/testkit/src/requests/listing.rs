//! Requests are found, listed and cancelled.

use data_adapter_core::MessageId;
use data_adapter_sca::ApprovalMethod;
use jiff::SignedDuration;

use super::approving::is_gone;
use super::bench::{Bench, wrong};
use crate::engine::bench::{TRIES, VALIDITY};
use crate::{Approval, Directory};

pub(super) async fn a_request_is_found_until_its_time_is_over(bench: Bench) {
    let asked = bench.ask(&Approval::payment("op")).await;
    bench.codes.clock.advance(SignedDuration::from_millis(VALIDITY * 1000 - 1));
    assert_eq!(bench.found(asked.message()).await, asked.request);
    bench.codes.clock.advance(SignedDuration::from_millis(1));
    assert_eq!(bench.find(asked.message()).await, None);
    assert_eq!(bench.pending(Directory::PAYER).await, []);
}

pub(super) async fn the_open_requests_of_a_user_are_listed_oldest_first(bench: Bench) {
    bench.register_device(Directory::PAYER).await;
    assert_eq!(bench.pending(Directory::PAYER).await, []);
    let mut requests = Vec::new();
    for (operation, method) in
        [("z", ApprovalMethod::Otp), ("m", ApprovalMethod::Push), ("a", ApprovalMethod::ClientManaged)]
    {
        requests.push(bench.issue(&bench.by(method, &Approval::payment(operation)).await).await.request);
        bench.codes.advance(1);
    }
    requests.push(bench.ask_for_a_code(&Approval::login("k")).await.request);
    let other = bench.ask(&Approval::payment("z").by(Directory::CZECH)).await.request;
    assert_eq!(bench.pending(Directory::PAYER).await, requests);
    assert_eq!(bench.pending(Directory::CZECH).await, [other]);
    assert_eq!(bench.pending("nobody that we know").await, []);
    bench.codes.advance(1);
    requests[0] = bench.renew(&requests[0]).await.request;
    requests.rotate_left(1);
    assert_eq!(bench.pending(Directory::PAYER).await, requests, "a request that was renewed begins again");
    assert!(bench.cancel(&requests.remove(1).message).await, "it was open");
    assert_eq!(bench.pending(Directory::PAYER).await, requests, "what was cancelled is no request");
}

pub(super) async fn a_request_is_listed_with_the_guesses_that_it_has_left(bench: Bench) {
    let asked = bench.ask(&Approval::payment("op")).await;
    for left in (TRIES - 2..TRIES).rev() {
        assert_eq!(bench.guess_wrong(&asked).await, wrong(&asked.request, left));
        let pending = bench.pending(Directory::PAYER).await;
        assert_eq!(pending[0].remaining_guesses, left);
    }
}

pub(super) async fn a_request_is_cancelled_once(bench: Bench) {
    bench.register_device(Directory::PAYER).await;
    for method in [ApprovalMethod::ClientManaged, ApprovalMethod::Otp, ApprovalMethod::Push] {
        let new = bench.by(method, &Approval::payment(&format!("{method:?}"))).await;
        let message = bench.issue(&new).await.request.message;
        assert!(bench.cancel(&message).await, "{method:?} could not be cancelled");
        assert!(!bench.cancel(&message).await, "{method:?} was cancelled before");
        is_gone(&bench, &message).await;
    }
    assert!(!bench.cancel(&MessageId::new("unknown")).await, "there is none of this id");
}

pub(super) async fn what_is_over_is_not_cancelled(bench: Bench) {
    let used = bench.ask(&Approval::payment("used")).await;
    assert!(bench.approves(&used).await, "it could not be approved");
    assert!(!bench.cancel(used.message()).await, "it was used");
    let late = bench.ask(&Approval::payment("late")).await;
    bench.codes.advance(VALIDITY);
    assert!(!bench.cancel(late.message()).await, "it was too old");
}

pub(super) async fn a_cancellation_gives_no_guess_back(bench: Bench) {
    let asked = bench.ask(&Approval::payment("op")).await;
    bench.guess_wrong(&asked).await;
    assert!(bench.cancel(asked.message()).await, "it was open");
    let next = bench.ask(&Approval::payment("op")).await;
    assert_eq!(bench.guess_wrong(&next).await, wrong(&next.request, TRIES - 2));
}
