//! Attributes by another name than the one that the server gives them in an entry.

use data_adapter_core::{AdapterError, Language, PhoneNumber, Readiness as _, UserId};
use data_adapter_ldap::{LdapBackend, UnknownAttribute};
use data_adapter_testkit::{NsSlapd, Samba, Slapd};

use crate::support::{
    PASSWORD, USER, by_consumer_id, by_id, by_name, found, is_right, log_in, person, remote, with_settings,
};

const MORE: &str = "objectClass: extensibleObject\nbankId: 1\nmobile: +420111\ngivenName: George\n\
                    givenName;lang-cs: Jiri\npreferredLanguage: cs\nmail: a@bank.test\nbankOrganization: RETAIL\n";

fn with(slapd: &Slapd, more: &str) -> LdapBackend {
    with_settings(&format!("{}\n{more}\n", Slapd::settings(&[slapd.url()])))
}

async fn unknown(backend: &LdapBackend) -> Option<Vec<(String, String)>> {
    let unknown = backend.unknown_attributes().await.expect("the directory answers")?;
    let shown = |UnknownAttribute { setting, attribute }| (setting, attribute);
    Some(unknown.into_iter().map(shown).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_is_read_by_every_name_of_its_attribute() {
    let Some(slapd) = Slapd::builder().entries(&person("uid=names", MORE)).start() else { return };
    for name in
        ["mobile", "MOBILE", "mobileTelephoneNumber", "mobiletelephonenumber", "0.9.2342.19200300.100.1.41"]
    {
        let backend = with(&slapd, &format!("attributes.phone = \"{name}\""));
        assert_eq!(found(&backend, "names").await.phone, Some(PhoneNumber::new("+420111")), "{name}");
        assert_eq!(unknown(&backend).await, Some(Vec::new()), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_attribute_is_read_by_another_name_too() {
    let Some(slapd) = Slapd::builder().entries(&person("uid=names", MORE)).start() else { return };
    let backend = with(
        &slapd,
        "attributes.given_name = \"gn\"\nattributes.family_name = \"2.5.4.4\"\n\
         attributes.language = \"2.16.840.1.113730.3.1.39\"\nattributes.organization = \"1.3.6.1.4.1.32473.1.2\"\n\
         attributes.extras = { mail = \"rfc822Mailbox\", czech = \"GN;Lang-CS\" }",
    );
    let user = found(&backend, "names").await;
    assert_eq!((user.given_name.as_deref(), user.family_name.as_deref()), (Some("George"), Some("Somebody")));
    assert_eq!(user.language, Some(Language::new("cs")));
    assert_eq!(user.extras.iter().collect::<Vec<_>>(), [("czech", "Jiri"), ("mail", "a@bank.test")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_somebody_is_goes_by_another_name_too() {
    let Some(slapd) = Slapd::builder().entries(&person("uid=names", MORE)).start() else { return };
    for name in ["userid", "UserId", "0.9.2342.19200300.100.1.1"] {
        let settings = Slapd::settings(&[slapd.url()]).replace("\"bankId\"", &format!("\"{name}\""));
        let backend = with_settings(&settings.replace("(uid={username})", &format!("({name}={{username}})")));
        let user = found(&backend, "names").await;
        assert_eq!(user.id.as_str(), "names", "{name}");
        assert_eq!(by_id(&backend, "names").await.expect("it answers"), Some(user));
        assert!(is_right(&backend, "names", PASSWORD).await, "{name}");
    }
}

/// Of an attribute that is there only with more options, or as one of a type below it, those values count.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_below_an_attribute_counts_where_it_is_not_there_itself() {
    let below = person("uid=below", &format!("{MORE}bankMobile: +420222\n"));
    let only_below = person(
        "uid=only",
        "objectClass: extensibleObject\nbankId: 2\nbankMobile: +420222\ngivenName;lang-cs: Jan\n",
    );
    let schema = "attributetype ( 1.3.6.1.4.1.32473.1.9 NAME 'bankMobile' SUP mobile )";
    let builder = Slapd::builder().global(schema).entries(&(below + &only_below));
    let Some(slapd) = builder.start() else { return };
    let backend = with(&slapd, "");
    let user = found(&backend, "below").await;
    assert_eq!((user.phone, user.given_name.as_deref()), (Some(PhoneNumber::new("+420111")), Some("George")));
    let user = found(&backend, "only").await;
    assert_eq!((user.phone, user.given_name.as_deref()), (Some(PhoneNumber::new("+420222")), Some("Jan")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_the_schema_does_not_know_is_told_with_its_setting_and_takes_nobody_down() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let settings = Slapd::settings(&[slapd.url()]);
    let settings = settings.replacen("(uid={username})", "(|(uid={username})(nickname={username}))", 1);
    let more =
        "attributes.phone = \"mobil\"\nattributes.extras = { room = \"room;x-a\", title = \"title\" }\n";
    let backend = with_settings(&(settings + more));
    let expected = [
        ("attributes.phone", "mobil"),
        ("attributes.extras.room", "room;x-a"),
        ("organizations.RETAIL.filter", "nickname"),
    ];
    let expected = expected.map(|(setting, name)| (setting.to_owned(), name.to_owned()));
    assert_eq!(unknown(&backend).await.as_deref(), Some(&expected[..]));
    assert_eq!(found(&backend, "user1234").await.phone, None);
    backend.check().await.expect("it can be asked");
    assert_eq!(backend.unknown_settings(), expected.map(|(setting, _)| setting));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_cannot_identify_anybody_is_not_ready() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let without_id = Slapd::settings(&[slapd.url()]).replace("\"bankId\"", "\"objectGUID\"");
    let without_id = format!("{without_id}\nattributes.id_format = \"guid\"\n");
    let without_organization = Slapd::settings(&[slapd.url()]) + "attributes.organization = \"company2\"\n";
    for (settings, setting) in
        [(without_id, "`attributes.id`"), (without_organization, "`attributes.organization`")]
    {
        let error = with_settings(&settings).check().await.expect_err("nobody would be found");
        assert!(matches!(error, AdapterError::Remote(_)) && error.to_string().contains(setting), "{error}");
        assert!(remote(by_name(&with_settings(&settings), "user1234").await).contains(setting));
        assert!(remote(by_id(&with_settings(&settings), USER).await).contains(setting));
    }
}

/// It is nobody's login that fails.
#[tokio::test(flavor = "multi_thread")]
async fn consumers_of_an_attribute_that_the_schema_does_not_know_are_an_error_and_all_else_goes_on() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let backend = with(&slapd, "attributes.consumer_id = \"employeeNo\"");
    backend.check().await.expect("users are found");
    assert_eq!(backend.unknown_settings(), ["attributes.consumer_id"]);
    assert!(is_right(&backend, USER, PASSWORD).await);
    let by_id = by_consumer_id(&backend, 12_345_678).await.expect("it answers");
    assert_eq!(by_id.map(|user| user.id), Some(UserId::new(USER)));
    assert!(remote(by_consumer_id(&backend, 1).await).contains("`attributes.consumer_id`"));
}

/// It is not said of anybody that they are not there, when nobody could be.
#[tokio::test(flavor = "multi_thread")]
async fn a_filter_that_nobody_fits_for_an_unknown_attribute_is_an_error_for_whoever_is_looked_up() {
    const FILTER: &str = "organizations.RETAIL.filter";
    let Some(slapd) = Slapd::builder().start() else { return };
    let settings = Slapd::settings(&[slapd.url()]);
    let misspelled = with_settings(&settings.replacen("(uid={username})", "(uidd={username})", 1));
    let why = remote(misspelled.check().await);
    assert!(why.contains("`uidd`") && why.contains(FILTER), "{why}");
    for username in ["user1234", "nobody"] {
        let error = by_name(&misspelled, username).await.expect_err("nothing is known of them");
        assert!(matches!(error, AdapterError::Remote(_)) && error.to_string().contains(FILTER), "{error}");
    }
    remote(log_in(&misspelled, USER, PASSWORD).await);

    let by_id_only = format!("{settings}\norganizations.RETAIL.id_filter = \"(bankIdd={{id}})\"\n");
    let by_id_only = with_settings(&by_id_only);
    let why = remote(by_id_only.check().await);
    assert!(why.contains("organizations.RETAIL.id_filter"), "{why}");
    found(&by_id_only, "user1234").await;
    remote(by_id(&by_id_only, USER).await);
}

/// As a directory that shows its schema to administrators only.
#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_hides_its_schema_goes_by_the_names_of_the_settings() {
    for hidden in ["cn=Subschema", ""] {
        let access = format!("access to dn.base=\"{hidden}\" by * none\naccess to * by * read");
        let Some(slapd) = Slapd::builder().global(&access).start() else { return };
        let backend =
            with(&slapd, "attributes.given_name = \"GIVENNAME\"\nattributes.language = \"nothing\"");
        let user = found(&backend, "user1234").await;
        assert_eq!((user.given_name.as_deref(), user.language), (Some("John"), None), "{hidden:?}");
        assert_eq!(user.phone, Some(PhoneNumber::new("+420 000-000-001")));
        assert!(is_right(&backend, user.id.as_str(), PASSWORD).await);
        assert_eq!(unknown(&backend).await, None);
        backend.check().await.expect("it is ready");
        assert!(backend.unknown_settings().is_empty());

        let more = "attributes.phone = \"mobileTelephoneNumber\"\nattributes.language = \"2.16.840.1.113730.3.1.39\"";
        let backend = with(&slapd, more);
        assert_eq!(found(&backend, "user1234").await.phone, None, "{hidden:?}");
        backend.check().await.expect("it is ready");
        assert_eq!(backend.unknown_settings(), ["attributes.phone", "attributes.language"]);
        let steps = backend.steps().await;
        let schema = steps.iter().find(|step| step.name() == "schema").expect("it is a step");
        let why = schema.outcome().expect_err("nobody has a phone");
        assert!(why.contains("`mobileTelephoneNumber` (`attributes.phone`)"), "{why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schema_is_read_once_and_again_when_the_directory_is_back() {
    let Some(mut slapd) = Slapd::builder().start() else { return };
    let backend = with(&slapd, "");
    let read = |slapd: &Slapd| slapd.log().matches("SRCH attr=attributeTypes").count();
    let lookups = || futures::future::join_all((0..8).map(|_| by_name(&backend, "user1234")));
    for _ in 0..3 {
        lookups().await;
    }
    assert_eq!(read(&slapd), 1, "{}", slapd.log());
    slapd.stop();
    slapd.start_again();
    for _ in 0..3 {
        found(&backend, "user1234").await;
    }
    assert_eq!(read(&slapd), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_389_directory_server_says_which_names_are_one() {
    let Some(server) = NsSlapd::builder().start() else { return };
    for name in ["mobileTelephoneNumber", "0.9.2342.19200300.100.1.41"] {
        let more = format!("attributes.phone = \"{name}\"\nattributes.extras = {{ a = \"nothing\" }}\n");
        let backend = with_settings(&(NsSlapd::settings(&[server.url()]) + &more));
        assert!(found(&backend, "user1234").await.phone.is_some(), "{name}");
        let expected = vec![("attributes.extras.a".to_owned(), "nothing".to_owned())];
        assert_eq!(unknown(&backend).await, Some(expected));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_controller_says_which_names_are_one() {
    let Some(samba) = Samba::builder().start() else { return };
    for name in ["MOBILE", "0.9.2342.19200300.100.1.41"] {
        let more = format!("attributes.phone = \"{name}\"\nattributes.extras = {{ a = \"nothing\" }}\n");
        let backend = with_settings(&(Samba::settings(&[samba.url()]) + &more));
        assert!(found(&backend, "user1234").await.phone.is_some(), "{name}");
        let expected = vec![("attributes.extras.a".to_owned(), "nothing".to_owned())];
        assert_eq!(unknown(&backend).await, Some(expected));
    }
}
