use data_adapter_sca::Guess;

use super::bench::{Bench, USER, login};
use crate::build::{at, challenge, step};

pub(super) async fn the_end_of_an_operation_ends_all_its_open_challenges(bench: Bench) {
    bench.open("replaced", &login("op"), at(0)).await;
    let steps = [
        login("op"),
        step("op", "authorize_payment_sca", Some(USER)),
        step("op", "login", Some("another user")),
        step("op", "login", None),
    ];
    for (number, step) in steps.iter().enumerate() {
        bench.open(&number.to_string(), step, at(0)).await;
    }
    assert_eq!(bench.end_operation("op").await, 4, "so many were open");
    assert_eq!(bench.end_operation("op").await, 0, "none is open any more");
    for number in 0..steps.len() {
        let message = number.to_string();
        assert_eq!(bench.guess(&message, at(1)).await, Guess::Expired);
        assert!(!bench.consume(&message, at(1)).await, "it was used after its operation");
    }
}

pub(super) async fn the_end_of_an_operation_leaves_other_operations_open(bench: Bench) {
    for operation in ["op", "op2", "o"] {
        bench.open(operation, &login(operation), at(0)).await;
    }
    assert_eq!(bench.end_operation("op").await, 1);
    assert_eq!(bench.end_operation("unknown").await, 0);
    for open in ["op2", "o"] {
        bench.counted(open, at(1)).await;
        assert!(bench.consume(open, at(1)).await, "`{open}` could not be used");
    }
}

pub(super) async fn the_end_of_an_operation_leaves_used_challenges_used(bench: Bench) {
    bench.open("m", &login("op"), at(0)).await;
    assert!(bench.consume("m", at(1)).await, "it could not be used");
    assert_eq!(bench.end_operation("op").await, 0, "none was open");
    assert_eq!(bench.guess("m", at(1)).await, Guess::Used);
}

pub(super) async fn no_code_is_opened_after_the_end_of_its_operation(bench: Bench) {
    bench.open("before", &login("op"), at(0)).await;
    assert!(!bench.is_over("op").await);
    bench.end_operation("op").await;
    bench.end_operation("never had a code").await;
    for operation in ["op", "never had a code"] {
        assert!(bench.is_over(operation).await);
        for step in [
            login(operation),
            step(operation, "another step", Some("another user")),
            step(operation, "login", None),
        ] {
            assert!(!bench.try_keep(challenge("after", &step, at(1))).await, "{step:?}");
        }
    }
    assert_eq!(bench.guess("after", at(2)).await, Guess::Unknown);
    assert_eq!(bench.guess("before", at(2)).await, Guess::Expired);
    assert_eq!(bench.listed(at(2)).await, [""; 0]);
    assert!(!bench.is_over("op2").await);
    bench.open("of another operation", &login("op2"), at(2)).await;
}
