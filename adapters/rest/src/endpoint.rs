use std::fmt;

/// An operation of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Status,
    UserLookup,
    UserInfo,
    Authenticate,
    Decorate,
    FormDataChange,
    OperationChange,
    SmsCreate,
    SmsVerify,
    SmsPasswordVerify,
    ConsentInit,
    ConsentCreate,
    ConsentValidate,
    ConsentSave,
    MethodInit,
    CertificateVerify,
    SmsSend,
    OperationCreate,
    OperationMapping,
    AfsExecute,
}

/// When a request may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Never: who asks wants to know how it is now.
    Never,
    /// When the one before certainly did not arrive. It may have sent a message, or spent a guess.
    Unsent,
    /// Always: it changes nothing.
    Always,
}

impl Endpoint {
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Status => "/api/service/status",
            Self::UserLookup => "/api/auth/user/lookup",
            Self::UserInfo => "/api/auth/user/info",
            Self::Authenticate => "/api/auth/user/authenticate",
            Self::Decorate => "/api/operation/formdata/decorate",
            Self::FormDataChange => "/api/operation/formdata/change",
            Self::OperationChange => "/api/operation/change",
            Self::SmsCreate => "/api/auth/sms/create",
            Self::SmsVerify => "/api/auth/sms/verify",
            Self::SmsPasswordVerify => "/api/auth/sms/password/verify",
            Self::ConsentInit => "/api/auth/consent/init",
            Self::ConsentCreate => "/api/auth/consent/create",
            Self::ConsentValidate => "/api/auth/consent/validate",
            Self::ConsentSave => "/api/auth/consent/save",
            Self::MethodInit => "/api/auth/method/init",
            Self::CertificateVerify => "/api/auth/certificate/verify",
            Self::SmsSend => "/api/auth/sms/send",
            Self::OperationCreate => "/api/operation/create",
            Self::OperationMapping => "/api/operation/mapping",
            Self::AfsExecute => "/api/afs/action/execute",
        }
    }

    /// Web Flow itself makes the operation of `operation/create`, which only tells what is in it; an anti-fraud system may keep
    /// count of the steps that it is asked about.
    pub(crate) fn repeat(self) -> Repeat {
        match self {
            Self::Status => Repeat::Never,
            Self::UserLookup
            | Self::UserInfo
            | Self::Decorate
            | Self::ConsentInit
            | Self::ConsentValidate
            | Self::MethodInit
            | Self::OperationCreate
            | Self::OperationMapping => Repeat::Always,
            Self::Authenticate
            | Self::FormDataChange
            | Self::OperationChange
            | Self::SmsCreate
            | Self::SmsVerify
            | Self::SmsPasswordVerify
            | Self::ConsentCreate
            | Self::ConsentSave
            | Self::CertificateVerify
            | Self::SmsSend
            | Self::AfsExecute => Repeat::Unsent,
        }
    }

    /// Whether a password or a certificate is checked, so that a refused one can be an answer.
    pub(crate) fn authenticates(self) -> bool {
        matches!(self, Self::Authenticate | Self::SmsPasswordVerify | Self::CertificateVerify)
    }

    /// Whether a code is checked, so that a refused one can be an answer.
    pub(crate) fn takes_code(self) -> bool {
        matches!(self, Self::SmsVerify | Self::SmsPasswordVerify)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.path())
    }
}
