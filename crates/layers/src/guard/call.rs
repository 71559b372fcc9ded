/// What a back end can be asked, in the words of the metrics.
#[derive(Clone, Copy)]
pub(crate) enum Call {
    UserByUsername,
    UserById,
    UserByConsumerId,
    Authenticate,
    CodeCreate,
    CodeVerify,
    CodeAndPasswordVerify,
    CodeSend,
    CodesEnd,
    ConsentInit,
    ConsentCreate,
    ConsentValidate,
    ConsentSave,
    Decorate,
    FormDataChanged,
    OperationChanged,
    LoginOperation,
    StepOptions,
    OperationMapping,
    CertificateOwner,
    CertificateVerify,
    FraudAssess,
}

impl Call {
    pub(super) const COUNT: usize = Self::FraudAssess as usize + 1;

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::UserByUsername => "user_by_username",
            Self::UserById => "user_by_id",
            Self::UserByConsumerId => "user_by_consumer_id",
            Self::Authenticate => "authenticate",
            Self::CodeCreate => "code_create",
            Self::CodeVerify => "code_verify",
            Self::CodeAndPasswordVerify => "code_and_password_verify",
            Self::CodeSend => "code_send",
            Self::CodesEnd => "codes_end",
            Self::ConsentInit => "consent_init",
            Self::ConsentCreate => "consent_create",
            Self::ConsentValidate => "consent_validate",
            Self::ConsentSave => "consent_save",
            Self::Decorate => "decorate",
            Self::FormDataChanged => "form_data_changed",
            Self::OperationChanged => "operation_changed",
            Self::LoginOperation => "login_operation",
            Self::StepOptions => "step_options",
            Self::OperationMapping => "operation_mapping",
            Self::CertificateOwner => "certificate_owner",
            Self::CertificateVerify => "certificate_verify",
            Self::FraudAssess => "fraud_assess",
        }
    }
}
