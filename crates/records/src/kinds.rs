use data_adapter_sca::{ApprovalMethod, DeliveryStatus, Factor, FactorChannel, FactorStatus};

use crate::Unreadable;

/// A kind and its number, once each.
macro_rules! numbers {
    ($kind:ty, $what:literal, $(#[doc = $doc:literal])* $to:ident, $from:ident: $($variant:ident = $number:literal),+) => {
        $(#[doc = $doc])*
        #[must_use]
        pub fn $to(kind: $kind) -> i16 {
            match kind { $(<$kind>::$variant => $number),+ }
        }

        /// The kind of this number.
        ///
        /// # Errors
        ///
        /// [`Unreadable`] when there is none.
        pub fn $from(number: i16) -> Result<$kind, Unreadable> {
            match number {
                $($number => Ok(<$kind>::$variant),)+
                other => Err(Unreadable::new($what, &other)),
            }
        }
    };
}

numbers! {
    ApprovalMethod, "a way to approve",
    /// How a challenge is answered, as stores have it.
    method_number, method: ClientManaged = 0, Otp = 1, Push = 2
}
numbers! {
    Factor, "a factor",
    /// What users get wrong, as stores have it.
    factor_number, factor: Code = 0, Password = 1, Partner = 2
}
numbers! {
    FactorChannel, "a channel",
    /// How users are reached, as stores have it.
    channel_number, channel: Sms = 0, Authy = 1, Biometric = 2
}
numbers! {
    FactorStatus, "the status of a factor",
    /// How far a factor has come, as stores have it.
    status_number, status: Pending = 0, Active = 1, Inactive = 2
}
numbers! {
    DeliveryStatus, "the status of a message",
    /// What became of a message, as stores have it. The greater one wins.
    delivery_number, delivery: HandedOver = 0, Undelivered = 1, Delivered = 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_is_that_of_its_kind_and_others_are_of_none() {
        for number in 0..3 {
            assert_eq!(method(number).map(method_number), Ok(number));
            assert_eq!(factor(number).map(factor_number), Ok(number));
            assert_eq!(channel(number).map(channel_number), Ok(number));
            assert_eq!(status(number).map(status_number), Ok(number));
            assert_eq!(delivery(number).map(delivery_number), Ok(number));
        }
        assert_eq!(
            method(3).unwrap_err().to_string(),
            "the store holds a way to approve that can't be read: 3"
        );
        assert!(factor(3).is_err() && channel(-1).is_err() && status(3).is_err() && delivery(3).is_err());
    }
}
