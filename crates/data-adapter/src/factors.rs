//! What users prove once, so that they can be reached by it.

use std::sync::Arc;

use data_adapter_audit::{AuditedFactors, Auditor};
use data_adapter_layers::{BlockCounter, CountedFactors};
use data_adapter_sca::{FactorEngine, FactorParts, Factors, OtpEngine, PushGateway};

use crate::config::Settings;
use crate::failure::Failure;

/// The factors of users, over the engine that makes codes.
pub(crate) struct EnrolledFactors {
    pub(crate) factors: Arc<dyn Factors>,
    pub(crate) otp: Arc<OtpEngine>,
}

impl EnrolledFactors {
    /// From the outside in: record, count, do.
    pub(crate) fn new(
        settings: &Settings,
        otp: Arc<OtpEngine>,
        push: Option<Arc<dyn PushGateway>>,
        blocks: &Arc<BlockCounter>,
        auditor: Option<&Arc<Auditor>>,
    ) -> Result<Self, Failure> {
        let engine = FactorEngine::new(FactorParts {
            otp: Arc::clone(&otp),
            push,
            limits: settings.factors.enrolment_limits()?,
            code: settings.sandbox.factor_code()?,
        });
        let counted: Arc<dyn Factors> = Arc::new(CountedFactors::new(Arc::new(engine), Arc::clone(blocks)));
        let factors = match auditor {
            Some(auditor) => Arc::new(AuditedFactors::new(counted, Arc::clone(auditor))) as _,
            None => counted,
        };
        Ok(Self { factors, otp })
    }
}
