//! Which certificates are valid.

use data_adapter_testkit::{Directory, at};
use data_adapter_tests::people::{Authority, KeyKind};
use jiff::Timestamp;
use rcgen::{BasicConstraints, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose, date_time_ymd};

use crate::bench::{Bench, KINDS, shown, signed, signed_as, signed_with};
use crate::verdict::{ACCEPTED, verdict};

const PAYER: &str = Directory::PAYER;

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

#[tokio::test]
async fn a_certificate_of_a_configured_authority_is_accepted_in_both_ways() {
    for kind in KINDS {
        let authority = Authority::root(kind, "Bank");
        let certificates = Bench::new(&[&authority]).certificates();
        let person = authority.issue(kind, PAYER);
        assert_eq!(verdict(&certificates, &signed(&person)).await, ACCEPTED, "{kind:?}");
        assert_eq!(verdict(&certificates, &shown(&person)).await, ACCEPTED, "{kind:?}");
    }
}

#[tokio::test]
async fn a_certificate_is_accepted_between_its_dates_only() {
    for kind in KINDS {
        let authority = Authority::root(kind, "Bank");
        let bench = Bench::new(&[&authority]);
        let certificates = bench.certificates();
        let person = authority.issue_with(kind, PAYER, |parameters| {
            parameters.not_before = date_time_ymd(2026, 2, 1);
            parameters.not_after = date_time_ymd(2026, 3, 1);
        });
        for (now, wanted) in [
            ("2026-01-31T23:59:59Z", "not_yet_valid"),
            ("2026-02-01T00:00:00Z", ACCEPTED),
            ("2026-03-01T00:00:00Z", ACCEPTED),
            ("2026-03-01T00:00:01Z", "expired"),
            ("1969-12-31T23:59:59Z", "not_yet_valid"),
        ] {
            bench.clock.set(time(now));
            assert_eq!(verdict(&certificates, &signed(&person)).await, wanted, "{kind:?} {now}");
            assert_eq!(verdict(&certificates, &shown(&person)).await, wanted, "{kind:?} {now}");
        }
    }
}

#[tokio::test]
async fn a_certificate_of_any_other_authority_is_refused_also_one_of_the_same_name() {
    for kind in KINDS {
        let authority = Authority::root(kind, "Bank");
        let certificates = Bench::new(&[&authority]).certificates();
        for name in ["Bank", "Other"] {
            let other = Authority::root(kind, name);
            let person = other.issue(kind, PAYER);
            for asked in [signed(&person), shown(&person), signed_with(&person, other.pem())] {
                assert_eq!(verdict(&certificates, &asked).await, "unknown_authority", "{kind:?} {name}");
            }
        }
    }
}

#[tokio::test]
async fn each_of_several_authorities_vouches() {
    let (one, other) = (Authority::root(KeyKind::P256, "One"), Authority::root(KeyKind::Rsa2048, "Other"));
    let certificates = Bench::new(&[&one, &other]).certificates();
    for authority in [one, other] {
        let person = authority.issue(KeyKind::P256, PAYER);
        assert_eq!(verdict(&certificates, &signed(&person)).await, ACCEPTED);
    }
}

#[tokio::test]
async fn an_authority_vouches_between_its_own_dates_only() {
    let authority = Authority::root_with(KeyKind::P256, "Bank", |parameters| {
        parameters.not_before = date_time_ymd(2026, 2, 1);
        parameters.not_after = date_time_ymd(2026, 3, 1);
    });
    let bench = Bench::new(&[&authority]);
    let certificates = bench.certificates();
    let person = authority.issue(KeyKind::P256, PAYER);
    for (now, wanted) in [
        ("2026-01-31T23:59:59Z", "unknown_authority"),
        ("2026-02-15T00:00:00Z", ACCEPTED),
        ("2026-03-01T00:00:01Z", "unknown_authority"),
    ] {
        bench.clock.set(time(now));
        assert_eq!(verdict(&certificates, &signed(&person)).await, wanted, "{now}");
    }
}

#[tokio::test]
async fn authorities_in_between_have_to_come_with_the_certificate() {
    for kind in KINDS {
        let root = Authority::root(kind, "Root");
        let upper = root.intermediate(kind, "Upper", |_| {});
        let lower = upper.intermediate(kind, "Lower", |_| {});
        let person = lower.issue(kind, PAYER);
        let certificates = Bench::new(&[&root]).certificates();
        let both = format!("{}{}", upper.pem(), lower.pem());
        assert_eq!(verdict(&certificates, &signed_with(&person, &both)).await, ACCEPTED, "{kind:?}");
        for missing in ["", upper.pem(), lower.pem()] {
            let asked = signed_with(&person, missing);
            assert_eq!(verdict(&certificates, &asked).await, "unknown_authority", "{kind:?}");
        }
    }
}

#[tokio::test]
async fn who_is_no_authority_vouches_for_nobody() {
    let root = Authority::root(KeyKind::P256, "Root");
    let certificates = Bench::new(&[&root]).certificates();
    let of = |change: fn(&mut rcgen::CertificateParams)| {
        let between = root.intermediate(KeyKind::P256, "Between", change);
        signed_with(&between.issue(KeyKind::P256, PAYER), between.pem())
    };
    assert_eq!(verdict(&certificates, &of(|_| {})).await, ACCEPTED);
    let person = of(|parameters| parameters.is_ca = IsCa::ExplicitNoCa);
    assert_eq!(verdict(&certificates, &person).await, "wrong_usage");
    let no_signer = of(|parameters| parameters.key_usages = vec![KeyUsagePurpose::CrlSign]);
    assert_eq!(verdict(&certificates, &no_signer).await, "wrong_usage");
    let of_servers =
        of(|parameters| parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth]);
    assert_eq!(verdict(&certificates, &of_servers).await, "wrong_usage");
    let expired = of(|parameters| parameters.not_after = date_time_ymd(2025, 1, 1));
    assert_eq!(verdict(&certificates, &expired).await, "expired");
}

#[tokio::test]
async fn an_authority_with_a_limit_vouches_for_no_more_of_them() {
    let root = Authority::root(KeyKind::P256, "Root");
    let upper = root.intermediate(KeyKind::P256, "Upper", |parameters| {
        parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    });
    let certificates = Bench::new(&[&root]).certificates();
    let person = upper.issue(KeyKind::P256, PAYER);
    assert_eq!(verdict(&certificates, &signed_with(&person, upper.pem())).await, ACCEPTED);
    let lower = upper.intermediate(KeyKind::P256, "Lower", |_| {});
    let person = lower.issue(KeyKind::P256, PAYER);
    let both = format!("{}{}", upper.pem(), lower.pem());
    assert_eq!(verdict(&certificates, &signed_with(&person, &both)).await, "wrong_usage");
}

#[tokio::test]
async fn a_certificate_for_another_use_is_refused() {
    use ExtendedKeyUsagePurpose::{ClientAuth, EmailProtection, ServerAuth};
    use KeyUsagePurpose::{ContentCommitment, DigitalSignature, KeyEncipherment};
    for kind in KINDS {
        let authority = Authority::root(kind, "Bank");
        let certificates = Bench::new(&[&authority]).certificates();
        // What the extended and the plain key usage are, and what comes of a signature and of a handshake.
        for (extended, usage, of_signature, of_handshake) in [
            (vec![ServerAuth], vec![DigitalSignature], "wrong_usage", "wrong_usage"),
            (vec![EmailProtection], vec![DigitalSignature], "wrong_usage", "wrong_usage"),
            (vec![ServerAuth, ClientAuth], vec![DigitalSignature], ACCEPTED, ACCEPTED),
            (vec![], vec![], ACCEPTED, ACCEPTED),
            (vec![ClientAuth], vec![KeyEncipherment], "wrong_usage", "wrong_usage"),
            (vec![ClientAuth], vec![ContentCommitment], ACCEPTED, "wrong_usage"),
            (vec![ClientAuth], vec![DigitalSignature], ACCEPTED, ACCEPTED),
        ] {
            let what = format!("{kind:?} {extended:?} {usage:?}");
            let person = authority.issue_with(kind, PAYER, |parameters| {
                parameters.extended_key_usages = extended;
                parameters.key_usages = usage;
            });
            assert_eq!(verdict(&certificates, &signed(&person)).await, of_signature, "{what}");
            assert_eq!(verdict(&certificates, &shown(&person)).await, of_handshake, "{what}");
        }
    }
}

#[tokio::test]
async fn the_certificate_of_an_authority_is_nobodys() {
    let root = Authority::root(KeyKind::P256, "Root");
    let certificates = Bench::new(&[&root]).certificates();
    let person = root.issue_with(KeyKind::P256, PAYER, |parameters| {
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    });
    assert_eq!(verdict(&certificates, &signed(&person)).await, "wrong_usage");
    assert_eq!(verdict(&certificates, &shown(&person)).await, "wrong_usage");
}

#[tokio::test]
async fn what_is_no_certificate_is_refused() {
    let authority = Authority::root(KeyKind::P256, "Bank");
    let certificates = Bench::new(&[&authority]).certificates();
    let person = authority.issue(KeyKind::P256, PAYER);
    let no_end = person.pem.replace("-----END", "");
    let no_base64 = person.pem.replace("MII", "MI!");
    let cut = person.pem.replacen("MII", "", 1);
    let key = person.pem.replace("CERTIFICATE", "PRIVATE KEY");
    let begin = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
    for pem in ["", "garbage", "\u{0}", begin, "-----BEGIN CERTIFICATE", &no_end, &no_base64, &cut, &key] {
        assert_eq!(verdict(&certificates, &signed_as(pem, b"")).await, "malformed", "{pem}");
    }
    let behind = signed_with(&person, "-----BEGIN CERTIFICATE-----\nMII!\n-----END CERTIFICATE-----\n");
    assert_eq!(verdict(&certificates, &behind).await, "malformed");
}

#[tokio::test]
async fn more_certificates_than_any_chain_has_are_not_looked_at() {
    let authority = Authority::root(KeyKind::P256, "Bank");
    let certificates = Bench::new(&[&authority]).certificates();
    let person = authority.issue(KeyKind::P256, PAYER);
    let other = Authority::root(KeyKind::P256, "Other").pem().to_owned();
    assert_eq!(verdict(&certificates, &signed_with(&person, &other.repeat(7))).await, ACCEPTED);
    assert_eq!(verdict(&certificates, &signed_with(&person, &other.repeat(8))).await, "too_many");
}

#[tokio::test]
async fn a_certificate_is_read_as_front_servers_write_it_into_a_header() {
    let authority = Authority::root(KeyKind::P256, "Bank");
    let certificates = Bench::new(&[&authority]).certificates();
    let person = authority.issue(KeyKind::P256, PAYER);
    for pem in
        [person.pem.replace('\n', "\n\t"), person.pem.replace('\n', "\r\n"), format!("\n{}", person.pem)]
    {
        let asked = data_adapter_core::CertificateCredentials {
            certificate: data_adapter_core::Certificate::new(pem),
            ..signed(&person)
        };
        assert_eq!(verdict(&certificates, &asked).await, ACCEPTED);
    }
}

#[tokio::test]
async fn the_time_is_that_of_the_clock() {
    let authority = Authority::root(KeyKind::P256, "Bank");
    let bench = Bench::new(&[&authority]);
    let certificates = bench.certificates();
    let person = authority.issue_with(KeyKind::P256, PAYER, |parameters| {
        parameters.not_after = date_time_ymd(2026, 1, 2);
    });
    assert_eq!(verdict(&certificates, &signed(&person)).await, ACCEPTED);
    bench.clock.set(at(86_400));
    assert_eq!(verdict(&certificates, &signed(&person)).await, "expired");
}
