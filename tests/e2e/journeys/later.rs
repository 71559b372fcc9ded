//! The journeys of Web Flow 1.9.0. Its Next Step asks for a mapping before each decoration, and approves payments with a code
//! and a password.

use super::V1_9_0;
use super::replay::Check::{CodeIsOpen, CodeIsUsed, OlderCodeIsReplaced, OpenCodeHasEnded};
use super::replay::Journey;
use super::replay::Step::{Check, Sent};
use crate::support::Outcome::{Decorated, Done, Form, Sent as Message, Undecorated};
use crate::support::outcome::{
    AUTHENTICATED, BOTH_VERIFIED, COMPLETE, JOHN_DOE, LOGIN_OPERATION, MAPPED, MAPPED_SCA, MAPPED_TO_LOGIN,
    NO_CERTIFICATES, NOT_AUTHENTICATED, NOT_BOTH, SAVED, SHOW,
};
use crate::support::payloads::{
    AUTHENTICATE, CONSENT_CREATE, CONSENT_INIT, CONSENT_SAVE, CONSENT_VALIDATE, DECORATE, FORMDATA_CHANGE,
    LOOKUP, METHOD_INIT, OPERATION_CHANGE, OPERATION_CREATE, OPERATION_MAPPING, SMS_CREATE,
    SMS_PASSWORD_VERIFY, USER_INFO,
};

pub(super) const LOGIN: Journey = Journey {
    version: &V1_9_0,
    file: "login",
    steps: &[
        Sent(LOOKUP, JOHN_DOE),
        Sent(AUTHENTICATE, AUTHENTICATED),
        Sent(CONSENT_INIT, SHOW),
        Sent(CONSENT_CREATE, Form),
        Sent(CONSENT_VALIDATE, COMPLETE),
        Sent(CONSENT_SAVE, SAVED),
        Check(CodeIsOpen),
        Sent(OPERATION_CHANGE, Done),
        Check(OpenCodeHasEnded),
        Sent(USER_INFO, JOHN_DOE),
        Sent(USER_INFO, JOHN_DOE),
    ],
};

pub(super) const LOGIN_IMPLICIT: Journey = Journey {
    version: &V1_9_0,
    file: "login-implicit",
    steps: &[
        Sent(OPERATION_CREATE, LOGIN_OPERATION),
        Sent(LOOKUP, JOHN_DOE),
        Sent(AUTHENTICATE, AUTHENTICATED),
        Sent(CONSENT_INIT, SHOW),
        Sent(CONSENT_CREATE, Form),
        Sent(CONSENT_VALIDATE, COMPLETE),
        Sent(CONSENT_SAVE, SAVED),
        Sent(OPERATION_CHANGE, Done),
        Sent(USER_INFO, JOHN_DOE),
        Sent(USER_INFO, JOHN_DOE),
    ],
};

pub(super) const LOGIN_SCA: Journey = Journey {
    version: &V1_9_0,
    file: "login-sca",
    steps: &[
        Sent(METHOD_INIT, NO_CERTIFICATES),
        Sent(LOOKUP, JOHN_DOE),
        Sent(OPERATION_MAPPING, MAPPED_TO_LOGIN),
        Sent(DECORATE, Undecorated),
        Sent(SMS_CREATE, Message),
        Sent(SMS_PASSWORD_VERIFY, BOTH_VERIFIED),
        Check(CodeIsUsed),
        Sent(CONSENT_INIT, SHOW),
        Sent(CONSENT_CREATE, Form),
        Sent(CONSENT_VALIDATE, COMPLETE),
        Sent(CONSENT_SAVE, SAVED),
        Sent(OPERATION_CHANGE, Done),
        Sent(USER_INFO, JOHN_DOE),
        Sent(USER_INFO, JOHN_DOE),
    ],
};

pub(super) const LOGIN_WRONG_PASSWORD: Journey = Journey {
    version: &V1_9_0,
    file: "login-wrong-password",
    steps: &[
        Sent(LOOKUP, JOHN_DOE),
        Sent(AUTHENTICATE, NOT_AUTHENTICATED),
        Sent(LOOKUP, JOHN_DOE),
        Sent(AUTHENTICATE, AUTHENTICATED),
        Sent(CONSENT_INIT, SHOW),
        Sent(CONSENT_CREATE, Form),
        Sent(CONSENT_VALIDATE, COMPLETE),
        Sent(CONSENT_SAVE, SAVED),
        Sent(OPERATION_CHANGE, Done),
        Sent(USER_INFO, JOHN_DOE),
        Sent(USER_INFO, JOHN_DOE),
    ],
};

pub(super) const PAYMENT: Journey = Journey {
    version: &V1_9_0,
    file: "payment",
    steps: &[
        Sent(LOOKUP, JOHN_DOE),
        Sent(AUTHENTICATE, AUTHENTICATED),
        Sent(OPERATION_MAPPING, MAPPED),
        Sent(DECORATE, Decorated),
        Sent(FORMDATA_CHANGE, Done),
        Sent(OPERATION_MAPPING, MAPPED),
        Sent(DECORATE, Decorated),
        Sent(SMS_CREATE, Message),
        Sent(SMS_PASSWORD_VERIFY, BOTH_VERIFIED),
        Check(CodeIsUsed),
        Sent(CONSENT_INIT, SHOW),
        Sent(CONSENT_CREATE, Form),
        Sent(CONSENT_VALIDATE, COMPLETE),
        Sent(CONSENT_SAVE, SAVED),
        Check(CodeIsOpen),
        Sent(OPERATION_CHANGE, Done),
        Check(OpenCodeHasEnded),
        Sent(USER_INFO, JOHN_DOE),
        Sent(USER_INFO, JOHN_DOE),
    ],
};

pub(super) const PAYMENT_CANCEL: Journey = Journey {
    version: &V1_9_0,
    file: "payment-cancel",
    steps: &[
        Sent(LOOKUP, JOHN_DOE),
        Sent(AUTHENTICATE, AUTHENTICATED),
        Sent(OPERATION_MAPPING, MAPPED),
        Sent(DECORATE, Decorated),
        Check(CodeIsOpen),
        Sent(OPERATION_CHANGE, Done),
        Check(OpenCodeHasEnded),
    ],
};

pub(super) const PAYMENT_RESEND: Journey = Journey {
    version: &V1_9_0,
    file: "payment-resend",
    steps: &[
        Sent(LOOKUP, JOHN_DOE),
        Sent(AUTHENTICATE, AUTHENTICATED),
        Sent(OPERATION_MAPPING, MAPPED),
        Sent(DECORATE, Decorated),
        Sent(FORMDATA_CHANGE, Done),
        Sent(OPERATION_MAPPING, MAPPED),
        Sent(DECORATE, Decorated),
        Sent(SMS_CREATE, Message),
        Sent(SMS_CREATE, Message),
        Check(OlderCodeIsReplaced),
        Sent(SMS_PASSWORD_VERIFY, BOTH_VERIFIED),
        Sent(CONSENT_INIT, SHOW),
        Sent(CONSENT_CREATE, Form),
        Sent(CONSENT_VALIDATE, COMPLETE),
        Sent(CONSENT_SAVE, SAVED),
        Sent(OPERATION_CHANGE, Done),
        Sent(USER_INFO, JOHN_DOE),
        Sent(USER_INFO, JOHN_DOE),
    ],
};

pub(super) const PAYMENT_SCA: Journey = Journey {
    version: &V1_9_0,
    file: "payment-sca",
    steps: &[
        Sent(METHOD_INIT, NO_CERTIFICATES),
        Sent(LOOKUP, JOHN_DOE),
        // The first step is a login, which the mapping says, and the accounts are offered already.
        Sent(OPERATION_MAPPING, MAPPED_TO_LOGIN),
        Sent(DECORATE, Decorated),
        Sent(SMS_CREATE, Message),
        Sent(SMS_PASSWORD_VERIFY, BOTH_VERIFIED),
        Sent(METHOD_INIT, NO_CERTIFICATES),
        Sent(OPERATION_MAPPING, MAPPED_SCA),
        Sent(DECORATE, Decorated),
        Sent(OPERATION_MAPPING, MAPPED_SCA),
        Sent(DECORATE, Decorated),
        Sent(SMS_CREATE, Message),
        Sent(SMS_PASSWORD_VERIFY, BOTH_VERIFIED),
        Check(CodeIsUsed),
        Sent(CONSENT_INIT, SHOW),
        Sent(CONSENT_CREATE, Form),
        Sent(CONSENT_VALIDATE, COMPLETE),
        Sent(CONSENT_SAVE, SAVED),
        Sent(OPERATION_CHANGE, Done),
        Sent(USER_INFO, JOHN_DOE),
        Sent(USER_INFO, JOHN_DOE),
    ],
};

pub(super) const PAYMENT_WRONG_CODE: Journey = Journey {
    version: &V1_9_0,
    file: "payment-wrong-code",
    steps: &[
        Sent(LOOKUP, JOHN_DOE),
        Sent(AUTHENTICATE, AUTHENTICATED),
        Sent(OPERATION_MAPPING, MAPPED),
        Sent(DECORATE, Decorated),
        Sent(FORMDATA_CHANGE, Done),
        Sent(OPERATION_MAPPING, MAPPED),
        Sent(DECORATE, Decorated),
        Sent(SMS_CREATE, Message),
        Sent(SMS_PASSWORD_VERIFY, NOT_BOTH),
        Sent(SMS_PASSWORD_VERIFY, BOTH_VERIFIED),
        Check(CodeIsUsed),
        Sent(CONSENT_INIT, SHOW),
        Sent(CONSENT_CREATE, Form),
        Sent(CONSENT_VALIDATE, COMPLETE),
        Sent(CONSENT_SAVE, SAVED),
        Sent(OPERATION_CHANGE, Done),
        Sent(USER_INFO, JOHN_DOE),
        Sent(USER_INFO, JOHN_DOE),
    ],
};
