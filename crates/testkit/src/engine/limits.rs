//! What may be sent, and how often.

use data_adapter_core::{
    CodeDelivery, CodeMessage, CodeRequest, IssuedCode, MessageId, PhoneNumber, SendLimit, UserId,
    VerificationOutcome,
};
use data_adapter_sca::SendLimits;
use jiff::SignedDuration;

use super::bench::{Bench, Sent, TRIES, wrong};
use super::sending::message;
use crate::race::{at_once, rounds};
use crate::{Approval, Directory};

const DELAY: i64 = 20;

/// One limit of a kind.
fn limits(limit: SendLimit, text: &str) -> SendLimits {
    let rates = text.parse().expect("it is a limit");
    let none = SendLimits::default();
    match limit {
        SendLimit::User => SendLimits { user: rates, ..none },
        SendLimit::Number => SendLimits { number: rates, ..none },
        SendLimit::Country => SendLimits { country: rates, ..none },
        SendLimit::Organization => SendLimits { organization: rates, ..none },
        SendLimit::All => SendLimits { all: rates, ..none },
        SendLimit::Resend | SendLimit::NumberKind | SendLimit::CountryNotAllowed => none,
    }
}

fn delayed() -> SendLimits {
    SendLimits { resend_delay: SignedDuration::from_secs(DELAY), ..SendLimits::default() }
}

fn only_in(countries: &[&str]) -> SendLimits {
    let countries = countries.iter().map(|code| code.parse().expect("it is a country")).collect();
    SendLimits { countries: Some(countries), ..SendLimits::default() }
}

fn to(number: &str, approval: &Approval) -> CodeRequest {
    CodeRequest { phone: Some(PhoneNumber::new(number)), ..approval.request() }
}

impl Bench {
    async fn issue(&self, request: &CodeRequest) -> IssuedCode {
        let issued = self.engine().create(request).await;
        issued.expect("a code is made").expect("the user is known")
    }

    /// What becomes of asking for a code, of which no more leaves than the answer says.
    async fn delivery(&self, request: &CodeRequest) -> CodeDelivery {
        let before = self.gateway.messages().len();
        let delivery = self.issue(request).await.delivery;
        let left = self.gateway.messages().len() - before;
        assert_eq!(left, usize::from(delivery == CodeDelivery::Succeeded), "messages");
        delivery
    }

    /// So many of these requests, each in an operation of its own, come to nothing but success and the next one to `limit`.
    async fn gets(&self, count: usize, limit: SendLimit, request: impl Fn(&Approval) -> CodeRequest) {
        for _ in 0..count {
            let delivery = self.issue(&request(&self.new_operation())).await.delivery;
            assert_eq!(delivery, CodeDelivery::Succeeded);
        }
        let before = self.gateway.messages().len();
        let over = self.issue(&request(&self.new_operation())).await.delivery;
        assert_eq!(over, CodeDelivery::Stopped(limit));
        assert_eq!(self.gateway.messages().len(), before, "something was sent");
    }
}

pub(super) async fn what_a_limit_stops_leaves_the_code_before_as_it_was(bench: Bench) {
    let bench = bench.within(delayed());
    let approval = Approval::payment("op");
    let sent = bench.send(&approval).await;
    assert_eq!(bench.guess_wrong(&approval, &sent).await, wrong(TRIES - 1));
    for _ in 0..10 {
        let issued = bench.create(&approval).await;
        let stopped = CodeDelivery::Stopped(SendLimit::Resend);
        assert_eq!(issued, IssuedCode { message: sent.message.clone(), delivery: stopped });
    }
    assert_eq!(bench.gateway.messages().len(), 1, "messages");
    assert!(bench.verify(&approval, &sent).await.succeeded(), "the code before was ended");
}

pub(super) async fn where_no_code_is_open_no_code_fits_what_a_limit_stopped(bench: Bench) {
    let bench = bench.within(delayed());
    let approval = Approval::payment("op");
    let sent = bench.send(&approval).await;
    assert!(bench.verify(&approval, &sent).await.succeeded());
    let issued = bench.create(&approval).await;
    assert_eq!(issued.delivery, CodeDelivery::Stopped(SendLimit::Resend));
    assert_ne!(issued.message, sent.message);
    let outcome = bench.answer(&approval, &issued.message, &sent.code).await;
    assert_eq!(outcome, VerificationOutcome::UnknownMessage);
}

pub(super) async fn a_resend_waits_for_its_delay_in_its_own_step_only(bench: Bench) {
    let bench = bench.within(delayed());
    let approval = Approval::payment("op");
    bench.send(&approval).await;
    for other in
        [approval.clone().named("login"), Approval::payment("op 2"), approval.clone().by(Directory::CZECH)]
    {
        bench.send(&other).await;
    }
    bench.advance(DELAY - 1);
    assert_eq!(bench.delivery(&approval.request()).await, CodeDelivery::Stopped(SendLimit::Resend));
    bench.advance(1);
    bench.send(&approval).await;
}

pub(super) async fn a_user_gets_so_many_codes_and_others_get_theirs(bench: Bench) {
    let bench = bench.within(limits(SendLimit::User, "3;w=60, 5;w=3600"));
    bench.gets(3, SendLimit::User, Approval::request).await;
    bench.gets(3, SendLimit::User, |approval| approval.clone().by(Directory::CZECH).request()).await;
    bench.advance(60);
    bench.gets(2, SendLimit::User, Approval::request).await;
    bench.advance(3_600);
    bench.gets(3, SendLimit::User, Approval::request).await;
}

pub(super) async fn a_number_gets_so_many_codes_whosever_they_are_and_however_it_is_written(bench: Bench) {
    let bench = bench.within(limits(SendLimit::Number, "3;w=60"));
    for (user, number) in [
        (Directory::PAYER, "+420777000111"),
        (Directory::CZECH, "00420 777 000 111"),
        (Directory::PAYER, "tel:+420777000111"),
    ] {
        let request = to(number, &bench.new_operation().by(user));
        assert_eq!(bench.delivery(&request).await, CodeDelivery::Succeeded, "{user}");
    }
    bench.gets(0, SendLimit::Number, |approval| to("+420777000111", approval)).await;
    bench.gets(3, SendLimit::Number, |approval| to("+420777000222", approval)).await;
}

pub(super) async fn a_country_gets_so_many_codes(bench: Bench) {
    let bench = bench.within(limits(SendLimit::Country, "2;w=60"));
    bench.gets(2, SendLimit::Country, |approval| to("+420777000111", approval)).await;
    bench.gets(0, SendLimit::Country, |approval| to("+420777000222", approval)).await;
    bench.gets(2, SendLimit::Country, |approval| to("+421905123456", approval)).await;
}

pub(super) async fn an_organization_gets_so_many_codes_and_so_do_all_together(bench: Bench) {
    for limit in [SendLimit::Organization, SendLimit::All] {
        let bench = bench.within(limits(limit, "4;w=60"));
        bench.send(&bench.new_operation().by(Directory::CZECH)).await;
        bench.gets(3, limit, Approval::request).await;
        bench.gets(0, limit, |approval| approval.clone().by(Directory::CZECH).request()).await;
    }
}

pub(super) async fn numbers_of_other_countries_get_nothing(bench: Bench) {
    let bench = bench.within(only_in(&["CZ", "SK"]));
    for number in ["+420777000111", "+421905123456"] {
        assert_eq!(bench.delivery(&to(number, &bench.new_operation())).await, CodeDelivery::Succeeded);
    }
    for number in ["+436641234567", "+870301234567", "+80012345678"] {
        let delivery = bench.delivery(&to(number, &bench.new_operation())).await;
        assert_eq!(delivery, CodeDelivery::Stopped(SendLimit::CountryNotAllowed), "{number}");
    }
}

pub(super) async fn numbers_that_are_dear_or_get_no_messages_get_none(bench: Bench) {
    let all = bench.within(SendLimits::default());
    for bench in [all, bench.within(only_in(&["CZ", "GB", "CH"]))] {
        for number in ["+420906123456", "+420811234567", "+420972123456", "+447640123456", "+41860123456789"]
        {
            let delivery = bench.delivery(&to(number, &bench.new_operation())).await;
            assert_eq!(delivery, CodeDelivery::Stopped(SendLimit::NumberKind), "{number}");
        }
    }
}

/// Everybody here asks for codes in one operation.
pub(super) async fn a_fake_is_stopped_after_as_many_codes_as_a_user_is(bench: Bench) {
    let real = Approval::payment("op");
    let barred = CodeRequest { barred: Some(UserId::new("barred")), ..real.clone().by_nobody().request() };
    let requests =
        [real.request(), real.clone().by(Directory::BLOCKED).request(), real.by_nobody().request(), barred];
    for limit in [SendLimit::User, SendLimit::Number] {
        let bench = bench.within(limits(limit, "3;w=60, 5;w=3600"));
        let mut answers: Vec<Vec<CodeDelivery>> = Vec::new();
        for request in &requests {
            let mut answer = Vec::new();
            for _ in 0..4 {
                answer.push(bench.issue(request).await.delivery);
            }
            answers.push(answer);
        }
        bench.advance(60);
        for (request, answer) in requests.iter().zip(&mut answers) {
            for _ in 0..3 {
                answer.push(bench.issue(request).await.delivery);
            }
        }
        for answer in &answers {
            assert_eq!(*answer, answers[0], "a fake shows");
        }
        let stopped = answers[0].iter().filter(|delivery| **delivery == CodeDelivery::Stopped(limit)).count();
        assert_eq!(stopped, 2, "{answers:?}");
        bench.advance(3_600);
    }
}

pub(super) async fn a_fake_over_a_limit_names_the_fake_before(bench: Bench) {
    let bench = bench.within(delayed());
    for approval in [Approval::payment("op").by_nobody(), Approval::payment("op").by(Directory::BLOCKED)] {
        let first = bench.create(&approval).await;
        assert_eq!(first.delivery, CodeDelivery::Succeeded);
        let again = bench.create(&approval).await;
        let stopped = CodeDelivery::Stopped(SendLimit::Resend);
        assert_eq!(again, IssuedCode { message: first.message, delivery: stopped });
        assert_eq!(bench.answer(&approval, &again.message, "12345678").await, wrong(TRIES - 1));
    }
}

pub(super) async fn fakes_take_nothing_from_what_others_may_get(bench: Bench) {
    for limit in [SendLimit::All, SendLimit::Organization, SendLimit::Country, SendLimit::Number] {
        let bench = bench.within(limits(limit, "3;w=60"));
        for fake in [None, Some(Directory::BLOCKED)] {
            for _ in 0..5 {
                let approval = Approval { user: fake.map(UserId::new), ..bench.new_operation() };
                bench.issue(&to(&Directory::phone(Directory::PAYER), &approval)).await;
            }
        }
        bench.gets(3, limit, Approval::request).await;
        bench.advance(60);
    }
}

pub(super) async fn fakes_are_stopped_when_nobody_gets_any_more(bench: Bench) {
    for limit in [SendLimit::All, SendLimit::Organization] {
        let bench = bench.within(limits(limit, "2;w=60"));
        bench.gets(2, limit, Approval::request).await;
        bench.gets(0, limit, |approval| approval.clone().by_nobody().request()).await;
        bench.gets(0, limit, |approval| approval.clone().by(Directory::BLOCKED).request()).await;
        bench.advance(60);
    }
}

pub(super) async fn a_user_without_a_phone_is_told_so_each_time(bench: Bench) {
    let bench = bench.within(limits(SendLimit::User, "1;w=60"));
    for _ in 0..3 {
        let approval = Approval::payment("op").by(Directory::NO_PHONE);
        assert_eq!(bench.create(&approval).await.delivery, CodeDelivery::Failed);
    }
}

pub(super) async fn a_code_of_the_front_is_held_to_the_same_limits(bench: Bench) {
    let bench = bench.within(limits(SendLimit::User, "2;w=60"));
    bench.send(&bench.new_operation()).await;
    let forwarded = |approval: &Approval| CodeMessage { message: MessageId::new("m"), ..message(approval) };
    let send = async |approval: &Approval| {
        let sent = bench.engine().send(&forwarded(approval)).await;
        sent.expect("the directory answers").expect("the user is known")
    };
    assert_eq!(send(&bench.new_operation()).await, CodeDelivery::Succeeded);
    assert_eq!(send(&bench.new_operation()).await, CodeDelivery::Stopped(SendLimit::User));
    assert_eq!(bench.gateway.messages().len(), 2, "messages");
    let fake = Approval::payment("op").by_nobody();
    for expected in [CodeDelivery::Succeeded, CodeDelivery::Succeeded, CodeDelivery::Stopped(SendLimit::User)]
    {
        assert_eq!(send(&fake).await, expected, "a fake shows");
    }
}

/// Each in an operation of its own, over two engines.
pub(super) async fn of_parallel_requests_exactly_the_limit_is_sent(bench: Bench) {
    let bench = bench.within(limits(SendLimit::User, "3;w=3600"));
    let engines = [bench.clone(), bench.with_policy(bench.policy)];
    for _ in rounds() {
        let before = bench.gateway.messages().len();
        let all = at_once(30, |number| {
            let (bench, approval) = (engines[number % 2].clone(), bench.new_operation());
            async move { bench.issue(&approval.request()).await.delivery }
        });
        let sent = all.await.into_iter().filter(|delivery| *delivery == CodeDelivery::Succeeded).count();
        assert_eq!((sent, bench.gateway.messages().len() - before), (3, 3), "codes and messages");
        bench.advance(3_600);
    }
}

/// Whoever asks twice at once gets one code, and both answers name it.
pub(super) async fn of_parallel_requests_for_one_step_one_is_sent_and_all_name_its_code(bench: Bench) {
    let bench = bench.within(delayed());
    for round in rounds() {
        let approval = Approval::payment(&format!("step {round}"));
        let all = at_once(10, |_| {
            let (bench, approval) = (bench.clone(), approval.clone());
            async move { bench.create(&approval).await }
        });
        let all = all.await;
        let sent = all.iter().filter(|issued| issued.delivery == CodeDelivery::Succeeded).count();
        assert_eq!(sent, 1, "so many were sent");
        assert!(all.iter().all(|issued| issued.message == all[0].message), "{all:?}");
        let code = bench.gateway.code_of(&all[0].message).expect("it was sent");
        let sent = Sent { message: all[0].message.clone(), code };
        assert!(bench.verify(&approval, &sent).await.succeeded(), "it is not good");
    }
}
