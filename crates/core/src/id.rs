use std::fmt;

macro_rules! text_newtype {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Wraps `text` as it is; the limits of the API are checked at its edge.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    };
}

text_newtype! {
    /// Identifies a user in the back end; the username that a person types is another thing. One id names one
    /// person whatever the organization, so that failures counted under it can't be split between two counters.
    UserId
}
text_newtype! {
    /// Identifies the part of the bank that a user belongs to, such as `RETAIL` or `SME`.
    OrganizationId
}
text_newtype! {
    /// Identifies one operation (a login, a payment) from its start to its end.
    OperationId
}
text_newtype! {
    /// The kind of an operation and its step, such as `login` or `authorize_payment_sca`.
    OperationName
}
text_newtype! {
    /// Identifies one message with a one-time code, and so the challenge that the code answers.
    MessageId
}
text_newtype! {
    /// A language as a client names it (`en`, `cs`, `en-GB`). What is not supported falls back to English.
    Language
}
