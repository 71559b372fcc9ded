//! The commands, as someone at a terminal or a script sees them.

use serde_json::Value;

use crate::codes::{create, rent};
use crate::support::payloads::{
    AUTHENTICATE, LOOKUP, PASSWORD, USER, USERNAME, authenticate, authenticate_protected, lookup,
};
use crate::support::{Builder, DataAdapter, Exit};

/// The key of the demo, and another.
const DEMO_KEY: &str = "ZGVtbyBwYXNzd29yZCBrZXksIDMyIGJ5dGVzIGxvbmc=";
const OTHER_KEY: &str = "QW5vdGhlciBrZXkgd2l0aCBpdHMgMzIgYnl0ZXMgISE=";
const TRANSFORMATION: &str = "AES/CBC/PKCS7Padding";
const AES: &str = "PASSWORD_ENCRYPTION_AES";

async fn run(arguments: &[&str]) -> Exit {
    with_arguments(DataAdapter::builder(), arguments).spawn_failing().await
}

fn with_arguments(builder: Builder, arguments: &[&str]) -> Builder {
    arguments.iter().fold(builder, |builder, argument| builder.arg(*argument))
}

/// The one line that a command prints.
fn line(exit: &Exit) -> &str {
    assert_eq!(exit.status, Some(0), "{exit:?}");
    let line = exit.stdout.strip_suffix('\n').expect("a whole line");
    assert!(!line.contains('\n'), "one line: {exit:?}");
    line
}

#[tokio::test]
async fn nobody_gets_a_token_that_could_not_work() {
    let token = |user, programme| ["user", "token", user, "--programme", programme];
    assert_eq!(line(&run(&token(USER, "demo")).await).split('.').count(), 3);
    for (user, programme, status, why) in [
        ("99999999", "demo", 1, "there is no user with the id `99999999`"),
        (USERNAME, "demo", 1, "it is not the name that they log in with"),
        (USER, "other", 1, "of none of the `organizations` of the programme `other`"),
        (USER, "nobody", 78, "`factors.programmes` has none with the id `nobody`"),
    ] {
        let exit = run(&token(user, programme)).await;
        assert_eq!((exit.status, exit.stdout.as_str()), (Some(status), ""), "{exit:?}");
        assert!(exit.stderr.contains(why), "{exit:?}");
    }
    let key = ("DATA_ADAPTER__FACTORS__ENABLED", "false");
    let off = DataAdapter::builder().env(key.0, key.1);
    let exit = with_arguments(off, &token(USER, "demo")).spawn_failing().await;
    assert_eq!(exit.status, Some(78), "{exit:?}");
}

#[tokio::test]
async fn the_help_of_each_command_teaches() {
    for (arguments, taught) in [
        (
            &["--help"] as &[&str],
            &[
                "serve",
                "config",
                "hash-password",
                "encrypt-password",
                "openapi",
                "healthcheck",
                "reload",
                "--config",
                "--port",
                "DATA_ADAPTER_CONFIG",
                "DATA_ADAPTER__SERVER__PORT",
                "demo",
                "Exit codes",
                "78",
                "Examples",
            ] as &[&str],
        ),
        (&["serve", "--help"], &["SIGTERM", "--config", "--host", "--port"]),
        (&["config", "--help"], &["check", "show", "--config"]),
        (&["config", "check", "--help"], &["Check", "files"]),
        (&["config", "show", "--help"], &["secrets"]),
        (&["hash-password", "--help"], &["Argon2id", "password_hash", "standard input"]),
        (&["encrypt-password", "--help"], &["password.key", AES, TRANSFORMATION]),
        (
            &["backend", "check", "--help"],
            &[
                "step by step",
                "--user",
                "--organization",
                "--password-stdin",
                "Examples",
                "Exit codes",
                "WRONG",
            ],
        ),
        (&["healthcheck", "--help"], &["exit code", "0", "1"]),
        (&["reload", "--help"], &["server.control_socket", "--socket", "Exit codes", "restart", "78"]),
    ] {
        let exit = run(arguments).await;
        assert_eq!(exit.status, Some(0), "{arguments:?}: {exit:?}");
        assert_eq!(exit.stderr, "", "{arguments:?}");
        for word in taught {
            assert!(exit.stdout.contains(word), "{arguments:?} does not tell of {word}: {}", exit.stdout);
        }
    }
}

#[tokio::test]
async fn the_version_is_the_one_of_the_service_status() {
    let exit = run(&["--version"]).await;
    let version = line(&exit).strip_prefix("data-adapter ").expect("the name goes first").to_owned();
    let adapter = DataAdapter::start().await;
    let status = adapter.get("/api/service/status").await;
    assert_eq!(status.member("version"), version);
}

#[tokio::test]
async fn wrong_usage_is_told_and_has_a_code_of_its_own() {
    for arguments in [
        &["--prot", "1"] as &[&str],
        &["--port", "eighty"],
        &["--port", "70000"],
        &["server"],
        &["config"],
        &["config", "list"],
        &["hash-password", "s3cret"],
        &["--config"],
    ] {
        let exit = run(arguments).await;
        assert_eq!(exit.status, Some(2), "{arguments:?}: {exit:?}");
        assert!(exit.stderr.contains("--help"), "{arguments:?}: {exit:?}");
        assert_eq!(exit.stdout, "", "{arguments:?}");
    }
}

#[tokio::test]
async fn serve_is_what_happens_without_a_command() {
    for builder in [DataAdapter::builder(), DataAdapter::builder().arg("serve")] {
        let adapter = builder.start().await;
        assert_eq!(adapter.post(LOOKUP, lookup(USERNAME)).await.status, 200);
    }
}

#[tokio::test]
async fn a_hashed_password_opens_the_account_it_is_written_to() {
    let password = "příliš žluťoučký kůň";
    let exit = DataAdapter::builder().arg("hash-password").stdin(format!("{password}\r\nmore\n"));
    let exit = exit.spawn_failing().await;
    let hash = line(&exit);
    assert!(hash.starts_with("$argon2id$v=19$m="), "{hash}");
    assert!(!exit.stderr.contains(password), "{exit:?}");
    let again =
        DataAdapter::builder().arg("hash-password").stdin(format!("{password}\n")).spawn_failing().await;
    assert_ne!(line(&again), hash, "the salt is random");
    let folder = tempfile::tempdir().expect("a folder");
    let users = folder.path().join("users.toml");
    let user = format!(
        "[[users]]\nid = \"1\"\nusername = \"anna\"\norganization = \"RETAIL\"\npassword_hash = \"{hash}\"\n"
    );
    std::fs::write(&users, user).expect("a file");
    let settings =
        format!("sandbox.enabled = true\nbackends.memory.users_file = {:?}\n", users.display().to_string());
    let adapter = DataAdapter::builder().config(settings).start().await;
    for (user, typed, result) in [
        ("1", password, "VERIFIED_SUCCEEDED"),
        ("1", "another", "VERIFIED_FAILED"),
        (USER, PASSWORD, "VERIFIED_FAILED"),
    ] {
        let answer = adapter.post(AUTHENTICATE, authenticate(user, typed)).await;
        assert_eq!(answer.object()["authenticationResult"], result, "{user}: {}", answer.text);
    }
}

#[tokio::test]
async fn nothing_is_hashed_when_nothing_is_typed() {
    for typed in ["", "\n", "\r\n", "   \n", "\u{a0}\n"] {
        for command in ["hash-password", "encrypt-password"] {
            let exit = DataAdapter::builder().arg(command).stdin(typed).spawn_failing().await;
            assert_eq!(exit.status, Some(1), "{command}: {exit:?}");
            assert_eq!(exit.stdout, "", "{command}: {exit:?}");
            assert!(exit.stderr.contains("empty"), "{command}: {exit:?}");
        }
    }
}

#[tokio::test]
async fn a_password_with_a_character_that_none_may_have_is_refused_as_such() {
    let exit = DataAdapter::builder().arg("hash-password").stdin("a\tb\n").spawn_failing().await;
    assert_eq!((exit.status, exit.stdout.as_str()), (Some(1), ""), "{exit:?}");
    assert!(exit.stderr.contains("data-adapter: the password can't be used"), "{exit:?}");
    assert!(exit.stderr.contains("choose another one") && !exit.stderr.contains("request"), "{exit:?}");
}

async fn encrypted(builder: Builder, password: &str) -> String {
    let exit = builder.arg("encrypt-password").stdin(format!("{password}\n")).spawn_failing().await;
    line(&exit).to_owned()
}

#[tokio::test]
async fn an_encrypted_password_is_accepted_and_one_under_another_key_is_a_wrong_password() {
    let adapter = DataAdapter::start().await;
    let right = encrypted(DataAdapter::builder(), PASSWORD).await;
    let other = DataAdapter::builder().env("DATA_ADAPTER__PASSWORD__KEY", OTHER_KEY);
    let other = encrypted(other, PASSWORD).await;
    let wrong = encrypted(DataAdapter::builder(), "wrong").await;
    assert_ne!(encrypted(DataAdapter::builder(), PASSWORD).await, right, "the IV is random");
    let mut failures = Vec::new();
    for (what, password) in
        [("another key", other.as_str()), ("a wrong password", &wrong), ("no base64", "a:b")]
    {
        let body = authenticate_protected(USER, password, AES, TRANSFORMATION);
        let answer = adapter.post(AUTHENTICATE, body).await;
        assert_eq!(answer.status, 200, "{what}: {}", answer.text);
        assert_eq!(answer.object()["authenticationResult"], "VERIFIED_FAILED", "{what}: {}", answer.text);
        failures.push(answer.text);
    }
    failures.dedup();
    assert_eq!(failures.len(), 1, "they cannot be told apart: {failures:?}");
    for transformation in [TRANSFORMATION, "AES/CBC/PKCS5Padding"] {
        let body = authenticate_protected(USER, &right, AES, transformation);
        let answer = adapter.post(AUTHENTICATE, body).await;
        assert_eq!(answer.object()["authenticationResult"], "VERIFIED_SUCCEEDED", "{}", answer.text);
    }
}

#[tokio::test]
async fn passwords_that_cannot_be_decrypted_are_counted_like_wrong_ones() {
    let adapter = DataAdapter::start().await;
    for broken in ["a:b", "", "AAAA", ":", "AAAAAAAAAAAAAAAAAAAAAA==:AAAA"].map(|text| format!("x{text}")) {
        let body = authenticate_protected(USER, &broken, AES, TRANSFORMATION);
        let answer = adapter.post(AUTHENTICATE, body).await;
        assert_eq!(
            (answer.status, answer.message().as_str()),
            (200, "login.authenticationFailed"),
            "{broken}"
        );
    }
    let answer = adapter.post(AUTHENTICATE, authenticate(USER, PASSWORD)).await;
    assert_eq!(answer.object()["authenticationResult"], "VERIFIED_FAILED", "blocked: {}", answer.text);
}

#[tokio::test]
async fn clear_passwords_can_be_forbidden() {
    let builder = || DataAdapter::builder().env("DATA_ADAPTER__PASSWORD__ALLOW_CLEAR", "false");
    let adapter = builder().start().await;
    let answer = adapter.post(AUTHENTICATE, authenticate(USER, PASSWORD)).await;
    assert_eq!((answer.status, answer.error_code().as_str()), (400, "INPUT_INVALID"), "{}", answer.text);
    let password = encrypted(builder(), PASSWORD).await;
    let answer =
        adapter.post(AUTHENTICATE, authenticate_protected(USER, &password, AES, TRANSFORMATION)).await;
    assert_eq!(answer.object()["authenticationResult"], "VERIFIED_SUCCEEDED", "{}", answer.text);
}

#[tokio::test]
async fn the_configuration_is_shown_without_its_secrets_and_can_be_read_again() {
    let builder = || {
        DataAdapter::builder()
            .config(format!(
                "sandbox.enabled = true\nbackends.memory.demo_users = true\notp.key = \"{OTHER_KEY}\"\n"
            ))
            .env("DATA_ADAPTER__PASSWORD__KEY", DEMO_KEY)
            .env("DATA_ADAPTER__OTP__TRIES", "3")
    };
    let exit = builder().arg("config").arg("show").spawn_failing().await;
    assert_eq!(exit.status, Some(0), "{exit:?}");
    for secret in [OTHER_KEY, DEMO_KEY] {
        assert!(!exit.stdout.contains(secret) && !exit.stderr.contains(secret), "{exit:?}");
    }
    assert_eq!(exit.stdout.matches("[redacted]").count(), 2, "{}", exit.stdout);
    for shown in ["[server]", "tries = 3", "[operations.login]", "demo_users = true"] {
        assert!(exit.stdout.contains(shown), "{shown}: {}", exit.stdout);
    }
    // What is shown is a configuration, but for the secrets.
    let shown = exit.stdout.replace("[redacted]", DEMO_KEY);
    let adapter = DataAdapter::builder().config(shown).start().await;
    assert_eq!(adapter.post(LOOKUP, lookup(USERNAME)).await.status, 200);
}

#[tokio::test]
async fn checking_a_configuration_says_whether_it_would_start() {
    let check = |builder: Builder| with_arguments(builder, &["config", "check"]).spawn_failing();
    let exit = check(DataAdapter::builder()).await;
    assert_eq!(exit.status, Some(0), "the demo: {exit:?}");
    let good = "sandbox.enabled = true\nbackends.memory.demo_users = true\n";
    let exit = check(DataAdapter::builder().config(good)).await;
    assert_eq!(exit.status, Some(0), "{good}: {exit:?}");
    for bad in [
        "otp.digits = 4",
        "otp.kye = \"x\"",
        "password.key = \"x\"",
        "otp.key = \"c2hvcnQ=\"",
        "otp.key_file = \"/no/such/file\"",
        "backends.memory.users_file = \"/no/such/file\"",
        "texts.folder = \"/no/such/folder\"",
        "operations.login.sms_text = \"no-such-text\"",
        "server.host = \"0.0.0.0\"",
        "not TOML",
    ] {
        let exit = check(DataAdapter::builder().config(format!("{good}{bad}\n"))).await;
        assert_eq!(exit.status, Some(78), "{bad}: {exit:?}");
        assert_ne!(exit.stderr, "", "{bad}");
        assert_eq!(exit.stdout, "", "{bad}");
    }
}

#[tokio::test]
async fn a_health_check_tells_by_its_exit_code_whether_the_service_answers() {
    let adapter = DataAdapter::start().await;
    let port = adapter.address().port().to_string();
    let check = || DataAdapter::builder().env("DATA_ADAPTER__SERVER__PORT", &port).arg("healthcheck");
    let exit = check().spawn_failing().await;
    assert_eq!(exit.status, Some(0), "{exit:?}");
    let everywhere = check()
        .env("DATA_ADAPTER__SERVER__HOST", "0.0.0.0")
        .env("DATA_ADAPTER__SANDBOX__ALLOW_ANY_ADDRESS", "true")
        .env("DATA_ADAPTER__CALLERS__ALLOW_ANONYMOUS", "true")
        .env("DATA_ADAPTER__SERVER__BEHIND_PROXY", "true");
    let exit = everywhere.spawn_failing().await;
    assert_eq!(exit.status, Some(0), "{exit:?}");
    adapter.terminate().await;
    let exit = check().spawn_failing().await;
    assert_eq!(exit.status, Some(1), "{exit:?}");
    assert!(exit.stderr.contains(&port), "{exit:?}");
    let exit = check().arg("--config").arg("/no/such/file").spawn_failing().await;
    assert_eq!(exit.status, Some(78), "{exit:?}");
}

#[tokio::test]
async fn the_service_status_tells_what_runs() {
    let adapter = DataAdapter::builder().env("DATA_ADAPTER__WEB_FLOW__ENVIRONMENT", "TEST-7").start().await;
    for prefix in ["", "/powerauth-data-adapter"] {
        let status = adapter.get(&format!("{prefix}/api/service/status")).await;
        assert_eq!(status.status, 200, "{}", status.text);
        assert_eq!(status.json()["status"], "OK");
        assert_eq!(status.member("applicationName"), "powerauth-data-adapter");
        assert_eq!(status.member("applicationDisplayName"), "PowerAuth Data Adapter");
        assert_eq!(status.member("applicationEnvironment"), "TEST-7");
        for time in ["buildTime", "timestamp"] {
            let shape = status.member(time).replace(|c: char| c.is_ascii_digit(), "0");
            assert_eq!(shape, "0000-00-00T00:00:00.000+0000", "{time}");
        }
        assert_ne!(status.object()["buildTime"], Value::from("1970-01-01T00:00:00.000+0000"));
    }
}

#[tokio::test]
async fn what_callers_sent_is_listed_without_harm_to_terminals_and_spreadsheets() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("store.db");
    let adapter = DataAdapter::builder().store(&store).start().await;
    let strange = "=1+1\u{202e}\u{200b}\u{e0041}";
    create(&adapter, USER, &rent(strange)).await;
    let list = async |format| {
        let builder = DataAdapter::builder().store(&store);
        with_arguments(builder, &["challenge", "list", "--format", format]).spawn_failing().await.stdout
    };
    let (text, csv, json) = (list("text").await, list("csv").await, list("json").await);
    assert!(text.contains("  =1+1\u{fffd}\u{fffd}\u{fffd}  "), "{text:?}");
    assert!(csv.contains(",'=1+1\u{fffd}\u{fffd}\u{fffd},"), "{csv:?}");
    assert!(json.is_ascii(), "{json:?}");
    let rows: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(rows[0]["operation"], strange);
}
