//! What Web Flow sends at the same time.

use super::V0_22_2;
use super::replay::recording;
use crate::support::outcome::VERIFIED;
use crate::support::payloads::{DECORATE, SMS_CREATE, SMS_VERIFY, USER, sms_verify};
use crate::support::{DataAdapter, Outcome};

#[tokio::test]
async fn a_decoration_and_a_text_that_are_under_way_together_do_not_disturb_each_other() {
    let adapter = DataAdapter::start().await;
    let recorded = recording(&V0_22_2, "payment");
    let request = |path: &str| {
        let found = recorded.iter().rfind(|(recorded, _)| recorded.ends_with(path));
        found.expect("the recording has such a request").clone()
    };
    let (decorate, create) = (request(DECORATE), request(SMS_CREATE));
    let (decorated, created, again) = futures::join!(
        adapter.post(&decorate.0, decorate.1.to_string()),
        adapter.post(&create.0, create.1.to_string()),
        adapter.post(&decorate.0, decorate.1.to_string()),
    );
    Outcome::Decorated.assert(&decorated, "a decoration while a text is sent");
    assert_eq!(decorated.text, again.text);
    Outcome::Sent.assert(&created, "a text while form data is decorated");

    let message_id = created.member("messageId");
    let code = adapter.code_for(&message_id).await;
    let context = create.1["requestObject"]["operationContext"].to_string();
    let verify = sms_verify(&message_id, &code, USER, &context);
    VERIFIED.assert(&adapter.post(SMS_VERIFY, verify).await, "the code of that text");
}
