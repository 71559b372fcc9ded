use std::time::Duration;

use data_adapter_core::{OrganizationId, UserId};
use futures::future::join_all;
use tokio::time::Instant;

use super::*;

const WORK: Duration = Duration::from_millis(100);

fn user(id: u32) -> Subject {
    Subject::user(&UserId::new(id.to_string())).of(Some(&OrganizationId::new("RETAIL")))
}

fn stranger() -> Subject {
    Subject::user(&UserId::new("stranger")).of(Some(&OrganizationId::new("SME")))
}

async fn work(shares: &Shares, subject: Subject) -> Result<Duration, Refusal> {
    let since = Instant::now();
    let _share = shares.acquire(subject).await?;
    tokio::time::sleep(WORK).await;
    Ok(since.elapsed())
}

/// How much longer than alone another waits who comes in the middle of a flood.
async fn slowdown(shares: &Shares, flood: impl Iterator<Item = Subject>, other: Subject) -> f64 {
    let alone = work(shares, other).await.unwrap();
    let flood: Vec<_> = flood.collect();
    let flood = join_all(flood.into_iter().map(|subject| work(shares, subject)));
    let late = async {
        tokio::time::sleep(WORK / 2).await;
        work(shares, other).await.unwrap()
    };
    let (_, beside) = tokio::join!(flood, late);
    beside.as_secs_f64() / alone.as_secs_f64()
}

#[tokio::test(start_paused = true)]
async fn one_who_floods_leaves_others_their_time() {
    for slots in [2, 3, 4, 8, 64] {
        let shares = Shares::new(Sizes::of(slots));
        let ratio = slowdown(&shares, (0..100).map(|_| user(1)), user(2)).await;
        assert!(ratio < 1.5, "{ratio} with {slots} slots");
    }
}

#[tokio::test(start_paused = true)]
async fn an_organization_whose_users_flood_leaves_others_their_time() {
    for slots in [2, 3, 4, 8, 64] {
        let shares = Shares::new(Sizes::of(slots));
        let ratio = slowdown(&shares, (0..1000).map(user), stranger()).await;
        assert!(ratio < 1.5, "{ratio} with {slots} slots");
    }
}

#[tokio::test(start_paused = true)]
async fn where_there_is_nothing_to_spare_the_next_turn_is_that_of_another() {
    let shares = Shares::new(Sizes { of_organization: 1, ..Sizes::of(1) });
    let ratio = slowdown(&shares, (0..100).map(|_| user(1)), user(2)).await;
    assert!((ratio - 1.5).abs() < 0.1, "the rest of one turn and then its own: {ratio}");
}

#[tokio::test(start_paused = true)]
async fn every_slot_is_used_when_there_is_enough_to_do() {
    let shares = Shares::new(Sizes { of_organization: 8, ..Sizes::of(8) });
    let since = Instant::now();
    join_all((0..8).map(|id| work(&shares, user(id)))).await;
    assert_eq!(since.elapsed(), WORK);
}

#[tokio::test(start_paused = true)]
async fn each_subject_has_places_of_its_own_exactly() {
    let places = Shares::new(Sizes::of_each(2));
    let _held: Vec<_> = join_all((0..5000).map(|id| places.acquire(user(id / 2)))).await;
    assert_eq!(work(&places, user(2500)).await, Ok(WORK), "nobody waits for somebody else");
    let third = tokio::time::timeout(WORK, places.acquire(user(0))).await;
    assert!(third.is_err(), "two at a time");
}

#[tokio::test(start_paused = true)]
async fn who_waits_too_numerously_is_refused_at_once_and_others_are_not() {
    let shares = Shares::new(Sizes { waiting: 3, ..Sizes::of(4) });
    let since = Instant::now();
    let answers = join_all((0..10).map(|_| async { (work(&shares, user(1)).await, since.elapsed()) })).await;
    let refused: Vec<_> = answers.iter().filter(|(answer, _)| *answer == Err(Refusal::Subject)).collect();
    assert_eq!(refused.len(), 6, "one is served and three wait");
    assert!(refused.iter().all(|(_, after)| after.is_zero()));
    assert_eq!(work(&shares, user(2)).await, Ok(WORK));
}

#[tokio::test(start_paused = true)]
async fn who_does_not_wait_is_refused_at_once_when_everything_is_taken() {
    let shares = Shares::new(Sizes::of(4));
    let held: Vec<_> = join_all((0..3).map(|id| shares.enter(user(id)))).await;
    assert!(held.iter().all(Result::is_ok));
    assert_eq!(shares.enter(user(3)).await.unwrap_err(), Refusal::Organization);
    let fourth = shares.enter(stranger()).await;
    assert!(fourth.is_ok() && shares.free() == 0);
    let other = Subject::user(&UserId::new("4")).of(Some(&OrganizationId::new("CORPORATE")));
    assert_eq!(shares.enter(other).await.unwrap_err(), Refusal::Full);
    drop(held);
    assert!(shares.enter(other).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn nothing_is_kept_of_those_who_are_gone_served_or_not() {
    let shares = Shares::new(Sizes::of(1));
    let share = shares.acquire(user(1)).await.unwrap();
    let gave_up = tokio::time::timeout(WORK, join_all((0..50).map(|id| shares.acquire(user(id))))).await;
    assert!(gave_up.is_err());
    assert_eq!((shares.subjects.count(), shares.organizations.count()), (1, 1));
    drop(share);
    assert_eq!((shares.subjects.count(), shares.organizations.count(), shares.free()), (0, 0, 1));
}
