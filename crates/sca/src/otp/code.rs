use data_adapter_core::{Binding, MessageId};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

use super::keys::ServerKey;
use crate::store::{CodeHash, Step};

/// The items that a code is derived from and bound to: the operation name for a login; amount, currency and account for
/// a payment, the amount by its value.
fn items(step: &Step, binding: &Binding) -> Vec<String> {
    match binding {
        Binding::Operation => vec![step.name.to_string()],
        Binding::Payment(payment) => {
            vec![payment.amount.canonical(), payment.currency.clone(), payment.account.clone()]
        }
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
pub(super) fn derive(key: &[u8; 16], step: &Step, binding: &Binding, digits: u32) -> SecretString {
    let mut mac = mac(key);
    feed(&mut mac, items(step, binding).iter().map(String::as_bytes));
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

/// What is kept of a code: a hash of it, of its challenge and of everything that it approves, under the server's key.
pub(super) fn hash(
    key: &ServerKey,
    message: &MessageId,
    step: &Step,
    binding: &Binding,
    code: &SecretString,
) -> CodeHash {
    let mut mac = mac(key.secret());
    let items = items(step, binding);
    let user = step.user.as_ref().map_or("", |user| user.as_str());
    let fixed = [message.as_str(), code.expose_secret(), step.operation.as_str(), step.name.as_str(), user];
    let all: Vec<&[u8]> =
        fixed.into_iter().chain(items.iter().map(String::as_str)).map(str::as_bytes).collect();
    feed(&mut mac, all.into_iter());
    CodeHash(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use data_adapter_core::{OperationId, OperationName, Payment, UserId};

    use super::*;

    fn step(name: &str) -> Step {
        let user = Some(UserId::new("12345678"));
        Step { operation: OperationId::new("op"), name: OperationName::new(name), user }
    }

    fn payment(amount: &str, currency: &str, account: &str) -> Binding {
        Binding::Payment(Payment {
            amount: amount.parse().unwrap(),
            currency: currency.into(),
            account: account.into(),
        })
    }

    fn code(binding: &Binding, digits: u32) -> String {
        derive(&[7; 16], &step("authorize_payment"), binding, digits).expose_secret().to_owned()
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
        let code = derive(&[7; 16], &step("login"), &Binding::Operation, 8);
        assert_eq!(code.expose_secret(), "06670510");
    }

    #[test]
    fn a_kept_hash_differs_with_everything_that_it_binds() {
        let key = ServerKey::new("k".into(), vec![1; 32]).unwrap();
        let hash_of = |message: &str, step: &Step, binding: &Binding, code: &str| {
            hash(&key, &MessageId::new(message), step, binding, &code.into())
        };
        let paid = payment("100", "CZK", "1/0300");
        let base = hash_of("m", &step("authorize_payment"), &paid, "12345678");
        assert_eq!(
            hash_of("m", &step("authorize_payment"), &payment("100.0", "CZK", "1/0300"), "12345678"),
            base
        );
        let other_user = Step { user: Some(UserId::new("other")), ..step("authorize_payment") };
        let other_operation = Step { operation: OperationId::new("other"), ..step("authorize_payment") };
        for other in [
            hash_of("n", &step("authorize_payment"), &paid, "12345678"),
            hash_of("m", &step("authorize_payment_sca"), &paid, "12345678"),
            hash_of("m", &other_user, &paid, "12345678"),
            hash_of("m", &other_operation, &paid, "12345678"),
            hash_of("m", &step("authorize_payment"), &payment("100.01", "CZK", "1/0300"), "12345678"),
            hash_of("m", &step("authorize_payment"), &paid, "12345679"),
        ] {
            assert_ne!(other, base);
        }
    }
}
