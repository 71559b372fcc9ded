//! The journeys that log somebody in, or do not.

use super::V0_22_2;
use super::replay::Check::{CodeIsOpen, OpenCodeHasEnded, RightPasswordFails};
use super::replay::Journey;
use super::replay::Step::{Check, Sent};
use crate::support::Outcome::{Done, Form, Incomplete, Sent as Message, Undecorated};
use crate::support::outcome::{
    AUTHENTICATED, BOTH_VERIFIED, COMPLETE, JOHN_DOE, NOBODY, NOT_AUTHENTICATED, SAVED, SHOW,
};
use crate::support::payloads::{
    AUTHENTICATE, CONSENT_CREATE, CONSENT_INIT, CONSENT_SAVE, CONSENT_VALIDATE, DECORATE, LOOKUP,
    OPERATION_CHANGE, SMS_CREATE, SMS_PASSWORD_VERIFY, USER_INFO,
};

pub(super) const LOGIN: Journey = Journey {
    version: &V0_22_2,
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

/// The visitor is nobody yet: the change names no user and acts by the operation alone.
pub(super) const CANCEL: Journey = Journey {
    version: &V0_22_2,
    file: "login-cancel",
    steps: &[Check(CodeIsOpen), Sent(OPERATION_CHANGE, Done), Check(OpenCodeHasEnded)],
};

pub(super) const CONSENT_UNCHECKED: Journey = Journey {
    version: &V0_22_2,
    file: "login-consent-unchecked",
    steps: &[
        Sent(LOOKUP, JOHN_DOE),
        Sent(AUTHENTICATE, AUTHENTICATED),
        Sent(CONSENT_INIT, SHOW),
        Sent(CONSENT_CREATE, Form),
        Sent(CONSENT_VALIDATE, Incomplete),
        Sent(CONSENT_VALIDATE, COMPLETE),
        Sent(CONSENT_SAVE, SAVED),
        Sent(OPERATION_CHANGE, Done),
        Sent(USER_INFO, JOHN_DOE),
        Sent(USER_INFO, JOHN_DOE),
    ],
};

pub(super) const FIVE_WRONG_PASSWORDS: Journey = Journey {
    version: &V0_22_2,
    file: "login-five-wrong-passwords",
    steps: &[
        Sent(LOOKUP, JOHN_DOE),
        Sent(AUTHENTICATE, NOT_AUTHENTICATED),
        Sent(LOOKUP, JOHN_DOE),
        Sent(AUTHENTICATE, NOT_AUTHENTICATED),
        Sent(LOOKUP, JOHN_DOE),
        Sent(AUTHENTICATE, NOT_AUTHENTICATED),
        Sent(LOOKUP, JOHN_DOE),
        Sent(AUTHENTICATE, NOT_AUTHENTICATED),
        Sent(LOOKUP, JOHN_DOE),
        Sent(AUTHENTICATE, NOT_AUTHENTICATED),
        Check(RightPasswordFails),
        // Passwords are counted apart from codes: one is sent all the same.
        Check(CodeIsOpen),
        Sent(OPERATION_CHANGE, Done),
        Check(OpenCodeHasEnded),
    ],
};

pub(super) const SCA: Journey = Journey {
    version: &V0_22_2,
    file: "login-sca",
    steps: &[
        Sent(LOOKUP, JOHN_DOE),
        Sent(DECORATE, Undecorated),
        Sent(SMS_CREATE, Message),
        Sent(SMS_PASSWORD_VERIFY, BOTH_VERIFIED),
        Sent(CONSENT_INIT, SHOW),
        Sent(CONSENT_CREATE, Form),
        // From here on the operation goes by the name `login_sca`; the form is the one that was shown.
        Sent(CONSENT_VALIDATE, COMPLETE),
        Sent(CONSENT_SAVE, SAVED),
        Sent(OPERATION_CHANGE, Done),
        Sent(USER_INFO, JOHN_DOE),
        Sent(USER_INFO, JOHN_DOE),
    ],
};

pub(super) const UNKNOWN_USER: Journey = Journey {
    version: &V0_22_2,
    file: "login-unknown-user",
    steps: &[
        Sent(LOOKUP, NOBODY),
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

pub(super) const WRONG_PASSWORD: Journey = Journey {
    version: &V0_22_2,
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
