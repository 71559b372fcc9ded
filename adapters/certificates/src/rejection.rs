use data_adapter_core::AdapterError;
use webpki::Error;

/// Why there is no yes.
#[derive(Debug)]
pub(crate) enum Rejection {
    /// The certificate is not accepted.
    Refused(Reason),
    /// Nobody can say.
    Unanswered(AdapterError),
}

/// Why a certificate is not accepted. This is for the log: the client gets the same answer for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// What came is no certificate, or one that can't be understood.
    Malformed,
    /// Too many certificates came.
    TooMany,
    /// It is not valid yet, or one above it is not.
    NotYetValid,
    /// It is not valid any more, or one above it is not.
    Expired,
    /// No chain of signatures leads to an authority.
    UnknownAuthority,
    /// A revocation list names it, or one above it.
    Revoked,
    /// It may not be used for this, or one above it may not vouch for others.
    WrongUsage,
    /// Its key is of a kind or a length that is too weak.
    WeakKey,
    /// It names nobody, or several.
    NoName,
    /// There is no such user.
    UnknownUser,
    /// It names somebody else.
    OtherUser,
    /// The account may not be used.
    BlockedAccount,
    /// The signature is missing, of another text, or of another key.
    WrongSignature,
}

impl Rejection {
    pub(crate) fn remote(why: impl Into<String>) -> Self {
        Self::Unanswered(AdapterError::Remote(why.into()))
    }
}

impl Reason {
    /// Tells the log. Revoked and borrowed certificates are for somebody to look at.
    pub(crate) fn log(self) {
        let reason = self.name();
        if matches!(self, Self::Revoked | Self::OtherUser) {
            tracing::warn!(reason, "a certificate was refused");
        } else {
            tracing::info!(reason, "a certificate was refused");
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::TooMany => "too_many",
            Self::NotYetValid => "not_yet_valid",
            Self::Expired => "expired",
            Self::UnknownAuthority => "unknown_authority",
            Self::Revoked => "revoked",
            Self::WrongUsage => "wrong_usage",
            Self::WeakKey => "weak_key",
            Self::NoName => "no_name",
            Self::UnknownUser => "unknown_user",
            Self::OtherUser => "other_user",
            Self::BlockedAccount => "blocked_account",
            Self::WrongSignature => "wrong_signature",
        }
    }
}

impl From<Reason> for Rejection {
    fn from(reason: Reason) -> Self {
        Self::Refused(reason)
    }
}

impl From<AdapterError> for Rejection {
    fn from(error: AdapterError) -> Self {
        Self::Unanswered(error)
    }
}

impl From<Error> for Rejection {
    /// What is wrong with a certificate refuses it; what is wrong with a revocation list leaves the question open.
    #[expect(clippy::wildcard_enum_match_arm, reason = "any other error is one of form")]
    fn from(error: Error) -> Self {
        match error {
            Error::CertExpired { .. } => Reason::Expired.into(),
            Error::CertNotValidYet { .. } => Reason::NotYetValid.into(),
            Error::CertRevoked => Reason::Revoked.into(),
            Error::UnknownIssuer
            | Error::InvalidSignatureForPublicKey
            | Error::UnsupportedSignatureAlgorithmContext(_)
            | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => Reason::UnknownAuthority.into(),
            Error::CaUsedAsEndEntity
            | Error::EndEntityUsedAsCa
            | Error::EmptyEkuExtension
            | Error::NameConstraintViolation
            | Error::PathLenConstraintViolated
            | Error::RequiredEkuNotFoundContext(_) => Reason::WrongUsage.into(),
            Error::CrlExpired { .. } => Self::remote("the revocation list of an issuer is out of date"),
            Error::UnknownRevocationStatus => Self::remote("there is no revocation list of an issuer"),
            Error::InvalidCrlSignatureForPublicKey
            | Error::IssuerNotCrlSigner
            | Error::UnsupportedCrlSignatureAlgorithmContext(_)
            | Error::UnsupportedCrlSignatureAlgorithmForPublicKeyContext(_) => {
                Self::remote("the revocation list of an issuer was not signed by it")
            }
            _ => Reason::Malformed.into(),
        }
    }
}
