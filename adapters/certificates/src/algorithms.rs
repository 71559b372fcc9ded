use rustls_pki_types::SignatureVerificationAlgorithm;
use webpki::aws_lc_rs as verify;

/// How certificates, revocation lists and texts may be signed. No SHA-1, no RSA below 2048 bits.
pub(crate) static ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[
    verify::ECDSA_P256_SHA256,
    verify::ECDSA_P256_SHA384,
    verify::ECDSA_P256_SHA512,
    verify::ECDSA_P384_SHA256,
    verify::ECDSA_P384_SHA384,
    verify::ECDSA_P384_SHA512,
    verify::ECDSA_P521_SHA256,
    verify::ECDSA_P521_SHA384,
    verify::ECDSA_P521_SHA512,
    verify::ED25519,
    verify::RSA_PKCS1_2048_8192_SHA256,
    verify::RSA_PKCS1_2048_8192_SHA384,
    verify::RSA_PKCS1_2048_8192_SHA512,
    verify::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
    verify::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
    verify::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
];
