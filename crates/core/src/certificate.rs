use std::fmt;

use async_trait::async_trait;

use crate::{AccountStatus, AdapterError, OperationContext, OrganizationId, User, UserId};

/// An X.509 certificate as it came: PEM, with the certificates of intermediate authorities behind it where the front sends
/// them. Its `Debug` shows only its length: a certificate names a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate(Box<str>);

impl Certificate {
    /// Wraps `pem`, which may still turn out to be no certificate.
    pub fn new(pem: impl Into<Box<str>>) -> Self {
        Self(pem.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({} bytes)", self.0.len())
    }
}

/// How the person showed that the key of the certificate is theirs.
#[derive(Clone, PartialEq, Eq)]
pub enum Possession {
    /// In a TLS handshake with the front, which passes the certificate on only then.
    Tls,
    /// By a signature of the text that [`signed_text`] gives, in base64.
    Signature(String),
}

impl fmt::Debug for Possession {
    /// Without the signature.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tls => "Tls",
            Self::Signature(_) => "Signature",
        })
    }
}

/// A certificate with which somebody logs in or approves an operation.
#[derive(Clone, Debug)]
pub struct CertificateCredentials {
    /// The user who is asked.
    pub user: UserId,
    /// Their organization; `None` where the request names none.
    pub organization: Option<OrganizationId>,
    /// The certificate.
    pub certificate: Certificate,
    /// How the key was shown to be theirs.
    pub possession: Possession,
    /// Whether the front lets their account be used. No certificate of a blocked one is right.
    pub account: AccountStatus,
    /// What is approved.
    pub operation: OperationContext,
}

/// A certificate in place of a username.
#[derive(Clone, Debug)]
pub struct CertificateQuery {
    /// The certificate, whose key the person has shown to the front.
    pub certificate: Certificate,
    /// The organization that was chosen.
    pub organization: OrganizationId,
    /// The operation that the person is about to start.
    pub operation: OperationContext,
}

/// Checks certificates of users.
#[async_trait]
pub trait CertificateAuthentication: Send + Sync {
    /// The user whom a certificate names; `None` when it is not valid, or names nobody in that organization.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the user could not be looked up.
    async fn owner(&self, query: &CertificateQuery) -> Result<Option<User>, AdapterError>;

    /// Whether the certificate is valid, names this user, and its key approved this operation. False is one answer for all
    /// that can be wrong.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be checked.
    async fn verify(&self, credentials: &CertificateCredentials) -> Result<bool, AdapterError>;
}

/// What a person signs to approve an operation: its id, its name and its data, a line each. The id makes a signature good for
/// one operation only, the data hold amount and payee of a payment (RTS on SCA, Art. 5).
#[must_use]
pub fn signed_text(operation: &OperationContext) -> String {
    let data = operation.data.as_deref().unwrap_or_default();
    format!("{}\n{}\n{data}", operation.id, operation.name)
}
