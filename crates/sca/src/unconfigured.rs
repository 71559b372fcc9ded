//! What answers where nothing is configured.

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, AntiFraud, CertificateAuthentication, CertificateCredentials, CertificateQuery,
    FraudDecision, FraudQuery, User,
};

use crate::gateway::{GatewayError, PushGateway, PushMessage};

/// Takes no certificate for anybody's, since there is no authority that is trusted.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCertificates;

#[async_trait]
impl CertificateAuthentication for NoCertificates {
    async fn owner(&self, _: &CertificateQuery) -> Result<Option<User>, AdapterError> {
        Ok(None)
    }

    async fn verify(&self, _: &CertificateCredentials) -> Result<bool, AdapterError> {
        Ok(false)
    }
}

/// Has nothing to say about risks, so that the front asks for every factor.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoAntiFraud;

#[async_trait]
impl AntiFraud for NoAntiFraud {
    async fn assess(&self, _: &FraudQuery) -> Result<FraudDecision, AdapterError> {
        Ok(FraudDecision { factors: None, label: None, extras: None })
    }
}

/// Asks nobody on a device, since there is no provider of pushes.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPushes;

#[async_trait]
impl PushGateway for NoPushes {
    async fn send(&self, _: &PushMessage) -> Result<(), GatewayError> {
        Err(GatewayError::Unavailable("there is no provider of pushes (`push.url`)".to_owned()))
    }
}
