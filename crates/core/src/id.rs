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

impl UserId {
    /// The id that a consumer id of the Security API means where users are identified by such numbers.
    #[must_use]
    pub fn of_consumer(consumer: i32) -> Self {
        Self(consumer.to_string())
    }

    /// The consumer id of whoever has this id; `None` for what [`of_consumer`](Self::of_consumer) does not write, such as a number
    /// with zeros in front.
    #[must_use]
    pub fn consumer(&self) -> Option<i32> {
        let consumer = self.0.parse().ok()?;
        (*self == Self::of_consumer(consumer)).then_some(consumer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_consumer_id_where_it_is_a_number_of_32_bits_in_its_only_spelling() {
        for consumer in [1, 12_345_678, i32::MAX, 0, -1, i32::MIN] {
            assert_eq!(UserId::of_consumer(consumer).consumer(), Some(consumer));
        }
        for other in ["", "user1234", "007", "+7", " 7", "7 ", "-0", "7.0", "0x7", "٧", "2147483648"] {
            assert_eq!(UserId::new(other).consumer(), None, "{other:?}");
        }
    }
}
