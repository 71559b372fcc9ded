use data_adapter_http_call::SettingError;
use data_adapter_sca::{CallbackRefusal, DeliveryStatus, Receipt, ReceiptCall, ReceiptCallbacks};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use url::Url;

use crate::fields::{decoded, object};
use crate::pointer::{Pointer, is_one_of};
use crate::settings::{Form, HttpSmsSettings, ReportSettings, Verification};
use verifier::Verifier;

mod verifier;

/// The longest id or reason that is kept.
const LONGEST: usize = 128;

/// Reads what a gateway calls back at `/callbacks/sms/ID`, or `/callbacks/sms/ID/SECRET`.
pub struct HttpReceipts {
    gateway: String,
    verifier: Verifier,
    form: Form,
    list: Option<Pointer>,
    reference: Pointer,
    status: Pointer,
    reason: Option<Pointer>,
    delivered: Vec<String>,
    undelivered: Vec<String>,
}

impl HttpReceipts {
    /// Reads the receipts of the gateway that the configuration calls `id`; `None` where the settings ask for none.
    ///
    /// # Errors
    ///
    /// Which setting can't be used, and why.
    pub fn new(id: String, settings: HttpSmsSettings) -> Result<Option<Self>, SettingError> {
        let settings = settings.filled();
        settings.check_secrets()?;
        let Some(verifier) = Verifier::of(&id, &settings)? else { return Ok(None) };
        let ReportSettings { form, list, reference, status, reason, delivered, undelivered } =
            settings.receipts.report;
        let needed = |key: &'static str, pointer: Option<String>| match pointer {
            Some(pointer) => Pointer::new(key, &pointer),
            None => Err(SettingError::new(key, "is missing: where does it stand in a callback?")),
        };
        let form = form.unwrap_or(Form::Json);
        if form == Form::Text {
            return Err(SettingError::new("receipts.report.form", "has to be `json`, `form` or `query`"));
        }
        Ok(Some(Self {
            gateway: id,
            verifier,
            form,
            list: Pointer::of("receipts.report.list", list.as_ref())?,
            reference: needed("receipts.report.reference", reference)?,
            status: needed("receipts.report.status", status)?,
            reason: Pointer::of("receipts.report.reason", reason.as_ref())?,
            delivered: delivered.unwrap_or_default(),
            undelivered: undelivered.unwrap_or_default(),
        }))
    }

    /// What was called, as JSON.
    fn read_form(&self, call: &ReceiptCall<'_>) -> Option<Value> {
        match self.form {
            Form::Json | Form::Text => serde_json::from_slice(call.body).ok(),
            Form::Form => Some(object(decoded(call.body))),
            Form::Query => Some(object(decoded(query(call.target).unwrap_or_default().as_bytes()))),
        }
    }

    /// What one of the receipts says: nothing where its status is no end.
    fn receipt(&self, said: &Value) -> Result<Option<Receipt>, CallbackRefusal> {
        let short = |text: &String| (1..=LONGEST).contains(&text.len());
        let reference = self.reference.text(said).filter(short).ok_or(CallbackRefusal::Malformed)?;
        let text = self.status.text(said).ok_or(CallbackRefusal::Malformed)?;
        let status = if is_one_of(&text, &self.delivered) {
            DeliveryStatus::Delivered
        } else if is_one_of(&text, &self.undelivered) {
            DeliveryStatus::Undelivered
        } else {
            return Ok(None);
        };
        let reason =
            self.reason.as_ref().and_then(|reason| reason.text(said)).filter(|reason| is_code(reason));
        let reason = reason.filter(|_| status == DeliveryStatus::Undelivered);
        Ok(Some(Receipt { gateway: self.gateway.clone(), reference, status, reason }))
    }
}

impl ReceiptCallbacks for HttpReceipts {
    /// A gateway that tells of many messages at once may tell of some that others sent. What can't be understood takes the rest
    /// with it only where nothing can be.
    fn read(&self, call: &ReceiptCall<'_>) -> Result<Vec<Receipt>, CallbackRefusal> {
        self.verifier.verify(call)?;
        let said = self.read_form(call).ok_or(CallbackRefusal::Malformed)?;
        let receipts = match &self.list {
            None => vec![&said],
            Some(list) => match list.all(&said)[..] {
                [Value::Array(receipts)] => receipts.iter().collect(),
                _ => return Err(CallbackRefusal::Malformed),
            },
        };
        let read: Vec<_> = receipts.into_iter().map(|receipt| self.receipt(receipt)).collect();
        match read.iter().find(|receipt| receipt.is_ok()).or(read.first()) {
            Some(Err(refusal)) => Err(*refusal),
            Some(Ok(_)) | None => Ok(read.into_iter().flatten().flatten().collect()),
        }
    }
}

/// A reason is a code, and nothing that may hold a text or a number of a phone with its plus.
fn is_code(reason: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=LONGEST).contains(&reason.len()) && reason.bytes().all(plain)
}

fn query(target: &str) -> Option<&str> {
    target.split_once('?').map(|(_, query)| query)
}

/// What calls tell the gateway to call back; `None` where that is not told.
pub(crate) fn receipt_url(settings: &HttpSmsSettings) -> Result<Option<SecretString>, SettingError> {
    let refuse = |why: &str| Err(SettingError::new("receipts.public_url", why));
    let (Some(url), Some(secret)) = (settings.public_url(), settings.receipt_secret()) else {
        return Ok(None);
    };
    match Url::parse(url) {
        Ok(parsed) if !matches!(parsed.scheme(), "https" | "http") || !parsed.has_host() => {
            refuse("has to begin with https:// or http://, and to name a host")
        }
        Ok(parsed) if !parsed.username().is_empty() || parsed.password().is_some() => {
            refuse("has credentials in it, which `config show` would print")
        }
        Ok(parsed) if parsed.query().is_some() || parsed.fragment().is_some() => {
            refuse("goes on after its path")
        }
        Ok(_) => {
            let is_in_path = settings.receipts.verification == Some(Verification::Path);
            let secret = if is_in_path { format!("/{}", secret.expose_secret()) } else { String::new() };
            Ok(Some(SecretString::from(format!("{url}{secret}"))))
        }
        Err(_) => refuse("is not a URL"),
    }
}
