//! Passwords against hashes that this process keeps: of the users of a file, of partners in the configuration.
//!
//! Each check takes the memory of its hash, 19 MiB of the usual ones, which is reserved once for all who keep hashes. They share
//! one [`Verifier`]: each says with a [`Demand`] what it needs, then [`Verifier::start`] reserves it, and [`StoredHashes`] are
//! checked with it. [`PasswordHashing`] makes new ones.

mod memory;
mod password_hashing;
mod slots;
mod stored_hash;
mod stored_hashes;
mod verifier;

pub use password_hashing::PasswordHashing;
pub use stored_hash::{Cost, HashError};
pub use stored_hashes::{StoredHashes, UnusableHash};
pub use verifier::{Demand, NoRoom, Verifier};
