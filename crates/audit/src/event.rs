use std::collections::BTreeMap;

use data_adapter_core::{
    AdapterError, Attribute, Binding, OperationContext, OptionChoice, OrganizationId, PhoneNumber, UserId,
};
use serde::{Deserialize, Serialize};

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A password was checked.
    Authentication,
    /// A code was made.
    CodeCreated,
    /// A code that the front made was to be sent.
    CodeForwarded,
    /// A message was handed to the SMS gateway.
    CodeSent,
    /// A gateway reported what became of a message, or it was known when the message was handed over.
    CodeDelivery,
    /// A code was checked.
    CodeVerification,
    /// A code and a password were checked together.
    CodeAndPasswordVerification,
    /// A certificate was checked.
    CertificateVerification,
    /// The anti-fraud system was asked about a step.
    FraudAssessment,
    /// A user's codes or password are blocked from now on.
    Blocked,
    /// The answers to a consent form were to be kept.
    Consent,
    /// A consent that was given before stood for another one.
    ConsentRemembered,
    /// A user's consents were withdrawn.
    ConsentWithdrawn,
    /// The user chose something in a form.
    FormDataChange,
    /// An operation ended.
    OperationChange,
    /// A request was turned away, because of who asked or for what.
    CallerRefused,
    /// An operator lifted a user's block and made their failures forgotten.
    Unblocked,
    /// What there is of a user was removed for good.
    UserErased,
    /// An operator looked at what there is of users.
    Viewed,
    /// A request to approve something was made.
    ScaRequestCreated,
    /// A request was to be approved.
    ScaRequestAuthorization,
    /// A request was renewed, with a new code where it has one.
    ScaRequestRegenerated,
    /// A request was ended by whoever asked for it.
    ScaRequestCancelled,
    /// A user decided on their device.
    PushDecided,
    /// A device of a user was registered.
    DeviceRegistered,
    /// A device of a user was forgotten.
    DeviceDeregistered,
    /// A user was to be asked to prove a factor.
    FactorEnrolment,
    /// A code was to prove a factor.
    FactorVerification,
    /// A factor of a user was forgotten.
    FactorUnlinked,
    /// A user logged in through a partner.
    SessionOpened,
    /// All sessions of a user were ended.
    SessionsEnded,
    /// A partner asked for a token.
    PartnerLogin,
    /// A partner gave its token back.
    PartnerLogout,
    /// The configuration was to be read again.
    Reloaded,
    /// A new file begins here.
    Opened,
    /// Lines before this one are cut off or missing.
    Recovered,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditOutcome {
    /// It is about to be done; another line says what became of it.
    Requested,
    /// It went well.
    Succeeded,
    /// It was refused, or did not work out.
    Failed,
    /// Nobody could say: a part of the system did not answer.
    Error,
    /// The caller went away before it was known. It may have been done.
    Abandoned,
}

/// What a user has to get right; failures with each are counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// One-time codes.
    Code,
    /// The password.
    Password,
    /// The password of a partner.
    Partner,
}

impl From<data_adapter_sca::Factor> for Factor {
    fn from(factor: data_adapter_sca::Factor) -> Self {
        match factor {
            data_adapter_sca::Factor::Code => Self::Code,
            data_adapter_sca::Factor::Password => Self::Password,
            data_adapter_sca::Factor::Partner => Self::Partner,
        }
    }
}

/// What the user did with one option of a consent form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TickedOption {
    /// Which option.
    pub id: String,
    /// Whether it is ticked.
    pub checked: bool,
}

impl From<&OptionChoice> for TickedOption {
    fn from(choice: &OptionChoice) -> Self {
        Self { id: choice.id.clone(), checked: choice.checked }
    }
}

/// Who ran a command, as the operating system knows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Operator {
    /// The user id that the command runs with.
    pub uid: u32,
    /// The name of that user; `None` when the system has none.
    pub name: Option<String>,
    /// The user id that was logged in with, which `su` and `sudo` do not change; `None` where the system does not keep it.
    pub login_uid: Option<u32>,
    /// The name of that user; `None` when the system has none.
    pub login_name: Option<String>,
}

/// One line, without its time and its place in the chain.
///
/// The members that every line has are `null` where they are not known; the others are left out.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEvent {
    /// What it is about.
    pub event: EventKind,
    /// What became of it.
    pub outcome: AuditOutcome,
    /// Why, in one word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// The user, as the request names them.
    pub user: Option<String>,
    /// Their organization, as the request names it.
    pub organization: Option<String>,
    /// The system that asked.
    pub caller: Option<String>,
    /// The request, as in `x-request-id` and in the log.
    pub request_id: Option<String>,
    /// The address that the request came from, or, of requests that were turned away, the network of IPv6.
    pub peer: Option<String>,
    /// The operation.
    pub operation_id: Option<String>,
    /// Its kind and step.
    pub operation_name: Option<String>,
    /// The message with the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// What the caller was told of the delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<&'static str>,
    /// The gateway that took a message, by its id in the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway: Option<String>,
    /// Why it did not deliver the message, in its own short code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway_reason: Option<String>,
    /// The end of the number that a message went to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Guesses left in this step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining_attempts: Option<u32>,
    /// The amount, with the digits that it came with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// Its currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The payee's account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// What else the code is bound to, by the ids of the attributes.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// What is blocked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub factor: Option<Factor>,
    /// When the block ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked_until: Option<String>,
    /// The answers to a consent form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<Vec<TickedOption>>,
    /// The consent form, by the operation name that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// The version of its texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form_version: Option<String>,
    /// To whom consent was given: the application that asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// The scopes that it asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// When the consent was given that is remembered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_at: Option<String>,
    /// How a request is approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<&'static str>,
    /// How a user is reached by a factor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<&'static str>,
    /// The number of a device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<i64>,
    /// The account that the user chose to pay from, by its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_account: Option<String>,
    /// How the user chose to authenticate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication_method: Option<String>,
    /// What the anti-fraud system was asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<&'static str>,
    /// How the anti-fraud system calls the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The factors that it asks for; left out where it leaves that to the front.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required_factors: Option<Vec<Factor>>,
    /// How the operation ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<&'static str>,
    /// What an operator looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view: Option<&'static str>,
    /// What they asked for: a path as it is routed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// How many requests the line stands for, or how many records it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Who ran a command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<Operator>,
    /// The settings that are other since it was read again, by the names of their keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<Vec<String>>,
    /// Those that are other in the configuration, and will be after a restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs_restart: Option<Vec<String>>,
    /// The SHA-256 of what stands in the file between the last whole line and this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub torn: Option<String>,
    /// How many bytes that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub torn_bytes: Option<u64>,
    /// How many lines could not be written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<u64>,
    /// How many lines were written and may not have reached the disk, because it did not confirm them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsynced: Option<u64>,
}

impl AuditEvent {
    /// A line that says nothing yet but what it is about, with the outcome that it has if nobody comes to tell another.
    #[must_use]
    pub fn new(event: EventKind) -> Self {
        Self {
            event,
            outcome: AuditOutcome::Abandoned,
            reason: None,
            user: None,
            organization: None,
            caller: None,
            request_id: None,
            peer: None,
            operation_id: None,
            operation_name: None,
            message_id: None,
            delivery: None,
            gateway: None,
            gateway_reason: None,
            phone: None,
            remaining_attempts: None,
            amount: None,
            currency: None,
            account: None,
            attributes: BTreeMap::new(),
            factor: None,
            blocked_until: None,
            options: None,
            form: None,
            form_version: None,
            client: None,
            scopes: None,
            given_at: None,
            method: None,
            channel: None,
            device: None,
            bank_account: None,
            authentication_method: None,
            action: None,
            label: None,
            required_factors: None,
            change: None,
            view: None,
            path: None,
            count: None,
            operator: None,
            changed: None,
            needs_restart: None,
            torn: None,
            torn_bytes: None,
            lost: None,
            unsynced: None,
        }
    }

    /// Names the user.
    #[must_use]
    pub fn of(mut self, user: Option<&UserId>, organization: Option<&OrganizationId>) -> Self {
        self.user = user.map(|user| user.as_str().to_owned());
        self.organization = organization.map(|organization| organization.as_str().to_owned());
        self
    }

    /// Names the operation.
    #[must_use]
    pub fn within(mut self, operation: &OperationContext) -> Self {
        self.operation_id = Some(operation.id.as_str().to_owned());
        self.operation_name = Some(operation.name.as_str().to_owned());
        self
    }

    /// Says what the code is bound to.
    #[must_use]
    pub fn bound_to(mut self, binding: &Binding) -> Self {
        if let Some(payment) = &binding.payment {
            self.amount = Some(payment.amount.to_string());
            self.currency = Some(payment.currency.clone());
            self.account = Some(payment.account.clone());
        }
        let attributes = binding.attributes.iter();
        let attributes = attributes.map(|Attribute { id, value }| (id.to_string(), value.to_string()));
        self.attributes = attributes.collect();
        self
    }

    /// Shows the last three digits of a number, and how many characters there are before.
    #[must_use]
    pub fn sent_to(mut self, phone: &PhoneNumber) -> Self {
        const SHOWN: usize = 3;
        let number = phone.expose();
        let hidden = number.chars().count().saturating_sub(SHOWN);
        // A number that is hardly longer than what is shown is not shown at all.
        let shown = if hidden > SHOWN { number.chars().skip(hidden).collect() } else { String::new() };
        self.phone = Some(format!("{}{shown}", "*".repeat(hidden)));
        self
    }

    /// Sets what became of it, and why.
    pub fn came_to(&mut self, outcome: AuditOutcome, reason: Option<&'static str>) {
        self.outcome = outcome;
        self.reason = reason;
    }

    /// Sets the outcome that an error stands for: its kind, never its text.
    pub fn came_to_error(&mut self, error: &AdapterError) {
        let (outcome, reason) = match error {
            AdapterError::Unreachable(_) => (AuditOutcome::Error, "unreachable"),
            AdapterError::Remote(_) => (AuditOutcome::Error, "remote"),
            AdapterError::Unanswerable(_) => (AuditOutcome::Error, "unanswerable"),
            AdapterError::Internal(_) => (AuditOutcome::Error, "internal"),
            AdapterError::InvalidOperationContext(_) => (AuditOutcome::Failed, "invalid_operation_context"),
            AdapterError::InvalidConsentData(_) => (AuditOutcome::Failed, "invalid_consent_data"),
            AdapterError::InvalidInput(_) => (AuditOutcome::Failed, "invalid_input"),
            AdapterError::AuthenticationFailed(_) => (AuditOutcome::Failed, "authentication_failed"),
            AdapterError::SmsAuthorizationFailed(_) => (AuditOutcome::Failed, "sms_authorization_failed"),
        };
        self.came_to(outcome, Some(reason));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_is_masked_to_its_last_three_digits_and_a_short_one_entirely() {
        let masked = |number: &str| {
            AuditEvent::new(EventKind::CodeSent).sent_to(&PhoneNumber::new(number)).phone.unwrap()
        };
        assert_eq!(masked("+420606123456"), "**********456");
        assert_eq!(masked("123456"), "***");
        assert_eq!(masked("12"), "");
    }

    #[test]
    fn what_could_not_be_done_is_an_error_and_what_was_refused_is_a_failure() {
        let mut event = AuditEvent::new(EventKind::Consent);
        event.came_to_error(&AdapterError::Remote("a secret place".to_owned()));
        assert_eq!((event.outcome, event.reason), (AuditOutcome::Error, Some("remote")));
        event.came_to_error(&AdapterError::Unanswerable("a secret place".to_owned()));
        assert_eq!((event.outcome, event.reason), (AuditOutcome::Error, Some("unanswerable")));
        event.came_to_error(&AdapterError::InvalidConsentData(String::new()));
        assert_eq!((event.outcome, event.reason), (AuditOutcome::Failed, Some("invalid_consent_data")));
        assert!(!serde_json::to_string(&event).unwrap().contains("secret"));
    }
}
