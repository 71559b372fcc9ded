//! What is wrong in a configuration is told by its key; what a key was set to is not told.

use sha2::{Digest as _, Sha256};

use crate::callers::caller;
use crate::support::payloads::{SMS_CREATE, USER, login, sms_create};
use crate::support::{DataAdapter, Exit};

/// What must never be printed: it stands where a secret would.
const MARK: &str = "TUFSS0VELXNlY3JldC1tYXJrLTMyLWJ5dGVzLWxvbmc";
/// The same as a number.
const NUMBER: &str = "420777123456";

/// A configuration that would start.
fn good(more: &str) -> String {
    format!("sandbox.enabled = true\nbackends.memory.demo_users = true\n{more}\n")
}

fn assert_refused(exit: &Exit, named: &str, what: &str) {
    assert_eq!(exit.status, Some(78), "{what}: {}", exit.stderr);
    assert!(exit.stderr.contains(named), "{what} names {named}: {}", exit.stderr);
    assert!(!exit.stderr.contains("panicked"), "{what}: {}", exit.stderr);
    for secret in [MARK, NUMBER] {
        assert!(!exit.stderr.contains(secret), "{what} shows the value: {}", exit.stderr);
        assert!(!exit.stdout.contains(secret), "{what} shows the value: {}", exit.stdout);
    }
}

#[tokio::test]
async fn an_unknown_key_is_named_and_its_value_is_not_shown() {
    for (named, file) in [
        ("prot", format!("[server]\nprot = \"{MARK}\"")),
        ("kye", format!("[password]\nkye = \"{MARK}\"")),
        ("kye", format!("[otp]\nkye = \"{MARK}\"")),
        ("kye", format!("[[otp.previous_keys]]\nid = \"0\"\nkye = \"{MARK}\"")),
        ("passwords", format!("[passwords]\nkey = \"{MARK}\"")),
        ("secret", format!("secret = \"{MARK}\"")),
        ("pasword", format!("[web_flow.limits]\npasword = \"{MARK}\"")),
        ("colour", format!("[consent.forms.login]\nversion = \"1\"\ntext.en = \"x\"\ncolour = \"{MARK}\"")),
    ] {
        let exit = DataAdapter::builder().config(good(&file)).spawn_failing().await;
        assert_refused(&exit, named, &file);
    }
}

#[tokio::test]
async fn a_variable_of_the_environment_that_names_no_key_is_named_and_its_value_is_not_shown() {
    for (variable, named) in [
        ("DATA_ADAPTER__SERVER__PROT", "prot"),
        ("DATA_ADAPTER__PASSWORD__KYE", "kye"),
        ("DATA_ADAPTER__PASSWORDS__KEY", "passwords"),
        // A section where a key was meant.
        ("DATA_ADAPTER__PASSWORD", "password"),
        ("DATA_ADAPTER__OTP", "otp"),
    ] {
        let exit = DataAdapter::builder().env(variable, MARK).spawn_failing().await;
        let exit = Exit { stderr: exit.stderr.to_lowercase(), ..exit };
        assert_refused(&exit, named, variable);
        assert!(!exit.stderr.contains(&MARK.to_lowercase()), "{variable} shows the value: {}", exit.stderr);
    }
}

#[tokio::test]
async fn a_value_that_cannot_be_used_is_told_by_its_key() {
    for (key, value) in [
        ("server.port", "\"eighty\""),
        ("server.port", "70000"),
        ("server.port", "-1"),
        ("server.host", "\"example.org\""),
        ("server.workers", "100000"),
        ("server.max_body_bytes", "0"),
        ("otp.digits", "4"),
        ("otp.digits", "10"),
        ("otp.tries", "6"),
        ("otp.tries", "0"),
        ("otp.failures", "6"),
        ("otp.expires_seconds", "301"),
        ("otp.expires_seconds", "0"),
        ("otp.block_seconds", "\"soon\""),
        ("password.failures", "6"),
        ("password.allow_clear", "\"perhaps\""),
        ("store.url", "\"mongodb://x\""),
        ("web_flow.dialect", "\"0.21\""),
        ("web_flow.context_path", "\"no-slash\""),
        ("log.filter", "\"a=b=c\""),
        ("log.format", "\"xml\""),
        ("texts.folder", "\"/no/such/folder\""),
        ("backends.memory.users_file", "\"/no/such/users.toml\""),
    ] {
        let file = format!("{key} = {value}");
        let exit = DataAdapter::builder().without_env("DATA_ADAPTER__SERVER__PORT");
        let exit = exit.without_env("DATA_ADAPTER__STORE__URL").config(good(&file)).spawn_failing().await;
        assert_refused(&exit, key, &file);
    }
}

#[tokio::test]
async fn a_secret_that_cannot_be_used_is_told_by_its_key_and_not_shown() {
    for (key, file) in [
        ("password.key", format!("password.key = \"{MARK}*\"")),
        ("password.key", format!("password.key = \"{}\"", &MARK[..20])),
        ("password.key", format!("password.key = [\"{MARK}\"]")),
        ("password.key", format!("[password.key]\nvalue = \"{MARK}\"")),
        ("otp.key", format!("otp.key = \"{MARK}*\"")),
        ("otp.key", "otp.key = \"c2hvcnQ=\"".to_owned()),
        ("otp.previous_keys", format!("otp.previous_keys = \"{MARK}\"")),
        ("otp.previous_keys", format!("otp.previous_keys = {NUMBER}")),
        ("otp.previous_keys", format!("[[otp.previous_keys]]\nid = \"0\"\nkey = \"{MARK}*\"")),
        ("password", format!("password = \"{MARK}\"")),
        ("otp", format!("otp = \"{MARK}\"")),
        // No TOML: the line has to do.
        ("line 3", format!("password.key = {MARK}")),
        ("line 3", format!("password.key = \"{MARK}")),
        ("line 4", format!("password.key = \"{MARK}\"\npassword.key = \"{MARK}\"")),
    ] {
        let exit = DataAdapter::builder().config(good(&file)).spawn_failing().await;
        assert_refused(&exit, key, &file);
    }
}

#[tokio::test]
async fn a_secret_may_come_from_a_file_but_not_from_both() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("key");
    std::fs::write(&file, format!("{MARK}=\n")).expect("a file");
    let path = file.display();
    let adapter =
        DataAdapter::builder().config(good(&format!("password.key_file = \"{path}\""))).start().await;
    assert!(!adapter.log().contains(MARK), "{}", adapter.log());
    let both = format!("password.key_file = \"{path}\"\npassword.key = \"{MARK}=\"");
    let exit = DataAdapter::builder().config(good(&both)).spawn_failing().await;
    assert_refused(&exit, "password.key_file", &both);
    std::fs::write(&file, format!("{MARK}*")).expect("a file");
    let bad = format!("password.key_file = \"{path}\"");
    let exit = DataAdapter::builder().config(good(&bad)).spawn_failing().await;
    assert_refused(&exit, "password.key_file", &bad);
    let missing = "otp.key_file = \"/no/such/key\"";
    let exit = DataAdapter::builder().config(good(missing)).spawn_failing().await;
    assert_refused(&exit, "/no/such/key", missing);
}

#[tokio::test]
async fn a_byte_order_mark_before_any_file_changes_nothing() {
    const BOM: char = '\u{feff}';
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, format!("{BOM}{text}")).expect("a file");
        file
    };
    let texts = folder.path().join("texts");
    std::fs::create_dir(&texts).expect("a folder");
    // The first message is the one that a mark would spoil.
    write("texts/en.ftl", "sms-login = Secret word { $code }\n");
    let users = write("users.toml", include_str!("../../../crates/data-adapter/src/demo/users.toml"));
    let key = write("key", &format!("{MARK}=\n"));
    let digest: String = Sha256::digest("another").iter().map(|byte| format!("{byte:02x}")).collect();
    let digest = write("digest", &format!("{digest}\n"));
    let file = format!(
        "{BOM}[sandbox]\nenabled = true\n[backends.memory]\nusers_file = {users:?}\n[texts]\nfolder = {texts:?}\n\
        [password]\nkey_file = {key:?}\n{}[[callers.allowed]]\nname = \"other\"\ntoken_sha256_file = {digest:?}\n",
        caller("web-flow", MARK, "[]")
    );
    let adapter = DataAdapter::builder().config(file).token(MARK).start().await;
    let sent = adapter.post(SMS_CREATE, sms_create(USER, &login("op"))).await;
    assert_eq!(sent.object()["smsDeliveryResult"], "SUCCEEDED", "{}", sent.text);
    let messages = adapter.get("/sandbox/messages").await;
    assert!(messages.text.contains("\"text\":\"Secret word "), "{}", messages.text);
}

#[tokio::test]
async fn a_users_file_that_cannot_be_used_is_named_without_what_is_in_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("users.toml");
    let user = "[[users]]\nid = \"1\"\nusername = \"a\"\norganization = \"RETAIL\"\n";
    for (what, users) in [
        ("a number for a phone", format!("{user}phone = {NUMBER}\npassword_hash = \"{MARK}\"\n")),
        ("a hash that is none", format!("{user}password_hash = \"{MARK}\"\n")),
        ("a list for a hash", format!("{user}password_hash = [\"{MARK}\"]\n")),
        ("an unknown key", format!("{user}password = \"{MARK}\"\npassword_hash = \"x\"\n")),
        ("no TOML", format!("{user}password_hash = {MARK}\n")),
        ("a string for a flag", format!("{user}password_hash = \"x\"\nblocked = \"{MARK}\"\n")),
    ] {
        std::fs::write(&file, users).expect("a file");
        let path = file.display().to_string();
        let settings = format!("[sandbox]\nenabled = true\n[backends.memory]\nusers_file = \"{path}\"\n");
        let exit = DataAdapter::builder().config(settings).spawn_failing().await;
        let named = if exit.stderr.contains(&path) { path.as_str() } else { "backends.memory.users_file" };
        assert_refused(&exit, named, what);
    }
}

#[tokio::test]
async fn the_variables_that_kubernetes_makes_for_a_service_of_the_same_name_are_ignored() {
    let adapter = DataAdapter::builder()
        .env("DATA_ADAPTER_PORT", "tcp://10.96.0.7:8080")
        .env("DATA_ADAPTER_PORT_8080_TCP_PORT", "8080")
        .env("DATA_ADAPTER_SERVICE_HOST", "10.96.0.7")
        .env("DATA_ADAPTER_OTP_DIGITS", NUMBER)
        .start()
        .await;
    assert_eq!(adapter.get("/api/service/status").await.status, 200);
    let log = adapter.terminate().await.stderr;
    assert!(log.contains("DATA_ADAPTER__OTP__DIGITS"), "what was meant is not said: {log}");
    assert!(!log.contains("DATA_ADAPTER_SERVICE") && !log.contains(NUMBER), "{log}");
}

#[tokio::test]
async fn a_variable_changes_the_organization_of_the_file_whose_name_has_capitals_and_adds_none() {
    let file = good(
        "[backends.core-banking]\nkind = \"memory\"\ndemo_users = true\n[organizations.SME]\nusers = \"memory\"",
    );
    let show = |variable: &str, value: &str| {
        let builder = DataAdapter::builder().config(file.clone()).env(variable, value);
        builder.arg("config").arg("show").spawn_failing()
    };
    let shown = show("DATA_ADAPTER__ORGANIZATIONS__SME__USERS", "core-banking").await;
    assert_eq!(shown.status, Some(0), "{}", shown.stderr);
    assert!(shown.stdout.contains("[organizations.SME]\nusers = \"core-banking\""), "{}", shown.stdout);
    assert!(!shown.stdout.contains("organizations.sme"), "{}", shown.stdout);
    let shown = show("DATA_ADAPTER__BACKENDS__CORE_BANKING__CALLS__DEADLINE_MS", "1234").await;
    assert!(shown.stdout.contains("deadline_ms = 1234"), "{}{}", shown.stdout, shown.stderr);
    let refused = show("DATA_ADAPTER__ORGANIZATIONS__SOHO__USERS", MARK).await;
    assert_refused(&refused, "DATA_ADAPTER__ORGANIZATIONS__SOHO__USERS", "an organization that is not there");
}
