use rcgen::{CertifiedKey, generate_simple_self_signed};

use super::*;

/// A file with this text in a folder of its own.
fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file.pem");
    std::fs::write(&file, text).unwrap();
    (folder, file)
}

fn made() -> CertifiedKey<rcgen::KeyPair> {
    generate_simple_self_signed(["bank.test".to_owned()]).unwrap()
}

#[test]
fn all_certificates_of_a_file_are_read_in_their_order() {
    let (first, second) = (made().cert, made().cert);
    for mark in ["", "\u{feff}", "a remark\n"] {
        let (_folder, file) = file(&format!("{mark}{}{}", first.pem(), second.pem()));
        assert_eq!(certificates(&file).unwrap(), [first.der().clone(), second.der().clone()], "{mark:?}");
    }
}

#[test]
fn a_key_is_read() {
    let key = made().signing_key;
    for mark in ["", "\u{feff}"] {
        let (_folder, file) = file(&format!("{mark}{}", key.serialize_pem()));
        assert_eq!(private_key(&file).unwrap().secret_der(), key.serialize_der(), "{mark:?}");
    }
}

#[test]
fn a_file_that_cannot_be_used_is_named_with_the_reason_and_nothing_that_is_in_it() {
    let key = made().signing_key.serialize_pem();
    let (_folder, key_only) = file(&key);
    let broken_text = key.replacen('\n', "\n!s3cret", 1);
    let (_other, broken) = file(&broken_text);
    let missing = Path::new("/nowhere/file.pem");
    for (refusal, words) in [
        (certificates(&key_only).unwrap_err(), "file.pem holds no certificate in PEM"),
        (certificates(missing).unwrap_err(), "/nowhere/file.pem can't be read: No such file"),
        (private_key(missing).unwrap_err(), "/nowhere/file.pem can't be read: No such file"),
        (private_key(&broken).unwrap_err(), "file.pem is not valid PEM"),
    ] {
        let said = refusal.to_string();
        assert!(said.contains(words) && !said.contains("s3cret"), "{said}");
    }
    let (_third, nothing) = file("nothing");
    let said = private_key(&nothing).unwrap_err().to_string();
    assert!(said.ends_with("holds no private key that is not encrypted in PEM"), "{said}");
}
