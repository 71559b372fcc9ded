use std::future::pending;

use super::*;

const PATIENT: GuardSettings = GuardSettings {
    deadline: Duration::from_secs(60),
    max_concurrent: 2,
    breaker_failures: 2,
    breaker_open: Duration::from_millis(100),
};

async fn fail(guard: &Guard) -> String {
    let failing = async { Err::<(), _>(AdapterError::Remote("down".to_owned())) };
    guard.call(Call::Decorate, failing).await.unwrap_err().to_string()
}

async fn succeed(guard: &Guard) -> Result<u8, AdapterError> {
    guard.call(Call::Decorate, async { Ok(1) }).await
}

#[tokio::test(start_paused = true)]
async fn a_call_that_takes_too_long_is_a_remote_error() {
    let guard = Guard::new("slow", GuardSettings { deadline: Duration::from_secs(5), ..PATIENT });
    let result = guard.call(Call::Decorate, pending::<Result<(), AdapterError>>()).await;
    assert!(matches!(&result, Err(AdapterError::Remote(why)) if why.contains("`slow`")), "{result:?}");
}

#[tokio::test]
async fn calls_beyond_the_bound_are_refused_at_once_and_let_in_when_others_end() {
    let guard = Guard::new("busy", PATIENT);
    let (release, wait) = tokio::sync::watch::channel(());
    let under_way: Vec<_> = (0..PATIENT.max_concurrent)
        .map(|_| {
            let (guard, mut wait) = (Arc::clone(&guard), wait.clone());
            tokio::spawn(async move {
                guard.call(Call::Decorate, async { wait.changed().await.map_err(|_| unreachable()) }).await
            })
        })
        .collect();
    while guard.slots.available_permits() > 0 {
        tokio::task::yield_now().await;
    }
    let refused = succeed(&guard).await.unwrap_err().to_string();
    assert!(refused.contains("2 calls under way"), "{refused}");
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
    assert!(fail(&guard).await.contains("down"));
    assert!(fail(&guard).await.contains("down"));
    let refused = succeed(&guard).await.unwrap_err().to_string();
    assert!(refused.contains("not asked for now"), "{refused}");
    tokio::time::sleep(PATIENT.breaker_open * 2).await;
    assert_eq!(succeed(&guard).await.unwrap(), 1, "it is asked again");
    fail(&guard).await;
    assert_eq!(succeed(&guard).await.unwrap(), 1, "one failure is not two in a row");
}

#[tokio::test]
async fn a_bad_request_is_not_the_back_ends_failure() {
    let guard = Guard::new("strict", PATIENT);
    for _ in 0..10 {
        let refusing = async { Err::<(), _>(AdapterError::InvalidInput("no".to_owned())) };
        let result = guard.call(Call::Decorate, refusing).await;
        assert!(matches!(result, Err(AdapterError::InvalidInput(_))), "{result:?}");
    }
    assert_eq!(succeed(&guard).await.unwrap(), 1);
}
