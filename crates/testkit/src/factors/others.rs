//! What codes for operations, and requests, have to do with factors.

use data_adapter_core::CodeDelivery;
use data_adapter_sca::{
    ApprovalMethod, Authorization, CodeCarrier, FactorStatus, Issue, NewScaRequest, Proof, Regeneration,
    ScaRequests as _, Verification,
};

use super::bench::{Bench, with_number};
use crate::engine::bench::{Bench as Codes, TRIES};
use crate::{Approval, Directory};

pub(super) async fn what_proves_a_phone_is_no_request(bench: Bench) {
    let user = bench.payer().await;
    let sent = bench.send(&user).await;
    let requests = &bench.requests;
    assert_eq!(requests.find(&sent.message).await.expect("the store answers"), None);
    assert_eq!(requests.pending(&user.id).await.expect("the store answers"), []);
    for _ in 0..=TRIES {
        for code in [sent.wrong(), sent.code.clone()] {
            let proof = Proof::Code(code.into());
            let authorization = requests.authorize(&sent.message, &proof).await;
            assert_eq!(authorization.expect("the store answers"), Authorization::Gone);
        }
    }
    assert!(!requests.cancel(&sent.message).await.expect("the store answers"), "it was cancelled");
    let regeneration = requests.regenerate(&sent.message, &user, CodeCarrier::Caller, None).await;
    assert!(matches!(regeneration, Ok(Regeneration::Gone)), "{regeneration:?}");
    assert_eq!(bench.guess_wrong(&user, &sent).await, Verification::Wrong, "guesses elsewhere were counted");
    assert_eq!(bench.verify(&user, &sent.code).await, Verification::Activated);
}

pub(super) async fn what_asks_for_a_device_is_no_request(bench: Bench) {
    let user = bench.payer().await;
    let push = bench.ask(&user).await;
    let gone = || async {
        let requests = &bench.requests;
        assert_eq!(requests.find(&push.message).await.expect("the store answers"), None);
        assert_eq!(requests.pending(&user.id).await.expect("the store answers"), []);
        for proof in [Proof::Decision, Proof::Factors] {
            let authorization = requests.authorize(&push.message, &proof).await;
            assert_eq!(authorization.expect("the store answers"), Authorization::Gone);
        }
        assert!(!requests.cancel(&push.message).await.expect("the store answers"), "it was cancelled");
    };
    gone().await;
    assert!(bench.decide(&push, true).await, "it could not be accepted");
    gone().await;
    assert_eq!(bench.device(&user).await, FactorStatus::Active);
}

/// A request of the payer, with a code that we send.
pub(super) async fn request(bench: &Bench, approval: &Approval) -> NewScaRequest {
    NewScaRequest {
        user: bench.payer().await,
        method: ApprovalMethod::Otp,
        carrier: CodeCarrier::Sms,
        operation: approval.operation.id.clone(),
        name: approval.operation.name.clone(),
        binding: approval.binding.clone(),
        title: None,
        description: None,
        language: None,
        asker: None,
    }
}

/// Whether a code for an operation of the payer leaves, whoever asks for it.
async fn leaves(bench: &Bench) -> bool {
    let before = bench.sendings();
    let issued = bench.codes.create(&Approval::payment("op 1")).await;
    let sent = bench.sendings() - before;
    let issue = bench.requests.create(&request(bench, &Approval::payment("op 2")).await).await;
    let is_issued = match issue.expect("a request is made") {
        Issue::Issued(_) => true,
        Issue::Unreachable => false,
        other @ (Issue::Blocked | Issue::Stopped(_)) => unreachable!("{other:?}"),
    };
    assert_eq!(issued.delivery == CodeDelivery::Succeeded, is_issued, "both ways are alike");
    assert_eq!((sent, bench.sendings() - before), (usize::from(is_issued), 2 * usize::from(is_issued)));
    is_issued
}

pub(super) async fn where_it_is_required_codes_go_only_to_numbers_that_were_proved(bench: Bench) {
    let bench = bench.with(Codes::that_requires_enrolled_numbers);
    let user = bench.payer().await;
    assert!(!leaves(&bench).await, "nothing was proved");
    let push = bench.ask(&user).await;
    assert!(bench.decide(&push, true).await, "it could not be accepted");
    let sent = bench.send(&user).await;
    assert!(!leaves(&bench).await, "it is pending");
    assert_eq!(bench.verify(&user, &sent.code).await, Verification::Activated);
    assert!(leaves(&bench).await, "it was proved");
    let moved = with_number(&user, Some("+420777000001"));
    assert_eq!(bench.list(&moved).await.len(), 2);
    assert!(!leaves(&bench).await, "it is inactive");
    bench.prove(&moved).await;
    assert!(!leaves(&bench).await, "another number was proved");
    bench.prove(&user).await;
    assert!(leaves(&bench).await, "it was proved again");
}

pub(super) async fn where_it_is_required_the_number_that_the_front_names_has_to_be_proved(bench: Bench) {
    let bench = bench.with(Codes::that_requires_enrolled_numbers);
    let user = bench.payer().await;
    bench.prove(&user).await;
    let delivery = |number: &str| {
        let mut asked = Approval::payment("op").request();
        asked.phone = with_number(&user, Some(number)).phone;
        let bench = bench.clone();
        async move {
            let issued = bench.codes.engine().create(&asked).await.expect("a code is made");
            issued.expect("the user is known").delivery
        }
    };
    assert_eq!(delivery("+420777000001").await, CodeDelivery::Failed);
    assert_eq!(delivery(&Directory::phone(Directory::PAYER)).await, CodeDelivery::Succeeded);
}

pub(super) async fn where_it_is_not_required_codes_go_to_any_number(bench: Bench) {
    assert!(leaves(&bench).await, "nothing was proved, and nothing had to be");
}
