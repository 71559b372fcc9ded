//! TLS: our certificate, and those of clients, from files that may change while the server runs.

mod client;
mod files;
mod handshake;
mod live;
mod refused;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::NoServerSessionStorage;
use rustls::version::{TLS12, TLS13};
use thiserror::Error;
use tokio::signal::unix::{SignalKind, signal};

pub(crate) use client::ClientCertificate;
use files::{Fingerprint, Loaded};
pub(crate) use handshake::{Shaken, handshakes};
use live::Live;
pub use refused::CertificateFault;
pub(crate) use refused::RefusedCertificates;

/// Where the certificates are, all in PEM.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// Our certificate, followed by those in between up to the root.
    pub certificate: PathBuf,
    /// Its key, not encrypted.
    pub key: PathBuf,
    /// The authorities whose client certificates are accepted; `None` when clients are not asked for one.
    pub client_ca: Option<PathBuf>,
}

/// Why TLS can't be spoken with these files, in a sentence that names the file.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct TlsError(String);

/// What TLS connections are made with, at any time.
pub struct Tls {
    files: TlsFiles,
    provider: Arc<CryptoProvider>,
    live: Arc<Live>,
    seen: Mutex<Vec<Option<Fingerprint>>>,
}

impl Tls {
    const LOOK_EVERY: Duration = Duration::from_secs(5);

    /// Reads the files.
    ///
    /// # Errors
    ///
    /// When one can't be read, or the key does not belong to the certificate. An expired certificate is no error: a warning
    /// is logged.
    pub fn load(files: TlsFiles) -> Result<Self, TlsError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let seen = Mutex::new(Fingerprint::of(&files));
        let live = Arc::new(Live::new(Loaded::read(&files, &provider)?));
        Ok(Self { files, provider, live, seen })
    }

    /// Reads the files again. When they can't be used, what was in use stays.
    ///
    /// # Errors
    ///
    /// As those of [`Tls::load`].
    pub fn reload(&self) -> Result<(), TlsError> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Fingerprint::of(&self.files);
        self.live.replace(Loaded::read(&self.files, &self.provider)?);
        Ok(())
    }

    /// Reads the files again on SIGHUP, and within seconds after they changed, until the task is dropped.
    pub async fn watch(&self) {
        let mut look = tokio::time::interval(Self::LOOK_EVERY);
        let mut hangup = signal(SignalKind::hangup())
            .inspect_err(|error| tracing::warn!(%error, "TLS files are not read again on SIGHUP"))
            .ok();
        loop {
            let asked = async {
                match &mut hangup {
                    Some(hangup) => hangup.recv().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = asked => {}
                _ = look.tick() => if !self.has_changed() { continue },
            }
            match self.reload() {
                Ok(()) => tracing::info!("the TLS files were read again"),
                Err(error) => {
                    tracing::error!(%error, "the TLS files can't be used; those from before stay in use");
                }
            }
        }
    }

    fn has_changed(&self) -> bool {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) != Fingerprint::of(&self.files)
    }

    /// A configuration that follows each reload.
    pub(crate) fn server_config(&self) -> ServerConfig {
        let builder = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(&[&TLS12, &TLS13]);
        let builder = match builder {
            Ok(builder) => builder,
            Err(error) => unreachable!("aws-lc-rs speaks both versions: {error}"),
        };
        if self.files.client_ca.is_none() {
            return builder.with_no_client_auth().with_cert_resolver(Arc::clone(&self.live) as _);
        }
        let mut config = builder
            .with_client_cert_verifier(Arc::clone(&self.live) as _)
            .with_cert_resolver(Arc::clone(&self.live) as _);
        // A session that is resumed would bring its certificate along without another look at it.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        config
    }
}

#[cfg(test)]
mod tests;
