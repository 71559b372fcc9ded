//! Certificates and keys from files of PEM, and what is wrong with such a file in a sentence that names it and says nothing of
//! what is in it.

use std::io;
use std::path::{Path, PathBuf};

use data_adapter_core::without_byte_order_mark_bytes;
use rustls_pki_types::pem::{Error as PemError, PemObject as _};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;
use zeroize::Zeroizing;

/// Why a file can't be used.
#[derive(Debug, Error)]
pub enum PemFileError {
    /// It can't be read.
    #[error("{} can't be read: {why}", file.display())]
    Unreadable {
        /// Which.
        file: PathBuf,
        /// Why.
        why: io::Error,
    },
    /// What is asked for is not in it.
    #[error("{} holds no {what} in PEM", file.display())]
    Nothing {
        /// Which.
        file: PathBuf,
        /// What it should hold, such as `certificate`.
        what: &'static str,
    },
    /// It is no PEM.
    #[error("{} is not valid PEM", file.display())]
    Invalid {
        /// Which.
        file: PathBuf,
    },
}

/// The certificates in a file, in their order: one at least.
///
/// # Errors
///
/// [`PemFileError`].
pub fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, PemFileError> {
    let text = read(file)?;
    let found: Result<Vec<_>, PemError> =
        CertificateDer::pem_slice_iter(without_byte_order_mark_bytes(&text)).collect();
    let found = found.map_err(|error| refuse(file, "certificate", &error))?;
    if found.is_empty() {
        return Err(refuse(file, "certificate", &PemError::NoItemsFound));
    }
    Ok(found)
}

/// The first private key in a file. One that is encrypted is none.
///
/// # Errors
///
/// [`PemFileError`].
pub fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, PemFileError> {
    PrivateKeyDer::from_pem_slice(without_byte_order_mark_bytes(&read(file)?))
        .map_err(|error| refuse(file, "private key that is not encrypted", &error))
}

/// What is in a file, which is wiped afterwards: it may be a key.
fn read(file: &Path) -> Result<Zeroizing<Vec<u8>>, PemFileError> {
    let read = std::fs::read(file).map(Zeroizing::new);
    read.map_err(|why| PemFileError::Unreadable { file: file.to_owned(), why })
}

#[expect(clippy::wildcard_enum_match_arm, reason = "any other error is one of syntax")]
fn refuse(file: &Path, what: &'static str, error: &PemError) -> PemFileError {
    let file = file.to_owned();
    match error {
        PemError::NoItemsFound => PemFileError::Nothing { file, what },
        _ => PemFileError::Invalid { file },
    }
}

#[cfg(test)]
mod tests;
