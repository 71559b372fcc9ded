//! One person, one password, however they are spelled.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::PasswordHasher as _;
use data_adapter_core::{
    AdapterError, Authentication as _, AuthenticationOutcome, Credentials, OrganizationId, Password,
    SystemRandom, UserId, UserLookup as _, UsernameQuery,
};
use data_adapter_hashing::{PasswordHashing, Verifier};
use data_adapter_memory::{MemoryBackend, MemorySettings, UsersError, UsersFile};
use data_adapter_testkit::operation;

const COMPOSED: &str = "\u{17e}lu\u{165}ou\u{10d}k\u{fd} k\u{16f}\u{148}";
const DECOMPOSED: &str = "z\u{30c}lut\u{30c}ouc\u{30c}ky\u{301} ku\u{30a}n\u{30c}";

/// A hash of the bytes as they are, as they were made before there was a prepared form.
fn old_hash(password: &str) -> String {
    let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), b"sixteen bytes of");
    hash.expect("a password can be hashed").to_string()
}

fn hash(password: &str) -> Result<String, AdapterError> {
    PasswordHashing.hash(&password.into(), &SystemRandom)
}

fn back_end(usernames: &[&str], hash: &str) -> Result<MemoryBackend, UsersError> {
    let users = usernames.iter().enumerate().map(|(id, username)| {
        format!("[[users]]\nid = \"{id}\"\nusername = \"{username}\"\norganization = \"RETAIL\"\npassword_hash = \"{hash}\"\n")
    });
    let users = UsersFile::parse(&users.collect::<String>()).expect("the file is well formed");
    let settings = MemorySettings { concurrent_verifications: 2, decorated: [].into() };
    let verifier = Arc::new(Verifier::default());
    let back_end = MemoryBackend::new(users, settings, &verifier)?;
    verifier.start().expect("there is room");
    Ok(back_end)
}

async fn is_right(back_end: &MemoryBackend, typed: &str) -> bool {
    is_right_of(back_end, "0", typed).await
}

async fn is_right_of(back_end: &MemoryBackend, user: &str, typed: &str) -> bool {
    let credentials = Credentials {
        user: UserId::new(user),
        is_nobody: false,
        organization: Some(OrganizationId::new("RETAIL")),
        password: Password::Clear(typed.into()),
        operation: operation("operation-1", "login"),
    };
    let outcome = back_end.authenticate(&credentials).await;
    matches!(outcome.expect("a wrong password is no error"), AuthenticationOutcome::Succeeded { .. })
}

async fn found(back_end: &MemoryBackend, typed: &str) -> Option<String> {
    let query = UsernameQuery {
        username: typed.to_owned(),
        organization: OrganizationId::new("RETAIL"),
        operation: operation("operation-1", "login"),
    };
    let user = back_end.by_username(&query).await.expect("an unknown user is no error");
    user.map(|user| user.id.to_string())
}

#[tokio::test]
async fn a_password_is_right_in_either_normal_form_whichever_it_was_hashed_in() {
    for hashed in [COMPOSED, DECOMPOSED] {
        let back_end = back_end(&["anna"], &hash(hashed).expect("a hash")).expect("users");
        for typed in [COMPOSED, DECOMPOSED, &COMPOSED.replace(' ', "\u{a0}")] {
            assert!(is_right(&back_end, typed).await, "{typed} for {hashed}");
        }
        for typed in [COMPOSED.to_uppercase(), format!("{COMPOSED} "), format!(" {DECOMPOSED}")] {
            assert!(!is_right(&back_end, &typed).await, "{typed} for {hashed}");
        }
    }
}

#[tokio::test]
async fn a_hash_that_was_made_of_what_was_typed_keeps_working() {
    for hashed in [COMPOSED, DECOMPOSED, "tab\there", "crab \u{1f980}"] {
        let back_end = back_end(&["anna"], &old_hash(hashed)).expect("users");
        assert!(is_right(&back_end, hashed).await, "{hashed}");
    }
    let back_end = back_end(&["anna"], &old_hash(COMPOSED)).expect("users");
    assert!(is_right(&back_end, DECOMPOSED).await, "the prepared form of what was typed is what was hashed");
}

#[tokio::test]
async fn a_password_that_rfc_8265_does_not_allow_gets_no_hash_and_is_a_wrong_one() {
    let back_end = back_end(&["anna"], &hash("s3cret").expect("a hash")).expect("users");
    for typed in ["", "s3cret\u{7}", "s3\u{200b}cret", "s3cret\u{378}"] {
        assert!(matches!(hash(typed), Err(AdapterError::InvalidInput(_))), "{typed:?}");
        assert!(!is_right(&back_end, typed).await, "{typed:?}");
    }
}

#[tokio::test]
async fn a_username_means_the_same_person_whatever_its_case_normal_form_and_blanks() {
    let back_end = back_end(&["Jos\u{e9}", "anna"], &hash("s3cret").expect("a hash")).expect("users");
    for typed in ["Jos\u{e9}", "jose\u{301}", "JOS\u{c9}", " jos\u{e9}", "JOSE\u{301}  ", "jos\u{e9}\u{a0}"] {
        assert_eq!(found(&back_end, typed).await.as_deref(), Some("0"), "{typed:?}");
    }
    for typed in ["jose", "jos\u{e9}x", "j os\u{e9}", "", " ", "jos\u{e9}\u{200b}", "anna\u{7}", "\u{e000}"] {
        assert_eq!(found(&back_end, typed).await, None, "{typed:?}");
    }
}

#[test]
fn two_spellings_of_one_username_are_refused_by_name() {
    for (first, second) in
        [("anna", "Anna"), ("Jos\u{e9}", "jose\u{301}"), ("anna", "anna "), ("anna", "\u{ff41}nna")]
    {
        let refusal =
            back_end(&[first, second], &old_hash("s3cret")).err().expect("it is refused").to_string();
        assert!(refusal.contains(&format!("`{second}`")), "{refusal}");
    }
    let refusal = back_end(&["anna\u{200b}"], &old_hash("s3cret")).err().expect("it is refused").to_string();
    assert!(refusal.contains("RFC 8265"), "{refusal}");
}

#[tokio::test]
async fn the_password_of_one_user_is_that_of_nobody_else_known_or_not() {
    let back_end = back_end(&["anna"], &hash("s3cret").expect("a hash")).expect("users");
    assert!(is_right_of(&back_end, "0", "s3cret").await);
    for unknown in ["1", "00", " 0", ""] {
        assert!(!is_right_of(&back_end, unknown, "s3cret").await, "{unknown:?}");
    }
}
