//! Certificates of people, made on the fly, and the lists of those that were revoked.

use std::sync::atomic::{AtomicU64, Ordering};

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationList, CertificateRevocationListParams,
    DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ECDSA_P521_SHA512, PKCS_ED25519, PKCS_RSA_SHA256,
    PublicKeyData, RevokedCertParams, SerialNumber, SigningKey as _, date_time_ymd,
};

/// The kind of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA with 2048 bits.
    Rsa2048,
    /// ECDSA on P-256.
    P256,
    /// ECDSA on P-384.
    P384,
    /// ECDSA on P-521.
    P521,
    /// Ed25519.
    Ed25519,
}

impl KeyKind {
    /// A new key.
    #[must_use]
    pub fn generate(self) -> KeyPair {
        let algorithm = match self {
            Self::Rsa2048 => &PKCS_RSA_SHA256,
            Self::P256 => &PKCS_ECDSA_P256_SHA256,
            Self::P384 => &PKCS_ECDSA_P384_SHA384,
            Self::P521 => &PKCS_ECDSA_P521_SHA512,
            Self::Ed25519 => &PKCS_ED25519,
        };
        KeyPair::generate_for(algorithm).expect("a key")
    }
}

/// An authority that vouches for people.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    serial: SerialNumber,
}

/// A certificate of a person, with its key.
pub struct PersonalCertificate {
    /// In PEM.
    pub pem: String,
    key: KeyPair,
    serial: SerialNumber,
}

impl Authority {
    /// One that answers to nobody.
    #[must_use]
    pub fn root(kind: KeyKind, name: &str) -> Self {
        Self::root_with(kind, name, |_| {})
    }

    /// The same, with something else in its certificate.
    pub fn root_with(kind: KeyKind, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let (key, parameters) = (kind.generate(), authority(name, change));
        let pem = parameters.self_signed(&key).expect("a certificate").pem();
        Self::new(parameters, key, pem)
    }

    /// One that this one vouches for.
    pub fn intermediate(
        &self,
        kind: KeyKind,
        name: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Self {
        let (key, parameters) = (kind.generate(), authority(name, change));
        let pem = self.sign(&parameters, &key);
        Self::new(parameters, key, pem)
    }

    fn new(parameters: CertificateParams, key: KeyPair, pem: String) -> Self {
        let serial = parameters.serial_number.clone().expect("a number");
        Self { issuer: Issuer::new(parameters, key), pem, serial }
    }

    /// Its own certificate.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Its key in PEM.
    pub fn key_pem(&self) -> String {
        self.issuer.key().serialize_pem()
    }

    /// A certificate for the person with this `UID`.
    pub fn issue(&self, kind: KeyKind, uid: &str) -> PersonalCertificate {
        self.issue_with(kind, uid, |_| {})
    }

    /// The same, with something else in it.
    pub fn issue_with(
        &self,
        kind: KeyKind,
        uid: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> PersonalCertificate {
        let (key, parameters) = (kind.generate(), person(uid, change));
        let (pem, serial) = (self.sign(&parameters, &key), parameters.serial_number.expect("a number"));
        PersonalCertificate { pem, key, serial }
    }

    /// A certificate for a person with a key that was made elsewhere.
    pub fn certify(&self, key: &impl PublicKeyData, uid: &str) -> String {
        self.sign(&person(uid, |_| {}), key)
    }

    /// Another certificate for an authority that has one, with other uses of its key.
    pub fn certify_authority(&self, other: &Self, name: &str, usages: Vec<KeyUsagePurpose>) -> String {
        self.sign(&authority(name, |parameters| parameters.key_usages = usages), other.issuer.key())
    }

    fn sign(&self, parameters: &CertificateParams, key: &impl PublicKeyData) -> String {
        parameters.signed_by(key, &self.issuer).expect("a certificate").pem()
    }

    /// The list of those certificates that it has revoked, good for ever.
    pub fn revoke(&self, revoked: &[&SerialNumber]) -> CertificateRevocationList {
        self.revoke_with(revoked, |_| {})
    }

    /// The same, with something else in it.
    pub fn revoke_with(
        &self,
        revoked: &[&SerialNumber],
        change: impl FnOnce(&mut CertificateRevocationListParams),
    ) -> CertificateRevocationList {
        let entry = |serial: &&SerialNumber| RevokedCertParams {
            serial_number: (*serial).clone(),
            revocation_time: date_time_ymd(2025, 1, 1),
            reason_code: None,
            invalidity_date: None,
        };
        let mut parameters = CertificateRevocationListParams {
            this_update: date_time_ymd(2025, 1, 1),
            next_update: date_time_ymd(2100, 1, 1),
            crl_number: next_serial(),
            issuing_distribution_point: None,
            revoked_certs: revoked.iter().map(entry).collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        change(&mut parameters);
        parameters.signed_by(&self.issuer).expect("a list")
    }

    /// The number of its own certificate.
    pub fn serial(&self) -> &SerialNumber {
        &self.serial
    }
}

impl PersonalCertificate {
    /// A signature of a text: PKCS #1 with SHA-256 by an RSA key, DER by one on a curve.
    pub fn sign(&self, text: &str) -> Vec<u8> {
        self.key.sign(text.as_bytes()).expect("a signature")
    }

    /// The key in PKCS #8.
    pub fn key_der(&self) -> Vec<u8> {
        self.key.serialize_der()
    }

    /// The number of the certificate.
    pub fn serial(&self) -> &SerialNumber {
        &self.serial
    }
}

/// `UID` (RFC 4519, 2.39).
#[must_use]
pub fn uid() -> DnType {
    DnType::CustomDnType(vec![0, 9, 2342, 19_200_300, 100, 1, 1])
}

fn person(name: &str, change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let mut parameters = CertificateParams::default();
    parameters.serial_number = Some(next_serial());
    parameters.distinguished_name = DistinguishedName::new();
    parameters.distinguished_name.push(DnType::CommonName, "John Doe");
    parameters.distinguished_name.push(uid(), name);
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::ContentCommitment];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    change(&mut parameters);
    parameters
}

fn authority(name: &str, change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let mut parameters = CertificateParams::default();
    parameters.serial_number = Some(next_serial());
    parameters.distinguished_name = DistinguishedName::new();
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    change(&mut parameters);
    parameters
}

/// No two certificates of a test have the same number.
fn next_serial() -> SerialNumber {
    static NEXT: AtomicU64 = AtomicU64::new(1_000);
    NEXT.fetch_add(1, Ordering::Relaxed).into()
}
