//! Public keys in a file (RFC 7517), which is read again when it changes.

use std::fs::{self, File, Metadata};
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::thread;
use std::time::Duration;

use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::PublicAlgorithm;

/// Longer is no set of keys that anybody made.
const MOST_BYTES: u64 = 1024 * 1024;

/// 2048 bits in base64.
const SHORTEST_MODULUS: usize = 342;

/// Why a file has no usable keys. It never shows what is in the file.
#[derive(Debug, Error)]
pub enum KeySetError {
    /// It can't be read.
    #[error("{0}")]
    Unreadable(#[from] std::io::Error),
    /// It is a folder, a pipe or a device.
    #[error("it is no regular file")]
    NoFile,
    /// It is over-long.
    #[error("it has more than {MOST_BYTES} bytes")]
    TooLong,
    /// It is no set of keys.
    #[error("it is no JSON Web Key Set")]
    NoKeySet,
    /// No key in it fits the algorithm.
    #[error("no key in it is for the algorithm of the tokens")]
    NoKey,
    /// Two keys have the same id.
    #[error("two keys in it have the same `kid`")]
    Twice,
    /// A key is too easy to find out.
    #[error("an RSA key in it has fewer than 2048 bits")]
    Weak,
}

/// A file of public keys.
///
/// A thread of its own looks at it, since nobody knows how long that takes: a file may lie on a disk that hangs. While it does, the
/// keys count that were read last.
#[derive(Debug)]
pub struct KeySetFile {
    algorithm: PublicAlgorithm,
    loaded: Arc<RwLock<Loaded>>,
    /// Whoever waits for a look.
    looks: SyncSender<oneshot::Sender<()>>,
}

/// What was read last.
#[derive(Debug)]
struct Loaded {
    keys: Arc<KeySet>,
    /// Of the file that was last looked at, usable or not; `None` when there was none.
    version: Option<Version>,
}

/// The only one who looks at the file, once it is open.
struct Reader {
    path: PathBuf,
    algorithm: PublicAlgorithm,
    loaded: Arc<RwLock<Loaded>>,
}

/// What changes when a file does.
#[derive(Debug, PartialEq, Eq)]
struct Version {
    place: (u64, u64),
    length: u64,
    modified: (i64, i64),
}

impl Version {
    fn of(metadata: &Metadata) -> Self {
        Self {
            place: (metadata.dev(), metadata.ino()),
            length: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
        }
    }
}

impl KeySetFile {
    /// How long somebody waits for a look, at most.
    const LONGEST_LOOK: Duration = Duration::from_secs(1);

    /// Reads the keys in a file that are for an algorithm.
    ///
    /// # Errors
    ///
    /// When there are none, or the file can't be trusted to mean what it says.
    pub fn open(path: PathBuf, algorithm: PublicAlgorithm) -> Result<Self, KeySetError> {
        let version = version(&path);
        let keys = Arc::new(KeySet::read(&path, algorithm)?);
        let loaded = Arc::new(RwLock::new(Loaded { keys, version }));
        // One more may wait while somebody is waited for.
        let (looks, asked) = sync_channel(1);
        let reader = Reader { path, algorithm, loaded: Arc::clone(&loaded) };
        thread::Builder::new().name("token-keys".to_owned()).spawn(move || reader.run(&asked))?;
        Ok(Self { algorithm, loaded, looks })
    }

    pub(super) fn algorithm(&self) -> PublicAlgorithm {
        self.algorithm
    }

    /// The keys that are in the file now or, while it can't be used or others wait for it already, those before.
    pub(super) async fn keys(&self) -> Arc<KeySet> {
        let (done, looked) = oneshot::channel();
        if self.looks.try_send(done).is_ok() && timeout(Self::LONGEST_LOOK, looked).await.is_err() {
            tracing::error!("the file of keys for tokens of users does not come; the old ones stay");
        }
        Arc::clone(&now(&self.loaded).keys)
    }
}

impl Reader {
    /// Goes on until nobody can ask any more.
    fn run(self, asked: &Receiver<oneshot::Sender<()>>) {
        while let Ok(done) = asked.recv() {
            self.look();
            // Whoever asked may have stopped waiting.
            let _ = done.send(());
        }
    }

    fn look(&self) {
        let version = version(&self.path);
        if now(&self.loaded).version == version {
            return;
        }
        let keys = self.read();
        let mut loaded = self.loaded.write().unwrap_or_else(PoisonError::into_inner);
        loaded.version = version;
        if let Some(keys) = keys {
            loaded.keys = Arc::new(keys);
        }
    }

    /// The keys that count from now on; `None` where those before go on to.
    fn read(&self) -> Option<KeySet> {
        let file = self.path.display();
        match KeySet::read(&self.path, self.algorithm) {
            Ok(keys) => {
                tracing::info!(%file, "the keys for tokens of users were read again");
                Some(keys)
            }
            Err(error @ KeySetError::NoKey) => {
                tracing::error!(%file, %error, "nobody's token is good any more");
                Some(KeySet(Vec::new()))
            }
            Err(error) => {
                tracing::error!(%file, %error, "the keys for tokens of users can't be read again; the old ones stay");
                None
            }
        }
    }
}

fn now(loaded: &RwLock<Loaded>) -> RwLockReadGuard<'_, Loaded> {
    loaded.read().unwrap_or_else(PoisonError::into_inner)
}

/// `None` where there is no file.
fn version(path: &Path) -> Option<Version> {
    fs::metadata(path).ok().as_ref().map(Version::of)
}

/// The keys of one algorithm, each with its id.
#[derive(Debug)]
pub(super) struct KeySet(Vec<(Option<String>, DecodingKey)>);

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl KeySet {
    fn read(path: &Path, algorithm: PublicAlgorithm) -> Result<Self, KeySetError> {
        let metadata = fs::metadata(path)?;
        if !metadata.is_file() {
            return Err(KeySetError::NoFile);
        }
        if metadata.len() > MOST_BYTES {
            return Err(KeySetError::TooLong);
        }
        let mut bytes = Vec::new();
        File::open(path)?.take(MOST_BYTES).read_to_end(&mut bytes)?;
        Self::parse(&bytes, algorithm)
    }

    /// Keys of other kinds and for other purposes may be in the set, and are left out.
    pub(super) fn parse(json: &[u8], algorithm: PublicAlgorithm) -> Result<Self, KeySetError> {
        let Document { keys } = serde_json::from_slice(json).map_err(|_| KeySetError::NoKeySet)?;
        let mut found: Vec<(Option<String>, DecodingKey)> = Vec::new();
        for key in keys {
            let Ok(key) = serde_json::from_value::<Jwk>(key) else { continue };
            if !is_for(&key, algorithm) {
                continue;
            }
            if is_weak(&key) {
                return Err(KeySetError::Weak);
            }
            let id = key.common.key_id.clone();
            if found.iter().any(|(known, _)| *known == id) {
                return Err(KeySetError::Twice);
            }
            found.push((id, DecodingKey::from_jwk(&key).map_err(|_| KeySetError::NoKeySet)?));
        }
        if found.is_empty() { Err(KeySetError::NoKey) } else { Ok(Self(found)) }
    }

    /// The key with this id. Where a token names none, or the only key has none, that is the one.
    pub(super) fn find(&self, id: Option<&str>) -> Option<&DecodingKey> {
        if let [(known, key)] = self.0.as_slice()
            && (known.is_none() || id.is_none())
        {
            return Some(key);
        }
        let named = |(known, _): &&(Option<String>, DecodingKey)| known.as_deref() == id;
        id.and_then(|_| self.0.iter().find(named)).map(|(_, key)| key)
    }
}

/// Whether a key is one for checking signatures of this algorithm.
fn is_for(key: &Jwk, algorithm: PublicAlgorithm) -> bool {
    let (has_kind, name) = match (algorithm, &key.algorithm) {
        (PublicAlgorithm::EdDsa, AlgorithmParameters::OctetKeyPair(pair)) => {
            (pair.curve == EllipticCurve::Ed25519, KeyAlgorithm::EdDSA)
        }
        (PublicAlgorithm::Es256, AlgorithmParameters::EllipticCurve(curve)) => {
            (curve.curve == EllipticCurve::P256, KeyAlgorithm::ES256)
        }
        (PublicAlgorithm::Rs256, AlgorithmParameters::RSA(_)) => (true, KeyAlgorithm::RS256),
        _ => return false,
    };
    let common = &key.common;
    let is_signature = common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature);
    let verifies = common.key_operations.as_ref().is_none_or(|all| all.contains(&KeyOperations::Verify));
    has_kind && is_signature && verifies && common.key_algorithm.as_ref().is_none_or(|alg| *alg == name)
}

fn is_weak(key: &Jwk) -> bool {
    matches!(&key.algorithm, AlgorithmParameters::RSA(rsa) if rsa.n.len() < SHORTEST_MODULUS)
}

#[cfg(test)]
mod tests;
