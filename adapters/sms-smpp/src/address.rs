use data_adapter_core::PhoneNumber;
use rusmpp::types::COctetString;
use rusmpp::values::{Npi, Ton};

/// A number or a name, as SMPP has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) ton: Ton,
    pub(crate) npi: Npi,
    pub(crate) text: COctetString<1, 21>,
}

/// The most characters of a name that a phone shows a message from (3GPP TS 23.040, 9.1.2.5).
const LONGEST_NAME: usize = 11;
/// The most digits of a short code.
const LONGEST_SHORT_CODE: usize = 8;

impl Address {
    /// Where a message goes.
    pub(crate) fn of_number(number: &PhoneNumber) -> Result<Self, &'static str> {
        let digits = number.expose().strip_prefix('+').filter(|digits| is_number(digits));
        let digits = digits.ok_or("the number is not in E.164")?;
        Self::new(Ton::International, Npi::Isdn, digits)
    }

    /// Whom a message is from, by what it looks like: a number with a plus is an international one, up to 8 digits are a short
    /// code, more digits are a number of a kind that the SMSC knows, and the rest is a name. `None` leaves it to the SMSC.
    pub(crate) fn of_sender(sender: Option<&str>, short_code: (Ton, Npi)) -> Result<Self, &'static str> {
        let Some(sender) = sender else { return Self::new(Ton::Unknown, Npi::Unknown, "") };
        if let Some(digits) = sender.strip_prefix('+').filter(|digits| is_number(digits)) {
            return Self::new(Ton::International, Npi::Isdn, digits);
        }
        if is_number(sender) {
            let (ton, npi) =
                if sender.len() <= LONGEST_SHORT_CODE { short_code } else { (Ton::Unknown, Npi::Isdn) };
            return Self::new(ton, npi, sender);
        }
        if sender.len() > LONGEST_NAME {
            return Err("the sender is longer than 11 characters");
        }
        Self::new(Ton::Alphanumeric, Npi::Unknown, sender)
    }

    fn new(ton: Ton, npi: Npi, text: &str) -> Result<Self, &'static str> {
        let text = COctetString::from_string(text.to_owned());
        Ok(Self { ton, npi, text: text.map_err(|_| "the sender has more than ASCII in it")? })
    }
}

/// Digits, as many as a number of ITU-T E.164 may have.
fn is_number(text: &str) -> bool {
    (1..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_named_by_its_kind() {
        for (sender, ton, npi, text) in [
            (None, 0, 0, ""),
            (Some("Bank"), 5, 0, "Bank"),
            (Some("Bank 24/7"), 5, 0, "Bank 24/7"),
            (Some("+420777123456"), 1, 1, "420777123456"),
            (Some("90006"), 3, 9, "90006"),
            (Some("420777123456"), 0, 1, "420777123456"),
        ] {
            let address = Address::of_sender(sender, (3.into(), 9.into())).unwrap();
            let found = (u8::from(address.ton), u8::from(address.npi), address.text.as_str());
            assert_eq!(found, (ton, npi, text));
        }
    }

    #[test]
    fn a_sender_that_no_phone_shows_is_refused() {
        for sender in ["Twelve chars", "Česká", "+42077712345678901"] {
            assert!(Address::of_sender(Some(sender), (3.into(), 0.into())).is_err(), "{sender}");
        }
    }

    #[test]
    fn a_message_goes_to_a_number_of_e164_only() {
        let address = Address::of_number(&PhoneNumber::new("+420777123456")).unwrap();
        assert_eq!((u8::from(address.ton), u8::from(address.npi)), (1, 1));
        assert_eq!(address.text.as_str(), "420777123456");
        for number in ["420777123456", "+", "+420 777", "00420777123456"] {
            assert!(Address::of_number(&PhoneNumber::new(number)).is_err(), "{number}");
        }
    }
}
