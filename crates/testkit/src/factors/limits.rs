//! Enrolments within what may be sent.

use data_adapter_core::{SendLimit, User};
use data_adapter_sca::{Enrolment, SendLimits, Verification};

use super::bench::{Bench, with_number};
use crate::engine::bench::LIMIT;
use crate::{Approval, Directory};

impl Bench {
    fn within(&self, limits: &SendLimits) -> Self {
        self.with(|codes| codes.within(limits.clone()))
    }

    fn that_sends(&self, limit: &str) -> Self {
        let user = limit.parse().expect("it is a limit");
        self.within(&SendLimits { user, ..SendLimits::default() })
    }

    async fn is_stopped(&self, user: &User, limit: SendLimit) {
        let (sendings, listed) = (self.sendings(), self.list(user).await);
        assert_eq!(self.enrol(user).await, Enrolment::Stopped(limit));
        assert_eq!(self.sendings(), sendings, "something was sent");
        assert_eq!(self.list(user).await, listed, "something changed");
    }
}

pub(super) async fn over_a_limit_no_phone_is_enrolled_and_the_code_before_stays(bench: Bench) {
    let bench = bench.that_sends("2;w=60");
    let user = bench.payer().await;
    bench.codes.send(&Approval::payment("op")).await;
    let sent = bench.send(&user).await;
    bench.is_stopped(&user, SendLimit::User).await;
    bench.ask(&user).await;
    assert_eq!(bench.verify(&user, &sent.code).await, Verification::Activated);
    bench.send(&bench.user(Directory::CZECH).await).await;
}

pub(super) async fn a_phone_that_messages_do_not_go_to_is_not_enrolled(bench: Bench) {
    let countries = Some(["CZ".parse().expect("it is a country")].into());
    let bench = bench.within(&SendLimits { countries, ..SendLimits::default() });
    let user = bench.payer().await;
    for (number, limit) in
        [("+436641234567", SendLimit::CountryNotAllowed), ("+420906123456", SendLimit::NumberKind)]
    {
        bench.is_stopped(&with_number(&user, Some(number)), limit).await;
    }
    bench.send(&user).await;
}

pub(super) async fn who_is_blocked_is_stopped_after_as_many_enrolments(bench: Bench) {
    let bench = bench.that_sends("7;w=60");
    bench.codes.fail_often(LIMIT).await;
    let user = bench.payer().await;
    let before = bench.sendings();
    for _ in LIMIT..7 {
        assert_eq!(bench.enrol(&user).await, Enrolment::Sent);
    }
    bench.is_stopped(&user, SendLimit::User).await;
    assert_eq!(bench.sendings(), before, "something was sent");
}
