use std::future::pending;

use data_adapter_core::{OrganizationId, UserId};
use futures::future::join_all;

use super::*;

const PATIENT: GuardSettings = GuardSettings {
    deadline: Duration::from_secs(60),
    max_concurrent: 2,
    breaker_failures: 2,
    // Longer than a test takes for what has to come before it is over, on any machine.
    breaker_open: Duration::from_secs(5),
};

fn user(id: u32) -> Subject {
    Subject::user(&UserId::new(id.to_string())).of(Some(&OrganizationId::new("RETAIL")))
}

fn other() -> Subject {
    Subject::user(&UserId::new("other")).of(Some(&OrganizationId::new("SME")))
}

async fn fail_with(guard: &Guard, subject: Subject, error: fn(String) -> AdapterError) -> String {
    let failing = async { Err::<(), _>(error("down".to_owned())) };
    guard.call(Call::Decorate, subject, failing).await.unwrap_err().to_string()
}

async fn fail(guard: &Guard, id: u32) -> String {
    fail_with(guard, user(id), AdapterError::Remote).await
}

async fn succeed(guard: &Guard) -> Result<u8, AdapterError> {
    guard.call(Call::Decorate, other(), async { Ok(1) }).await
}

#[tokio::test(start_paused = true)]
async fn a_call_that_takes_too_long_is_a_remote_error() {
    let guard = Guard::new("slow", GuardSettings { deadline: Duration::from_secs(5), ..PATIENT });
    let result = guard.call(Call::Decorate, user(1), pending::<Result<(), AdapterError>>()).await;
    assert!(matches!(&result, Err(AdapterError::Remote(why)) if why.contains("`slow`")), "{result:?}");
}

#[tokio::test]
async fn calls_beyond_the_bound_are_refused_at_once_and_let_in_when_others_end() {
    let guard = Guard::new("busy", PATIENT);
    let (release, wait) = tokio::sync::watch::channel(());
    let under_way: Vec<_> = (0..)
        .take(PATIENT.max_concurrent)
        .map(|id| {
            let (guard, mut wait) = (Arc::clone(&guard), wait.clone());
            tokio::spawn(async move {
                let organization = OrganizationId::new(id.to_string());
                let subject = user(id).of(Some(&organization));
                guard
                    .call(Call::Decorate, subject, async { wait.changed().await.map_err(|_| unreachable()) })
                    .await
            })
        })
        .collect();
    while guard.shares.free() > 0 {
        tokio::task::yield_now().await;
    }
    let refused = succeed(&guard).await.unwrap_err().to_string();
    assert!(refused.contains("everything is taken"), "{refused}");
    release.send(()).unwrap();
    for call in under_way {
        call.await.unwrap().unwrap();
    }
    assert_eq!(succeed(&guard).await.unwrap(), 1);
}

fn unreachable() -> AdapterError {
    AdapterError::Internal("the channel is open".to_owned())
}

#[tokio::test]
async fn after_failures_in_a_row_nothing_is_asked_until_some_time_has_passed() {
    let guard = Guard::new("down", PATIENT);
    assert!(fail(&guard, 1).await.contains("down"));
    assert!(fail(&guard, 2).await.contains("down"));
    let refused = succeed(&guard).await.unwrap_err().to_string();
    assert!(refused.contains("not asked for now"), "{refused}");
    tokio::time::sleep(PATIENT.breaker_open + Duration::from_millis(100)).await;
    assert_eq!(succeed(&guard).await.unwrap(), 1, "it is asked again");
    fail(&guard, 1).await;
    assert_eq!(succeed(&guard).await.unwrap(), 1, "one failure is not two in a row");
}

#[tokio::test]
async fn a_bad_request_is_not_the_back_ends_failure() {
    let guard = Guard::new("strict", PATIENT);
    for _ in 0..10 {
        let refusing = async { Err::<(), _>(AdapterError::InvalidInput("no".to_owned())) };
        let result = guard.call(Call::Decorate, user(1), refusing).await;
        assert!(matches!(result, Err(AdapterError::InvalidInput(_))), "{result:?}");
    }
    assert_eq!(succeed(&guard).await.unwrap(), 1);
}

#[tokio::test]
async fn failures_about_one_user_do_not_give_the_back_end_up_for_others() {
    let guard = Guard::new("broken-for-one", GuardSettings { max_concurrent: 64, ..PATIENT });
    for _ in 0..50 {
        assert!(fail(&guard, 1).await.contains("down"));
    }
    join_all((0..50).map(|_| fail(&guard, 1))).await;
    assert_eq!(succeed(&guard).await.unwrap(), 1);
}

#[tokio::test]
async fn what_has_no_usable_answer_about_many_is_no_outage() {
    let guard = Guard::new("odd", PATIENT);
    for id in 0..50 {
        assert!(fail_with(&guard, user(id), AdapterError::Unanswerable).await.contains("down"));
    }
    assert_eq!(succeed(&guard).await.unwrap(), 1);
}

#[tokio::test]
async fn successes_of_others_in_between_keep_the_back_end_asked() {
    let guard = Guard::new("shaky", PATIENT);
    for id in 0..50 {
        assert!(fail(&guard, id).await.contains("down"));
        assert_eq!(succeed(&guard).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_back_end_that_nobody_can_reach_is_given_up_whoever_asks() {
    let guard = Guard::new("away", PATIENT);
    for _ in 0..2 {
        assert!(fail_with(&guard, user(1), AdapterError::Unreachable).await.contains("down"));
    }
    assert!(succeed(&guard).await.unwrap_err().to_string().contains("not asked for now"));
}

#[tokio::test]
async fn who_failed_before_the_back_end_was_given_up_does_not_have_it_given_up_anew() {
    let guard = Guard::new("back", PATIENT);
    fail(&guard, 1).await;
    fail(&guard, 2).await;
    assert!(fail(&guard, 3).await.contains("not asked for now"));
    tokio::time::sleep(PATIENT.breaker_open + Duration::from_millis(100)).await;
    for _ in 0..10 {
        assert!(fail(&guard, 1).await.contains("down"), "it says nothing new");
    }
    assert!(fail(&guard, 3).await.contains("down"), "somebody else, who is asked about");
    assert!(fail(&guard, 1).await.contains("not asked for now"), "it is still down");
}

#[tokio::test]
async fn ever_new_names_that_it_fails_for_do_not_give_up_a_back_end_that_answers_others() {
    let guard = Guard::new("picked-on", GuardSettings { max_concurrent: 64, ..PATIENT });
    succeed(&guard).await.unwrap();
    for id in 100..200 {
        assert!(fail(&guard, id).await.contains("down"));
    }
    assert_eq!(succeed(&guard).await.unwrap(), 1);
}

#[tokio::test]
async fn names_that_it_never_answered_do_not_have_a_back_end_given_up_anew() {
    let guard = Guard::new("was-down", PATIENT);
    succeed(&guard).await.unwrap();
    for _ in 0..2 {
        fail_with(&guard, user(1), AdapterError::Unreachable).await;
    }
    assert!(fail(&guard, 1).await.contains("not asked for now"));
    tokio::time::sleep(PATIENT.breaker_open + Duration::from_millis(100)).await;
    for id in 100..110 {
        assert!(fail(&guard, id).await.contains("down"), "it is asked again");
    }
    assert_eq!(succeed(&guard).await.unwrap(), 1);
}

#[tokio::test]
async fn what_is_remembered_of_failures_is_bounded() {
    let settings = GuardSettings { breaker_failures: u32::MAX, ..PATIENT };
    let guard = Guard::new("forgetful", settings);
    for id in 0..10_000 {
        fail(&guard, id).await;
    }
    assert!(guard.breaker.remembered() <= 4096);
}

/// How long somebody else's call takes beside a flood of 200, in units of what it takes alone.
async fn slowdown(flood: impl Fn(u32) -> Subject) -> f64 {
    let guard = Guard::new("flooded", GuardSettings { max_concurrent: 16, ..PATIENT });
    let ask = async |subject| {
        let since = tokio::time::Instant::now();
        let slow = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok(())
        };
        (guard.call(Call::Decorate, subject, slow).await, since.elapsed())
    };
    let (_, alone) = ask(other()).await;
    let late = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        ask(other()).await
    };
    let (_, (answer, beside)) = tokio::join!(join_all((0..200).map(|id| ask(flood(id)))), late);
    answer.expect("there is room for others");
    beside.as_secs_f64() / alone.as_secs_f64()
}

#[tokio::test(start_paused = true)]
async fn slow_calls_about_one_user_leave_room_for_others() {
    let ratio = slowdown(|_| user(1)).await;
    assert!(ratio < 1.5, "{ratio}");
}

#[tokio::test(start_paused = true)]
async fn slow_calls_about_the_users_of_one_organization_leave_room_for_others() {
    let ratio = slowdown(user).await;
    assert!(ratio < 1.5, "{ratio}");
}
