//! What a user reads of a request on their device.

use std::borrow::Cow;

use data_adapter_core::{CodeDelivery, Language};

use super::{RequestEngine, ScaRequest};
use crate::gateway::{PushGateway, PushMessage};
use crate::otp::wording::{ACCOUNT, AMOUNT, AMOUNT_TEXT, CURRENCY, code_arguments};
use crate::texts::{Texts, TextsError, Wording};

/// What it is about, where whoever made the request said nothing of it.
const TITLE: &str = "push-title";
/// What is paid, and to whom.
const PAYMENT: &str = "push-payment";

impl RequestEngine {
    /// The messages that it takes from the texts, with what each of them has to show (RTS on SCA, Art. 5).
    #[must_use]
    pub fn texts() -> [(&'static str, Wording); 2] {
        let mut payment = Wording::default();
        for names in [&[AMOUNT, AMOUNT_TEXT][..], &[CURRENCY], &[ACCOUNT]] {
            payment.add(names.iter().copied());
        }
        [(TITLE, Wording::default()), (PAYMENT, payment)]
    }
}

/// Asks the user on their device.
pub(super) async fn send(
    gateway: &dyn PushGateway,
    texts: &Texts,
    request: &ScaRequest,
    language: &Language,
) -> CodeDelivery {
    let push = match message(texts, request, language) {
        Ok(push) => push,
        Err(error) => {
            tracing::error!(message_id = %request.message, %error, "a push was not sent");
            return CodeDelivery::Failed;
        }
    };
    match gateway.send(&push).await {
        Ok(()) => CodeDelivery::Succeeded,
        Err(error) => {
            tracing::warn!(message_id = %request.message, %error, "a push could not be sent");
            CodeDelivery::Failed
        }
    }
}

fn message(texts: &Texts, request: &ScaRequest, language: &Language) -> Result<PushMessage, TextsError> {
    let title = match &request.title {
        Some(title) => title.clone(),
        None => texts.text(language, TITLE, &[])?,
    };
    let payment = match &request.binding.payment {
        Some(_) => Some(texts.text(language, PAYMENT, &code_arguments("", &request.binding))?),
        None => None,
    };
    let parts = [payment.map(Cow::Owned), request.description.as_deref().map(Cow::Borrowed)];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    Ok(PushMessage {
        message: request.message.clone(),
        user: request.user.clone(),
        organization: request.organization.clone(),
        title,
        text: parts.join("\n"),
    })
}
