//! What is offered to answer a challenge, and compared with it.

use data_adapter_core::{OrganizationId, UserId};
use data_adapter_sca::{Challenge, CodeHash, CountedGuess, Factor, Guess, KeyedHash, Offer};

use super::bench::{Bench, LIMIT, TRIES, USER, VALIDITY, login, offer};
use crate::build::{CODE_HASH, KEY_ID, at, challenge, step};

/// A first guess that counts.
fn counted(fits: bool) -> Guess {
    Guess::Counted(CountedGuess { fits, remaining: TRIES - 1, blocked: false, starts_block: false })
}

fn right() -> Offer {
    offer(&CODE_HASH, KEY_ID)
}

/// Opens a challenge of an operation of its own, and says what comes of an offer.
async fn first(bench: &Bench, operation: &str, offer: &Offer) -> Guess {
    bench.open(operation, &login(operation), at(0)).await;
    bench.offer(operation, offer, at(1)).await
}

pub(super) async fn a_right_code_is_accepted_and_a_wrong_one_counts(bench: Bench) {
    let mut hash = [0; 32];
    for (index, byte) in hash.iter_mut().enumerate() {
        *byte = u8::try_from(index * 8).expect("it fits");
    }
    let key_id = "klíč \"2026\" 🔑";
    let opened = Challenge {
        code_hash: CodeHash(hash),
        key_id: key_id.to_owned(),
        ..challenge("žluťoučký:kůň", &step("a:b/c\\d", "login\n", Some("O'Neil {1}")), at(0))
    };
    bench.keep(opened).await;
    for place in [0, 15, 31] {
        let mut wrong = hash;
        wrong[place] ^= 1;
        let guess = bench.offer("žluťoučký:kůň", &offer(&CodeHash(wrong), key_id), at(1)).await;
        assert!(matches!(guess, Guess::Counted(CountedGuess { fits: false, .. })), "{guess:?}");
    }
    let right = offer(&CodeHash(hash), key_id);
    assert_eq!(bench.offer("žluťoučký:kůň", &right, at(1)).await, Guess::Accepted);
    assert_eq!(bench.offer("žluťoučký:kůň", &right, at(1)).await, Guess::Used, "it was used twice");
}

/// New codes are hashed under a new key while those under the old one are still out.
pub(super) async fn of_the_hashes_that_are_offered_the_one_under_its_key_is_compared(bench: Bench) {
    let hash = |key_id: &str, hash| KeyedHash { key_id: key_id.to_owned(), hash };
    let wrong = CodeHash([9; 32]);
    for (operation, hashes, expected) in [
        ("first", [hash(KEY_ID, CODE_HASH), hash("another", wrong)], Guess::Accepted),
        ("second", [hash("another", wrong), hash(KEY_ID, CODE_HASH)], Guess::Accepted),
        ("under another key", [hash("another", CODE_HASH), hash(KEY_ID, wrong)], counted(false)),
    ] {
        let offer = Offer { hashes: hashes.to_vec(), ..right() };
        assert_eq!(first(&bench, operation, &offer).await, expected, "{operation}");
    }
}

pub(super) async fn what_nobody_can_compare_counts_for_nothing_and_stays_open(bench: Bench) {
    let other_key = offer(&CODE_HASH, "another");
    let fake = step("fake", "login", None);
    bench.open("real", &login("real"), at(0)).await;
    bench.open("fake", &fake, at(0)).await;
    for message in ["real", "fake"] {
        for offer in [&other_key, &Offer::default()] {
            for _ in 0..LIMIT.max(TRIES) {
                let guess = bench.offer(message, offer, at(1)).await;
                assert_eq!(guess, Guess::OtherKey(KEY_ID.to_owned()), "{message}");
            }
        }
        assert_eq!(bench.found(message, at(1)).await.guesses, 0, "{message}");
    }
    assert_eq!(bench.offer("unknown", &other_key, at(1)).await, Guess::Unknown);
    for _ in 0..TRIES {
        bench.counted("fake", at(1)).await;
    }
    assert_eq!(bench.offer("fake", &other_key, at(1)).await, Guess::Spent, "nobody has to compare");
    assert_eq!(bench.offer("real", &Offer::default(), at(VALIDITY)).await, Guess::Expired);
    assert_eq!(bench.offer("real", &right(), at(1)).await, Guess::Expired, "it is good again");
    bench.fail_often(USER, LIMIT - 1, at(1)).await;
    assert!(!bench.is_blocked(USER, Factor::Code, at(1)).await, "it counts against the user");
}

pub(super) async fn a_right_code_that_is_not_accepted_counts_and_stays(bench: Bench) {
    let looked_at = Offer { accept: false, ..right() };
    assert_eq!(first(&bench, "op", &looked_at).await, counted(true));
    bench.fail_often(USER, LIMIT - 2, at(1)).await;
    let guess = bench.offer("op", &looked_at, at(1)).await;
    let last = CountedGuess { fits: true, remaining: TRIES - 2, blocked: false, starts_block: true };
    assert_eq!(guess, Guess::Counted(last), "it counts against step and user");
    bench.clear(USER, Factor::Code).await;
    assert_eq!(bench.offer("op", &right(), at(2)).await, Guess::Accepted);
}

pub(super) async fn a_code_of_somebody_else_does_not_fit(bench: Bench) {
    let of = |user: Option<&str>, organization: Option<&str>| Offer {
        user: user.map(UserId::new),
        organization: organization.map(OrganizationId::new),
        ..right()
    };
    for (operation, offer, expected) in [
        ("both", of(Some(USER), Some("RETAIL")), Guess::Accepted),
        ("user", of(Some(USER), None), Guess::Accepted),
        ("organization", of(None, Some("RETAIL")), Guess::Accepted),
        ("another user", of(Some("another user"), Some("RETAIL")), counted(false)),
        ("another organization", of(Some(USER), Some("SME")), counted(false)),
        ("another case", of(None, Some("retail")), counted(false)),
    ] {
        assert_eq!(first(&bench, operation, &offer).await, expected, "{operation}");
        bench.clear(USER, Factor::Code).await;
    }
    let unknown = Challenge { organization: None, ..challenge("m", &login("op"), at(0)) };
    bench.keep(unknown).await;
    let guess = bench.offer("m", &of(Some(USER), Some("SME")), at(1)).await;
    assert_eq!(guess, Guess::Accepted, "nobody knows of which organization it is");
}

/// Even if chance had made the hash of a fake that of a code.
pub(super) async fn no_code_fits_a_fake(bench: Bench) {
    bench.open("fake", &step("op", "login", None), at(0)).await;
    assert_eq!(bench.offer("fake", &right(), at(1)).await, counted(false));
    assert!(bench.is_open("fake", at(1)).await, "it was used");
}
