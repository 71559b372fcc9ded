use x509_parser::certificate::X509Certificate;
use x509_parser::oid_registry::{
    OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY, OID_NIST_EC_P384, OID_NIST_EC_P521, OID_PKCS1_RSAENCRYPTION,
    OID_SIG_ED25519,
};
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::proof::Proof;
use crate::rejection::Reason;

/// RSA below this is too weak (NIST SP 800-131A, since 2014).
const RSA_BITS: usize = 2048;

/// Whether the key may be used for the proof (RFC 5280, 4.2.1.3). A certificate that says nothing allows it.
pub(crate) fn check_usage(certificate: &X509Certificate<'_>, proof: &Proof) -> Result<(), Reason> {
    let Some(usage) = certificate.key_usage().map_err(|_| Reason::Malformed)? else { return Ok(()) };
    let usage = usage.value;
    let may = match proof {
        Proof::Tls => usage.digital_signature(),
        Proof::Signature { .. } => usage.digital_signature() || usage.non_repudiation(),
    };
    may.then_some(()).ok_or(Reason::WrongUsage)
}

/// Whether the key is one that only its owner can use. After a TLS handshake nobody else looks.
pub(crate) fn check_key(certificate: &X509Certificate<'_>) -> Result<(), Reason> {
    is_strong(certificate.public_key()).then_some(()).ok_or(Reason::WeakKey)
}

fn is_strong(key: &SubjectPublicKeyInfo<'_>) -> bool {
    let kind = &key.algorithm.algorithm;
    if *kind == OID_PKCS1_RSAENCRYPTION {
        matches!(key.parsed(), Ok(PublicKey::RSA(rsa)) if rsa.key_size() >= RSA_BITS)
    } else if *kind == OID_KEY_TYPE_EC_PUBLIC_KEY {
        let curve = key.algorithm.parameters.as_ref().and_then(|curve| curve.as_oid().ok());
        curve.is_some_and(|curve| [OID_EC_P256, OID_NIST_EC_P384, OID_NIST_EC_P521].contains(&curve))
    } else {
        *kind == OID_SIG_ED25519
    }
}
