//! The journeys that approve a payment, or do not.

use super::V0_22_2;
use super::replay::Check::{CodeIsOpen, CodeIsUsed, OlderCodeIsReplaced, OpenCodeHasEnded};
use super::replay::Journey;
use super::replay::Step::{Check, Sent};
use crate::support::Outcome::{Decorated, Done, Form, Sent as Message, Undecorated};
use crate::support::outcome::{
    AUTHENTICATED, BOTH_VERIFIED, COMPLETE, JOHN_DOE, SAVED, SHOW, VERIFIED, WRONG_CODE,
};
use crate::support::payloads::{
    AUTHENTICATE, CONSENT_CREATE, CONSENT_INIT, CONSENT_SAVE, CONSENT_VALIDATE, DECORATE, FORMDATA_CHANGE,
    LOOKUP, OPERATION_CHANGE, SMS_CREATE, SMS_PASSWORD_VERIFY, SMS_VERIFY, USER_INFO,
};

pub(super) const PAYMENT: Journey = Journey {
    version: &V0_22_2,
    file: "payment",
    steps: &[
        Sent(LOOKUP, JOHN_DOE),
        Sent(AUTHENTICATE, AUTHENTICATED),
        Sent(DECORATE, Decorated),
        Sent(FORMDATA_CHANGE, Done),
        Sent(SMS_CREATE, Message),
        Sent(DECORATE, Decorated),
        Sent(SMS_VERIFY, VERIFIED),
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

pub(super) const CANCEL: Journey = Journey {
    version: &V0_22_2,
    file: "payment-cancel",
    steps: &[
        Sent(LOOKUP, JOHN_DOE),
        Sent(AUTHENTICATE, AUTHENTICATED),
        Sent(DECORATE, Decorated),
        Check(CodeIsOpen),
        Sent(OPERATION_CHANGE, Done),
        Check(OpenCodeHasEnded),
    ],
};

pub(super) const RESEND: Journey = Journey {
    version: &V0_22_2,
    file: "payment-resend",
    steps: &[
        Sent(LOOKUP, JOHN_DOE),
        Sent(AUTHENTICATE, AUTHENTICATED),
        Sent(DECORATE, Decorated),
        Sent(FORMDATA_CHANGE, Done),
        Sent(DECORATE, Decorated),
        Sent(SMS_CREATE, Message),
        Sent(SMS_CREATE, Message),
        Check(OlderCodeIsReplaced),
        Sent(SMS_VERIFY, VERIFIED),
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

pub(super) const SCA: Journey = Journey {
    version: &V0_22_2,
    file: "payment-sca",
    steps: &[
        Sent(LOOKUP, JOHN_DOE),
        // The first step goes by the name `login`, with the operation id of the payment.
        Sent(SMS_CREATE, Message),
        Sent(DECORATE, Undecorated),
        Sent(SMS_PASSWORD_VERIFY, BOTH_VERIFIED),
        Sent(SMS_CREATE, Message),
        Sent(DECORATE, Decorated),
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

pub(super) const WRONG_CODE_ONCE: Journey = Journey {
    version: &V0_22_2,
    file: "payment-wrong-code",
    steps: &[
        Sent(LOOKUP, JOHN_DOE),
        Sent(AUTHENTICATE, AUTHENTICATED),
        Sent(DECORATE, Decorated),
        Sent(FORMDATA_CHANGE, Done),
        Sent(SMS_CREATE, Message),
        Sent(DECORATE, Decorated),
        Sent(SMS_VERIFY, WRONG_CODE),
        Sent(SMS_VERIFY, VERIFIED),
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
