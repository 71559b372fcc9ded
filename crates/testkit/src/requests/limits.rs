//! Requests within what may be sent.

use data_adapter_core::SendLimit;
use data_adapter_sca::{CodeCarrier, Issue, NewScaRequest, Regeneration, ScaRequest, SendLimits};
use jiff::SignedDuration;

use super::bench::{Bench, RESENDS};
use crate::{Approval, Directory};

const DELAY: i64 = 20;

impl Bench {
    fn within(&self, limits: &SendLimits) -> Self {
        self.with(|codes| codes.within(limits.clone()))
    }

    fn that_delays(&self) -> Self {
        let resend_delay = SignedDuration::from_secs(DELAY);
        self.within(&SendLimits { resend_delay, ..SendLimits::default() })
    }

    fn that_sends(&self, limit: &str) -> Self {
        let user = limit.parse().expect("it is a limit");
        self.within(&SendLimits { user, ..SendLimits::default() })
    }

    /// A renewal that a limit stops, and that leaves everything as it is.
    async fn is_not_renewed(&self, request: &ScaRequest, limit: SendLimit) {
        let (sendings, before) = (self.sendings(), self.found(&request.message).await);
        let regeneration = self.regenerate(request).await;
        assert!(matches!(regeneration, Regeneration::Stopped(by) if by == limit), "{regeneration:?}");
        assert_eq!(self.sendings(), sendings, "something was sent");
        assert_eq!(self.found(&request.message).await, before, "something changed");
    }
}

pub(super) async fn over_a_limit_no_request_is_made_and_the_one_before_stays(bench: Bench) {
    let bench = bench.that_sends("1;w=60");
    let asked = bench.ask(&Approval::payment("op")).await;
    let again = bench.create(&bench.otp(&Approval::payment("op")).await).await;
    assert!(matches!(again, Issue::Stopped(SendLimit::User)), "{again:?}");
    assert_eq!(bench.pending(Directory::PAYER).await, std::slice::from_ref(&asked.request));
    assert_eq!(bench.sendings(), 1, "something was sent");
    assert!(bench.approves(&asked).await, "the one before was ended");
}

pub(super) async fn over_a_limit_nothing_is_renewed_and_the_code_before_stays(bench: Bench) {
    let bench = bench.that_delays();
    let first = bench.ask(&Approval::payment("op")).await;
    bench.is_not_renewed(&first.request, SendLimit::Resend).await;
    bench.codes.advance(DELAY);
    let second = bench.sent(bench.renew(&first.request).await);
    bench.is_not_renewed(&first.request, SendLimit::Resend).await;
    assert!(bench.approves(&second).await, "its code is wrong now");
}

pub(super) async fn who_may_not_renew_it_any_more_is_told_that_and_not_of_limits(bench: Bench) {
    let bench = bench.that_sends("6;w=60");
    let mut asked = bench.ask(&Approval::payment("op")).await;
    for _ in 0..RESENDS {
        asked = bench.sent(bench.renew(&asked.request).await);
    }
    let regeneration = bench.regenerate(&asked.request).await;
    assert!(matches!(regeneration, Regeneration::Exhausted), "it came back as {regeneration:?}");
}

pub(super) async fn what_is_not_sent_from_here_is_within_all_limits(bench: Bench) {
    let bench = bench.that_sends("1;w=60").that_delays();
    for _ in 0..3 {
        let new = NewScaRequest { carrier: CodeCarrier::Caller, ..bench.otp(&Approval::payment("op")).await };
        let issued = bench.issue(&new).await;
        bench.renew_by(CodeCarrier::Caller, &issued.request).await;
    }
    bench.ask(&Approval::payment("op")).await;
}
