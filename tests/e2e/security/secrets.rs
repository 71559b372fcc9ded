//! What partners show and are shown: none of it in the log, the audit log or the store.

use serde_json::json;

use super::partner::{AUTHORIZE, LOGIN, LOGOUT, POST_LOGIN_DETAILS, Partner, REGENERATE};
use super::{CONSUMER, TOKEN_KEY, builder, response_code};
use crate::codes::wrong;
use crate::secrets::{assert_clean, assert_files_clean};
use crate::support::DataAdapter;

const WRONG_PASSWORD: &str = "MARKED#2026a";
const WRONG_CODE: &str = "MARKED-code-that-is-none";
/// A consumer of the other partner, which delivers codes itself.
const THEIRS: i32 = 30_000_001;

/// Logs in, gets a code wrong and right, has one made anew, and logs out: what is secret of it.
async fn one_login(adapter: &DataAdapter) -> Vec<String> {
    let partner = Partner::login(adapter).await;
    let reference = partner.asked(adapter, CONSUMER).await;
    let first = adapter.code_for(&reference.to_lowercase()).await;
    let (bad, unreadable) = (partner.encrypt(&wrong(&first)), WRONG_CODE.to_owned());
    for identification in [&bad, &unreadable] {
        let body = json!({"SCAReferenceNumber": reference, "SCAIdentification": identification});
        assert_eq!(response_code(&partner.call(adapter, AUTHORIZE, &body).await), "905");
    }
    let again = json!({"SCAReferenceNumber": reference, "SCAType": 1});
    let answer = partner.call(adapter, REGENERATE, &again).await;
    assert_eq!(response_code(&answer), "000", "{}", answer.text);
    let reference = answer.json()["SCARes"]["SCAReferenceNumber"].as_str().expect("a number").to_owned();
    let second = adapter.code_for(&reference.to_lowercase()).await;
    assert_eq!(response_code(&partner.authorize(adapter, &reference, &second).await), "000");
    assert_eq!(response_code(&partner.call(adapter, LOGOUT, &json!({})).await), "000");
    assert_eq!(partner.call(adapter, LOGOUT, &json!({})).await.status, 401);
    let (token, key) = (partner.token().to_owned(), partner.key_text());
    let signature = token.rsplit('.').next().expect("a part").to_owned();
    let sent = partner.encrypt(&second);
    vec![first, second, bad, unreadable, sent, key.to_lowercase(), key, signature, token]
}

/// Has a code encrypted in an answer.
async fn one_delivery(adapter: &DataAdapter) -> Vec<String> {
    let form = "grant_type=password&username=otherpartner&password=Partner%232027";
    let partner = Partner::login_with(adapter, form).await.expect("an answer");
    let body = json!({"ConsumerID": THEIRS, "SCAOptionID1FA": 6, "DoSecondFactor": true});
    let answer = partner.call(adapter, POST_LOGIN_DETAILS, &body).await;
    let encrypted = answer.json()["SCARes"]["SCAIdentification"].as_str().expect("a text").to_owned();
    assert!(encrypted.len() >= 43, "{}", answer.text);
    vec![encrypted, partner.token().to_owned(), partner.key_text()]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_login_of_a_partner_leaves_a_secret_in_the_log_the_audit_log_or_the_store() {
    let folder = tempfile::tempdir().expect("a folder");
    let adapter = builder()
        .store(&folder.path().join("store.db"))
        .env("DATA_ADAPTER__LOG__FILTER", "trace")
        .env("DATA_ADAPTER__AUDIT__TARGET", "file")
        .env("DATA_ADAPTER__AUDIT__FILE", folder.path().join("audit.jsonl").display().to_string())
        .start()
        .await;
    let mut marks = one_login(&adapter).await;
    marks.extend(one_delivery(&adapter).await);
    let form =
        format!("grant_type=password&username=demopartner&password={}", WRONG_PASSWORD.replace('#', "%23"));
    let request = adapter.client().post(adapter.url(LOGIN));
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
    assert_eq!(adapter.send(request).await.status, 400);
    let exit = adapter.terminate().await;
    let known = [TOKEN_KEY, WRONG_PASSWORD, "Partner#2027", "Partner%232026", "Partner%232027", "MARKED"];
    let marks: Vec<&str> = marks.iter().map(String::as_str).chain(known).collect();
    assert!(exit.stderr.contains("TRACE"), "nothing is traced");
    assert_clean("the log", exit.stderr.as_bytes(), &marks);
    assert_clean("standard output", exit.stdout.as_bytes(), &marks);
    assert_files_clean("a login", folder.path(), &marks);
}
