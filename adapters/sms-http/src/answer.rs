use data_adapter_http_call::{Lost, SettingError};
use data_adapter_sca::{GatewayError, SmsMessage};
use regex::Regex;
use secrecy::ExposeSecret as _;
use serde_json::Value;

use crate::pointer::{Pointer, is_one_of};
use crate::settings::AnswerSettings;

/// The longest id of a message that is kept.
const LONGEST_REFERENCE: usize = 128;
/// The longest code of an error that is shown.
const LONGEST_CODE: usize = 48;

/// Judges the answers of a gateway.
pub(crate) struct Answers {
    success: Vec<u16>,
    unavailable: Vec<u16>,
    result: Option<Pointer>,
    accepted: Vec<String>,
    unavailable_results: Vec<String>,
    unclear_results: Vec<String>,
    pattern: Option<Regex>,
    reference: Option<Pointer>,
    error: Option<Pointer>,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Whether it says when to come again.
    pub(crate) has_retry_after: bool,
    /// Its body, or why it is not whole.
    pub(crate) body: Result<Vec<u8>, Lost>,
}

/// What a status says, before the body is looked at.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Read,
    Unavailable,
    Refused,
    Unknown,
}

impl Answers {
    /// Judges by these settings, which are filled.
    pub(crate) fn new(settings: &AnswerSettings) -> Result<Self, SettingError> {
        let AnswerSettings { result, accepted, pattern, reference, error, .. } = settings;
        if result.is_some() && accepted.as_ref().is_none_or(Vec::is_empty) {
            return Err(SettingError::new("answer.accepted", "is missing beside `answer.result`"));
        }
        let results = [
            ("answer.accepted", accepted),
            ("answer.unavailable_results", &settings.unavailable_results),
            ("answer.unclear_results", &settings.unclear_results),
        ];
        let named = |values: &Option<Vec<String>>| values.as_ref().is_some_and(|values| !values.is_empty());
        if let (None, Some((key, _))) = (result, results.into_iter().find(|(_, values)| named(values))) {
            return Err(SettingError::new(
                key,
                "does nothing without `answer.result`, where the result stands",
            ));
        }
        let pattern = pattern.as_ref().map(|pattern| Regex::new(pattern)).transpose();
        Ok(Self {
            success: settings.success.clone().unwrap_or_default(),
            unavailable: settings.unavailable.clone().unwrap_or_default(),
            result: Pointer::of("answer.result", result.as_ref())?,
            accepted: accepted.clone().unwrap_or_default(),
            unavailable_results: settings.unavailable_results.clone().unwrap_or_default(),
            unclear_results: settings.unclear_results.clone().unwrap_or_default(),
            pattern: pattern.map_err(|_| SettingError::new("answer.pattern", "is no regular expression"))?,
            reference: Pointer::of("answer.reference", reference.as_ref())?,
            error: Pointer::of("answer.error", error.as_ref())?,
        })
    }

    /// The ids that the gateway calls a message by that it took, or why it is not known to have it.
    pub(crate) fn judge(&self, answer: &Answer, message: &SmsMessage) -> Result<Vec<String>, GatewayError> {
        let Answer { status, has_retry_after, body } = answer;
        let said = self.said(*status, *has_retry_after);
        if said == Said::Read {
            let lost = |lost: &Lost| GatewayError::Unknown(format!("status {status}, but {}", lost.why()));
            return self.taken(body.as_ref().map_err(lost)?, message);
        }
        let json = body.as_ref().ok().and_then(|body| serde_json::from_slice(body).ok());
        let code = json.and_then(|json: Value| self.error.as_ref()?.text(&json));
        let why = format!("it answered with the status {status}{}", shown(code.as_deref(), message));
        Err(match said {
            Said::Unavailable => GatewayError::Unavailable(why),
            Said::Refused => GatewayError::Refused(why),
            Said::Read | Said::Unknown => GatewayError::Unknown(why),
        })
    }

    /// A redirect that asks for the same call elsewhere is not followed, so that nobody has the message. One that points to what
    /// came of the call (303, and 302 as it is used) may say that it was taken (RFC 9110, 15.4). A 408 and a 409 may be about a
    /// call that is under way. A 503 is sent by proxies, too, when a connection behind them breaks (RFC 9110, 15.6.4, names `retry-after` for what is meant here).
    fn said(&self, status: u16, has_retry_after: bool) -> Said {
        let is_success = if self.success.is_empty() {
            (200..300).contains(&status)
        } else {
            self.success.contains(&status)
        };
        match status {
            _ if is_success => Said::Read,
            _ if self.unavailable.contains(&status) => Said::Unavailable,
            301 | 307 | 308 => Said::Unavailable,
            503 if has_retry_after => Said::Unavailable,
            408 | 409 => Said::Unknown,
            400..500 => Said::Refused,
            _ => Said::Unknown,
        }
    }

    fn taken(&self, body: &[u8], message: &SmsMessage) -> Result<Vec<String>, GatewayError> {
        let text = String::from_utf8_lossy(body);
        let found = self.pattern.as_ref().map(|pattern| pattern.captures(&text));
        let by_pattern = match &found {
            None => None,
            Some(None) => {
                let why = "its answer is not what `answer.pattern` says of one that took the message";
                return Err(GatewayError::Refused(why.to_owned()));
            }
            Some(Some(found)) => found.name("reference").map(|reference| reference.as_str().to_owned()),
        };
        let json: Option<Value> = serde_json::from_slice(body).ok();
        if let Some(result) = &self.result {
            let results = json.as_ref().map(|json| result.texts(json)).unwrap_or_default();
            self.accepts(&results, message)?;
        }
        let by_pointer = self.reference.as_ref().zip(json.as_ref()).map(|(at, json)| at.texts(json));
        let references = by_pattern.into_iter().chain(by_pointer.into_iter().flatten());
        Ok(references.filter(|id| (1..=LONGEST_REFERENCE).contains(&id.len())).collect())
    }

    /// What the results of all parts of a message say. A message that was taken in part was taken.
    fn accepts(&self, results: &[String], message: &SmsMessage) -> Result<(), GatewayError> {
        let all = |patterns: &[String]| results.iter().all(|result| is_one_of(result, patterns));
        let any = |patterns: &[String]| results.iter().any(|result| is_one_of(result, patterns));
        if results.is_empty() {
            return Err(GatewayError::Unknown("its answer can't be understood".to_owned()));
        }
        if all(&self.accepted) {
            return Ok(());
        }
        let first = results.iter().find(|result| !is_one_of(result, &self.accepted));
        let why = format!("its answer has another result{}", shown(first.map(String::as_str), message));
        if any(&self.accepted) || any(&self.unclear_results) {
            return Err(GatewayError::Unknown(why));
        }
        Err(if all(&self.unavailable_results) {
            GatewayError::Unavailable(why)
        } else {
            GatewayError::Refused(why)
        })
    }
}

/// A code of the gateway for the log, in parentheses; nothing where it may be more than that: a gateway may repeat what it was sent.
fn shown(code: Option<&str>, message: &SmsMessage) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let code = code.filter(|code| (1..=LONGEST_CODE).contains(&code.len()) && code.bytes().all(is_plain));
    let code = code.filter(|code| !repeats(code, message));
    code.map(|code| format!(" ({code})")).unwrap_or_default()
}

/// Whether four digits in a row, or more, are also in the number or the text.
fn repeats(code: &str, message: &SmsMessage) -> bool {
    let digits = code.split(|character: char| !character.is_ascii_digit());
    let mut long = digits.filter(|digits| digits.len() >= 4);
    let (number, text) = (message.to.expose(), message.text.expose_secret());
    long.any(|digits| {
        number.contains(digits) || text.contains(digits) || digits.contains(number.trim_start_matches('+'))
    })
}
