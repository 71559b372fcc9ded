use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, CertificateAuthentication, CertificateCredentials, CertificateQuery, Possession, User,
};
use data_adapter_protocol::web_flow::{
    AccountStatus, CertificateVerifyRequest, CertificateVerifyResponse, UserDetail, UserLookupRequest,
    Withheld,
};
use secrecy::SecretString;

use crate::RestBackend;
use crate::convert::{context, text, user};
use crate::endpoint::Endpoint;
use crate::refusal::Refusal;
use crate::users::{is_blank, is_unspeakable};

/// With what a person signs, in the words of Web Flow from 1.9 on.
const SIGNING: &str = "QUALIFIED_CERTIFICATE";

#[async_trait]
impl CertificateAuthentication for RestBackend {
    /// A lookup with the certificate in place of a name.
    async fn owner(&self, query: &CertificateQuery) -> Result<Option<User>, AdapterError> {
        let certificate = query.certificate.as_str();
        if is_unspeakable(certificate) || is_blank(query.organization.as_str()) {
            return Ok(None);
        }
        let endpoint = Endpoint::UserLookup;
        let request = UserLookupRequest {
            username: String::new(),
            organization_id: query.organization.to_string(),
            client_certificate: Some(Withheld(certificate.to_owned())),
            operation_context: context(&query.operation)?,
        };
        let secret = SecretString::from(certificate);
        match self.upstream.ask::<_, UserDetail>(endpoint, request, &[&secret]).await {
            Ok(detail) => Ok(Some(user(endpoint, detail, &query.organization)?)),
            Err(refusal) => refusal.user_or_error(),
        }
    }

    async fn verify(&self, credentials: &CertificateCredentials) -> Result<bool, AdapterError> {
        if is_unspeakable(credentials.certificate.as_str()) || is_unspeakable(credentials.user.as_str()) {
            return Ok(false);
        }
        let secrets = [credentials.certificate.as_str(), signature(credentials)].map(SecretString::from);
        let [certificate, signature] = &secrets;
        let request = self.request(credentials)?;
        let response =
            self.upstream.ask(Endpoint::CertificateVerify, request, &[certificate, signature]).await;
        let response: CertificateVerifyResponse = match response {
            Ok(response) => response,
            Err(Refusal::UserNotFound(_) | Refusal::Error(AdapterError::AuthenticationFailed(_))) => {
                return Ok(false);
            }
            Err(Refusal::Error(error)) => return Err(error),
        };
        let is_usable = response.account_status != Some(AccountStatus::NotActive);
        Ok(response.certificate_verification_result.succeeded() && is_usable)
    }
}

impl RestBackend {
    /// A certificate of a TLS handshake never goes by the name of one that signed, and the other way round, so that a system
    /// that knows only one of them finds none.
    fn request(
        &self,
        credentials: &CertificateCredentials,
    ) -> Result<CertificateVerifyRequest, AdapterError> {
        let pem = Some(Withheld(credentials.certificate.as_str().to_owned()));
        let (certificate, client_certificate, signed_message) = match &credentials.possession {
            Possession::Signature(signature) => (pem, None, Some(Withheld(signature.clone()))),
            Possession::Tls => (None, pem, None),
        };
        Ok(CertificateVerifyRequest {
            auth_instrument: signed_message.as_ref().map(|_| SIGNING.to_owned()),
            certificate,
            client_certificate,
            signed_message,
            auth_method: None,
            user_id: credentials.user.to_string(),
            organization_id: text(credentials.organization.as_ref()),
            account_status: self.account_status(Some(&credentials.user), credentials.account),
            operation_context: context(&credentials.operation)?,
        })
    }
}

fn signature(credentials: &CertificateCredentials) -> &str {
    match &credentials.possession {
        Possession::Signature(signature) => signature,
        Possession::Tls => "",
    }
}
