use data_adapter_core::VerificationOutcome;
use data_adapter_sca::{ApprovalMethod, Authorization, Proof, Regeneration};

use super::bench::{Asked, Bench, RESENDS};
use crate::engine::bench::{BLOCK_FOR, TRIES};
use crate::race::{at_once, rounds};
use crate::{Approval, Directory};

/// What came of an answer, whichever door it came through.
#[derive(Clone, Debug)]
enum Answer {
    Request(Authorization),
    Code(VerificationOutcome),
}

impl Answer {
    fn succeeded(&self) -> bool {
        match self {
            Self::Request(authorization) => matches!(authorization, Authorization::Succeeded(_)),
            Self::Code(outcome) => outcome.succeeded(),
        }
    }

    /// Whether a code was compared and found wrong. During a block, and where no guess is left, none is.
    fn was_compared(&self) -> bool {
        match self {
            Self::Request(Authorization::Exhausted(_) | Authorization::Wrong(_)) => true,
            Self::Request(_) => false,
            Self::Code(outcome) => matches!(outcome, VerificationOutcome::Wrong { .. }),
        }
    }
}

/// An answer at the one door or the other, by turns.
async fn answer(bench: &Bench, number: usize, approval: &Approval, asked: &Asked, code: &str) -> Answer {
    if number.is_multiple_of(2) {
        Answer::Request(bench.answer(asked.message(), code).await)
    } else {
        Answer::Code(bench.codes.answer(approval, asked.message(), code).await)
    }
}

/// So many answers with one code at the same moment, at both doors of the instances by turns.
async fn answer_at_once(
    instances: &[Bench],
    approval: &Approval,
    asked: &Asked,
    code: &str,
    answers: usize,
) -> Vec<Answer> {
    let all = at_once(answers, |number| {
        let bench = instances[number / 2 % instances.len()].clone();
        let (approval, asked, code) = (approval.clone(), asked.clone(), code.to_owned());
        async move { answer(&bench, number, &approval, &asked, &code).await }
    });
    all.await
}

pub(super) async fn of_parallel_wrong_codes_at_both_doors_exactly_the_budget_is_compared(bench: Bench) {
    let two = [bench.clone(), bench.another()];
    for round in rounds() {
        let approval = Approval::payment(&round.to_string());
        let asked = bench.ask(&approval).await;
        let instances = &two[..=round % 2];
        let answers = answer_at_once(instances, &approval, &asked, &asked.sent.wrong(), 200).await;
        let compared = answers.iter().filter(|answer| answer.was_compared()).count();
        assert_eq!(compared, TRIES as usize, "so many of 200 were compared: {answers:?}");
        assert!(!bench.codes.is_sent_codes().await, "the user is not blocked");
        bench.codes.advance(BLOCK_FOR);
    }
}

pub(super) async fn of_parallel_right_codes_at_both_doors_exactly_one_succeeds(bench: Bench) {
    let two = [bench.clone(), bench.another()];
    for round in rounds() {
        let approval = Approval::payment(&round.to_string());
        let asked = bench.ask(&approval).await;
        let instances = &two[..=round % 2];
        let answers = answer_at_once(instances, &approval, &asked, &asked.sent.code, 50).await;
        let right = answers.iter().filter(|answer| answer.succeeded()).count();
        assert_eq!(right, 1, "so many of 50 succeeded: {answers:?}");
        assert!(bench.codes.is_sent_codes().await, "right codes at the same moment block the user");
    }
}

pub(super) async fn parallel_right_codes_of_one_user_at_both_doors_all_succeed(bench: Bench) {
    for round in rounds() {
        let mut asked = Vec::new();
        for number in 0..20 {
            let approval = Approval::payment(&format!("{round} {number}"));
            asked.push((bench.ask(&approval).await, approval));
        }
        let answers = at_once(20, |number| {
            let (bench, (asked, approval)) = (bench.clone(), asked[number].clone());
            async move { answer(&bench, number, &approval, &asked, &asked.sent.code).await }
        });
        let answers = answers.await;
        let right = answers.iter().filter(|answer| answer.succeeded()).count();
        assert_eq!(right, 20, "right codes for 20 operations that succeeded: {answers:?}");
    }
}

pub(super) async fn of_parallel_approvals_of_a_push_exactly_one_succeeds(bench: Bench) {
    bench.register_device(Directory::PAYER).await;
    for (method, proof) in
        [(ApprovalMethod::Push, Proof::Decision), (ApprovalMethod::ClientManaged, Proof::Factors)]
    {
        for round in rounds() {
            let new = bench.by(method, &Approval::payment(&format!("{method:?} {round}"))).await;
            let message = bench.issue(&new).await.request.message;
            assert_eq!(bench.decide(&message, true).await, method == ApprovalMethod::Push);
            let approvals = at_once(50, |_| {
                let (bench, message, proof) = (bench.clone(), message.clone(), proof.clone());
                async move { matches!(bench.authorize(&message, &proof).await, Authorization::Succeeded(_)) }
            });
            let right = approvals.await.into_iter().filter(|right| *right).count();
            assert_eq!(right, 1, "so many of 50 approvals of {method:?} succeeded");
        }
    }
}

pub(super) async fn a_request_is_either_approved_or_cancelled(bench: Bench) {
    for round in rounds() {
        let approval = Approval::payment(&round.to_string());
        let asked = bench.ask(&approval).await;
        let ends = at_once(20, |number| {
            let (bench, asked) = (bench.clone(), asked.clone());
            async move {
                if number.is_multiple_of(2) {
                    bench.approves(&asked).await
                } else {
                    bench.cancel(asked.message()).await
                }
            }
        });
        let ends = ends.await.into_iter().filter(|ended| *ended).count();
        assert_eq!(ends, 1, "so often one request was approved or cancelled");
    }
}

pub(super) async fn of_parallel_renewals_no_more_than_the_limit_leave(bench: Bench) {
    for round in rounds() {
        let asked = bench.ask(&Approval::payment(&round.to_string())).await;
        let before = bench.sendings();
        let renewals = at_once(50, |_| {
            let (bench, request) = (bench.clone(), asked.request.clone());
            async move { matches!(bench.regenerate(&request).await, Regeneration::Issued(_)) }
        });
        let renewed = renewals.await.into_iter().filter(|renewed| *renewed).count();
        assert_eq!(renewed, RESENDS as usize, "so many of 50 renewals succeeded");
        assert_eq!(bench.sendings(), before + renewed, "messages");
        assert!(!bench.codes.is_sent_codes().await, "the user is not blocked");
        bench.codes.advance(BLOCK_FOR);
    }
}
