//! Client certificates that are refused: the first few of a minute have a line each, the others are counted.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::{CertificateError, Error, OtherError};
use thiserror::Error as ThisError;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::current::Current;

/// What is wrong with a client certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CertificateFault {
    /// It is of no authority in the file of those that clients are accepted of.
    UnknownIssuer,
    /// Its owner made it.
    SelfSigned,
    /// It is over, or has not begun.
    Expired,
    /// It is for servers, or for something else.
    NotForClients,
    /// It can't be read, its owner does not have its key, or whatever else may be.
    Unusable,
}

impl CertificateFault {
    /// Its name in the log and in the metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::UnknownIssuer => "unknown_issuer",
            Self::SelfSigned => "self_signed",
            Self::Expired => "expired",
            Self::NotForClients => "not_for_clients",
            Self::Unusable => "unusable",
        }
    }

    /// `None` for an error that is about no certificate.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the kinds of errors are open-ended")]
    pub(super) fn of(error: &Error) -> Option<Self> {
        let Error::InvalidCertificate(error) = error else { return None };
        Some(match error {
            CertificateError::UnknownIssuer => Self::UnknownIssuer,
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => Self::Expired,
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
                Self::NotForClients
            }
            CertificateError::Other(OtherError(error)) if error.is::<SelfSigned>() => Self::SelfSigned,
            _ => Self::Unusable,
        })
    }
}

impl fmt::Display for CertificateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownIssuer => "it is of no authority in `tls.client_ca_file`",
            Self::SelfSigned => "it is signed by itself",
            Self::Expired => "it is expired or not yet valid",
            Self::NotForClients => "it is not meant for clients",
            Self::Unusable => "it can't be read, or its key is another one",
        })
    }
}

/// A certificate whose owner is its authority. For the library it is just one of an unknown authority, or worse.
#[derive(Debug, ThisError)]
#[error("the certificate is signed by itself")]
struct SelfSigned;

/// The error that a refused certificate leads to, which says so when it is its own authority, or when its authority only has
/// the name of a known one.
pub(super) fn explained(certificate: &[u8], error: Error) -> Error {
    let read = X509Certificate::from_der(certificate);
    if read.is_ok_and(|(_, it)| it.subject().as_raw() == it.issuer().as_raw()) {
        return Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(SelfSigned))));
    }
    if error == Error::InvalidCertificate(CertificateError::BadSignature) {
        return Error::InvalidCertificate(CertificateError::UnknownIssuer);
    }
    error
}

/// Tells the log, the metrics and the audit log of them.
pub(crate) struct RefusedCertificates {
    current: Current,
    counts: Mutex<BTreeMap<CertificateFault, u64>>,
}

impl RefusedCertificates {
    /// Of each fault, the lines a minute. Whoever reaches the port can have as many refused as it likes.
    const TOLD: u64 = 5;

    pub(crate) fn new(current: Current) -> Self {
        Self { current, counts: Mutex::default() }
    }

    /// Takes note of one.
    pub(super) fn add(&self, fault: CertificateFault, peer: Option<SocketAddr>) {
        let reason = fault.name();
        metrics::counter!("data_adapter_client_certificates_refused_total", "reason" => reason).increment(1);
        self.current.now().callers.refused_certificate(fault, peer.map(|peer| peer.ip()));
        let count = {
            let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            let count = counts.entry(fault).or_default();
            *count += 1;
            *count
        };
        if count <= Self::TOLD {
            tracing::warn!(
                reason,
                peer = peer.map(tracing::field::display),
                "a client certificate was refused: {fault}"
            );
        }
    }

    /// To be called each minute and at the end. A line for each fault that was met more often than was told.
    pub(crate) fn tell_more(&self) {
        let counts = std::mem::take(&mut *self.counts.lock().unwrap_or_else(PoisonError::into_inner));
        for (fault, count) in counts {
            if let Some(count) = count.checked_sub(Self::TOLD).filter(|count| *count > 0) {
                tracing::warn!(reason = fault.name(), count, "more client certificates were refused");
            }
        }
    }
}
