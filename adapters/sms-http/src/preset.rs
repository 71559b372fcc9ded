use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::settings::{
    AnswerSettings, Form, HttpSmsSettings, ReceiptSettings, ReportSettings, RequestSettings, Verification,
};

/// What is known of a gateway. `docs/sending-codes.md` names the version of the documentation that each is made from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// A gateway of the bank's own, which reads and writes plain JSON.
    #[default]
    Json,
    /// Twilio's Messages API, version 2010-04-01.
    Twilio,
    /// Vonage's SMS API.
    Vonage,
    /// Infobip's SMS API, version 3.
    Infobip,
    /// Kannel's `sendsms`, version 1.4.5.
    Kannel,
}

impl Preset {
    /// What it says, and nothing else.
    pub(crate) fn settings(self) -> HttpSmsSettings {
        match self {
            Self::Json => json(),
            Self::Twilio => twilio(),
            Self::Vonage => vonage(),
            Self::Infobip => infobip(),
            Self::Kannel => kannel(),
        }
    }
}

fn json() -> HttpSmsSettings {
    const BODY: &str = "{\"id\": {{ reference|tojson }}, \"to\": {{ number|tojson }}, \
                        {% if sender %}\"from\": {{ sender|tojson }}, {% endif %}\"text\": {{ text|tojson }}}";
    HttpSmsSettings {
        request: RequestSettings { body: text(BODY), ..posted(Form::Json) },
        receipts: receipts(
            Verification::StandardWebhooks,
            ReportSettings {
                form: Some(Form::Json),
                reference: text("/id"),
                status: text("/status"),
                reason: text("/reason"),
                delivered: list(&["delivered"]),
                undelivered: list(&["undelivered"]),
                ..ReportSettings::default()
            },
        ),
        ..HttpSmsSettings::default()
    }
}

fn twilio() -> HttpSmsSettings {
    HttpSmsSettings {
        url: text("https://api.twilio.com/2010-04-01/Accounts/{{ account }}/Messages.json"),
        request: RequestSettings {
            fields: fields(&[
                ("To", "{{ number }}"),
                ("From", "{{ sender }}"),
                ("Body", "{{ text }}"),
                ("StatusCallback", "{{ receipt_url }}"),
            ]),
            ..posted(Form::Form)
        },
        answer: AnswerSettings {
            result: text("/status"),
            accepted: list(&["accepted", "queued", "sending", "sent", "delivered"]),
            reference: text("/sid"),
            error: text("/code"),
            ..AnswerSettings::default()
        },
        receipts: receipts(
            Verification::Twilio,
            ReportSettings {
                form: Some(Form::Form),
                reference: text("/MessageSid"),
                status: text("/MessageStatus"),
                reason: text("/ErrorCode"),
                delivered: list(&["delivered", "read"]),
                undelivered: list(&["undelivered", "failed", "canceled"]),
                ..ReportSettings::default()
            },
        ),
        ..HttpSmsSettings::default()
    }
}

fn vonage() -> HttpSmsSettings {
    HttpSmsSettings {
        url: text("https://rest.nexmo.com/sms/json"),
        request: RequestSettings {
            fields: fields(&[
                ("to", "{{ digits }}"),
                ("from", "{{ sender }}"),
                ("text", "{{ text }}"),
                ("type", "{% if alphabet == \"ucs2\" %}unicode{% else %}text{% endif %}"),
                ("callback", "{{ receipt_url }}"),
            ]),
            ..posted(Form::Form)
        },
        answer: AnswerSettings {
            result: text("/messages/*/status"),
            accepted: list(&["0"]),
            // Throttled, wrong credentials, account suspended, no credit, too many connections, not for HTTP.
            unavailable_results: list(&["1", "4", "8", "9", "10", "11"]),
            // An error within the platform.
            unclear_results: list(&["5"]),
            reference: text("/messages/*/message-id"),
            ..AnswerSettings::default()
        },
        receipts: receipts(
            Verification::Path,
            ReportSettings {
                form: Some(Form::Json),
                reference: text("/messageId"),
                status: text("/status"),
                reason: text("/err-code"),
                delivered: list(&["delivered"]),
                undelivered: list(&["failed", "expired", "rejected"]),
                ..ReportSettings::default()
            },
        ),
        ..HttpSmsSettings::default()
    }
}

fn infobip() -> HttpSmsSettings {
    const BODY: &str = "{\"messages\": [{ \
                        {% if sender %}\"sender\": {{ sender|tojson }}, {% endif %}\
                        \"destinations\": [{\"to\": {{ digits|tojson }}}], \
                        \"content\": {\"text\": {{ text|tojson }}}\
                        {% if receipt_url %}, \"webhooks\": {\"delivery\": {\"url\": {{ receipt_url|tojson }}}, \
                        \"contentType\": \"application/json\"}{% endif %}}]}";
    HttpSmsSettings {
        token_scheme: text("App"),
        request: RequestSettings {
            body: text(BODY),
            headers: fields(&[("accept", "application/json")]),
            ..posted(Form::Json)
        },
        answer: AnswerSettings {
            result: text("/messages/*/status/name"),
            accepted: list(&["PENDING_*", "DELIVERED_*", "MESSAGE_ACCEPTED"]),
            unavailable_results: list(&["REJECTED_NOT_ENOUGH_CREDITS", "REJECTED_SYSTEM_ERROR"]),
            reference: text("/messages/*/messageId"),
            error: text("/errorCode"),
            ..AnswerSettings::default()
        },
        receipts: receipts(
            Verification::Path,
            ReportSettings {
                form: Some(Form::Json),
                list: text("/results"),
                reference: text("/messageId"),
                status: text("/status/name"),
                reason: text("/error/name"),
                // What has only reached the operator is on its way, and of `EXPIRED_DLR_UNKNOWN` nobody knows more either.
                delivered: list(&["DELIVERED_TO_HANDSET"]),
                undelivered: list(&["UNDELIVERABLE_*", "EXPIRED_EXPIRED", "REJECTED_*", "DELETED_*"]),
            },
        ),
        ..HttpSmsSettings::default()
    }
}

fn kannel() -> HttpSmsSettings {
    HttpSmsSettings {
        request: RequestSettings {
            method: text("GET"),
            form: Some(Form::Query),
            fields: fields(&[
                ("username", "{{ username }}"),
                ("password", "{{ password }}"),
                ("to", "{{ number }}"),
                ("from", "{{ sender }}"),
                ("text", "{{ text }}"),
                ("charset", "UTF-8"),
                ("coding", "{% if alphabet == \"ucs2\" %}2{% else %}0{% endif %}"),
                // Delivered, not delivered, refused by the network.
                ("dlr-mask", "{% if receipt_url %}19{% endif %}"),
                (
                    "dlr-url",
                    "{% if receipt_url %}{{ receipt_url }}?reference={{ reference }}&status=%d{% endif %}",
                ),
            ]),
            ..RequestSettings::default()
        },
        answer: AnswerSettings { pattern: text("^[03]: "), ..AnswerSettings::default() },
        receipts: receipts(
            Verification::Path,
            ReportSettings {
                form: Some(Form::Query),
                reference: text("/reference"),
                status: text("/status"),
                delivered: list(&["1"]),
                undelivered: list(&["2", "16", "34"]),
                ..ReportSettings::default()
            },
        ),
        ..HttpSmsSettings::default()
    }
}

fn posted(form: Form) -> RequestSettings {
    RequestSettings { method: text("POST"), form: Some(form), ..RequestSettings::default() }
}

fn receipts(verification: Verification, report: ReportSettings) -> ReceiptSettings {
    ReceiptSettings { verification: Some(verification), report, ..ReceiptSettings::default() }
}

/// A value that is there.
#[expect(clippy::unnecessary_wraps, reason = "it is for members that may be missing")]
fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[expect(clippy::unnecessary_wraps, reason = "it is for members that may be missing")]
fn list(texts: &[&str]) -> Option<Vec<String>> {
    Some(texts.iter().map(|text| (*text).to_owned()).collect())
}

fn fields(fields: &[(&str, &str)]) -> BTreeMap<String, String> {
    fields.iter().map(|(name, template)| ((*name).to_owned(), (*template).to_owned())).collect()
}
