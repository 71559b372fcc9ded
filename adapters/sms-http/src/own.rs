use data_adapter_core::OrganizationId;
use data_adapter_http_call::{SettingError, Template, service_url};
use data_adapter_sca::SmsMessage;
use data_adapter_sms_encoding::{Alphabet, split};
use minijinja::{Value, context};
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};

use crate::settings::HttpSmsSettings;

/// What templates may name.
pub(crate) const NAMES: [&str; 14] = [
    "number",
    "digits",
    "text",
    "sender",
    "message_id",
    "organization_id",
    "alphabet",
    "segments",
    "reference",
    "receipt_url",
    "account",
    "username",
    "password",
    "token",
];

/// What templates may name of the settings.
pub(crate) struct Own {
    account: String,
    username: String,
    password: SecretString,
    token: SecretString,
    receipt_url: SecretString,
}

impl Own {
    pub(crate) fn of(settings: &HttpSmsSettings, receipt_url: Option<SecretString>) -> Self {
        let HttpSmsSettings { account, username, password, token, .. } = settings;
        Self {
            account: account.as_ref().or(username.as_ref()).cloned().unwrap_or_default(),
            username: username.clone().unwrap_or_default(),
            password: password.clone().unwrap_or_default(),
            token: token.clone().unwrap_or_default(),
            receipt_url: receipt_url.unwrap_or_default(),
        }
    }

    /// What is called.
    pub(crate) fn url(&self, template: Option<&str>) -> Result<Url, SettingError> {
        let Some(template) = template else {
            return Err(SettingError::new("url", "is missing: where is the gateway?"));
        };
        let template = Template::new("url", template.to_owned(), &["account", "username"])?;
        let is_plain = |text: &str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        for (key, value) in [("account", &self.account), ("username", &self.username)] {
            if template.uses(key) && !is_plain(value) {
                let why = "has to be letters of English, digits, - or _, since it is a part of the URL";
                return Err(SettingError::new(key, why));
            }
        }
        let values = context! { account => &self.account, username => &self.username };
        let url = template.try_out(&values).map_err(|why| SettingError::new("url", why))?;
        service_url("url", &url)
    }

    /// What there is to say of a message, in a call with an id that no other call has.
    pub(crate) fn values(&self, message: &SmsMessage, reference: &str) -> Value {
        let text = message.text.expose_secret();
        let split = split(text);
        let alphabet = match split.alphabet {
            Alphabet::Gsm7 => "gsm7",
            Alphabet::Ucs2 => "ucs2",
        };
        context! {
            number => message.to.expose(),
            digits => message.to.expose().trim_start_matches('+'),
            text => text,
            sender => message.sender.as_deref().unwrap_or_default(),
            message_id => message.message.as_str(),
            organization_id => message.organization.as_ref().map_or("", OrganizationId::as_str),
            alphabet => alphabet,
            segments => split.parts.len(),
            reference => reference,
            receipt_url => self.receipt_url.expose_secret(),
            account => &self.account,
            username => &self.username,
            password => self.password.expose_secret(),
            token => self.token.expose_secret(),
        }
    }
}
