//! When a consent stands for others.

use data_adapter_core::{ConsentRequest, RememberedConsent};
use jiff::Timestamp;

use super::form::FormDefinition;
use crate::store::{CLOCK_TOLERANCE, ConsentPurpose, KeptConsent};

/// What consent to this form is for; `None` where no consent is remembered.
pub(super) fn purpose(form: &FormDefinition, request: &ConsentRequest) -> Option<ConsentPurpose> {
    form.remembered_for?;
    Some(ConsentPurpose {
        user: request.user.clone(),
        organization: request.organization.clone(),
        form: request.operation.name.clone(),
        version: form.version.clone(),
        client: request.client.clone()?,
    })
}

/// The consent, where it counts still: neither withdrawn nor too old, by what was set when it was given and by what is set now, and
/// given to the form as it is now. One that lies ahead was given by a clock that was wrong.
pub(super) fn counting(
    kept: KeptConsent,
    form: &FormDefinition,
    now: Timestamp,
) -> Option<RememberedConsent> {
    let KeptConsent { consent, withdrawn_at: None } = kept else { return None };
    let until = consent.remembered_until?.min(consent.given_at + form.remembered_for?);
    let counts =
        consent.given_at <= now + CLOCK_TOLERANCE && now < until && form.is_answered_by(&consent.options);
    counts.then_some(RememberedConsent {
        form: consent.form,
        version: consent.version,
        given_at: consent.given_at,
    })
}
