//! What only later versions ask: certificates, the set-up of operations and risks.

use data_adapter_core::{
    AdapterError, AntiFraud, CertificateAuthentication, CertificateMode, FormContent, FraudDecision, Json,
    LoginOperation, OperationMapping, OperationSetup, Possession, RequiredFactors, StepOptions,
};
use data_adapter_protocol::web_flow::Dialect;
use data_adapter_rest::RestBackend;

use crate::calls::{backend_of, certificate, certificate_query, fraud_query, login, step};
use crate::scripted::{Reply, Scripted};

const FORM: &str = r#"{ "title" : {"id":"t"}, "balance":1.50 }"#;

async fn answering(reply: Reply) -> (Scripted, RestBackend) {
    let server = Scripted::start([reply]).await;
    let backend = backend_of(Dialect::V1, &server.url());
    (server, backend)
}

fn is_remote<T: std::fmt::Debug>(result: &Result<T, AdapterError>, reply: &str) {
    assert!(matches!(result, Err(AdapterError::Remote(_))), "{reply}: {result:?}");
}

fn signed() -> Possession {
    Possession::Signature("c2lnbmF0dXJl".to_owned())
}

#[test]
fn what_only_later_versions_ask_is_offered_in_dialect_1_only() {
    for dialect in Dialect::ALL {
        let all = backend_of(dialect, "http://127.0.0.1:1").capabilities();
        let later = [all.setup.is_some(), all.certificates.is_some(), all.anti_fraud.is_some()];
        assert_eq!(later, [dialect == Dialect::V1; 3], "{dialect}");
    }
}

#[tokio::test]
async fn the_owner_of_a_certificate_is_looked_up_with_it() {
    let user = r#"{"id":"12345678","organizationId":"RETAIL","accountStatus":"NOT_ACTIVE"}"#;
    let (server, backend) = answering(Reply::ok(user)).await;
    let owner = backend.owner(&certificate_query("PEM\n")).await.expect("an answer").expect("a user");
    assert_eq!(owner.status, data_adapter_core::AccountStatus::Blocked);
    let request = server.request();
    assert!(request.starts_with("POST /api/auth/user/lookup "), "{request}");
    assert!(request.contains(r#""organizationId":"RETAIL","clientCertificate":"PEM\n""#), "{request}");
    let (_server, backend) = answering(Reply::error("400 Bad Request", "USER_NOT_FOUND", "m")).await;
    assert_eq!(backend.owner(&certificate_query("PEM")).await.expect("an answer"), None);
    let (_server, backend) = answering(Reply::ok("{}")).await;
    is_remote(&backend.owner(&certificate_query("PEM")).await, "{}");
}

#[tokio::test]
async fn a_certificate_that_signed_and_one_of_a_handshake_have_different_names() {
    for (possession, there, missing) in [
        (
            signed(),
            r#""certificate":"PEM","signedMessage":"c2lnbmF0dXJl","authInstrument":"QUALIFIED_CERTIFICATE","#,
            "clientCertificate",
        ),
        (
            Possession::Signature(String::new()),
            r#""certificate":"PEM","signedMessage":"","#,
            "clientCertificate",
        ),
        (Possession::Tls, r#"{"clientCertificate":"PEM","authMethod""#, "signedMessage"),
    ] {
        let (server, backend) =
            answering(Reply::ok(r#"{"certificateVerificationResult":"SUCCEEDED"}"#)).await;
        assert!(backend.verify(&certificate("PEM", possession)).await.expect("an answer"));
        let request = server.request();
        assert!(request.starts_with("POST /api/auth/certificate/verify "), "{request}");
        assert!(request.contains(there), "{there}: {request}");
        assert!(!request.contains(missing), "{missing}: {request}");
    }
}

#[tokio::test]
async fn a_certificate_is_right_only_when_all_is() {
    for (reply, right) in [
        (Reply::ok(r#"{"certificateVerificationResult":"SUCCEEDED","accountStatus":"ACTIVE"}"#), true),
        (Reply::ok(r#"{"certificateVerificationResult":"SUCCEEDED","accountStatus":"NOT_ACTIVE"}"#), false),
        (Reply::ok(r#"{"certificateVerificationResult":"FAILED"}"#), false),
        (Reply::ok(r#"{"certificateVerificationResult":"SKIPPED"}"#), false),
        (Reply::error("400 Bad Request", "USER_NOT_FOUND", "m"), false),
        (Reply::error("401 Unauthorized", "AUTHENTICATION_FAILED", "m"), false),
    ] {
        let (_server, backend) = answering(reply.clone()).await;
        let outcome = backend.verify(&certificate("PEM", signed())).await;
        assert_eq!(outcome.expect("an outcome"), right, "{reply:?}");
    }
    for object in ["{}", r#"{"certificateVerificationResult":"MAYBE"}"#] {
        let (_server, backend) = answering(Reply::ok(object)).await;
        is_remote(&backend.verify(&certificate("PEM", signed())).await, object);
    }
}

#[tokio::test]
async fn a_certificate_that_the_api_refuses_is_nobodys_and_nobody_is_asked() {
    let (server, backend) = answering(Reply::Reset).await;
    for pem in ["", " ", "P\0M"] {
        assert_eq!(backend.owner(&certificate_query(pem)).await.expect("an answer"), None);
        assert!(!backend.verify(&certificate(pem, Possession::Tls)).await.expect("an answer"));
    }
    assert_eq!(server.requests(), [""; 0]);
}

#[tokio::test]
async fn an_application_gets_the_login_that_the_system_behind_has_for_it() {
    let application =
        r#"{"id":"DEMO","name":"Demo","description":null,"originalScopes":["aisp"],"extras":{"a": 1.0}}"#;
    let object = format!(r#"{{"name":"login","formData":{FORM},"applicationContext":{application}}}"#);
    let (server, backend) = answering(Reply::ok(&object)).await;
    let LoginOperation { name, form, application } =
        backend.login(&login()).await.expect("an answer").expect("a login");
    assert_eq!((name.as_str(), form), ("login", FormContent::FormData(Json::new(FORM))));
    assert_eq!((application.id.as_str(), application.name.as_str()), ("DEMO", "Demo"));
    assert_eq!(
        (application.scopes, application.extras),
        (vec!["aisp".to_owned()], Some(Json::new(r#"{"a": 1.0}"#)))
    );
    let request = server.request();
    assert!(
        request.ends_with(r#"{"requestObject":{"clientId":"democlient","scopes":["aisp"]}}"#),
        "{request}"
    );
}

#[tokio::test]
async fn an_application_that_is_refused_or_gets_nothing_has_no_login() {
    for reply in [
        Reply::error("400 Bad Request", "INPUT_INVALID", "m"),
        Reply::json("422 Unprocessable Entity", ""),
        Reply::json("200 OK", r#"{"status":"OK"}"#),
        Reply::json("200 OK", r#"{"status":"OK","responseObject":null}"#),
    ] {
        let (_server, backend) = answering(reply.clone()).await;
        assert_eq!(backend.login(&login()).await.expect("an answer"), None, "{reply:?}");
    }
}

#[tokio::test]
async fn a_login_that_lacks_something_is_remote() {
    const APPLICATION: &str = r#""applicationContext":{"id":"DEMO","name":"Demo"}"#;
    let named = r#""name":"login""#;
    let form = format!(r#""formData":{FORM}"#);
    for members in [
        format!("{form},{APPLICATION}"),
        format!(r#""name":" ",{form},{APPLICATION}"#),
        format!("{named},{APPLICATION}"),
        format!(r#"{named},"formData":null,{APPLICATION}"#),
        format!(r#"{named},"formData":[],{APPLICATION}"#),
        format!("{named},{form}"),
        format!(r#"{named},{form},"applicationContext":{{"name":"Demo"}}"#),
        format!(r#"{named},{form},"applicationContext":{{"id":"DEMO","extras":[]}}"#),
    ] {
        let object = format!("{{{members}}}");
        let (_server, backend) = answering(Reply::ok(&object)).await;
        is_remote(&backend.login(&login()).await, &object);
    }
}

#[tokio::test]
async fn a_step_has_the_options_that_the_system_behind_says() {
    for (mode, certificate) in [
        ("ENABLED", CertificateMode::Enabled),
        ("DISABLED", CertificateMode::Disabled),
        ("NOT_AVAILABLE", CertificateMode::NotAvailable),
    ] {
        let object = format!(
            r#"{{"certificateAuthenticationMode":"{mode}","certificateVerificationUrl":"https://c.example","operationDataExternal":"sign me"}}"#
        );
        let (server, backend) = answering(Reply::ok(&object)).await;
        let expected = StepOptions {
            certificate,
            certificate_url: Some("https://c.example".to_owned()),
            signed_text: Some("sign me".to_owned()),
        };
        assert_eq!(backend.step_options(&step()).await.expect("an answer"), expected);
        let request = server.request();
        assert!(request.starts_with("POST /api/auth/method/init "), "{request}");
        assert!(request.contains(r#""authMethod":"APPROVAL_SCA","operationContext":{"#), "{request}");
    }
    for object in ["{}", r#"{"certificateAuthenticationMode":"SOMETIMES"}"#] {
        let (_server, backend) = answering(Reply::ok(object)).await;
        is_remote(&backend.step_options(&step()).await, object);
    }
}

#[tokio::test]
async fn an_operation_is_mapped_as_the_system_behind_says() {
    for (sent, form) in [
        (format!(r#","formData":{FORM}"#), Some(FormContent::FormData(Json::new(FORM)))),
        (r#","formData":null"#.to_owned(), None),
        (String::new(), None),
    ] {
        let object = format!(
            r#"{{"templateName":"payment","operationName":"authorize_payment","operationData":"A1"{sent}}}"#
        );
        let (_server, backend) = answering(Reply::ok(&object)).await;
        let expected = OperationMapping {
            template: "payment".to_owned(),
            name: "authorize_payment".to_owned().into(),
            data: Some("A1".to_owned()),
            form,
        };
        assert_eq!(backend.mapping(&step()).await.expect("an answer"), expected, "{object}");
    }
    for object in [
        r#"{"operationName":"authorize_payment"}"#,
        r#"{"templateName":"","operationName":"authorize_payment"}"#,
        r#"{"templateName":"payment"}"#,
        r#"{"templateName":"payment","operationName":"p","formData":"x"}"#,
    ] {
        let (_server, backend) = answering(Reply::ok(object)).await;
        is_remote(&backend.mapping(&step()).await, object);
    }
}

#[tokio::test]
async fn a_risk_is_judged_as_the_system_behind_says() {
    let options = r#""authStepOptions":{"smsOtpRequired":true,"passwordRequired":false}"#;
    let factors = Some(RequiredFactors { sms_otp: true, password: false });
    for (members, factors) in [
        (format!(r#""afsResponseApplied":true,{options}"#), factors),
        (format!(r#""afsResponseApplied":false,{options}"#), None),
        (options.to_owned(), None),
        (r#""afsResponseApplied":true"#.to_owned(), None),
    ] {
        let object = format!(r#"{{{members},"afsLabel":"low","extras":{{"score": 0.10}}}}"#);
        let (_server, backend) = answering(Reply::ok(&object)).await;
        let decision = backend.assess(&fraud_query()).await.expect("an answer");
        let extras = Some(Json::new(r#"{"score": 0.10}"#));
        assert_eq!(decision, FraudDecision { factors, label: Some("low".to_owned()), extras }, "{object}");
    }
    for object in [r#"{"extras":[]}"#, r#"{"authStepOptions":true}"#, r#"{"afsResponseApplied":"yes"}"#] {
        let (_server, backend) = answering(Reply::ok(object)).await;
        is_remote(&backend.assess(&fraud_query()).await, object);
    }
}

#[tokio::test]
async fn all_that_is_known_of_a_step_goes_to_the_anti_fraud_system() {
    let (server, backend) = answering(Reply::ok("{}")).await;
    backend.assess(&fraud_query()).await.expect("an answer");
    let request = server.request();
    assert!(request.starts_with("POST /api/afs/action/execute "), "{request}");
    let step = concat!(
        r#""afsRequestParameters":{"afsType":"THREAT_MARK","afsAction":"APPROVAL_AUTH","clientIpAddress":"192.0.2.7","#,
        r#""stepIndex":1,"username":"user1234","authInstruments":["CREDENTIAL","OTP_KEY"],"#,
        r#""authStepResult":"CONFIRMED","operationTerminationReason":null},"extras":{"tag": 1.50}"#
    );
    assert!(request.contains(step), "{request}");
}
