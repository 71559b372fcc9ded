//! What partners read, in the language of their request.

use std::borrow::Cow;

use data_adapter_core::{AdapterError, Language, Payment};
use data_adapter_protocol::security::{Culture, ResponseCode};
use data_adapter_sca::{Argument, Arguments, Texts, Wording};

const LOGIN: &str = "security-login";
const PAYMENT: &str = "security-payment";
const PAYMENT_DETAILS: &str = "security-payment-details";

const AMOUNT: &str = "amount";
const AMOUNT_TEXT: &str = "amount_text";
const CURRENCY: &str = "currency";
const ACCOUNT: &str = "account";

/// The messages that the API takes from the texts, with what each of them has to show (RTS on SCA, Art. 5).
#[must_use]
pub fn texts() -> Vec<(&'static str, Wording)> {
    let mut details = Wording::default();
    for names in [&[AMOUNT, AMOUNT_TEXT][..], &[CURRENCY], &[ACCOUNT]] {
        details.add(names.iter().copied());
    }
    let plain = ResponseCode::ALL.map(described).into_iter().chain([LOGIN, PAYMENT]);
    plain.map(|name| (name, Wording::default())).chain([(PAYMENT_DETAILS, details)]).collect()
}

/// The message that says a code in words.
const fn described(code: ResponseCode) -> &'static str {
    match code {
        ResponseCode::Success => "security-000",
        ResponseCode::Blocked => "security-901",
        ResponseCode::NotSent => "security-902",
        ResponseCode::UnknownRequest => "security-903",
        ResponseCode::TooMany => "security-904",
        ResponseCode::WrongCode => "security-905",
        ResponseCode::NoContact => "security-906",
        ResponseCode::ScaRequired => "security-907",
        ResponseCode::Undecided => "security-908",
    }
}

/// The texts in one language.
pub(crate) struct Words<'a> {
    texts: &'a Texts,
    language: Language,
}

impl<'a> Words<'a> {
    pub(crate) fn new(texts: &'a Texts, culture: Culture) -> Self {
        Self { texts, language: Language::new(culture.language()) }
    }

    /// A code in words.
    pub(crate) fn code(&self, code: ResponseCode) -> Result<String, AdapterError> {
        self.text(described(code), &[])
    }

    /// What a login is called.
    pub(crate) fn login(&self) -> Result<String, AdapterError> {
        self.text(LOGIN, &[])
    }

    /// What a payment is called.
    pub(crate) fn payment(&self) -> Result<String, AdapterError> {
        self.text(PAYMENT, &[])
    }

    /// What is paid, and to whom.
    pub(crate) fn details(&self, payment: &Payment) -> Result<String, AdapterError> {
        let arguments: Arguments<'_> = vec![
            (AMOUNT.into(), Argument::text(payment.amount.to_string())),
            (AMOUNT_TEXT.into(), Argument::Amount(payment.amount, &payment.currency)),
            (CURRENCY.into(), Argument::text(&payment.currency)),
            (ACCOUNT.into(), Argument::text(&payment.account)),
        ];
        self.text(PAYMENT_DETAILS, &arguments)
    }

    fn text(&self, name: &str, arguments: &[(Cow<'_, str>, Argument<'_>)]) -> Result<String, AdapterError> {
        let text = self.texts.text(&self.language, name, arguments);
        text.map_err(|error| AdapterError::Internal(error.to_string()))
    }
}
