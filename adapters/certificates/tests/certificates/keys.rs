//! Which keys and signatures are strong enough.

use std::path::Path;
use std::process::Command;

use data_adapter_core::{Clock as _, Possession, SystemClock, signed_text};
use data_adapter_testkit::Directory;
use data_adapter_tests::people::{Authority, KeyKind};
use jiff::SignedDuration;
use rcgen::{PKCS_RSA_SHA256, PublicKeyData, SignatureAlgorithm};
use rustls::SignatureScheme;
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::bench::{Bench, credentials, payment, shown, signed, signed_as};
use crate::verdict::{ACCEPTED, verdict};

/// Runs `openssl` in a folder.
fn openssl(folder: &Path, arguments: &str) {
    let output = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output();
    let output = output.expect("openssl can be run");
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The public half of an RSA key that was made elsewhere.
struct RsaKey(Vec<u8>);

impl PublicKeyData for RsaKey {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_RSA_SHA256
    }
}

#[tokio::test]
async fn keys_on_other_curves_are_accepted() {
    for kind in [KeyKind::P384, KeyKind::P521, KeyKind::Ed25519] {
        let authority = Authority::root(kind, "Bank");
        let certificates = Bench::new(&[&authority]).certificates();
        let person = authority.issue(kind, Directory::PAYER);
        assert_eq!(verdict(&certificates, &signed(&person)).await, ACCEPTED, "{kind:?}");
        assert_eq!(verdict(&certificates, &shown(&person)).await, ACCEPTED, "{kind:?}");
    }
}

#[tokio::test]
async fn an_rsa_key_may_sign_in_each_way_that_is_not_outdated() {
    let authority = Authority::root(KeyKind::Rsa2048, "Bank");
    let certificates = Bench::new(&[&authority]).certificates();
    let person = authority.issue(KeyKind::Rsa2048, Directory::PAYER);
    let key = any_supported_type(&PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(person.key_der()))).unwrap();
    for scheme in [
        SignatureScheme::RSA_PKCS1_SHA256,
        SignatureScheme::RSA_PKCS1_SHA384,
        SignatureScheme::RSA_PKCS1_SHA512,
        SignatureScheme::RSA_PSS_SHA256,
        SignatureScheme::RSA_PSS_SHA384,
        SignatureScheme::RSA_PSS_SHA512,
    ] {
        let signer = key.choose_scheme(&[scheme]).unwrap();
        let signature = signer.sign(signed_text(&payment()).as_bytes()).unwrap();
        let asked = signed_as(&person.pem, &signature);
        assert_eq!(verdict(&certificates, &asked).await, ACCEPTED, "{scheme:?}");
    }
}

#[tokio::test]
async fn a_signature_of_sha1_is_wrong() {
    let authority = Authority::root(KeyKind::Rsa2048, "Bank");
    let bench = Bench::new(&[&authority]);
    let person = authority.issue(KeyKind::Rsa2048, Directory::PAYER);
    let text = bench.write("text", signed_text(&payment()).as_bytes());
    let folder = text.parent().unwrap();
    bench.write("key.der", &person.key_der());
    openssl(folder, "pkey -inform DER -in key.der -out key.pem");
    let certificates = bench.certificates();
    for (digest, wanted) in [("sha256", ACCEPTED), ("sha1", "wrong_signature")] {
        openssl(folder, &format!("dgst -{digest} -sign key.pem -out signature text"));
        let signature = std::fs::read(folder.join("signature")).unwrap();
        assert_eq!(verdict(&certificates, &signed_as(&person.pem, &signature)).await, wanted, "{digest}");
    }
}

#[tokio::test]
async fn a_short_rsa_key_is_refused_also_after_a_handshake() {
    let authority = Authority::root(KeyKind::P256, "Bank");
    let bench = Bench::new(&[&authority]);
    let text = bench.write("text", signed_text(&payment()).as_bytes());
    let folder = text.parent().unwrap();
    let certificates = bench.certificates();
    for (bits, wanted) in [(1024, "weak_key"), (2048, ACCEPTED)] {
        openssl(folder, &format!("genrsa -out key.pem {bits}"));
        openssl(folder, "rsa -in key.pem -RSAPublicKey_out -outform DER -out public.der");
        openssl(folder, "dgst -sha256 -sign key.pem -out signature text");
        let key = RsaKey(std::fs::read(folder.join("public.der")).unwrap());
        let pem = authority.certify(&key, Directory::PAYER);
        let signature = std::fs::read(folder.join("signature")).unwrap();
        assert_eq!(verdict(&certificates, &signed_as(&pem, &signature)).await, wanted, "{bits}");
        assert_eq!(verdict(&certificates, &credentials(&pem, Possession::Tls)).await, wanted, "{bits}");
    }
}

#[tokio::test]
async fn a_curve_that_few_know_is_refused_also_after_a_handshake() {
    let authority = Authority::root(KeyKind::P256, "Bank");
    let bench = Bench::new(&[&authority]);
    let certificates = bench.certificates();
    for (curve, wanted) in [("secp256k1", "weak_key"), ("prime256v1", ACCEPTED)] {
        let pem = issued_by_openssl(
            &bench,
            &authority,
            &format!("ec -pkeyopt ec_paramgen_curve:{curve}"),
            "sha256",
        );
        assert_eq!(verdict(&certificates, &credentials(&pem, Possession::Tls)).await, wanted, "{curve}");
    }
}

#[tokio::test]
async fn a_certificate_that_was_signed_over_sha1_is_refused() {
    for kind in [KeyKind::Rsa2048, KeyKind::P256] {
        let authority = Authority::root(kind, "Bank");
        let bench = Bench::new(&[&authority]);
        let certificates = bench.certificates();
        for (digest, wanted) in [("sha1", "unknown_authority"), ("sha256", ACCEPTED)] {
            let pem = issued_by_openssl(&bench, &authority, "rsa:2048", digest);
            let asked = credentials(&pem, Possession::Tls);
            assert_eq!(verdict(&certificates, &asked).await, wanted, "{kind:?} {digest}");
        }
    }
}

/// A certificate that `openssl` makes with the key of an authority, for what it can and we can't. It is valid from now on.
fn issued_by_openssl(bench: &Bench, authority: &Authority, key: &str, digest: &str) -> String {
    let ca = bench.write("issuer.pem", authority.pem().as_bytes());
    let folder = ca.parent().expect("a folder");
    bench.write("issuer-key.pem", authority.key_pem().as_bytes());
    bench.write("extensions", b"extendedKeyUsage=clientAuth\nkeyUsage=digitalSignature\n");
    let subject = format!("/UID={}", Directory::PAYER);
    openssl(
        folder,
        &format!("req -newkey {key} -nodes -keyout person-key.pem -out request.pem -subj {subject}"),
    );
    let issue =
        "x509 -req -in request.pem -CA issuer.pem -CAkey issuer-key.pem -set_serial 7 -extfile extensions";
    openssl(folder, &format!("{issue} -days 30 -{digest} -out person.pem"));
    bench.clock.set(SystemClock.now() + SignedDuration::from_hours(24));
    std::fs::read_to_string(folder.join("person.pem")).expect("a certificate")
}
