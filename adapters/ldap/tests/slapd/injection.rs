//! What a person types is one value and nothing else.

use data_adapter_testkit::Slapd;

use crate::support::{PASSWORD, USER, backend, by_id, by_name, found, is_right, person};

/// Each would find somebody if it were read as a filter or as a name of the directory.
const ATTEMPTS: [&str; 16] = [
    "*",
    "user*",
    "*)(uid=*",
    "*)(uid=*))(|(uid=*",
    "user1234)(objectClass=*",
    "user1234)(|(uid=user1234)",
    "\\2a",
    "user\\31234",
    "user1234\0",
    "\0",
    ")(",
    "(uid=user1234)",
    "uid=user1234",
    "uid=user1234,ou=people,dc=bank,dc=test",
    "user1234,ou=people,dc=bank,dc=test",
    "cn=admin,dc=bank,dc=test",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_or_a_dn_in_place_of_a_username_finds_nobody() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let backend = backend(&slapd);
    for attempt in ATTEMPTS {
        assert_eq!(by_name(&backend, attempt).await.expect("it answers"), None, "{attempt:?}");
    }
    found(&backend, "user1234").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_or_a_dn_in_place_of_an_id_finds_and_lets_in_nobody() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let backend = backend(&slapd);
    for attempt in ATTEMPTS.map(|attempt| attempt.replace("user", "1").replace("1234", "2345678")) {
        assert_eq!(by_id(&backend, &attempt).await.expect("it answers"), None, "{attempt:?}");
        assert!(!is_right(&backend, &attempt, PASSWORD).await, "{attempt:?}");
    }
    for dn in ["uid=user1234,ou=people,dc=bank,dc=test", Slapd::SERVICE_DN] {
        assert!(!is_right(&backend, dn, PASSWORD).await, "{dn}");
        assert!(!is_right(&backend, dn, Slapd::SERVICE_PASSWORD).await, "{dn}");
    }
}

/// What is special in filters and in names of the directory is nothing special in a username.
#[tokio::test(flavor = "multi_thread")]
async fn people_with_strange_names_can_log_in() {
    let people = person("uid=o\\2c reilly\\2b(\\5c*)", "bankId: 1\n")
        + &person("uid=\\22quoted\\22 \\3d \\23", "bankId: 2\n")
        + &person("uid=\\c5\\bdlu\\c5\\a5ou\\c4\\8dk\\c3\\bd", "bankId: 3\n");
    let Some(slapd) = Slapd::builder().entries(&people).start() else { return };
    let backend = backend(&slapd);
    for (username, id) in [("o, reilly+(\\*)", "1"), ("\"quoted\" = #", "2"), ("Žluťoučký", "3")] {
        assert_eq!(found(&backend, username).await.id.as_str(), id);
        assert!(is_right(&backend, id, PASSWORD).await, "{username}");
        assert!(!is_right(&backend, id, "wrong").await, "{username}");
    }
}

/// The counter of failures is kept under the id as it was sent.
#[tokio::test(flavor = "multi_thread")]
async fn an_id_has_one_spelling_although_the_directory_knows_more() {
    let people = person("uid=spelled", "bankId: AbCd Ef\n");
    let Some(slapd) = Slapd::builder().entries(&people).start() else { return };
    let backend = backend(&slapd);
    assert!(is_right(&backend, "AbCd Ef", PASSWORD).await);
    for id in ["abcd ef", "ABCD EF", " AbCd Ef", "AbCd Ef ", "AbCd  Ef"] {
        assert_eq!(by_id(&backend, id).await.expect("it answers"), None, "{id:?}");
        assert!(!is_right(&backend, id, PASSWORD).await, "{id:?}");
    }
    assert!(is_right(&backend, USER, PASSWORD).await);
}
