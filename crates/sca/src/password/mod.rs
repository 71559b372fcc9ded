//! Passwords on their way to the back end that knows them.

mod decrypting;
mod locking;
mod under_way;

use data_adapter_core::{Credentials, Password, Random, UserId};

pub use decrypting::{DecryptingAuthentication, PasswordKey, PasswordKeyError, encrypt_password};
pub use locking::LockingAuthentication;

/// A password that nobody has. Checking it costs what checking any wrong password costs, whatever the back end.
fn nobodys_password(random: &dyn Random) -> Password {
    Password::Clear(digits(random).into())
}

/// Credentials of nobody. Checking them costs what checking a wrong password of somebody costs, whatever the back end.
fn nobodys_credentials(credentials: &Credentials, random: &dyn Random) -> Credentials {
    let user = UserId::new(digits(random));
    Credentials { user, password: nobodys_password(random), ..credentials.clone() }
}

fn digits(random: &dyn Random) -> String {
    format!("{:032x}", u128::from_ne_bytes(random.bytes()))
}
