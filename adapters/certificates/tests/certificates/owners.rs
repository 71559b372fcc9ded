//! Whom a certificate names.

use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_certificates::{Names, Subject, X509Certificates};
use data_adapter_core::{
    AccountStatus, AdapterError, CertificateCredentials, OrganizationId, User, UserId, UserLookup,
    UsernameQuery,
};
use data_adapter_testkit::Directory;
use data_adapter_tests::people::{Authority, KeyKind, PersonalCertificate, uid};
use rcgen::{CertificateParams, DistinguishedName, DnType, DnValue, SanType};

use crate::bench::{Bench, KINDS, query, shown, signed};
use crate::verdict::{ACCEPTED, REMOTE, owner, verdict};

const PAYER: &str = Directory::PAYER;
const OTHER: &str = Directory::CZECH;
const BLOCKED: &str = Directory::BLOCKED;

/// `serialNumber` (RFC 4519, 2.31).
fn serial_number() -> DnType {
    DnType::CustomDnType(vec![2, 5, 4, 5])
}

fn by(user: &str, asked: CertificateCredentials) -> CertificateCredentials {
    CertificateCredentials { user: UserId::new(user), ..asked }
}

fn of(organization: Option<&str>, asked: CertificateCredentials) -> CertificateCredentials {
    CertificateCredentials { organization: organization.map(OrganizationId::new), ..asked }
}

#[tokio::test]
async fn a_certificate_is_good_for_its_owner_only() {
    for kind in KINDS {
        let authority = Authority::root(kind, "Bank");
        let certificates = Bench::new(&[&authority]).certificates();
        let (mine, theirs) = (authority.issue(kind, PAYER), authority.issue(kind, OTHER));
        for ask in [signed, shown] {
            assert_eq!(verdict(&certificates, &ask(&mine)).await, ACCEPTED, "{kind:?}");
            assert_eq!(verdict(&certificates, &by(OTHER, ask(&mine))).await, "other_user", "{kind:?}");
            assert_eq!(verdict(&certificates, &ask(&theirs)).await, "other_user", "{kind:?}");
            assert_eq!(verdict(&certificates, &by(OTHER, ask(&theirs))).await, ACCEPTED, "{kind:?}");
        }
    }
}

#[tokio::test]
async fn a_blocked_account_and_one_that_is_not_there_approve_nothing() {
    let authority = Authority::root(KeyKind::P256, "Bank");
    let certificates = Bench::new(&[&authority]).certificates();
    for (user, wanted) in [(BLOCKED, "blocked_account"), ("nobody", "unknown_user"), (PAYER, ACCEPTED)] {
        let person = authority.issue(KeyKind::P256, user);
        assert_eq!(verdict(&certificates, &by(user, signed(&person))).await, wanted, "{user}");
    }
}

#[tokio::test]
async fn an_account_that_the_front_does_not_let_be_used_approves_nothing() {
    let authority = Authority::root(KeyKind::P256, "Bank");
    let certificates = Bench::new(&[&authority]).certificates();
    let asked = signed(&authority.issue(KeyKind::P256, PAYER));
    let blocked = CertificateCredentials { account: AccountStatus::Blocked, ..asked };
    assert_eq!(verdict(&certificates, &blocked).await, "blocked_account");
}

#[tokio::test]
async fn the_organization_has_to_be_that_of_the_user_where_one_is_named() {
    let authority = Authority::root(KeyKind::P256, "Bank");
    let certificates = Bench::new(&[&authority]).certificates();
    let person = authority.issue(KeyKind::P256, PAYER);
    for (organization, wanted) in
        [(Some(Directory::ORGANIZATION), ACCEPTED), (None, ACCEPTED), (Some("SME"), "unknown_user")]
    {
        let asked = of(organization, signed(&person));
        assert_eq!(verdict(&certificates, &asked).await, wanted, "{organization:?}");
    }
}

#[tokio::test]
async fn a_valid_certificate_finds_its_owner() {
    for kind in KINDS {
        let authority = Authority::root(kind, "Bank");
        let certificates = Bench::new(&[&authority]).certificates();
        for (user, wanted) in [(PAYER, PAYER), (OTHER, OTHER), (BLOCKED, BLOCKED), ("nobody", "unknown_user")]
        {
            let person = authority.issue(kind, user);
            assert_eq!(owner(&certificates, &query(&person)).await, wanted, "{kind:?}");
        }
        let elsewhere = data_adapter_core::CertificateQuery {
            organization: OrganizationId::new("SME"),
            ..query(&authority.issue(kind, PAYER))
        };
        assert_eq!(owner(&certificates, &elsewhere).await, "unknown_user", "{kind:?}");
        let stranger = Authority::root(kind, "Bank").issue(kind, PAYER);
        assert_eq!(owner(&certificates, &query(&stranger)).await, "unknown_authority", "{kind:?}");
    }
}

#[tokio::test]
async fn when_the_directory_does_not_answer_nobody_can_say() {
    let authority = Authority::root(KeyKind::P256, "Bank");
    let bench = Bench::new(&[&authority]);
    let certificates = bench.certificates();
    let person = authority.issue(KeyKind::P256, PAYER);
    bench.users.fail_with(Some(|| AdapterError::Remote("down".to_owned())));
    assert_eq!(verdict(&certificates, &signed(&person)).await, REMOTE);
    assert_eq!(owner(&certificates, &query(&person)).await, REMOTE);
}

/// A certificate with nothing in its subject but what `fill` puts there.
fn naming(authority: &Authority, fill: impl FnOnce(&mut CertificateParams)) -> PersonalCertificate {
    authority.issue_with(KeyKind::P256, "", |parameters| {
        parameters.distinguished_name = DistinguishedName::new();
        fill(parameters);
    })
}

fn with(kind: DnType, name: &str) -> impl FnOnce(&mut CertificateParams) {
    move |parameters| parameters.distinguished_name.push(kind, name)
}

fn emails(addresses: &[&str]) -> impl FnOnce(&mut CertificateParams) {
    let email = |address: &&str| SanType::Rfc822Name((*address).try_into().expect("ASCII"));
    let addresses: Vec<_> = addresses.iter().map(email).collect();
    move |parameters| parameters.subject_alt_names = addresses
}

#[tokio::test]
async fn the_configured_part_names_the_user_and_no_other() {
    let authority = Authority::root(KeyKind::P256, "Bank");
    let mut bench = Bench::new(&[&authority]);
    let people = [
        (Subject::Uid, naming(&authority, with(uid(), PAYER))),
        (Subject::SerialNumber, naming(&authority, with(serial_number(), PAYER))),
        (Subject::CommonName, naming(&authority, with(DnType::CommonName, PAYER))),
        (Subject::Email, naming(&authority, emails(&[PAYER]))),
    ];
    for configured in [Subject::Uid, Subject::SerialNumber, Subject::CommonName, Subject::Email] {
        bench.settings.subject = configured;
        let certificates = bench.certificates();
        for (subject, person) in &people {
            let wanted = if *subject == configured { ACCEPTED } else { "no_name" };
            assert_eq!(verdict(&certificates, &signed(person)).await, wanted, "{configured:?} {subject:?}");
        }
    }
}

#[tokio::test]
async fn a_certificate_with_several_names_or_an_empty_one_names_nobody() {
    let authority = Authority::root(KeyKind::P256, "Bank");
    let mut bench = Bench::new(&[&authority]);
    let dns = SanType::DnsName("bank.example".try_into().unwrap());
    let utf16 = DnValue::BmpString(PAYER.try_into().unwrap());
    for (subject, person, wanted) in [
        (Subject::Uid, naming(&authority, with(uid(), "")), "no_name"),
        (Subject::Uid, naming(&authority, |p| p.distinguished_name.push(uid(), utf16)), "no_name"),
        (Subject::CommonName, naming(&authority, two_names), "no_name"),
        (Subject::Email, naming(&authority, emails(&[PAYER, PAYER])), "no_name"),
        (Subject::Email, naming(&authority, emails(&[""])), "no_name"),
        (Subject::Email, naming(&authority, |p| p.subject_alt_names.push(dns)), "no_name"),
    ] {
        bench.settings.subject = subject;
        assert_eq!(verdict(&bench.certificates(), &signed(&person)).await, wanted, "{subject:?}");
    }
}

/// A common name twice, under the two names that it has for `rcgen`.
fn two_names(parameters: &mut CertificateParams) {
    parameters.distinguished_name.push(DnType::CommonName, PAYER);
    parameters.distinguished_name.push(DnType::CustomDnType(vec![2, 5, 4, 3]), OTHER);
}

/// A directory whose usernames are not its ids.
struct Usernames(Directory);

#[async_trait]
impl UserLookup for Usernames {
    async fn by_username(&self, query: &UsernameQuery) -> Result<Option<User>, AdapterError> {
        let id = query.username.strip_prefix("name-of-").map(UserId::new);
        match id {
            Some(id) => self.0.by_id(&id, Some(&query.organization)).await,
            None => Ok(None),
        }
    }

    async fn by_id(
        &self,
        id: &UserId,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        self.0.by_id(id, organization).await
    }

    async fn by_consumer_id(
        &self,
        consumer: i32,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        self.0.by_consumer_id(consumer, organization).await
    }
}

#[tokio::test]
async fn a_certificate_may_name_the_username() {
    let authority = Authority::root(KeyKind::P256, "Bank");
    let mut bench = Bench::new(&[&authority]);
    bench.settings.names = Names::Username;
    let users = Arc::new(Usernames(Directory::default()));
    let certificates = X509Certificates::new(&bench.settings, users, Arc::clone(&bench.clock) as _).unwrap();
    let issue = |name: &str| authority.issue(KeyKind::P256, name);
    let mine = issue("name-of-12345678");
    assert_eq!(verdict(&certificates, &signed(&mine)).await, ACCEPTED);
    assert_eq!(verdict(&certificates, &of(None, signed(&mine))).await, ACCEPTED);
    assert_eq!(verdict(&certificates, &of(Some("SME"), signed(&mine))).await, "unknown_user");
    assert_eq!(owner(&certificates, &query(&mine)).await, PAYER);
    assert_eq!(verdict(&certificates, &signed(&issue(PAYER))).await, "other_user");
    assert_eq!(verdict(&certificates, &signed(&issue("name-of-20000002"))).await, "other_user");
    let blocked = issue("name-of-20000001");
    assert_eq!(verdict(&certificates, &by(BLOCKED, signed(&blocked))).await, "blocked_account");
    assert_eq!(owner(&certificates, &query(&blocked)).await, BLOCKED);
    assert_eq!(owner(&certificates, &query(&issue("nobody"))).await, "unknown_user");
}

/// A directory that finds users whatever the case of their ids.
struct AnyCase(User);

#[async_trait]
impl UserLookup for AnyCase {
    async fn by_username(&self, _: &UsernameQuery) -> Result<Option<User>, AdapterError> {
        Ok(None)
    }

    async fn by_id(&self, id: &UserId, _: Option<&OrganizationId>) -> Result<Option<User>, AdapterError> {
        Ok(id.as_str().eq_ignore_ascii_case(self.0.id.as_str()).then(|| self.0.clone()))
    }

    async fn by_consumer_id(
        &self,
        consumer: i32,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        self.by_id(&UserId::of_consumer(consumer), organization).await
    }
}

#[tokio::test]
async fn an_id_that_is_written_otherwise_is_another_one() {
    let authority = Authority::root(KeyKind::P256, "Bank");
    let bench = Bench::new(&[&authority]);
    let payer = Directory::default().by_id(&UserId::new(PAYER), None).await.unwrap().unwrap();
    let user = User { id: UserId::new("john"), status: AccountStatus::Active, ..payer };
    let certificates =
        X509Certificates::new(&bench.settings, Arc::new(AnyCase(user)), Arc::clone(&bench.clock) as _)
            .unwrap();
    let (exact, other) = (authority.issue(KeyKind::P256, "john"), authority.issue(KeyKind::P256, "John"));
    assert_eq!(verdict(&certificates, &by("john", signed(&exact))).await, ACCEPTED);
    assert_eq!(verdict(&certificates, &by("john", signed(&other))).await, "other_user");
    assert_eq!(verdict(&certificates, &by("John", signed(&other))).await, "unknown_user");
    assert_eq!(owner(&certificates, &query(&exact)).await, "john");
    assert_eq!(owner(&certificates, &query(&other)).await, "unknown_user");
}
