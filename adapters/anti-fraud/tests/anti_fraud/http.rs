//! What an anti-fraud system is asked, and with which settings.

use data_adapter_anti_fraud::{HttpAntiFraud, HttpSettings};
use data_adapter_core::{
    AntiFraud as _, FraudAction, FraudQuery, Json, OrganizationId, Readiness as _, UserId,
};
use serde_json::json;

use crate::service::{Service, settings};
use crate::support::{logging_in, paying};

const NO_OPINION: &str = r#"{"factors":null}"#;

/// A query of which everything is known.
fn full() -> FraudQuery {
    let mut query = paying("100.00", "CZK", "238400856/0300");
    query.party.user = Some(UserId::new("12345678"));
    query.party.organization = Some(OrganizationId::new("RETAIL"));
    query.party.operation.data = Some("A1*A100CZK".to_owned());
    query.party.operation.external_transaction = Some("XT-1".to_owned());
    query.party.operation.form_data = Some(Json::new(r#"{"note":"žluťoučký","amount":100.0}"#));
    query.party.operation.application = Some(Json::new(r#"{"id":"APP"}"#));
    FraudQuery {
        action: FraudAction::ApprovalAuth,
        system: Some("THREAT_MARK".to_owned()),
        client_ip: Some("2001:db8::7".parse().expect("an address")),
        step: 2,
        username: Some("user1234".to_owned()),
        instruments: vec!["CREDENTIAL".to_owned(), "OTP_KEY".to_owned()],
        step_result: Some("CONFIRMED".to_owned()),
        termination: Some("DONE".to_owned()),
        extras: Some(Json::new(r#"{"tm_device_tag":"abc"}"#)),
        ..query
    }
}

#[tokio::test]
async fn everything_that_is_known_is_posted_with_the_amount_as_text() {
    let mut service = Service::answering("200 OK", NO_OPINION).await;
    service.client().assess(&full()).await.expect("an answer");
    let (head, body) = service.asked().await;
    assert!(head.starts_with("POST /assess HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("authorization: Bearer MARKED-token"), "{head}");
    let application = json!({ "id": "APP" });
    let form = serde_json::from_str::<serde_json::Value>(r#"{"note":"žluťoučký","amount":100.0}"#);
    let expected = json!({
        "action": "approval_auth",
        "step": 2,
        "system": "THREAT_MARK",
        "user": "12345678",
        "organization": "RETAIL",
        "username": "user1234",
        "clientIp": "2001:db8::7",
        "operation": {
            "id": "op",
            "name": "authorize_payment",
            "data": "A1*A100CZK",
            "externalTransaction": "XT-1",
            "formData": form.expect("JSON"),
            "application": application,
        },
        "payment": { "amount": "100", "currency": "CZK", "account": "238400856/0300" },
        "instruments": ["CREDENTIAL", "OTP_KEY"],
        "stepResult": "CONFIRMED",
        "termination": "DONE",
        "extras": { "tm_device_tag": "abc" },
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn what_is_not_known_is_null() {
    let mut service = Service::answering("200 OK", NO_OPINION).await;
    service.client().assess(&logging_in()).await.expect("an answer");
    let (_, body) = service.asked().await;
    for member in
        ["system", "user", "organization", "username", "clientIp", "payment", "stepResult", "extras"]
    {
        assert_eq!(body.get(member), Some(&serde_json::Value::Null), "{member}: {body}");
    }
}

#[tokio::test]
async fn a_system_with_a_status_url_is_ready_while_that_answers_with_json() {
    for (status, body, is_ready) in [
        ("200 OK", "{\"up\":true}", true),
        ("503 Down", "{}", false),
        ("404 No", "{}", false),
        ("200 OK", "up", false),
    ] {
        let mut service = Service::answering(status, body).await;
        let status_url = Some(service.url.replace("/assess", "/status"));
        let system = HttpAntiFraud::new(HttpSettings { status_url, ..settings(&service.url) });
        let system = system.expect("the settings can be used");
        assert!(system.has_status());
        assert_eq!(system.check().await.is_ok(), is_ready, "{status} {body}");
        assert!(service.asked().await.0.starts_with("GET /status HTTP/1.1"));
    }
    assert!(
        !HttpAntiFraud::new(settings("http://localhost:1")).expect("the settings can be used").has_status()
    );
}

#[test]
fn settings_that_would_send_the_token_in_the_clear_or_nowhere_are_refused_by_their_key() {
    let good = settings("https://fraud.bank.test/assess");
    assert!(HttpAntiFraud::new(good.clone()).is_ok());
    for (settings, named) in [
        (settings("http://fraud.bank.test/assess"), "`url` has to begin with https://"),
        (settings("fraud"), "`url` is not a URL"),
        (HttpSettings { token: "".into(), ..good.clone() }, "`token`"),
        (HttpSettings { timeout_ms: 0, ..good.clone() }, "`timeout_ms`"),
        (
            HttpSettings { ca_file: Some("/no/such/ca.pem".into()), ..good.clone() },
            "`ca_file` /no/such/ca.pem",
        ),
        (
            HttpSettings { client_key_file: Some("key.pem".into()), ..good.clone() },
            "`client_certificate_file` is missing",
        ),
        (
            HttpSettings { client_certificate_file: Some("certificate.pem".into()), ..good.clone() },
            "`client_key_file` is missing",
        ),
        (
            HttpSettings { status_url: Some("http://fraud.bank.test".to_owned()), ..good.clone() },
            "`status_url` has to begin with https://",
        ),
    ] {
        let why = HttpAntiFraud::new(settings).err().unwrap_or_else(|| unreachable!("{named} is refused"));
        assert!(why.starts_with(named) && !why.contains("MARKED"), "{why}");
    }
    assert!(!format!("{good:?}").contains("MARKED"), "{good:?}");
}
