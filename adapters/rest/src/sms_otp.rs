use async_trait::async_trait;
use data_adapter_core::{
    AccountStatus, AdapterError, CodeAndPasswordOutcome, CodeDelivery, CodeMessage, CodeRequest,
    CodeVerification, Credentials, IssuedCode, OperationId, PhoneNumber, Restriction, SmsOtp,
    VerificationOutcome,
};
use data_adapter_protocol::web_flow as wire;
use data_adapter_protocol::web_flow::{
    ContactType, Dialect, SmsCreateRequest, SmsCreateResponse, SmsDeliveryResult, SmsPasswordVerifyRequest,
    SmsPasswordVerifyResponse, SmsSendRequest, SmsVerifyRequest, SmsVerifyResponse, UserContact,
};
use secrecy::SecretString;

use crate::RestBackend;
use crate::convert::{context, password, text};
use crate::endpoint::Endpoint;
use crate::refusal::Refusal;

/// The system behind owns the codes. What they are bound to, it reads from the form data itself.
#[async_trait]
impl SmsOtp for RestBackend {
    async fn create(&self, request: &CodeRequest) -> Result<Option<IssuedCode>, AdapterError> {
        let endpoint = Endpoint::SmsCreate;
        let wanted = SmsCreateRequest {
            user_id: text(request.user.as_ref()),
            organization_id: text(request.organization.as_ref()),
            user_contacts: self.contacts(request.phone.as_ref()),
            account_status: self.account_status(request.user.as_ref(), AccountStatus::Active),
            operation_context: context(&request.operation)?,
            lang: text(request.language.as_ref()),
            resend: request.resend,
        };
        match self.upstream.ask(endpoint, wanted, &[&secret(request.phone.as_ref())]).await {
            Ok(response) => Ok(Some(issued(endpoint, response)?)),
            Err(refusal) => refusal.user_or_error(),
        }
    }

    async fn verify(&self, verification: &CodeVerification) -> Result<VerificationOutcome, AdapterError> {
        let request = SmsVerifyRequest {
            message_id: verification.message.to_string(),
            authorization_code: verification.code.clone(),
            user_id: text(verification.user.as_ref()),
            organization_id: text(verification.organization.as_ref()),
            account_status: self.account_status(verification.user.as_ref(), verification.account),
            operation_context: context(&verification.operation)?,
        };
        match self.upstream.ask(Endpoint::SmsVerify, request, &[&verification.code]).await {
            // A system of 0.22 is not told of the account.
            Ok(response)
                if outcome(&response).succeeded() && verification.account == AccountStatus::Blocked =>
            {
                Ok(VerificationOutcome::Wrong { remaining_attempts: None })
            }
            Ok(response) => Ok(outcome(&response)),
            Err(Refusal::UserNotFound(_)) => Ok(VerificationOutcome::Wrong { remaining_attempts: None }),
            Err(Refusal::Error(error)) => Err(error),
        }
    }

    async fn verify_with_password(
        &self,
        verification: &CodeVerification,
        credentials: &Credentials,
    ) -> Result<CodeAndPasswordOutcome, AdapterError> {
        let (password, authentication_context) = password(&credentials.password);
        let request = SmsPasswordVerifyRequest {
            message_id: verification.message.to_string(),
            authorization_code: verification.code.clone(),
            user_id: self.user_of_both(verification, credentials),
            password: password.clone(),
            organization_id: text(credentials.organization.as_ref()),
            account_status: self.account_status(verification.user.as_ref(), verification.account),
            authentication_context,
            operation_context: context(&verification.operation)?,
        };
        let secrets = [&verification.code, &password];
        let response = self.upstream.ask(Endpoint::SmsPasswordVerify, request, &secrets).await;
        let response: SmsPasswordVerifyResponse = match response {
            Ok(response) => response,
            Err(Refusal::UserNotFound(_)) => return Ok(CodeAndPasswordOutcome::Failed),
            Err(Refusal::Error(error)) => return Err(error),
        };
        if response.account_status == Some(wire::AccountStatus::NotActive) {
            // What the system behind tells, it may tell.
            let restriction = Restriction::Unspecified;
            return Ok(CodeAndPasswordOutcome::Restricted { restriction, may_be_told: true });
        }
        let both =
            response.sms_authorization_result.succeeded() && response.user_authentication_result.succeeded();
        Ok(if both && verification.account == AccountStatus::Active {
            CodeAndPasswordOutcome::Succeeded { tolerated: None }
        } else {
            CodeAndPasswordOutcome::Failed
        })
    }

    async fn send(&self, message: &CodeMessage) -> Result<Option<CodeDelivery>, AdapterError> {
        if self.upstream.dialect() == Dialect::V0_22 {
            let why = "the API of Web Flow 0.22 has no way to send a code";
            return Err(AdapterError::InvalidInput(why.to_owned()));
        }
        let request = SmsSendRequest {
            user_id: text(message.user.as_ref()),
            organization_id: text(message.organization.as_ref()),
            user_contacts: self.contacts(message.phone.as_ref()),
            account_status: self.account_status(message.user.as_ref(), AccountStatus::Active),
            operation_context: context(&message.operation)?,
            message_id: message.message.to_string(),
            authorization_code: message.code.clone(),
            lang: text(message.language.as_ref()),
        };
        let secrets = [&message.code, &secret(message.phone.as_ref())];
        match self.upstream.ask::<_, SmsCreateResponse>(Endpoint::SmsSend, request, &secrets).await {
            Ok(response) => Ok(Some(delivery(response.sms_delivery_result))),
            Err(refusal) => refusal.user_or_error(),
        }
    }

    /// Nothing to do: the system behind ends its codes when it is told that the operation is over, which
    /// [`operation_changed`](data_adapter_core::Operations::operation_changed) does. The API has no other way.
    async fn end_operation(&self, _: &OperationId) -> Result<(), AdapterError> {
        Ok(())
    }
}

impl RestBackend {
    /// Whose code and password it is: nobody's in the dialect that can say so, where it is a fake.
    fn user_of_both(&self, verification: &CodeVerification, credentials: &Credentials) -> Option<String> {
        match self.upstream.dialect() {
            Dialect::V0_22 => Some(credentials.user.to_string()),
            Dialect::V1 => text(verification.user.as_ref()),
        }
    }

    /// Where a message goes, in the dialect that can say so.
    fn contacts(&self, phone: Option<&PhoneNumber>) -> Option<Vec<UserContact>> {
        let phone = phone.filter(|_| self.upstream.dialect() == Dialect::V1)?;
        Some(vec![UserContact {
            contact_type: ContactType::Phone,
            contact_value: phone.expose().to_owned(),
            primary: true,
        }])
    }
}

fn secret(phone: Option<&PhoneNumber>) -> SecretString {
    phone.map(PhoneNumber::expose).unwrap_or_default().into()
}

fn issued(endpoint: Endpoint, response: SmsCreateResponse) -> Result<IssuedCode, Refusal> {
    let delivery = delivery(response.sms_delivery_result);
    if delivery == CodeDelivery::Succeeded && response.message_id.is_empty() {
        return Err(Refusal::malformed(endpoint, "a message without an id was sent"));
    }
    Ok(IssuedCode { message: response.message_id.into(), delivery })
}

fn delivery(result: SmsDeliveryResult) -> CodeDelivery {
    match result {
        SmsDeliveryResult::Succeeded => CodeDelivery::Succeeded,
        SmsDeliveryResult::Failed => CodeDelivery::Failed,
    }
}

/// What the keys of the Java Data Adapter say; with any other the code was wrong.
fn outcome(response: &SmsVerifyResponse) -> VerificationOutcome {
    if response.sms_authorization_result.succeeded() {
        return VerificationOutcome::Succeeded;
    }
    let remaining_attempts = response.remaining_attempts;
    match response.error_message.as_deref() {
        Some("smsAuthorization.invalidCode") => VerificationOutcome::Empty { remaining_attempts },
        Some("smsAuthorization.invalidMessage") => VerificationOutcome::UnknownMessage,
        Some("smsAuthorization.expired") => VerificationOutcome::Expired,
        Some("smsAuthorization.alreadyVerified") => VerificationOutcome::AlreadyUsed,
        Some("smsAuthorization.maxAttemptsExceeded") => VerificationOutcome::AttemptsSpent,
        _ => VerificationOutcome::Wrong { remaining_attempts },
    }
}
