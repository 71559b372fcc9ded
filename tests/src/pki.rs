//! Certificates, made on the fly.

use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, SanType,
};
use reqwest::{Certificate, Client, ClientBuilder, Identity};
use tempfile::TempDir;

use crate::PATIENCE;

/// An authority that certificates are made by.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// A certificate and its key, in PEM.
pub struct Pair {
    /// The certificate.
    pub certificate: String,
    /// Its key.
    pub key: String,
}

impl Authority {
    /// A new one.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut parameters = parameters(name);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = parameters.self_signed(&key).expect("a certificate").pem();
        Self { issuer: Issuer::new(parameters, key), pem }
    }

    /// Its own certificate.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// A certificate of a server on this machine.
    pub fn server(&self) -> Pair {
        self.sign(parameters("server"), ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// The same, of long ago.
    pub fn expired_server(&self) -> Pair {
        self.sign(expired(parameters("server")), ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// A certificate of a client with these names in its `subjectAltName` alone, and a common name or none.
    pub fn client_named(&self, common_name: Option<&str>, dns_names: &[&str], uris: &[&str]) -> Pair {
        let text = |text: &str| text.try_into().expect("ASCII");
        let dns_names = dns_names.iter().map(|name| SanType::DnsName(text(name)));
        let mut parameters = CertificateParams::default();
        parameters.subject_alt_names =
            dns_names.chain(uris.iter().map(|uri| SanType::URI(text(uri)))).collect();
        parameters.distinguished_name = DistinguishedName::new();
        if let Some(name) = common_name {
            parameters.distinguished_name.push(DnType::CommonName, name);
        }
        self.sign(parameters, ExtendedKeyUsagePurpose::ClientAuth)
    }

    /// A certificate of a client.
    pub fn client(&self, name: &str) -> Pair {
        self.sign(parameters(name), ExtendedKeyUsagePurpose::ClientAuth)
    }

    /// The same, of long ago.
    pub fn expired_client(&self, name: &str) -> Pair {
        self.sign(expired(parameters(name)), ExtendedKeyUsagePurpose::ClientAuth)
    }

    /// A certificate of a client that no authority made.
    pub fn self_signed_client(name: &str) -> Pair {
        let key = KeyPair::generate().expect("a key");
        let mut parameters = parameters(name);
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let certificate = parameters.self_signed(&key).expect("a certificate").pem();
        Pair { certificate, key: key.serialize_pem() }
    }

    fn sign(&self, mut parameters: CertificateParams, usage: ExtendedKeyUsagePurpose) -> Pair {
        parameters.extended_key_usages = vec![usage];
        let key = KeyPair::generate().expect("a key");
        let certificate = parameters.signed_by(&key, &self.issuer).expect("a certificate").pem();
        Pair { certificate, key: key.serialize_pem() }
    }

    /// An HTTP client that trusts this authority alone and shows `identity`, over a connection for each request.
    pub fn http(&self, identity: Option<&Pair>) -> Client {
        self.http_builder(identity).build().expect("a client")
    }

    /// The same, with settings to be added.
    pub fn http_builder(&self, identity: Option<&Pair>) -> ClientBuilder {
        let root = Certificate::from_pem(self.pem.as_bytes()).expect("a certificate");
        let builder = Client::builder().no_proxy().timeout(PATIENCE).pool_max_idle_per_host(0);
        let builder = builder.tls_certs_only([root]);
        match identity {
            None => builder,
            Some(Pair { certificate, key }) => {
                let pem = format!("{certificate}{key}");
                builder.identity(Identity::from_pem(pem.as_bytes()).expect("a certificate and its key"))
            }
        }
    }
}

fn parameters(name: &str) -> CertificateParams {
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let mut parameters = CertificateParams::new(names).expect("names");
    parameters.distinguished_name = DistinguishedName::new();
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters
}

fn expired(mut parameters: CertificateParams) -> CertificateParams {
    parameters.not_before = rcgen::date_time_ymd(2001, 1, 1);
    parameters.not_after = rcgen::date_time_ymd(2002, 1, 1);
    parameters
}

/// A folder with the files that `[tls]` names.
pub struct TlsFolder(TempDir);

impl TlsFolder {
    /// A folder with `certificate.pem` and `key.pem`.
    #[must_use]
    pub fn with(pair: &Pair) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        folder.replace(pair);
        folder
    }

    /// Puts another certificate and key in their place.
    pub fn replace(&self, pair: &Pair) {
        self.write("certificate.pem", &pair.certificate);
        self.write("key.pem", &pair.key);
    }

    /// Writes a file.
    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("a file");
    }

    /// Where a file is.
    pub fn path(&self, name: &str) -> PathBuf {
        Path::new(self.0.path()).join(name)
    }

    /// The `[tls]` of a configuration, with `more` keys of that section.
    pub fn section(&self, more: &str) -> String {
        let (certificate, key) = (self.path("certificate.pem"), self.path("key.pem"));
        format!(
            "[tls]\ncertificate_file = \"{}\"\nkey_file = \"{}\"\n{more}\n",
            certificate.display(),
            key.display()
        )
    }

    /// The same, with client certificates of `authority`.
    pub fn section_with_clients(&self, authority: &Authority, more: &str) -> String {
        self.write("clients.pem", authority.pem());
        self.section(&format!("client_ca_file = \"{}\"\n{more}", self.path("clients.pem").display()))
    }
}
