//! Settings and files that can't be used.

use data_adapter_certificates::{CertificateSettings, Names, Subject};
use data_adapter_tests::people::{Authority, KeyKind};
use rcgen::{IsCa, KeyUsagePurpose, date_time_ymd};

use crate::bench::Bench;

fn refusal(bench: &Bench) -> String {
    bench.build().err().expect("it is refused").to_string()
}

#[tokio::test]
async fn a_file_of_authorities_that_cannot_be_used_is_refused_by_its_key() {
    let authority = Authority::root(KeyKind::P256, "Bank");
    let no_authority =
        Authority::root_with(KeyKind::P256, "Bank", |parameters| parameters.is_ca = IsCa::NoCa);
    let no_signer = Authority::root_with(KeyKind::P256, "Bank", |parameters| {
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    });
    let bench = Bench::new(&[&authority]);
    bench.certificates();
    let cut = authority.pem().replace("-----END", "");
    let hollow = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    for (text, why) in [
        ("", "holds no certificate in PEM"),
        (&cut, "is not valid PEM"),
        (hollow, "holds a certificate that can't be read"),
        (no_authority.pem(), "holds a certificate that is not one of an authority"),
        (no_signer.pem(), "holds a certificate that is not one of an authority"),
    ] {
        bench.write("ca.pem", text.as_bytes());
        let message = refusal(&bench);
        assert!(message.starts_with("`ca_file` ") && message.ends_with(why), "{message}");
        assert!(message.contains("ca.pem"), "{message}");
    }
    std::fs::remove_file(&bench.settings.ca_file).unwrap();
    let message = refusal(&bench);
    assert!(message.starts_with("`ca_file` ") && message.contains("ca.pem can't be read"), "{message}");
}

#[tokio::test]
async fn a_file_of_revocation_lists_that_cannot_be_used_is_refused_by_its_key() {
    let authority = Authority::root(KeyKind::P256, "Bank");
    let list = authority.revoke(&[]);
    let bench = Bench::new(&[&authority]).with_list("fine", list.der()).with_list("list", list.der());
    bench.certificates();
    let pem = list.pem().unwrap();
    let cut = pem.replace("-----END", "");
    for (bytes, why) in [
        (b"".as_slice(), "holds no revocation list in PEM or DER"),
        (authority.pem().as_bytes(), "holds no revocation list in PEM or DER"),
        (cut.as_bytes(), "is not valid PEM"),
        (&list.der()[..list.der().len() - 1], "holds a revocation list that can't be used"),
    ] {
        bench.write("list", bytes);
        let message = refusal(&bench);
        assert!(message.starts_with("`crl_files` can't be used: "), "{message}");
        assert!(message.contains("list ") && message.contains(why), "{message}");
    }
    std::fs::remove_file(&bench.settings.crl_files[1]).unwrap();
    assert!(refusal(&bench).contains("list can't be read"), "{}", refusal(&bench));
}

#[tokio::test]
async fn what_is_out_of_date_does_not_keep_the_program_from_starting() {
    let authority = Authority::root_with(KeyKind::P256, "Bank", |parameters| {
        parameters.not_after = date_time_ymd(2025, 1, 1);
    });
    let list = authority.revoke_with(&[], |list| list.next_update = date_time_ymd(2025, 2, 1));
    Bench::new(&[&authority]).with_list("list", list.der()).certificates();
}

#[tokio::test]
async fn a_byte_order_mark_before_an_authority_or_a_list_changes_nothing() {
    let authority = Authority::root(KeyKind::P256, "Bank");
    let marked = |pem: &str| format!("\u{feff}{pem}");
    let list = marked(&authority.revoke(&[]).pem().unwrap());
    let bench = Bench::new(&[]).with_list("list", list.as_bytes());
    bench.write("ca.pem", marked(authority.pem()).as_bytes());
    bench.certificates();
}

#[test]
fn settings_have_defaults_and_unknown_keys_are_refused() {
    let settings: CertificateSettings = toml::from_str("ca_file = \"ca.pem\"").unwrap();
    assert_eq!((settings.subject, settings.names), (Subject::Uid, Names::UserId));
    assert!(settings.crl_files.is_empty() && !settings.accept_issuers_without_crl);
    let named = "ca_file = \"a\"\ncrl_files = [\"b\"]\nsubject = \"serial_number\"\nnames = \"username\"";
    let settings: CertificateSettings = toml::from_str(named).unwrap();
    assert_eq!((settings.subject, settings.names), (Subject::SerialNumber, Names::Username));
    for wrong in ["", "ca_file = \"a\"\ncrl_file = \"b\"", "ca_file = \"a\"\nsubject = \"dn\""] {
        assert!(toml::from_str::<CertificateSettings>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_chapter_names_every_reason_in_the_log_and_no_other() {
    let source = include_str!("../../src/rejection.rs").lines();
    let mut known: Vec<_> =
        source.filter_map(|line| line.trim().split_once(" => \"")?.1.strip_suffix("\",")).collect();
    let chapter = include_str!("../../../../docs/certificates.md");
    let (_, table) = chapter.split_once("| `reason` |").unwrap();
    let cells =
        table.lines().skip(2).map_while(|line| line.strip_prefix('|')?.strip_suffix('|')?.rsplit('|').next());
    let mut named: Vec<_> = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    for names in [&mut known, &mut named] {
        names.sort_unstable();
        names.dedup();
    }
    assert_eq!(known, named);
    assert!(known.len() > 10, "{known:?}");
}

#[test]
fn the_configuration_of_the_chapter_can_be_used() {
    let chapter = include_str!("../../../../docs/certificates.md");
    let (_, block) = chapter.split_once("```toml\n").unwrap();
    let (example, _) = block.split_once("```").unwrap();
    let configuration: toml::Table = example.parse().unwrap();
    configuration["certificates"].clone().try_into::<CertificateSettings>().unwrap();
}
