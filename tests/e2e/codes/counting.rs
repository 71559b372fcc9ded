//! Five tries at one step, however many codes it takes.

use serde_json::Value;

use super::{
    EXPIRED, SPENT, UNKNOWN, USED, assert_over, assert_result, assert_right, assert_wrong, create, rent,
    send, verify, wrong,
};
use crate::support::DataAdapter;
use crate::support::payloads::{
    SMS_CREATE, SMS_VERIFY, USER, login, payment_named, sms_create_in, sms_verify,
};

#[tokio::test]
async fn a_code_is_accepted_once() {
    let adapter = DataAdapter::start().await;
    let sent = send(&adapter, USER, &rent("op")).await;
    assert_right(&verify(&adapter, &sent.message, &sent.code, USER, &rent("op")).await, "first");
    for code in [&sent.code, &wrong(&sent.code)] {
        let answer = verify(&adapter, &sent.message, code, USER, &rent("op")).await;
        assert_over(&answer, USED, "again");
    }
}

#[tokio::test]
async fn five_wrong_codes_spend_the_budget_and_then_the_right_one_comes_too_late() {
    let adapter = DataAdapter::start().await;
    let sent = send(&adapter, USER, &rent("op")).await;
    for remaining in [4, 3, 2, 1, 0] {
        let answer = verify(&adapter, &sent.message, &wrong(&sent.code), USER, &rent("op")).await;
        assert_wrong(&answer, remaining, "a wrong code");
    }
    for code in [&sent.code, &wrong(&sent.code)] {
        let answer = verify(&adapter, &sent.message, code, USER, &rent("op")).await;
        assert_over(&answer, SPENT, "too late");
    }
}

#[tokio::test]
async fn the_right_code_on_the_last_try_is_right() {
    let adapter = DataAdapter::start().await;
    let sent = send(&adapter, USER, &rent("op")).await;
    for remaining in [4, 3, 2, 1] {
        let answer = verify(&adapter, &sent.message, &wrong(&sent.code), USER, &rent("op")).await;
        assert_wrong(&answer, remaining, "a wrong code");
    }
    assert_right(&verify(&adapter, &sent.message, &sent.code, USER, &rent("op")).await, "the fifth");
}

#[tokio::test]
async fn a_code_typed_with_white_space_or_in_digits_of_another_script_is_right() {
    let adapter = DataAdapter::start().await;
    let shapes: [fn(&str) -> String; 5] = [
        |code| format!(" {code}"),
        |code| format!("{} {}", &code[..4], &code[4..]),
        |code| format!("{code}\r\n"),
        |code| format!("{}\u{a0}{}", &code[..3], &code[3..]),
        |code| code.bytes().filter_map(|digit| char::from_u32(u32::from(digit - b'0') + 0xff10)).collect(),
    ];
    for (number, shape) in shapes.into_iter().enumerate() {
        let context = rent(&format!("op-{number}"));
        let sent = send(&adapter, USER, &context).await;
        let typed = shape(&sent.code);
        assert_right(&verify(&adapter, &sent.message, &typed, USER, &context).await, &format!("{typed:?}"));
    }
}

#[tokio::test]
async fn a_code_of_another_shape_is_a_wrong_code() {
    let adapter = DataAdapter::start().await;
    let sent = send(&adapter, USER, &rent("op")).await;
    let shapes = [
        format!("{}.", sent.code),
        format!("0{}", sent.code),
        sent.code[1..].to_owned(),
        format!("{}-{}", &sent.code[..4], &sent.code[4..]),
    ];
    for (shape, remaining) in shapes.iter().zip([4, 3, 2, 1]) {
        let answer = verify(&adapter, &sent.message, shape, USER, &rent("op")).await;
        assert_wrong(&answer, remaining, shape);
    }
    assert_right(&verify(&adapter, &sent.message, &sent.code, USER, &rent("op")).await, "as it was sent");
}

#[tokio::test]
async fn an_empty_code_is_told_apart_and_counts_like_a_wrong_one() {
    let adapter = DataAdapter::start().await;
    let sent = send(&adapter, USER, &rent("op")).await;
    let typed = sms_verify(&sent.message, "x", USER, &rent("op"));
    let absent = typed.replace(r#""authorizationCode":"x","#, "");
    let null = typed.replace(r#""authorizationCode":"x""#, r#""authorizationCode":null"#);
    let empty = typed.replace(r#""authorizationCode":"x""#, r#""authorizationCode":"""#);
    for (body, remaining) in [(empty, 4), (null, 3), (absent, 2)] {
        assert_ne!(body, typed);
        let answer = adapter.post(SMS_VERIFY, body).await;
        let message = Some("smsAuthorization.invalidCode");
        assert_result(&answer, "VERIFIED_FAILED", message, Some(remaining), "no code");
    }
    let answer = verify(&adapter, &sent.message, &wrong(&sent.code), USER, &rent("op")).await;
    assert_wrong(&answer, 1, "a wrong one after them");
}

#[tokio::test]
async fn a_message_that_was_never_sent_is_told_as_such() {
    let adapter = DataAdapter::start().await;
    let sent = send(&adapter, USER, &rent("op")).await;
    for message in ["00000000-0000-4000-8000-000000000000", "x", "' OR 1=1 --", &sent.code] {
        let answer = verify(&adapter, message, &sent.code, USER, &rent("op")).await;
        assert_over(&answer, UNKNOWN, message);
    }
}

#[tokio::test]
async fn another_message_ends_the_older_code_and_gives_no_guesses_back() {
    let adapter = DataAdapter::start().await;
    for (operation, resend) in [("asked-again", false), ("resent", true)] {
        let first = send(&adapter, USER, &rent(operation)).await;
        for remaining in [4, 3] {
            let answer = verify(&adapter, &first.message, &wrong(&first.code), USER, &rent(operation)).await;
            assert_wrong(&answer, remaining, operation);
        }
        let answer = adapter.post(SMS_CREATE, sms_create_in(USER, &rent(operation), "en", resend)).await;
        let second = answer.member("messageId");
        let code = adapter.code_for(&second).await;
        let answer = verify(&adapter, &first.message, &first.code, USER, &rent(operation)).await;
        assert_over(&answer, EXPIRED, "the older code");
        let answer = verify(&adapter, &second, &wrong(&code), USER, &rent(operation)).await;
        assert_wrong(&answer, 2, "the newer code");
        assert_right(&verify(&adapter, &second, &code, USER, &rent(operation)).await, "the newer code");
    }
}

#[tokio::test]
async fn a_spent_budget_stays_spent_whatever_is_sent_next() {
    let adapter = DataAdapter::start().await;
    let first = send(&adapter, USER, &rent("op")).await;
    for _ in 0..5 {
        verify(&adapter, &first.message, &wrong(&first.code), USER, &rent("op")).await;
    }
    let second = create(&adapter, USER, &rent("op")).await;
    let answer = verify(&adapter, &second, &wrong(&first.code), USER, &rent("op")).await;
    assert_over(&answer, SPENT, "a new message for a spent step");
}

#[tokio::test]
async fn the_budget_is_fresh_after_a_success_and_for_another_step() {
    let adapter = DataAdapter::start().await;
    let step = payment_named("authorize_payment_sca", "op", "100", "CZK", "238400856/0300");
    let first = send(&adapter, USER, &login("op")).await;
    for remaining in [4, 3] {
        let answer = verify(&adapter, &first.message, &wrong(&first.code), USER, &login("op")).await;
        assert_wrong(&answer, remaining, "login");
    }
    let second = send(&adapter, USER, &step).await;
    let answer = verify(&adapter, &second.message, &wrong(&second.code), USER, &step).await;
    assert_wrong(&answer, 4, "another step of the same operation");
    assert_right(&verify(&adapter, &second.message, &second.code, USER, &step).await, "that step");
    let answer = verify(&adapter, &first.message, &first.code, USER, &login("op")).await;
    assert_right(&answer, "the code of the other step is still good");
    let third = send(&adapter, USER, &login("op")).await;
    let answer = verify(&adapter, &third.message, &wrong(&third.code), USER, &login("op")).await;
    assert_wrong(&answer, 4, "the same step after a success");
}

#[tokio::test]
async fn steps_of_two_users_are_counted_apart() {
    let adapter = DataAdapter::start().await;
    let his = send(&adapter, USER, &rent("op")).await;
    let hers = send(&adapter, "20000002", &rent("op")).await;
    for remaining in [4, 3, 2] {
        let answer = verify(&adapter, &his.message, &wrong(&his.code), USER, &rent("op")).await;
        assert_wrong(&answer, remaining, "his");
    }
    let answer = verify(&adapter, &hers.message, &wrong(&hers.code), "20000002", &rent("op")).await;
    assert_wrong(&answer, 4, "hers");
    assert_right(&verify(&adapter, &hers.message, &hers.code, "20000002", &rent("op")).await, "hers");
    assert_right(&verify(&adapter, &his.message, &his.code, USER, &rent("op")).await, "his");
}

#[tokio::test]
async fn a_text_arrives_in_the_language_that_was_asked_for_with_what_it_approves() {
    let adapter = DataAdapter::start().await;
    for (user, language, expected) in [
        (USER, "en", "Authorization code for payment of 100.00 CZK to account 238400856/0300 is "),
        (USER, "cs_CZ, en;q=0.8", "Autorizační kód pro platbu 100.00 CZK na účet 238400856/0300 je "),
        (USER, "cs", "Autorizační kód pro platbu 100.00 CZK na účet 238400856/0300 je "),
        (USER, "xx", "Authorization code for payment of 100.00 CZK to account 238400856/0300 is "),
    ] {
        let context = payment_named("authorize_payment", language, "100.00", "CZK", "238400856/0300");
        let answer = adapter.post(SMS_CREATE, sms_create_in(user, &context, language, false)).await;
        let message = answer.member("messageId");
        let code = adapter.code_for(&message).await;
        let inbox = adapter.messages().await;
        let text = inbox[0]["text"].as_str().unwrap_or_default();
        assert_eq!(text, format!("{expected}{code}."), "{language}");
        assert_eq!(inbox[0]["messageId"], Value::from(message));
    }
    let message = create(&adapter, USER, &login("login")).await;
    let code = adapter.code_for(&message).await;
    let inbox = adapter.messages().await;
    assert_eq!(inbox[0]["text"], format!("Authorization code for login is {code}."));
}
