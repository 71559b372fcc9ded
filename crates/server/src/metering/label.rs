use actix_web::HttpRequest;

/// A label of the metrics: whatever callers send, there are no other values than these.
macro_rules! label {
    ($(#[$doc:meta])* $type:ident { $($(#[$value_doc:meta])* $value:ident = $name:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $type { $($(#[$value_doc])* $value,)* }

        impl $type {
            pub(crate) const ALL: &[Self] = &[$(Self::$value,)*];
            pub(crate) const COUNT: usize = Self::ALL.len();

            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$value => $name,)* }
            }
        }
    };
}

label! {
    /// What a request asks for. Routes carry the name.
    Operation {
        UserLookup = "user_lookup",
        UserAuthenticate = "user_authenticate",
        UserInfo = "user_info",
        FormDataDecorate = "formdata_decorate",
        FormDataChange = "formdata_change",
        StateChange = "operation_change",
        SmsCreate = "sms_create",
        SmsVerify = "sms_verify",
        SmsPasswordVerify = "sms_password_verify",
        ConsentInit = "consent_init",
        ConsentCreate = "consent_create",
        ConsentValidate = "consent_validate",
        ConsentSave = "consent_save",
        AuthMethodInit = "auth_method_init",
        CertificateVerify = "certificate_verify",
        SmsSend = "sms_send",
        LoginCreate = "operation_create",
        Mapping = "operation_mapping",
        AfsExecute = "afs_execute",
        ServiceStatus = "service_status",
        HealthLive = "health_live",
        HealthReady = "health_ready",
        Metrics = "metrics",
        Sandbox = "sandbox",
        SwaggerUi = "swagger_ui",
        StartPage = "start_page",
        /// A route without a name.
        Other = "other",
        /// No route.
        Unknown = "unknown",
    }
}

label! {
    /// What becomes of a request.
    Outcome {
        /// A wrong password or code included: that is an answer.
        Ok = "ok",
        InputInvalid = "input_invalid",
        UserNotFound = "user_not_found",
        OperationContextInvalid = "operation_context_invalid",
        ConsentDataInvalid = "consent_data_invalid",
        RemoteError = "remote_error",
        AuthenticationFailed = "authentication_failed",
        SmsAuthorizationFailed = "sms_authorization_failed",
        Internal = "internal",
        Unauthorized = "unauthorized",
        Forbidden = "forbidden",
        NotFound = "not_found",
        MethodNotAllowed = "method_not_allowed",
        TooSlow = "too_slow",
        TooLarge = "too_large",
        UnsupportedMediaType = "unsupported_media_type",
        Overloaded = "overloaded",
        /// An error without a code of its own.
        Failed = "failed",
    }
}

impl Operation {
    /// What a request asks for, whether it was let through to its route or not.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        let named = |name| Self::ALL.iter().copied().find(|operation| operation.name() == name);
        match request.match_name() {
            Some(name) => named(name).unwrap_or(Self::Other),
            None if request.match_pattern().is_some() => Self::Other,
            None => Self::Unknown,
        }
    }
}
