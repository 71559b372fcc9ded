//! Revocation lists, as they are in their files now.

use std::cmp::Reverse;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use data_adapter_core::without_byte_order_mark_bytes;
use jiff::Timestamp;
use rustls_pki_types::CertificateRevocationListDer;
use rustls_pki_types::pem::PemObject as _;
use webpki::{CertRevocationList, OwnedCertRevocationList};
use x509_parser::prelude::FromDer as _;
use x509_parser::revocation_list::CertificateRevocationList;

use crate::settings::SettingsError;

/// The files with revocation lists.
pub(crate) struct RevocationFiles(Vec<RevocationFile>);

struct RevocationFile {
    path: PathBuf,
    read: Mutex<Option<Read>>,
}

/// What was in a file when it had this fingerprint.
struct Read {
    fingerprint: Fingerprint,
    lists: Vec<Arc<RevocationList>>,
}

/// By what a changed file can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fingerprint {
    modified: Option<SystemTime>,
    size: u64,
    inode: u64,
}

/// What one authority has revoked.
pub(crate) struct RevocationList {
    pub(crate) list: CertRevocationList<'static>,
    /// When it was made, in seconds of Unix time.
    made: i64,
    /// When there has to be a newer one, in seconds of Unix time.
    next: i64,
}

impl RevocationFiles {
    /// Reads every file, so that one that can't be used is refused at once.
    pub(crate) fn open(paths: &[PathBuf], now: Timestamp) -> Result<Self, SettingsError> {
        let file = |path: &PathBuf| RevocationFile { path: path.clone(), read: Mutex::default() };
        let files = Self(paths.iter().map(file).collect());
        files.current(now).map_err(|why| SettingsError::new("crl_files", format!("can't be used: {why}")))?;
        Ok(files)
    }

    /// What is in the files now, the newest list first: of several of one authority that one counts. An error names the
    /// file.
    pub(crate) fn current(&self, now: Timestamp) -> Result<Vec<Arc<RevocationList>>, String> {
        let lists = self.0.iter().map(|file| file.current(now)).collect::<Result<Vec<_>, _>>()?;
        let mut lists: Vec<_> = lists.into_iter().flatten().collect();
        lists.sort_by_key(|list| Reverse(list.made));
        Ok(lists)
    }
}

impl RevocationFile {
    /// What is in the file. Who asks while it is read waits, and so does not read it as well.
    fn current(&self, now: Timestamp) -> Result<Vec<Arc<RevocationList>>, String> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let fingerprint = Fingerprint::of(&self.path)?;
        if let Some(read) = read.as_ref().filter(|read| read.fingerprint == fingerprint) {
            return Ok(read.lists.clone());
        }
        *read = None;
        let lists = lists(&self.path)?;
        let file = self.path.display();
        tracing::info!(%file, lists = lists.len(), "revocation lists were read");
        if lists.iter().any(|list| list.next <= now.as_second()) {
            tracing::warn!(%file, "a revocation list is out of date");
        }
        *read = Some(Read { fingerprint, lists: lists.clone() });
        Ok(lists)
    }
}

impl Fingerprint {
    fn of(path: &Path) -> Result<Self, String> {
        let metadata = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?;
        Ok(Self { modified: metadata.modified().ok(), size: metadata.len(), inode: metadata.ino() })
    }
}

fn lists(path: &Path) -> Result<Vec<Arc<RevocationList>>, String> {
    let bytes = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
    let invalid = |why: &str| format!("{} {why}", path.display());
    let lists = if is_der(&bytes) {
        vec![RevocationList::parse(&bytes)]
    } else {
        let sections = CertificateRevocationListDer::pem_slice_iter(without_byte_order_mark_bytes(&bytes));
        let sections = sections.collect::<Result<Vec<_>, _>>().map_err(|_| invalid("is not valid PEM"))?;
        sections.iter().map(|der| RevocationList::parse(der)).collect()
    };
    if lists.is_empty() {
        return Err(invalid("holds no revocation list in PEM or DER"));
    }
    let lists = lists.into_iter().collect::<Result<Vec<_>, _>>();
    Ok(lists.map_err(|why| invalid(&why))?.into_iter().map(Arc::new).collect())
}

/// A list in DER is a sequence whose length takes more than one byte; no text begins like that.
fn is_der(bytes: &[u8]) -> bool {
    matches!(bytes, [0x30, length, ..] if *length > 0x80)
}

fn unreadable(path: &Path, error: &std::io::Error) -> String {
    format!("{} can't be read: {error}", path.display())
}

impl RevocationList {
    fn parse(der: &[u8]) -> Result<Self, String> {
        let refuse = |why: String| format!("holds a revocation list that can't be used: {why}");
        let list = OwnedCertRevocationList::from_der(der).map_err(|error| refuse(error.to_string()))?;
        let (_, dates) =
            CertificateRevocationList::from_der(der).map_err(|error| refuse(error.to_string()))?;
        let next = dates.next_update().map_or(i64::MIN, |next| next.timestamp());
        Ok(Self { list: list.into(), made: dates.last_update().timestamp(), next })
    }
}
