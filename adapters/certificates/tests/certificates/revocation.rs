//! Which certificates were revoked, and who can say so.

use std::fs::File;
use std::time::{Duration, UNIX_EPOCH};

use data_adapter_testkit::Directory;
use data_adapter_tests::people::{Authority, KeyKind};
use jiff::SignedDuration;
use rcgen::{CrlDistributionPoint, CrlIssuingDistributionPoint, CrlScope, KeyUsagePurpose, date_time_ymd};

use crate::bench::{Bench, KINDS, query, shown, signed, signed_with};
use crate::verdict::{ACCEPTED, REMOTE, owner, verdict};

const PAYER: &str = Directory::PAYER;

#[tokio::test]
async fn a_revoked_certificate_is_refused_in_both_ways_and_another_one_is_not() {
    for kind in KINDS {
        let authority = Authority::root(kind, "Bank");
        let (lost, person) = (authority.issue(kind, PAYER), authority.issue(kind, PAYER));
        let list = authority.revoke(&[lost.serial()]);
        for bytes in [list.der().to_vec(), list.pem().unwrap().into_bytes()] {
            let bench = Bench::new(&[&authority]).with_list("list", &bytes);
            let certificates = bench.certificates();
            assert_eq!(verdict(&certificates, &signed(&lost)).await, "revoked", "{kind:?}");
            assert_eq!(verdict(&certificates, &shown(&lost)).await, "revoked", "{kind:?}");
            assert_eq!(owner(&certificates, &query(&lost)).await, "revoked", "{kind:?}");
            assert_eq!(verdict(&certificates, &signed(&person)).await, ACCEPTED, "{kind:?}");
            assert_eq!(verdict(&certificates, &shown(&person)).await, ACCEPTED, "{kind:?}");
        }
    }
}

#[tokio::test]
async fn without_a_list_nobody_is_asked() {
    let authority = Authority::root(KeyKind::P256, "Bank");
    let certificates = Bench::new(&[&authority]).certificates();
    assert_eq!(verdict(&certificates, &signed(&authority.issue(KeyKind::P256, PAYER))).await, ACCEPTED);
}

#[tokio::test]
async fn once_a_list_is_out_of_date_nobody_can_say() {
    let authority = Authority::root(KeyKind::P256, "Bank");
    let list = authority.revoke_with(&[], |list| list.next_update = date_time_ymd(2026, 2, 1));
    let bench = Bench::new(&[&authority]).with_list("list", list.der());
    let certificates = bench.certificates();
    let person = authority.issue(KeyKind::P256, PAYER);
    for (now, wanted) in [("2026-01-31T23:59:59Z", ACCEPTED), ("2026-02-01T00:00:00Z", REMOTE)] {
        bench.clock.set(now.parse().unwrap());
        assert_eq!(verdict(&certificates, &signed(&person)).await, wanted, "{now}");
        let named = if wanted == ACCEPTED { PAYER } else { wanted };
        assert_eq!(owner(&certificates, &query(&person)).await, named, "{now}");
    }
}

#[tokio::test]
async fn a_list_is_read_again_when_its_file_changes() {
    let authority = Authority::root(KeyKind::P256, "Bank");
    let (one, other) = (authority.issue(KeyKind::P256, PAYER), authority.issue(KeyKind::P256, PAYER));
    let bench = Bench::new(&[&authority]).with_list("list", authority.revoke(&[]).der());
    let certificates = bench.certificates();
    assert_eq!(verdict(&certificates, &signed(&one)).await, ACCEPTED);
    bench.write("list", authority.revoke(&[one.serial()]).der());
    assert_eq!(verdict(&certificates, &signed(&one)).await, "revoked");
    assert_eq!(verdict(&certificates, &signed(&other)).await, ACCEPTED);
    bench.write("new", authority.revoke(&[other.serial()]).pem().unwrap().as_bytes());
    let (new, list) = (bench.settings.ca_file.with_file_name("new"), &bench.settings.crl_files[0]);
    std::fs::rename(new, list).unwrap();
    assert_eq!(verdict(&certificates, &signed(&one)).await, ACCEPTED);
    assert_eq!(verdict(&certificates, &signed(&other)).await, "revoked");
}

#[tokio::test]
async fn that_a_list_has_changed_is_told_by_its_time_its_length_and_its_place() {
    // Signatures of this kind all have the same length.
    let authority = Authority::root(KeyKind::Ed25519, "Bank");
    let (one, other) = (authority.issue(KeyKind::P256, PAYER), authority.issue(KeyKind::P256, PAYER));
    let first = authority.revoke(&[other.serial()]);
    let (same, longer) =
        (authority.revoke(&[one.serial()]), authority.revoke(&[one.serial(), other.serial()]));
    assert_eq!(first.der().len(), same.der().len());
    let (then, later) = (UNIX_EPOCH, UNIX_EPOCH + Duration::from_secs(1));
    for (name, list, time) in [("list", &same, later), ("list", &longer, then), ("new", &same, then)] {
        let bench = Bench::new(&[&authority]).with_list("list", first.der());
        let path = bench.settings.crl_files[0].clone();
        File::options().write(true).open(&path).unwrap().set_modified(then).unwrap();
        let certificates = bench.certificates();
        assert_eq!(verdict(&certificates, &signed(&one)).await, ACCEPTED);
        let changed = bench.write(name, list.der());
        File::options().write(true).open(&changed).unwrap().set_modified(time).unwrap();
        std::fs::rename(changed, path).unwrap();
        assert_eq!(verdict(&certificates, &signed(&one)).await, "revoked", "{name} {time:?}");
    }
}

#[tokio::test]
async fn while_a_list_cannot_be_read_nobody_can_say() {
    let authority = Authority::root(KeyKind::P256, "Bank");
    let person = authority.issue(KeyKind::P256, PAYER);
    let list = authority.revoke(&[]);
    let bench = Bench::new(&[&authority]).with_list("list", list.der());
    let certificates = bench.certificates();
    let cut = &list.der()[..list.der().len() - 1];
    for broken in [b"".as_slice(), b"garbage", cut, authority.pem().as_bytes()] {
        bench.write("list", broken);
        assert_eq!(verdict(&certificates, &signed(&person)).await, REMOTE);
        assert_eq!(verdict(&certificates, &signed(&person)).await, REMOTE, "also the second time");
        bench.write("list", list.der());
        assert_eq!(verdict(&certificates, &signed(&person)).await, ACCEPTED);
    }
    std::fs::remove_file(&bench.settings.crl_files[0]).unwrap();
    assert_eq!(verdict(&certificates, &signed(&person)).await, REMOTE);
}

#[tokio::test]
async fn with_a_list_every_issuer_needs_one_unless_told_otherwise_by_name() {
    let root = Authority::root(KeyKind::P256, "Root");
    let between = root.intermediate(KeyKind::P256, "Between", |_| {});
    let person = between.issue(KeyKind::P256, PAYER);
    let asked = signed_with(&person, between.pem());
    let (of_root, of_between) = (root.revoke(&[]), between.revoke(&[]));
    for (lists, strict) in
        [(vec![&of_root], REMOTE), (vec![&of_between], REMOTE), (vec![&of_root, &of_between], ACCEPTED)]
    {
        let pems: String = lists.iter().map(|list| list.pem().unwrap()).collect();
        let mut bench = Bench::new(&[&root]).with_list("lists", pems.as_bytes());
        assert_eq!(verdict(&bench.certificates(), &asked).await, strict);
        bench.settings.accept_issuers_without_crl = true;
        assert_eq!(verdict(&bench.certificates(), &asked).await, ACCEPTED);
    }
}

#[tokio::test]
async fn a_revoked_authority_in_between_vouches_for_nobody() {
    let root = Authority::root(KeyKind::P256, "Root");
    let between = root.intermediate(KeyKind::P256, "Between", |_| {});
    let person = between.issue(KeyKind::P256, PAYER);
    let bench = Bench::new(&[&root])
        .with_list("root", root.revoke(&[between.serial()]).der())
        .with_list("between", between.revoke(&[]).der());
    let asked = signed_with(&person, between.pem());
    assert_eq!(verdict(&bench.certificates(), &asked).await, "revoked");
}

#[tokio::test]
async fn a_list_that_somebody_else_signed_says_nothing() {
    let (authority, other) = (Authority::root(KeyKind::P256, "Bank"), Authority::root(KeyKind::P256, "Bank"));
    let person = authority.issue(KeyKind::P256, PAYER);
    let mut bench = Bench::new(&[&authority]).with_list("list", other.revoke(&[]).der());
    assert_eq!(verdict(&bench.certificates(), &signed(&person)).await, REMOTE);
    bench.settings.accept_issuers_without_crl = true;
    assert_eq!(verdict(&bench.certificates(), &signed(&person)).await, REMOTE);
}

#[tokio::test]
async fn a_list_of_an_authority_that_may_sign_none_says_nothing() {
    let root = Authority::root(KeyKind::P256, "Root");
    // It may not say so in its certificate, and does not know that when it signs the list.
    let signs_lists = |parameters: &mut rcgen::CertificateParams| {
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    };
    let between = root.intermediate(KeyKind::P256, "Between", signs_lists);
    let without = root.certify_authority(&between, "Between", vec![KeyUsagePurpose::KeyCertSign]);
    let person = between.issue(KeyKind::P256, PAYER);
    let bench = Bench::new(&[&root])
        .with_list("root", root.revoke(&[]).der())
        .with_list("between", between.revoke(&[]).der());
    let certificates = bench.certificates();
    assert_eq!(verdict(&certificates, &signed_with(&person, between.pem())).await, ACCEPTED);
    assert_eq!(verdict(&certificates, &signed_with(&person, &without)).await, REMOTE);
}

#[tokio::test]
async fn of_several_lists_of_an_authority_the_newest_counts() {
    let authority = Authority::root(KeyKind::P256, "Bank");
    let person = authority.issue(KeyKind::P256, PAYER);
    let old = authority.revoke_with(&[], |list| list.this_update = date_time_ymd(2024, 1, 1));
    let new = authority.revoke(&[person.serial()]);
    for (first, second) in [(&old, &new), (&new, &old)] {
        let bench = Bench::new(&[&authority]).with_list("1", first.der()).with_list("2", second.der());
        assert_eq!(verdict(&bench.certificates(), &signed(&person)).await, "revoked");
    }
}

#[tokio::test]
async fn a_list_for_authorities_only_says_nothing_of_people() {
    let authority = Authority::root(KeyKind::P256, "Bank");
    let person = authority.issue(KeyKind::P256, PAYER);
    for (scope, wanted) in [(CrlScope::CaCertsOnly, REMOTE), (CrlScope::UserCertsOnly, ACCEPTED)] {
        let list = authority.revoke_with(&[], |list| {
            let uris = vec!["http://bank.example/list".to_owned()];
            let distribution_point = CrlDistributionPoint { uris };
            list.issuing_distribution_point =
                Some(CrlIssuingDistributionPoint { distribution_point, scope: Some(scope) });
        });
        let bench = Bench::new(&[&authority]).with_list("list", list.der());
        assert_eq!(verdict(&bench.certificates(), &signed(&person)).await, wanted, "{scope:?}");
    }
}

#[tokio::test]
async fn an_expired_certificate_is_expired_whatever_the_list_says() {
    let authority = Authority::root(KeyKind::P256, "Bank");
    let person = authority.issue_with(KeyKind::P256, PAYER, |parameters| {
        parameters.not_after = date_time_ymd(2026, 1, 2);
    });
    let list = authority.revoke_with(&[], |list| list.next_update = date_time_ymd(2026, 1, 2));
    let bench = Bench::new(&[&authority]).with_list("list", list.der());
    let certificates = bench.certificates();
    assert_eq!(verdict(&certificates, &signed(&person)).await, ACCEPTED);
    bench.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(verdict(&certificates, &signed(&person)).await, "expired");
}
