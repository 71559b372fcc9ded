//! One person has one name, one password and one counter, however they are spelled.

use data_adapter_testkit::Slapd;

use crate::support::payloads::{
    AUTHENTICATE, LOOKUP, PASSWORD, SMS_CREATE, USER, authenticate, authenticate_protected, login, lookup,
    sms_create,
};
use crate::support::{DataAdapter, Exit};

const COMPOSED: &str = "\u{17e}lu\u{165}ou\u{10d}k\u{fd}";
/// The key of the demo.
const KEY: &str = "ZGVtbyBwYXNzd29yZCBrZXksIDMyIGJ5dGVzIGxvbmc=";
/// As macOS types it.
const DECOMPOSED: &str = "z\u{30c}lut\u{30c}ouc\u{30c}ky\u{301}";

async fn hash(password: &str) -> Exit {
    DataAdapter::builder().arg("hash-password").stdin(format!("{password}\n")).spawn_failing().await
}

/// A users file with these usernames, whose ids are 0, 1 and so on.
fn settings(folder: &tempfile::TempDir, usernames: &[&str], hash: &str) -> String {
    let users = usernames.iter().enumerate().map(|(id, username)| {
        format!("[[users]]\nid = \"{id}\"\nusername = \"{username}\"\norganization = \"RETAIL\"\npassword_hash = \"{hash}\"\n")
    });
    let file = folder.path().join("users.toml");
    std::fs::write(&file, users.collect::<String>()).expect("a file");
    format!("sandbox.enabled = true\nbackends.memory.users_file = {:?}\n", file.display().to_string())
}

async fn logs_in(adapter: &DataAdapter, user: &str, typed: &str) -> bool {
    let answer = adapter.post(AUTHENTICATE, authenticate(user, typed)).await;
    assert_eq!(answer.status, 200, "{typed:?}: {}", answer.text);
    answer.object()["authenticationResult"] == "VERIFIED_SUCCEEDED"
}

#[tokio::test]
async fn a_password_and_a_username_mean_the_same_in_either_normal_form() {
    let hash = hash(DECOMPOSED).await;
    let folder = tempfile::tempdir().expect("a folder");
    let settings = settings(&folder, &["Jos\u{e9}"], hash.stdout.trim());
    let adapter =
        DataAdapter::builder().config(settings).env("DATA_ADAPTER__PASSWORD__KEY", KEY).start().await;
    for typed in [COMPOSED, DECOMPOSED] {
        assert!(logs_in(&adapter, "0", typed).await, "{typed}");
        let encrypted = DataAdapter::builder().arg("encrypt-password").stdin(format!("{typed}\n"));
        let encrypted = encrypted.spawn_failing().await;
        let body = authenticate_protected(
            "0",
            encrypted.stdout.trim(),
            "PASSWORD_ENCRYPTION_AES",
            "AES/CBC/PKCS7Padding",
        );
        let answer = adapter.post(AUTHENTICATE, body).await;
        assert_eq!(answer.object()["authenticationResult"], "VERIFIED_SUCCEEDED", "{typed}: {}", answer.text);
    }
    for typed in ["Jos\u{e9}", "jose\u{301}", "JOS\u{c9}", " jos\u{e9} "] {
        let answer = adapter.post(LOOKUP, lookup(typed)).await;
        assert_eq!(answer.member("id"), "0", "{typed:?}");
    }
    for typed in ["jose", "jos\u{e9}\u{200b}", "\u{e000}"] {
        let answer = adapter.post(LOOKUP, lookup(typed)).await;
        assert_eq!(answer.error_code(), "USER_NOT_FOUND", "{typed:?}: {}", answer.text);
    }
}

#[tokio::test]
async fn what_rfc_8265_does_not_allow_is_a_wrong_password_and_gets_no_hash() {
    let adapter = DataAdapter::start().await;
    for typed in ["s3cret\u{7}", "s3\u{200b}cret", "\u{378}"] {
        assert!(!logs_in(&adapter, USER, typed).await, "{typed:?}");
        let exit = hash(typed).await;
        assert_eq!((exit.status, exit.stdout.as_str()), (Some(1), ""), "{typed:?}");
        assert!(exit.stderr.contains("RFC 8265") && !exit.stderr.contains(typed), "{}", exit.stderr);
    }
    assert!(logs_in(&adapter, USER, PASSWORD).await, "three wrong ones block nobody");
}

#[tokio::test]
async fn two_users_whose_names_are_one_are_refused_at_the_start_by_name() {
    let hash = hash(PASSWORD).await;
    for second in ["Anna", "anna ", "\u{ff41}nna"] {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = settings(&folder, &["anna", second], hash.stdout.trim());
        let exit = DataAdapter::builder().config(settings).spawn_failing().await;
        assert_ne!(exit.status, Some(0), "{second:?}");
        assert!(exit.stderr.contains(&format!("`{second}`")), "{second:?}: {}", exit.stderr);
    }
}

/// What the directory compares without regard to case and blanks is one id here, and another one nobody's.
#[tokio::test]
async fn another_spelling_of_an_id_gives_no_more_guesses_at_the_password_of_a_directory() {
    let person = "\ndn: uid=anna,ou=people,dc=bank,dc=test\nobjectClass: inetOrgPerson\nobjectClass: bankPerson\n\
                  cn: Anna\nsn: Anna\nbankId: Anna-1\nmobile: +420777000111\n\
                  userPassword:: xb5sdcWlb3XEjWvDvQ==\n";
    let Some(slapd) = Slapd::builder().entries(person).start() else { return };
    let adapter = DataAdapter::builder().config(format!(
        "sandbox.enabled = true\n\
         capabilities = {{ users = \"directory\", authentication = \"directory\", operations = \"engine\" }}\n\
         [backends.directory]\nkind = \"ldap\"\n{}",
        Slapd::settings(&[slapd.url()])
    ));
    let adapter = adapter.start().await;
    for typed in [COMPOSED, DECOMPOSED] {
        assert!(logs_in(&adapter, "Anna-1", typed).await, "{typed}");
    }
    for spelling in ["anna-1", "ANNA-1", "Anna-1 ", " Anna-1"] {
        assert!(!logs_in(&adapter, spelling, COMPOSED).await, "{spelling:?}");
        let answer = adapter.post(SMS_CREATE, sms_create(spelling, &login("op"))).await;
        assert_eq!(answer.error_code(), "USER_NOT_FOUND", "{spelling:?}: {}", answer.text);
    }
    for _ in 0..5 {
        assert!(!logs_in(&adapter, "Anna-1", "wrong").await);
    }
    for spelling in ["Anna-1", "anna-1", "Anna-1 "] {
        assert!(!logs_in(&adapter, spelling, COMPOSED).await, "{spelling:?} during the block");
    }
}
