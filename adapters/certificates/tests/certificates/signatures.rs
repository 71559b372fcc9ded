//! What was signed, and by whom.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
use data_adapter_core::{
    CertificateCredentials, OperationContext, OperationId, OperationName, Possession, signed_text,
};
use data_adapter_testkit::Directory;
use data_adapter_tests::people::{Authority, KeyKind};

use crate::bench::{Bench, KINDS, credentials, payment, shown, signed, signed_as};
use crate::verdict::{ACCEPTED, verdict};

const PAYER: &str = Directory::PAYER;
const WRONG: &str = "wrong_signature";

#[tokio::test]
async fn a_signature_is_good_for_the_operation_that_was_signed_and_for_no_other() {
    for kind in KINDS {
        let authority = Authority::root(kind, "Bank");
        let certificates = Bench::new(&[&authority]).certificates();
        let asked = signed(&authority.issue(kind, PAYER));
        assert_eq!(verdict(&certificates, &asked).await, ACCEPTED, "{kind:?}");
        let data = payment().data.unwrap();
        for other in [
            OperationContext { id: OperationId::new("operation-2"), ..payment() },
            OperationContext { name: OperationName::new("authorize_payment_sca"), ..payment() },
            OperationContext { data: Some(data.replace("A100CZK", "A999CZK")), ..payment() },
            OperationContext { data: Some(data.replace("238400856", "111111111")), ..payment() },
            OperationContext { data: Some(format!("{data} ")), ..payment() },
            OperationContext { data: None, ..payment() },
        ] {
            let asked = CertificateCredentials { operation: other, ..asked.clone() };
            assert_eq!(verdict(&certificates, &asked).await, WRONG, "{kind:?} {:?}", asked.operation);
        }
    }
}

#[tokio::test]
async fn a_signature_by_another_key_is_wrong() {
    for kind in KINDS {
        let authority = Authority::root(kind, "Bank");
        let certificates = Bench::new(&[&authority]).certificates();
        let person = authority.issue(kind, PAYER);
        let text = signed_text(&payment());
        assert_eq!(verdict(&certificates, &signed_as(&person.pem, &person.sign(&text))).await, ACCEPTED);
        for other in KINDS {
            let signature = authority.issue(other, PAYER).sign(&text);
            assert_eq!(verdict(&certificates, &signed_as(&person.pem, &signature)).await, WRONG, "{kind:?}");
        }
    }
}

#[tokio::test]
async fn what_is_no_signature_is_wrong_and_no_error() {
    for kind in KINDS {
        let authority = Authority::root(kind, "Bank");
        let certificates = Bench::new(&[&authority]).certificates();
        let person = authority.issue(kind, PAYER);
        let right = person.sign(&signed_text(&payment()));
        let url_safe = format!("-_{}", URL_SAFE.encode(&right));
        for text in ["", " ", "====", "garbage!", "\u{17e}", "AAAA", &STANDARD.encode(&right[1..]), &url_safe]
        {
            let asked = credentials(&person.pem, Possession::Signature(text.to_owned()));
            assert_eq!(verdict(&certificates, &asked).await, WRONG, "{kind:?} {text}");
        }
        let mut flipped = right.clone();
        *flipped.last_mut().unwrap() ^= 1;
        assert_eq!(verdict(&certificates, &signed_as(&person.pem, &flipped)).await, WRONG, "{kind:?}");
    }
}

#[tokio::test]
async fn base64_may_have_line_breaks_and_no_padding() {
    let authority = Authority::root(KeyKind::Rsa2048, "Bank");
    let certificates = Bench::new(&[&authority]).certificates();
    let person = authority.issue(KeyKind::Rsa2048, PAYER);
    let signature = person.sign(&signed_text(&payment()));
    let (padded, bare) = (STANDARD.encode(&signature), STANDARD_NO_PAD.encode(&signature));
    assert_ne!(padded, bare);
    let (first, second) = padded.split_at(64);
    for text in [format!("{first}\r\n{second}\n"), format!(" {first}\n\t{second}"), padded.clone(), bare] {
        let asked = credentials(&person.pem, Possession::Signature(text));
        assert_eq!(verdict(&certificates, &asked).await, ACCEPTED);
    }
}

#[tokio::test]
async fn after_a_handshake_nothing_has_to_be_signed() {
    let authority = Authority::root(KeyKind::P256, "Bank");
    let certificates = Bench::new(&[&authority]).certificates();
    let person = authority.issue(KeyKind::P256, PAYER);
    assert_eq!(verdict(&certificates, &shown(&person)).await, ACCEPTED);
    let unsigned = credentials(&person.pem, Possession::Signature(String::new()));
    assert_eq!(verdict(&certificates, &unsigned).await, WRONG);
}
