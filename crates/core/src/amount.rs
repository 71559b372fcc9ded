use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use thiserror::Error;

/// An amount of money, exact, with the digits it was written with: `158121.10` stays `158121.10`.
///
/// Two amounts are equal when their values are: `100`, `100.0` and `1.0E2` are one amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(Decimal);

/// The text is no decimal number, or has more digits than can be kept exactly (28): what is bound would not be what was
/// written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("it is not a decimal number of at most 28 digits")]
pub struct AmountError;

impl Amount {
    /// The longest text that is looked at: 28 digits, a sign, a point and an exponent fit well.
    const MAX_TEXT: usize = 64;

    /// The decimal behind.
    #[must_use]
    pub fn decimal(&self) -> Decimal {
        self.0
    }

    /// Whether money moves at all: true above zero.
    #[must_use]
    pub fn is_positive(&self) -> bool {
        self.0 > Decimal::ZERO
    }

    /// Whether it has a minus sign.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.0.is_sign_negative()
    }

    /// One text for one value: no trailing zeros, no exponent.
    #[must_use]
    pub fn canonical(&self) -> String {
        self.0.normalize().to_string()
    }
}

impl From<Decimal> for Amount {
    fn from(value: Decimal) -> Self {
        Self(value)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Amount {
    type Err = AmountError;

    /// Reads a decimal number with or without an exponent (Java prints ten million as `1.0E7`).
    ///
    /// # Errors
    ///
    /// When the text is no number, or has digits that would be lost.
    fn from_str(text: &str) -> Result<Self, AmountError> {
        if text.len() > Self::MAX_TEXT {
            return Err(AmountError);
        }
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| AmountError)?),
            None => (text, 0),
        };
        if !mantissa.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-') {
            return Err(AmountError);
        }
        let value = Decimal::from_str_exact(mantissa).map_err(|_| AmountError)?;
        shift(value, exponent).map(Self).ok_or(AmountError)
    }
}

/// `value * 10^exponent`, or `None` when digits would be lost.
fn shift(value: Decimal, exponent: i32) -> Option<Decimal> {
    if exponent == 0 {
        return Some(value);
    }
    let value = value.normalize();
    let scale = i32::try_from(value.scale()).ok()?.checked_sub(exponent)?;
    if let Ok(scale) = u32::try_from(scale) {
        let mut shifted = value;
        shifted.set_scale(scale).ok()?;
        return Some(shifted);
    }
    let factor = 10_i128.checked_pow(scale.unsigned_abs())?;
    Decimal::try_from_i128_with_scale(value.mantissa().checked_mul(factor)?, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    #[test]
    fn amounts_are_equal_when_their_values_are() {
        for same in ["100", "100.0", "100.00", "1.0E2", "1e2", "1E+2", "1000E-1"] {
            assert_eq!(amount(same), amount("100"), "{same}");
            assert_eq!(amount(same).canonical(), "100", "{same}");
        }
        assert_ne!(amount("100"), amount("100.01"));
        assert_eq!(amount("1.0E7").canonical(), "10000000");
    }

    #[test]
    fn digits_are_kept_as_they_were_written() {
        for text in ["158121.10", "100", "0.00", "12345678901234567890.12"] {
            assert_eq!(amount(text).to_string(), text);
        }
    }

    #[test]
    fn what_is_no_number_or_too_long_is_refused() {
        let too_long = "9".repeat(40);
        for text in [
            "",
            "NaN",
            "1_000",
            "+",
            "abc",
            "1e",
            "1e400x",
            "0x10",
            " 1",
            "1e400",
            "1e-400",
            &too_long,
            "100.00000000000000000000000000001",
        ] {
            assert_eq!(text.parse::<Amount>(), Err(AmountError), "{text}");
        }
    }
}
