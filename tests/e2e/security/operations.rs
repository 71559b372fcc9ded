//! The operations that a partner who has logged in may ask for, with what they are asked with.

use super::fields::{Field, Kind};
use super::partner::{AUTHORIZE, DEREGISTER, DEVICES, LOGOUT, PENDING, POST_LOGIN_DETAILS, REGENERATE};

/// An operation, as the document lists it.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) path: &'static str,
    pub(super) fields: &'static [Field],
}

const REFERENCE: Field = Field::required("SCAReferenceNumber", Kind::Reference);
const CONSUMER: Field = Field::required("ConsumerID", Kind::Consumer);
const CLIENT_REFERENCE: Field = Field::optional("ClientRequestReference", Kind::Text);
const CULTURE: Field = Field::optional("CultureID", Kind::Culture);

const REASONS: [&str; 7] = [
    "None",
    "ManuallyLogout",
    "SessionTimeout",
    "LoggedIntoAnotherDevice",
    "LostConnection",
    "ForceCloseTheApp",
    "LoginDisabled",
];
const TYPES: [&str; 3] = ["None", "OTP", "MobilePush"];

/// All but the login, which is a form.
pub(super) const OPERATIONS: [Operation; 7] = [
    Operation {
        path: AUTHORIZE,
        fields: &[
            REFERENCE,
            Field::optional("CancelRequest", Kind::Boolean),
            Field::optional("SCAIdentification", Kind::Text),
            Field::optional("FirstFactorSCAOptionType", Kind::Factor),
            Field::optional("SecondFactorSCAOptionType", Kind::Factor),
            CLIENT_REFERENCE,
            CULTURE,
        ],
    },
    Operation {
        path: DEREGISTER,
        fields: &[CONSUMER, Field::required("SDKDeviceReferenceID", Kind::Device), CLIENT_REFERENCE, CULTURE],
    },
    Operation { path: PENDING, fields: &[CONSUMER, CLIENT_REFERENCE, CULTURE] },
    Operation { path: DEVICES, fields: &[CONSUMER, CLIENT_REFERENCE, CULTURE] },
    Operation {
        path: LOGOUT,
        fields: &[Field::optional("LogoutReason", Kind::OneOf(&REASONS)), CLIENT_REFERENCE, CULTURE],
    },
    Operation {
        path: POST_LOGIN_DETAILS,
        fields: &[
            CONSUMER,
            Field::optional("SCAOptionID1FA", Kind::Factor),
            Field::optional("SCAOptionID2FA", Kind::Factor),
            Field::optional("DoSecondFactor", Kind::Boolean),
            CLIENT_REFERENCE,
            CULTURE,
        ],
    },
    Operation {
        path: REGENERATE,
        fields: &[REFERENCE, Field::required("SCAType", Kind::OneOf(&TYPES)), CLIENT_REFERENCE, CULTURE],
    },
];
