use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use data_adapter_core::{Random, SystemRandom};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::print;
use crate::failure::Failure;

/// Prints a new token, and what the configuration keeps of it.
pub(super) fn make() -> Result<(), Failure> {
    let random: &dyn Random = &SystemRandom;
    let bytes = Zeroizing::new(random.bytes::<32>());
    let token = Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes));
    print(&token)?;
    print(&format!("token_sha256 = \"{}\"", digest(&token)))
}

fn digest(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string can't fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_digest_is_what_sha256sum_prints() {
        assert_eq!(super::digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
