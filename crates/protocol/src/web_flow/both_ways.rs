//! What one side writes is what the other side reads.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::*;
use crate::json::Object;

/// Reads a request as the server does and writes it as a client does.
fn rewritten<T: Serialize + DeserializeOwned>(members: &str) -> String {
    let text = format!(r#"{{"requestObject":{{{members}}}}}"#);
    let request: Object<ObjectRequest<T>> = serde_json::from_str(&text).unwrap();
    let text = serde_json::to_string(&request).unwrap();
    let members = text.strip_prefix(r#"{"requestObject":{"#).and_then(|text| text.strip_suffix("}}"));
    members.unwrap().to_owned()
}

fn answer<T: DeserializeOwned>(json: &str) -> T {
    let response: ObjectResponse<T> = serde_json::from_str(json).unwrap();
    assert!(response.is_ok());
    response.into_object().unwrap()
}

const CONTEXT: &str = concat!(
    r#""operationContext":{"id":"op","name":"authorize_payment","data":"A1*A100CZK","#,
    r#""formData":{ "parameters" : [{"amount":158121.10},{"amount":1.0E7},{"x":0.00}]},"#,
    r#""applicationContext":{"extras":{"\u017e":[null , 100]}}}"#
);

#[test]
fn a_request_is_written_as_web_flow_writes_it() {
    let user = r#""userId":"1","organizationId":"RETAIL""#;
    let protection = concat!(
        r#""authenticationContext":{"passwordProtection":"PASSWORD_ENCRYPTION_AES","#,
        r#""cipherTransformation":"AES/CBC/PKCS7Padding"}"#
    );
    let lookup = format!(r#""username":"u","organizationId":"RETAIL",{CONTEXT}"#);
    assert_eq!(rewritten::<UserLookupRequest>(&lookup), lookup);
    assert_eq!(rewritten::<UserInfoRequest>(user), user);
    let authenticate = format!(r#"{user},"password":"aXY=:Y2lwaGVy",{protection},{CONTEXT}"#);
    assert_eq!(rewritten::<UserAuthenticateRequest>(&authenticate), authenticate);
    let create = format!(r#""userId":null,"organizationId":null,{CONTEXT},"lang":"cs","resend":true"#);
    assert_eq!(rewritten::<SmsCreateRequest>(&create), create);
    let verify = format!(r#""messageId":"m","authorizationCode":"12345678",{user},{CONTEXT}"#);
    assert_eq!(rewritten::<SmsVerifyRequest>(&verify), verify);
    let both = format!(
        r#""messageId":"m","authorizationCode":"12345678","userId":"1","password":"p","organizationId":"RETAIL",{protection},{CONTEXT}"#
    );
    assert_eq!(rewritten::<SmsPasswordVerifyRequest>(&both), both);
    let consent = format!("{user},{CONTEXT}");
    assert_eq!(rewritten::<ConsentRequest>(&consent), consent);
    let submit = format!(r#"{user},{CONTEXT},"lang":"en","options":[{{"id":"a","value":"CHECKED"}}]"#);
    assert_eq!(rewritten::<ConsentSubmitRequest>(&submit), submit);
    let change = format!(r#"{user},{CONTEXT},"operationChange":"CANCELED""#);
    assert_eq!(rewritten::<OperationChangeRequest>(&change), change);
    for choice in [
        r#"{"type":"BANK_ACCOUNT_CHOICE","bankAccountId":"CZ40"}"#,
        r#"{"type":"AUTH_METHOD_CHOICE","chosenAuthMethod":"SMS_KEY"}"#,
    ] {
        let change = format!(r#"{user},{CONTEXT},"formDataChange":{choice}"#);
        assert_eq!(rewritten::<FormDataChangeRequest>(&change), change);
    }
}

#[test]
fn in_an_answer_null_is_absent_and_unknown_members_are_ignored() {
    let user: UserDetail = answer(
        r#"{"status":"OK","responseObject":{"id":"1","organizationId":null,"givenName":null,"extras":{"a":[1.50]}}}"#,
    );
    assert_eq!((user.id.as_str(), user.organization_id.as_str(), user.given_name), ("1", "", None));
    let form: ConsentInitResponse =
        answer(r#"{"status":"OK","responseObject":{"shouldDisplayConsentForm":true,"options":null}}"#);
    assert_eq!(form.should_display_consent_form, Some(true));
    assert!(form.form.consent_html.is_empty() && form.form.options.is_empty());
    let verdict: ConsentValidateResponse =
        answer(r#"{"status":"OK","responseObject":{"optionValidationResults":null}}"#);
    assert!(!verdict.consent_validation_passed);
    let saved: ConsentSaveResponse = answer(r#"{"status":"OK","responseObject":{"saveSucceeded":null}}"#);
    assert!(!saved.save_succeeded);
}

#[test]
fn results_are_read_in_the_words_of_every_version() {
    for (words, result) in
        [(&["VERIFIED_SUCCEEDED", "SUCCEEDED"][..], true), (&["VERIFIED_FAILED", "FAILED", "SKIPPED"], false)]
    {
        for word in words {
            let json = format!(r#"{{"smsAuthorizationResult":"{word}","remainingAttempts":3}}"#);
            let response: SmsVerifyResponse = serde_json::from_str(&json).unwrap();
            assert_eq!(response.sms_authorization_result.succeeded(), result, "{word}");
            assert_eq!(response.remaining_attempts, Some(3));
        }
    }
    for unknown in [r#""NOT_VERIFIED""#, r#""verified_succeeded""#, "true", "null"] {
        let json = format!(r#"{{"smsAuthorizationResult":{unknown}}}"#);
        assert!(serde_json::from_str::<SmsVerifyResponse>(&json).is_err(), "{unknown}");
    }
}

#[test]
fn form_data_are_read_byte_for_byte() {
    let form = r#"{ "parameters" : [{"balance":158121.10},{"balance":100}] , "x":1,"x":2 }"#;
    let json = format!(r#"{{"status":"OK","responseObject":{{"formData":{form}}}}}"#);
    assert_eq!(answer::<DecorateResponse>(&json).form_data.get(), form);
}
