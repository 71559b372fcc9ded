//! Proving a phone by a code.

use futures::future::join_all;

use crate::bench::{BAD_PHONE, BLOCKED, Bench, NO_PHONE, USER, Wish, wrong};

#[actix_web::test]
async fn a_code_proves_a_phone() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    user.enrol().await.assert_bare(204);
    assert_eq!(user.status().await, "PENDING_VERIFICATION");
    user.verify(&bench.code()).await.assert_bare(204);
    assert_eq!(user.status().await, "ACTIVE");
}

#[actix_web::test]
async fn nothing_is_enrolled_or_verified_twice() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    user.enrol().await;
    let code = bench.code();
    user.verify(&code).await;
    assert_eq!(user.verify(&code).await.conflict(), "CHANNEL_ALREADY_REGISTERED");
    assert_eq!(user.enrol().await.conflict(), "CHANNEL_ALREADY_REGISTERED");
    assert_eq!(bench.messages(), 1);
}

#[actix_web::test]
async fn four_wrong_codes_leave_one_try_which_may_be_right() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    user.enrol().await;
    let code = bench.code();
    for number in 0..3 {
        assert_eq!(user.verify(&wrong(&code, number)).await.conflict(), "VERIFICATION_CODE_INVALID");
    }
    assert_eq!(user.verify(&wrong(&code, 3)).await.conflict(), "ONE_CHALLENGE_LIMIT_REMAINING");
    user.verify(&code).await.assert_bare(204);
    assert_eq!(user.status().await, "ACTIVE");
}

#[actix_web::test]
async fn after_five_wrong_codes_the_right_one_is_worth_nothing() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    user.enrol().await;
    let code = bench.code();
    for number in 0..4 {
        user.verify(&wrong(&code, number)).await;
    }
    assert_eq!(user.verify(&wrong(&code, 4)).await.conflict(), "CHALLENGE_LIMIT_EXCEEDED");
    for _ in 0..2 {
        assert_eq!(user.verify(&code).await.conflict(), "STATE_INVALID");
    }
    assert_eq!(user.status().await, "PENDING_VERIFICATION");
}

#[actix_web::test]
async fn five_failures_in_a_row_block_the_codes_of_a_new_enrolment_too() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    user.enrol().await;
    let first = bench.code();
    for number in 0..5 {
        user.verify(&wrong(&first, number)).await;
    }
    user.enrol().await.assert_bare(204);
    assert_eq!(user.verify(&bench.code()).await.conflict(), "STATE_INVALID");
    bench.advance(30 * 60);
    let user = served.user(bench.token(USER));
    user.enrol().await.assert_bare(204);
    user.verify(&bench.code()).await.assert_bare(204);
}

#[actix_web::test]
async fn a_new_enrolment_starts_over_with_another_code() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    user.enrol().await;
    let first = bench.code();
    for number in 0..3 {
        user.verify(&wrong(&first, number)).await;
    }
    user.enrol().await.assert_bare(204);
    let second = bench.code();
    assert_ne!(first, second, "a chance of one in a million");
    assert_eq!(user.verify(&first).await.conflict(), "VERIFICATION_CODE_INVALID");
    user.verify(&second).await.assert_bare(204);
}

#[actix_web::test]
async fn a_code_is_good_for_five_minutes() {
    let bench = Bench::new();
    let served = bench.serve().await;
    served.user(bench.token(USER)).enrol().await;
    let code = bench.code();
    bench.advance(300);
    let user = served.user(bench.token(USER));
    assert_eq!(user.verify(&code).await.conflict(), "VERIFICATION_CODE_EXPIRED");
}

#[actix_web::test]
async fn where_nothing_was_enrolled_there_is_nothing_to_verify() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    assert_eq!(user.verify("123456").await.conflict(), "STATE_INVALID");
}

#[actix_web::test]
async fn who_can_get_no_code_is_told_why() {
    let bench = Bench::new();
    let served = bench.serve().await;
    for (user, code) in [
        (NO_PHONE, "MOBILE_NUMBER_NOT_AVAILABLE"),
        (BAD_PHONE, "MOBILE_NUMBER_INVALID"),
        (BLOCKED, "CREDENTIALS_INACTIVE"),
    ] {
        assert_eq!(served.user(bench.token(user)).enrol().await.conflict(), code, "{user}");
    }
    assert_eq!(bench.messages(), 0);
}

#[actix_web::test]
async fn enrolments_are_limited() {
    let bench = Bench::with(Wish { enrolments: 2, ..Wish::default() });
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    user.enrol().await.assert_bare(204);
    user.enrol_push().await.assert_bare(204);
    assert_eq!(user.enrol().await.conflict(), "CHALLENGE_LIMIT_EXCEEDED");
    assert_eq!(user.enrol_push().await.conflict(), "CHALLENGE_LIMIT_EXCEEDED");
    assert_eq!((bench.messages(), bench.pushes().len()), (1, 1));
    bench.advance(60);
    user.enrol().await.assert_bare(204);
}

#[actix_web::test]
async fn another_number_has_to_be_proved_again() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    user.enrol().await;
    user.verify(&bench.code()).await;
    bench.people.move_to(USER, "+420700000001");
    assert_eq!(user.status().await, "INACTIVE");
    assert_eq!(user.verify("123456").await.conflict(), "STATE_INVALID");
    user.enrol().await.assert_bare(204);
    assert_eq!(user.status().await, "PENDING_VERIFICATION");
    user.verify(&bench.code()).await.assert_bare(204);
    assert_eq!(user.status().await, "ACTIVE");
}

#[actix_web::test]
async fn a_hundred_verifications_at_once_are_five_guesses_and_activate_at_most_once() {
    for right in [0, 50] {
        let bench = Bench::new();
        let served = bench.serve().await;
        let user = served.user(bench.token(USER));
        user.enrol().await;
        let code = bench.code();
        let bodies: Vec<String> = (0..100)
            .map(|number| if number < right { code.clone() } else { wrong(&code, number % 9) })
            .collect();
        let answers = join_all(bodies.iter().map(|code| user.verify(code))).await;
        let activated = answers.iter().filter(|answer| answer.status == 204).count();
        let counted = answers.iter().filter(|answer| {
            ["VERIFICATION_CODE_INVALID", "ONE_CHALLENGE_LIMIT_REMAINING", "CHALLENGE_LIMIT_EXCEEDED"]
                .contains(&answer.body["errorCode"].as_str().unwrap_or_default())
        });
        let counted = counted.count();
        assert!(activated <= 1 && counted + activated <= 5, "{activated} {counted}");
        assert_eq!(activated == 1, user.status().await == "ACTIVE");
        assert!(right > 0 || (activated, counted) == (0, 5), "{activated} {counted}");
    }
}
