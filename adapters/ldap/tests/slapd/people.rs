//! What is made of entries, and of entries that make no sense.

use data_adapter_core::{Language, OrganizationId, PhoneNumber, UserId, UserLookup as _};
use data_adapter_testkit::Slapd;

use crate::support::{
    backend, by_consumer_id, by_id, by_name, found, is_right, log_in, person, remote, with_settings,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_user_is_what_the_attributes_say() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let user = found(&backend(&slapd), "user1234").await;
    assert_eq!(user.id, UserId::new("12345678"));
    assert_eq!(user.organization, OrganizationId::new("RETAIL"));
    assert_eq!(user.given_name.as_deref(), Some("John"));
    assert_eq!(user.family_name.as_deref(), Some("Doe"));
    assert_eq!(user.phone, Some(PhoneNumber::new("+420 000-000-001")), "as it is written there");
    assert_eq!(user.language, Some(Language::new("en")));
}

#[tokio::test(flavor = "multi_thread")]
async fn other_attributes_can_be_named() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let settings = Slapd::settings(&[slapd.url()]).replace("\"bankId\"", "\"entryUUID\"");
    let more =
        "attributes.given_name = \"cn\"\nattributes.family_name = \"BANKID\"\nattributes.phone = \"pager\"\n";
    let backend = with_settings(&(settings + more));
    let user = found(&backend, "user1234").await;
    assert_eq!(user.id.as_str().len(), 36, "a UUID: {}", user.id);
    assert_eq!(user.given_name.as_deref(), Some("John Doe"));
    assert_eq!(user.family_name.as_deref(), Some("12345678"));
    assert_eq!(user.phone, None);
    assert_eq!(by_id(&backend, user.id.as_str()).await.expect("it answers"), Some(user));
}

#[tokio::test(flavor = "multi_thread")]
async fn extras_are_what_their_attributes_say_and_left_out_where_there_is_nothing() {
    let people = person("uid=extras", "bankId: 1\ntitle: Dr.\ntitle: Prof.\n");
    let Some(slapd) = Slapd::builder().entries(&people).start() else { return };
    let more = "attributes.extras = { title = \"TITLE\", room = \"roomNumber\" }\n";
    let user = found(&with_settings(&(Slapd::settings(&[slapd.url()]) + more)), "extras").await;
    assert_eq!(user.extras.iter().collect::<Vec<_>>(), [("title", "Dr.")]);
    assert!(!format!("{user:?}").contains("Dr."), "extras are people's data");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_with_two_phones_has_none() {
    let people = person("uid=phones", "bankId: 1\nmobile: +420111\nmobile: +420222\n");
    let Some(slapd) = Slapd::builder().entries(&people).start() else { return };
    assert_eq!(found(&backend(&slapd), "phones").await.phone, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_username_of_two_entries_is_nobodys() {
    let people = person("uid=twin", "bankId: 1\n") + &person("cn=other twin", "uid: twin\nbankId: 2\n");
    let triplet = person("cn=third", "uid: twin\nbankId: 3\n");
    let Some(slapd) = Slapd::builder().entries(&people).start() else { return };
    let backend = backend(&slapd);
    assert!(remote(by_name(&backend, "twin").await).contains("several entries"));
    slapd.change(&triplet.replace("objectClass: inet", "changetype: add\nobjectClass: inet"));
    assert!(remote(by_name(&backend, "twin").await).contains("several entries"));
    assert!(is_right(&backend, "1", "s3cret").await, "each has an id of their own");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_id_of_two_entries_lets_nobody_in() {
    let same = person("uid=one", "bankId: 1\n") + &person("uid=other", "bankId: 1\n");
    let elsewhere = person("uid=two", "bankId: 30000001\n");
    let Some(slapd) = Slapd::builder().entries(&(same + &elsewhere)).start() else { return };
    let backend = backend(&slapd);
    assert!(remote(log_in(&backend, "1", "s3cret").await).contains("several entries"));
    assert!(remote(by_id(&backend, "30000001").await).contains("several entries"), "in two organizations");
    let companies = OrganizationId::new("SME");
    let user = backend.by_id(&UserId::new("30000001"), Some(&companies)).await.expect("it answers");
    assert_eq!(user.expect("the organization tells them apart").organization, companies);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_id_is_the_id_of_a_user_before_it_is_the_number_beside_another_id() {
    let people = person("uid=first", "bankId: 7\nemployeeNumber: 8\n")
        + &person("uid=second", "bankId: second\nemployeeNumber: 7\n")
        + &person("uid=third", "bankId: third\nemployeeNumber: 9\nemployeeType: 10\nemployeeType: 11\n")
        + &person("uid=fourth", "bankId: fourth\nemployeeNumber: 9\nemployeeType: 012\n");
    let Some(slapd) = Slapd::builder().entries(&people).start() else { return };
    let with = |attribute: &str| {
        let more = format!("attributes.consumer_id = \"{attribute}\"\n");
        with_settings(&(Slapd::settings(&[slapd.url()]) + &more))
    };
    let id = |user: Option<data_adapter_core::User>| user.map(|user| user.id.to_string());
    let by_number = with("employeeNumber");
    assert_eq!(id(by_consumer_id(&by_number, 7).await.expect("it answers")).as_deref(), Some("7"));
    assert_eq!(by_consumer_id(&by_number, 8).await.expect("it answers"), None, "the id is a number itself");
    assert!(remote(by_consumer_id(&by_number, 9).await).contains("several entries"));
    let by_type = with("employeeType");
    for consumer in [10, 11, 12] {
        let found = by_consumer_id(&by_type, consumer).await.expect("it answers");
        assert_eq!(found, None, "{consumer} is one of several numbers, or written otherwise");
    }
    let by_id = backend(&slapd);
    assert_eq!(id(by_consumer_id(&by_id, 7).await.expect("it answers")).as_deref(), Some("7"));
    assert_eq!(by_consumer_id(&by_id, 9).await.expect("it answers"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_costs_the_same_searches_whether_or_not_there_is_one() {
    let people = person("uid=named", "bankId: named\nemployeeNumber: 40000001\n");
    let Some(slapd) = Slapd::builder().entries(&people).start() else { return };
    let settings = Slapd::settings(&[slapd.url()]) + "attributes.consumer_id = \"employeeNumber\"\n";
    let backend = with_settings(&settings);
    let searches = || slapd.log().matches("SRCH base=\"ou=people").count();
    found(&backend, "named").await;
    for consumer in [12_345_678, 40_000_001, 99] {
        let before = searches();
        by_consumer_id(&backend, consumer).await.expect("it answers");
        assert_eq!(searches() - before, 2, "{consumer}: {}", slapd.log());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_without_an_id_or_with_two_is_an_error() {
    let people = person("uid=none", "") + &person("uid=two", "bankId: 1\nbankId: 2\n");
    let Some(slapd) = Slapd::builder().entries(&people).start() else { return };
    let backend = backend(&slapd);
    for username in ["none", "two"] {
        let why = remote(by_name(&backend, username).await);
        assert!(why.contains("no `bankId`, or several"), "{why}");
        assert!(!why.contains("uid="), "the log does not learn who: {why}");
    }
    remote(log_in(&backend, "1", "s3cret").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attribute_can_tell_organizations_apart() {
    let people = person("uid=both", "bankId: 1\nbankOrganization: SME\nbankOrganization: RETAIL\n")
        + &person("uid=business", "bankId: 2\nbankOrganization: SME\n")
        + &person("uid=nowhere", "bankId: 3\n");
    let Some(slapd) = Slapd::builder().entries(&people).start() else { return };
    let settings = Slapd::settings(&[slapd.url()]).replace("ou=companies", "ou=people");
    let backend = with_settings(&(settings + "attributes.organization = \"bankOrganization\"\n"));
    found(&backend, "both").await;
    for username in ["business", "nowhere"] {
        assert_eq!(by_name(&backend, username).await.expect("it answers"), None, "{username}");
    }
    let business = by_id(&backend, "2").await.expect("it answers").expect("some organization has them");
    assert_eq!(business.organization, OrganizationId::new("SME"));
    assert!(!is_right(&backend, "2", "s3cret").await, "not in RETAIL");
    assert_eq!(by_id(&backend, "3").await.expect("it answers"), None);
}

/// The service may see entries that are no users: accounts of other services, for one.
#[tokio::test(flavor = "multi_thread")]
async fn an_id_finds_only_whom_a_username_finds() {
    let robot = "\ndn: cn=robot,ou=people,dc=bank,dc=test\nobjectClass: organizationalRole\n\
                 objectClass: simpleSecurityObject\nobjectClass: bankPerson\nobjectClass: extensibleObject\n\
                 cn: robot\nuid: robot\nbankId: 1\nuserPassword: s3cret\n";
    let Some(slapd) = Slapd::builder().entries(robot).start() else { return };
    assert_eq!(by_name(&backend(&slapd), "robot").await.expect("it answers"), None);
    assert_eq!(by_id(&backend(&slapd), "1").await.expect("it answers"), None);
    assert!(!is_right(&backend(&slapd), "1", "s3cret").await);
    let by_id_alone = "organizations.RETAIL.id_filter = \"(bankId={id})\"\n";
    let backend = with_settings(&(Slapd::settings(&[slapd.url()]) + by_id_alone));
    assert!(is_right(&backend, "1", "s3cret").await, "unless the settings say so");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_that_does_not_exist_is_an_error_and_not_an_unknown_user() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let backend = with_settings(&Slapd::settings(&[slapd.url()]).replace("ou=people", "ou=typo"));
    assert!(remote(by_name(&backend, "user1234").await).contains("32 (no such object)"));
    remote(log_in(&backend, "12345678", "s3cret").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn referrals_are_not_followed() {
    let referral = "\ndn: ou=elsewhere,ou=people,dc=bank,dc=test\nobjectClass: referral\n\
                    objectClass: extensibleObject\nou: elsewhere\nref: ldap://127.0.0.1:1/ou=people,dc=bank,dc=test\n";
    let Some(slapd) = Slapd::builder().entries(referral).start() else { return };
    let there = backend(&slapd);
    found(&there, "user1234").await;
    assert_eq!(by_name(&there, "somebody else").await.expect("it answers"), None);
    let settings = Slapd::settings(&[slapd.url()]).replace("ou=people", "ou=elsewhere,ou=people");
    let why = remote(by_name(&with_settings(&settings), "user1234").await);
    assert!(why.contains("10 (referral"), "{why}");
}
