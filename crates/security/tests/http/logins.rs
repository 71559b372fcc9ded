//! How a partner logs in and out.

use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use serde_json::{Value, json};

use crate::bench::{BRINGING, Bench, Login, PARTNER, STRANGER};

const WRONG: Login = Login { password: "Partner#2020", ..PARTNER };
const UNKNOWN: Login = Login { username: "nosuchpartner", ..PARTNER };

#[actix_web::test]
async fn a_login_is_answered_with_a_token_and_a_key() {
    let bench = Bench::new();
    let answered = bench.serve().await.log_in(PARTNER).await;
    assert_eq!(answered.status, 200, "{answered:?}");
    let names: Vec<_> = answered.body.as_object().unwrap().keys().cloned().collect();
    let expected = ["access_token", "token_type", "expires_in", "Contis_SecurityKey", ".expires", ".issued"];
    assert_eq!(names, expected);
    assert_eq!(
        (&answered.body["token_type"], &answered.body["expires_in"]),
        (&json!("bearer"), &json!(43199))
    );
    assert_eq!(answered.body[".issued"], "2026-01-01T12:00:00.0000000+00:00");
    assert_eq!(answered.body[".expires"], "2026-01-01T23:59:59.0000000+00:00");
    assert_eq!(answered.body["Contis_SecurityKey"].as_str().unwrap().len(), 96);
    assert_eq!(answered.headers.get(CACHE_CONTROL).unwrap(), "no-store");
}

#[actix_web::test]
async fn a_wrong_name_password_or_scheme_is_answered_alike() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let without_scheme = Login { scheme: None, ..BRINGING };
    let wrong_scheme = Login { scheme: Some("SCH002"), ..BRINGING };
    let mut bodies = Vec::new();
    for login in [WRONG, UNKNOWN, without_scheme, wrong_scheme] {
        let answered = served.log_in(login).await;
        assert_eq!(answered.status, 400, "{}: {answered:?}", login.username);
        bodies.push(answered.body);
    }
    assert_eq!(bodies[0]["error"], "invalid_grant");
    assert!(bodies.iter().all(|body| body == &bodies[0]), "{bodies:?}");
    assert_eq!(served.log_in(BRINGING).await.status, 200);
    let any_scheme = Login { scheme: Some("ANY"), ..PARTNER };
    assert_eq!(served.log_in(any_scheme).await.status, 200, "a partner without a scheme may name any");
}

#[actix_web::test]
async fn five_wrong_passwords_in_a_row_block_the_partner_for_a_while_and_nobody_else() {
    let bench = Bench::new();
    let served = bench.serve().await;
    for _ in 0..5 {
        assert_eq!(served.log_in(WRONG).await.status, 400);
    }
    let answered = served.log_in(PARTNER).await;
    assert_eq!((answered.status, &answered.body["error"]), (400, &json!("invalid_grant")));
    assert_eq!(served.log_in(STRANGER).await.status, 200);
    bench.advance(600);
    assert_eq!(served.log_in(PARTNER).await.status, 200);
}

#[actix_web::test]
async fn a_form_comes_as_multipart_too() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let part = |name: &str, value: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = part("GRANT_TYPE", "password")
        + &part("UserName", PARTNER.username)
        + &part("Password", PARTNER.password);
    let headers = [(CONTENT_TYPE.as_str(), "multipart/form-data; boundary=x")];
    let answered = served.send("/Security/LOGIN", &headers, format!("{body}--x--\r\n")).await;
    assert_eq!(answered.status, 200, "{answered:?}");
    let answered = served.send("/security/login", &headers, body).await;
    assert_eq!(answered.details(), ["The body has to be a form in UTF-8."], "it breaks off");
}

#[actix_web::test]
async fn what_is_no_form_of_a_login_is_400_with_the_names_of_the_document() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let urlencoded = "application/x-www-form-urlencoded";
    for (content_type, body, details) in [
        (urlencoded, "", &["GRANT_TYPE is missing.", "UserName is missing.", "Password is missing."][..]),
        (
            urlencoded,
            "grant_type=password&UserName=partner&Password=Partner%232026&SchemeCode=1234567",
            &["UserName has to have 8 to 100 characters.", "SchemeCode has to have 0 to 6 characters."],
        ),
        ("application/json", "{}", &["The body is of another type than this operation takes."]),
        ("text/plain", "grant_type=password", &["The body is of another type than this operation takes."]),
        (
            "application/x-www-form-urlencoded; charset=iso-8859-1",
            "",
            &["The body is of another type than this operation takes."],
        ),
    ] {
        let answered = served.send("/security/login", &[("content-type", content_type)], body).await;
        assert_eq!(answered.details(), details, "{content_type} {body}");
        assert_eq!(answered.body["Errors"][0]["Status"], "400");
    }
}

#[actix_web::test]
async fn a_token_is_shown_alone_or_after_bearer_and_is_good_until_it_is_given_back() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let another = served.partner(PARTNER).await;
    let json = ("content-type", "application/json");
    for header in
        [partner.token.clone(), format!("Bearer {}", partner.token), format!("bearer  {}", partner.token)]
    {
        let answered = served
            .send(
                "/security/ListSDKDevices",
                &[json, (AUTHORIZATION.as_str(), &header)],
                r#"{"ConsumerID":12345678}"#,
            )
            .await;
        assert_eq!(answered.code(), "000");
    }
    let answered = partner
        .call("logout", json!({"LogoutReason": "ManuallyLogout", "ClientRequestReference": "r"}))
        .await;
    assert_eq!((answered.code(), &answered.body["ClientRequestReference"]), ("000", &json!("r")));
    for operation in ["logout", "ListSDKDevices", "Authorize"] {
        assert_eq!(partner.call(operation, json!({})).await.status, 401, "{operation}");
    }
    assert_eq!(another.call("logout", json!({})).await.code(), "000", "each token is given back by itself");
}

#[actix_web::test]
async fn without_a_good_token_the_answer_is_401_whatever_else_is_wrong() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let good = format!("Bearer {}", partner.token);
    let basic = format!("Basic {}", partner.token);
    let twice = [("authorization", good.as_str()), ("authorization", good.as_str())];
    for headers in [
        &[][..],
        &[("authorization", "")],
        &[("authorization", "Bearer ")],
        &[("authorization", "Bearer a.b.c")],
        &[("authorization", &basic)],
        &twice,
    ] {
        let answered = served.send("/security/Authorize", headers, "no JSON").await;
        assert_eq!(answered.status, 401, "{headers:?}");
        assert_eq!(answered.body["Errors"][0]["Status"], "401");
        assert_eq!(answered.headers.get(WWW_AUTHENTICATE).unwrap(), "Bearer realm=\"data-adapter\"");
    }
    bench.advance(43199);
    assert_eq!(partner.call("logout", json!({})).await.status, 401, "its time is over");
}

#[actix_web::test]
async fn of_many_who_give_one_token_back_at_once_one_does() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let calls = (0..50).map(|_| partner.call("logout", json!({})));
    let answers = futures::future::join_all(calls).await;
    assert_eq!(answers.iter().filter(|answered| answered.status == 200).count(), 1);
    assert!(answers.iter().all(|answered| matches!(answered.status, 200 | 401)));
}

#[actix_web::test]
async fn paths_are_matched_in_any_case_and_below_the_context_path() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let token = format!("Bearer {}", partner.token);
    let headers = [("content-type", "application/json"), ("authorization", token.as_str())];
    for path in ["/security/listsdkdevices", "/SECURITY/LISTSDKDEVICES", "/context/Security/ListSDKDevices"] {
        let answered = served.send(path, &headers, r#"{"ConsumerID":12345678}"#).await;
        assert_eq!(answered.code(), "000", "{path}");
    }
    let answered = served.send("/Security/nowhere", &headers, "").await;
    assert_eq!((answered.status, &answered.body["Errors"][0]["Status"]), (404, &json!("404")));
    assert_eq!(served.send("/elsewhere", &headers, "").await.body["Errors"], Value::Null);
}
