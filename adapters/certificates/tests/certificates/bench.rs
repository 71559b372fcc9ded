//! Files with authorities, a directory, a clock, and requests about a payment.

use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use data_adapter_certificates::{CertificateSettings, Names, SettingsError, Subject, X509Certificates};
use data_adapter_core::{
    Certificate, CertificateCredentials, CertificateQuery, OperationContext, OrganizationId, Possession,
    UserId, signed_text,
};
use data_adapter_testkit::{Directory, ManualClock, operation};
use data_adapter_tests::people::{Authority, KeyKind, PersonalCertificate};
use tempfile::TempDir;

/// The kinds that every rule is checked with.
pub(crate) const KINDS: [KeyKind; 2] = [KeyKind::Rsa2048, KeyKind::P256];

/// What certificates are checked with.
pub(crate) struct Bench {
    folder: TempDir,
    pub(crate) settings: CertificateSettings,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) users: Arc<Directory>,
}

impl Bench {
    /// One that trusts these authorities.
    pub(crate) fn new(authorities: &[&Authority]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = CertificateSettings {
            ca_file: folder.path().join("ca.pem"),
            crl_files: Vec::new(),
            accept_issuers_without_crl: false,
            subject: Subject::Uid,
            names: Names::UserId,
        };
        let bench = Self { folder, settings, clock: Arc::default(), users: Arc::default() };
        let pems: String = authorities.iter().map(|authority| authority.pem()).collect();
        bench.write("ca.pem", pems.as_bytes());
        bench
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    }

    /// The same with a revocation list.
    pub(crate) fn with_list(mut self, name: &str, bytes: &[u8]) -> Self {
        self.settings.crl_files.push(self.write(name, bytes));
        self
    }

    pub(crate) fn build(&self) -> Result<X509Certificates, SettingsError> {
        X509Certificates::new(&self.settings, Arc::clone(&self.users) as _, Arc::clone(&self.clock) as _)
    }

    pub(crate) fn certificates(&self) -> X509Certificates {
        self.build().expect("the settings can be used")
    }
}

/// What is approved.
pub(crate) fn payment() -> OperationContext {
    let data = Some("A1*A100CZK*Q238400856/0300**D20190629*NUtility Bill Payment – žluťoučký".to_owned());
    OperationContext { data, ..operation("operation-1", "authorize_payment") }
}

/// The payment by [`Directory::PAYER`] with this certificate.
pub(crate) fn credentials(pem: &str, possession: Possession) -> CertificateCredentials {
    CertificateCredentials {
        user: UserId::new(Directory::PAYER),
        organization: Some(OrganizationId::new(Directory::ORGANIZATION)),
        certificate: Certificate::new(pem),
        account: data_adapter_core::AccountStatus::Active,
        possession,
        operation: payment(),
    }
}

/// The same with a signature of something.
pub(crate) fn signed_as(pem: &str, signature: &[u8]) -> CertificateCredentials {
    credentials(pem, Possession::Signature(STANDARD.encode(signature)))
}

/// The same with a signature of the payment.
pub(crate) fn signed(certificate: &PersonalCertificate) -> CertificateCredentials {
    signed_with(certificate, "")
}

/// The same with authorities behind the certificate.
pub(crate) fn signed_with(certificate: &PersonalCertificate, authorities: &str) -> CertificateCredentials {
    let pem = format!("{}{authorities}", certificate.pem);
    signed_as(&pem, &certificate.sign(&signed_text(&payment())))
}

/// The same after a TLS handshake.
pub(crate) fn shown(certificate: &PersonalCertificate) -> CertificateCredentials {
    credentials(&certificate.pem, Possession::Tls)
}

/// A certificate in place of a username.
pub(crate) fn query(certificate: &PersonalCertificate) -> CertificateQuery {
    CertificateQuery {
        certificate: Certificate::new(certificate.pem.as_str()),
        organization: OrganizationId::new(Directory::ORGANIZATION),
        operation: payment(),
    }
}
