use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Schema};

/// Which Web Flow is on the other side. What differs on the wire is decided here; `web_flow/dialect.rs` of the server has what
/// follows from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Web Flow up to 0.22.
    #[default]
    V0_22,
    /// Web Flow from 0.23 on: other names of results, account statuses, six more operations.
    V1,
}

/// There is no such dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("there are two dialects: 0.22 and 1")]
pub struct UnknownDialect;

/// The result of checking a password, a code or a certificate, in the words of both dialects. An unknown word breaks Web
/// Flow's client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum VerificationResult {
    /// Right, in 0.22.
    VerifiedSucceeded,
    /// Wrong, in 0.22.
    VerifiedFailed,
    /// Right, in 1.
    Succeeded,
    /// Wrong, in 1.
    Failed,
    /// Not looked at, because there is no such user or their account may not be used, in 1.
    Skipped,
}

impl VerificationResult {
    /// Whether it was right.
    #[must_use]
    pub fn succeeded(self) -> bool {
        match self {
            Self::VerifiedSucceeded | Self::Succeeded => true,
            Self::VerifiedFailed | Self::Failed | Self::Skipped => false,
        }
    }
}

impl Dialect {
    /// All of them, the oldest first.
    pub const ALL: [Self; 2] = [Self::V0_22, Self::V1];

    /// The name in settings and file names.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::V0_22 => "0.22",
            Self::V1 => "1",
        }
    }

    /// The versions of Web Flow that speak it, for people.
    #[must_use]
    pub fn web_flow(self) -> &'static str {
        match self {
            Self::V0_22 => "0.22",
            Self::V1 => "0.23 to 1.10",
        }
    }

    /// The one that this one is not.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::V0_22 => Self::V1,
            Self::V1 => Self::V0_22,
        }
    }

    /// How this dialect calls a result.
    #[must_use]
    pub fn verification(self, succeeded: bool) -> VerificationResult {
        match (self, succeeded) {
            (Self::V0_22, true) => VerificationResult::VerifiedSucceeded,
            (Self::V0_22, false) => VerificationResult::VerifiedFailed,
            (Self::V1, true) => VerificationResult::Succeeded,
            (Self::V1, false) => VerificationResult::Failed,
        }
    }

    /// Takes out of a schema what the other dialect has.
    #[must_use]
    pub fn narrow(self, name: &str, schema: RefOr<Schema>) -> RefOr<Schema> {
        if name == VerificationResult::name() {
            return self.results().into();
        }
        let RefOr::T(Schema::Object(mut object)) = schema else { return schema };
        let others = self.other().own_members();
        for (_, member) in others.iter().filter(|(owner, _)| *owner == name) {
            object.properties.shift_remove(*member);
            object.required.retain(|required| required != member);
        }
        if self == Self::V1 && name == "SmsPasswordVerifyRequest" {
            object.required.retain(|required| required != "userId");
            object.properties.insert("userId".to_owned(), or_null("OptionalUserId").into());
        }
        RefOr::T(Schema::Object(object))
    }

    /// The words for results.
    fn results(self) -> Schema {
        let words: &[&str] = match self {
            Self::V0_22 => &["VERIFIED_SUCCEEDED", "VERIFIED_FAILED"],
            Self::V1 => &["SUCCEEDED", "FAILED", "SKIPPED"],
        };
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .enum_values(Some(words.iter().copied()))
            .into()
    }

    /// The members that only this dialect has, each with the schema that it is in.
    fn own_members(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::V0_22 => &[("UserAuthenticateResponse", "userDetail")],
            Self::V1 => &[
                ("OperationContext", "externalTransactionId"),
                ("OperationContextWithForm", "externalTransactionId"),
                ("UserLookupRequest", "clientCertificate"),
                ("UserDetail", "accountStatus"),
                ("UserDetail", "extras"),
                ("UserAuthenticateResponse", "accountStatus"),
                ("SmsCreateRequest", "userContacts"),
                ("SmsCreateRequest", "accountStatus"),
                ("SmsVerifyRequest", "accountStatus"),
                ("SmsPasswordVerifyRequest", "accountStatus"),
                ("SmsPasswordVerifyResponse", "accountStatus"),
            ],
        }
    }
}

/// What has this schema, or is `null`.
fn or_null(name: &str) -> Schema {
    let null = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Null));
    OneOfBuilder::new().item(Ref::from_schema_name(name)).item(null).into()
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Self, UnknownDialect> {
        Self::ALL.into_iter().find(|dialect| dialect.name() == name).ok_or(UnknownDialect)
    }
}
