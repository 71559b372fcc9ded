//! Passwords on their way to the back end that knows them.

mod decrypting;
mod locking;

use data_adapter_core::{Password, Random};

pub use decrypting::{DecryptingAuthentication, PasswordKey, PasswordKeyError, encrypt_password};
pub use locking::LockingAuthentication;

/// A password that nobody has. Checking it costs what checking any wrong password costs, whatever the back end.
fn nobodys_password(random: &dyn Random) -> Password {
    let digits = random.bytes::<32>().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    Password::Clear(digits.into())
}
