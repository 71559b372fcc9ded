use std::borrow::Cow;

use data_adapter_core::{
    Attribute, AttributeValue, Binding, CodeVerification, MessageId, OperationId, OperationName, Payment,
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

use super::keys::ServerKey;
use crate::store::CodeHash;

/// The items that a code is derived from and bound to: the operation name for a login, amount and currency for a payment; then
/// the payee's account and whatever else is bound, in the order of their ids, each as its id, its value and the currency of an
/// amount. Amounts count by their value.
fn items<'a>(name: &'a OperationName, binding: &'a Binding) -> Vec<Cow<'a, str>> {
    let mut items: Vec<Cow<'a, str>> = Vec::new();
    let mut attributes: Vec<[Cow<'a, str>; 3]> = binding.attributes.iter().map(attribute_items).collect();
    match &binding.payment {
        None => items.push(name.as_str().into()),
        Some(Payment { amount, currency, account, account_id }) => {
            items.extend([amount.canonical().into(), currency.into()]);
            attributes.push([account_id.as_str().into(), account.into(), "".into()]);
        }
    }
    attributes.sort_unstable();
    items.extend(attributes.into_iter().flatten());
    items
}

fn attribute_items(attribute: &Attribute) -> [Cow<'_, str>; 3] {
    let id = attribute.id.as_str().into();
    match &attribute.value {
        AttributeValue::Text(text) => [id, text.into(), "".into()],
        AttributeValue::Amount { amount, currency } => [id, amount.canonical().into(), currency.into()],
    }
}

/// A code and what it is said to approve.
#[derive(Clone, Copy)]
pub(crate) struct Claim<'a> {
    pub(crate) operation: &'a OperationId,
    pub(crate) name: &'a OperationName,
    pub(crate) binding: &'a Binding,
    pub(crate) code: &'a SecretString,
}

impl<'a> From<&'a CodeVerification> for Claim<'a> {
    fn from(verification: &'a CodeVerification) -> Self {
        let CodeVerification { operation, binding, code, .. } = verification;
        Self { operation: &operation.id, name: &operation.name, binding, code }
    }
}

/// Feeds items with their number and lengths, so that no two lists read alike.
fn feed<'a>(mac: &mut Hmac<Sha256>, items: impl ExactSizeIterator<Item = &'a [u8]>) {
    mac.update(&(items.len() as u64).to_be_bytes());
    for item in items {
        mac.update(&(item.len() as u64).to_be_bytes());
        mac.update(item);
    }
}

fn mac(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

/// The code for what is approved, derived with a key that nobody keeps.
pub(super) fn derive(key: &[u8; 16], name: &OperationName, binding: &Binding, digits: u32) -> SecretString {
    let mut mac = mac(key);
    feed(&mut mac, items(name, binding).iter().map(|item| item.as_bytes()));
    let number = signed_modulo(&mac.finalize().into_bytes(), 10_u64.pow(digits));
    format!("{number:0width$}", width = digits as usize).into()
}

/// `bytes` as a signed big-endian integer, modulo `modulus`, rounded down: never negative.
fn signed_modulo(bytes: &[u8], modulus: u64) -> u64 {
    let modulus = u128::from(modulus);
    let fold =
        |bytes: &[u8]| bytes.iter().fold(0, |number, byte| ((number << 8) | u128::from(*byte)) % modulus);
    let unsigned = fold(bytes);
    let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    let wrapped = if negative { bytes.iter().fold(1, |power, _| (power << 8) % modulus) } else { 0 };
    u64::try_from((unsigned + modulus - wrapped) % modulus).expect("it is less than the modulus")
}

/// What is kept of a code: a hash of it, of its challenge and of everything that it approves, under the server's key. Whose it is
/// the challenge says.
pub(super) fn hash(key: &ServerKey, message: &MessageId, claim: &Claim<'_>) -> CodeHash {
    let Claim { operation, name, binding, code } = claim;
    let items = items(name, binding);
    let fixed = [message.as_str(), code.expose_secret(), operation.as_str(), name.as_str()];
    let all: Vec<&[u8]> =
        fixed.into_iter().chain(items.iter().map(|item| &**item)).map(str::as_bytes).collect();
    CodeHash(keyed(key, &all))
}

/// The hash of some items under the server's key.
pub(super) fn keyed(key: &ServerKey, items: &[&[u8]]) -> [u8; 32] {
    let mut mac = mac(key.secret());
    feed(&mut mac, items.iter().copied());
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use data_adapter_core::AttributeId;

    use super::*;

    fn name(name: &str) -> OperationName {
        OperationName::new(name)
    }

    fn hash_of(message: &str, operation: &str, name: &str, binding: &Binding, code: &str) -> CodeHash {
        let key = ServerKey::new("k".into(), vec![1; 32]).unwrap();
        let (operation, name) = (OperationId::new(operation), OperationName::new(name));
        let claim = Claim { operation: &operation, name: &name, binding, code: &code.into() };
        hash(&key, &MessageId::new(message), &claim)
    }

    fn payment(amount: &str, currency: &str, account: &str) -> Binding {
        Binding::to_payment(Payment {
            amount: amount.parse().unwrap(),
            currency: currency.into(),
            account: account.into(),
            account_id: AttributeId::payees_account(),
        })
    }

    fn text(id: &str, text: &str) -> Attribute {
        Attribute { id: AttributeId::new(id).unwrap(), value: AttributeValue::Text(text.into()) }
    }

    fn amount(id: &str, amount: &str, currency: &str) -> Attribute {
        let value = AttributeValue::Amount { amount: amount.parse().unwrap(), currency: currency.into() };
        Attribute { id: AttributeId::new(id).unwrap(), value }
    }

    fn code(binding: &Binding, digits: u32) -> String {
        derive(&[7; 16], &name("authorize_payment"), binding, digits).expose_secret().to_owned()
    }

    #[test]
    fn a_code_has_its_number_of_digits_and_leading_zeros() {
        for digits in 6..=9 {
            for amount in 1..200 {
                let code = code(&payment(&amount.to_string(), "CZK", "238400856/0300"), digits);
                assert_eq!(code.len(), digits as usize);
                assert!(code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
            }
        }
    }

    #[test]
    fn a_code_depends_on_the_value_of_the_amount_and_not_on_its_notation() {
        let hundred = code(&payment("100", "CZK", "1/0300"), 8);
        assert_eq!(code(&payment("1.0E2", "CZK", "1/0300"), 8), hundred);
        for other in [
            payment("101", "CZK", "1/0300"),
            payment("100", "EUR", "1/0300"),
            payment("100", "CZK", "2/0300"),
        ] {
            assert_ne!(code(&other, 8), hundred);
        }
        assert_ne!(code(&payment("100", "CZK1", "/0300"), 8), code(&payment("100", "CZK", "1/0300"), 8));
    }

    #[test]
    fn the_remainder_of_a_negative_number_is_rounded_down() {
        assert_eq!(signed_modulo(&[0xff], 10), 9);
        assert_eq!(signed_modulo(&[0x80, 0x00], 1000), (-32768_i64).rem_euclid(1000).unsigned_abs());
        assert_eq!(signed_modulo(&[0x01, 0x00], 1000), 256);
        assert_eq!(signed_modulo(&[0xff; 32], 1_000_000_000), 999_999_999);
    }

    /// `HMAC-SHA256(16 times 0x07, "\0…\x01" "\0…\x05" "login")`, computed elsewhere.
    #[test]
    fn a_login_code_is_the_documented_function_of_its_key() {
        let code = derive(&[7; 16], &name("login"), &Binding::to_operation(), 8);
        assert_eq!(code.expose_secret(), "06670510");
    }

    #[test]
    fn a_kept_hash_differs_with_everything_that_it_binds() {
        let paid = payment("100", "CZK", "1/0300");
        let base = hash_of("m", "op", "authorize_payment", &paid, "12345678");
        let same = payment("100.0", "CZK", "1/0300");
        assert_eq!(hash_of("m", "op", "authorize_payment", &same, "12345678"), base);
        for other in [
            hash_of("n", "op", "authorize_payment", &paid, "12345678"),
            hash_of("m", "other", "authorize_payment", &paid, "12345678"),
            hash_of("m", "op", "authorize_payment_sca", &paid, "12345678"),
            hash_of("m", "op", "authorize_payment", &payment("100.01", "CZK", "1/0300"), "12345678"),
            hash_of("m", "op", "authorize_payment", &paid, "12345679"),
        ] {
            assert_ne!(other, base);
        }
    }

    #[test]
    fn a_kept_hash_differs_with_every_bound_attribute_and_not_with_their_order_or_notation() {
        let hash_of = |binding: &Binding| hash_of("m", "op", "authorize_payment", binding, "12345678");
        for to in [payment("100", "CZK", "1/0300"), Binding::to_operation()] {
            let with = |attributes: &[Attribute]| Binding { attributes: attributes.to_vec(), ..to.clone() };
            let base = with(&[text("o.due", "2026-12-24"), amount("o.fee", "12.5", "CZK")]);
            let same = with(&[amount("o.fee", "12.50", "CZK"), text("o.due", "2026-12-24")]);
            assert_eq!(hash_of(&same), hash_of(&base));
            for other in [
                with(&[]),
                with(&[text("o.due", "2026-12-24")]),
                with(&[amount("o.fee", "12.5", "CZK")]),
                with(&[text("o.due", "2026-12-25"), amount("o.fee", "12.5", "CZK")]),
                with(&[text("o.dua", "2026-12-24"), amount("o.fee", "12.5", "CZK")]),
                with(&[text("o.due", "2026-12-24"), amount("o.fee", "12.51", "CZK")]),
                with(&[text("o.due", "2026-12-24"), amount("o.fee", "12.5", "EUR")]),
                with(&[text("o.due", "2026-12-24"), text("o.fee", "12.5 CZK")]),
                with(&[text("o.due2026-12", "-24"), amount("o.fee", "12.5", "CZK")]),
            ] {
                assert_ne!(hash_of(&other), hash_of(&base), "{other:?}");
            }
        }
    }

    #[test]
    fn a_kept_hash_knows_which_attribute_names_the_payee() {
        let paid = |id: &str, account: &str| {
            let Some(payment) = payment("100", "CZK", account).payment else { unreachable!() };
            Payment { account_id: AttributeId::new(id).unwrap(), ..payment }
        };
        let name = name("authorize_payment");
        let of = |id, account| Binding::to_payment(paid(id, account));
        assert_ne!(items(&name, &of("o.account", "1")), items(&name, &of("o.iban", "1")));
        let both = Binding { attributes: vec![text("o.iban", "1")], ..of("o.account", "1") };
        assert_ne!(items(&name, &both), items(&name, &of("o.iban", "1")));
    }

    /// A payment has two items and a login one, before threes: so many of them can't be both.
    #[test]
    fn no_login_reads_like_a_payment() {
        let login = name("100");
        for attributes in 0..4 {
            let attributes: Vec<_> = (0..attributes).map(|n| text(&format!("o.a{n}"), "CZK")).collect();
            let login_binding = Binding { attributes: attributes.clone(), ..Binding::to_operation() };
            let payment_binding = Binding { attributes, ..payment("100", "CZK", "1/0300") };
            assert_eq!(items(&login, &login_binding).len() % 3, 1);
            assert_eq!(items(&login, &payment_binding).len() % 3, 2);
        }
    }
}
