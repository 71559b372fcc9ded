//! What can't be used changes nothing, and says why.

use crate::reload::{CONFIGURATION, DONE, Stage, USERS};
use crate::support::payloads::{LOOKUP, USER, USERNAME, lookup};

const MARK: &str = "c2VjcmV0LW9mLWEtdGVzdA";

#[tokio::test]
async fn a_file_that_is_broken_is_named_and_everything_stays_as_it_was() {
    let stage = Stage::start().await;
    let whole = stage.read("data-adapter.toml");
    let text = "sms-login = At first { $code }\n";
    let users = stage.path("users.toml").display().to_string();
    for (name, broken, named) in [
        ("users.toml", format!("{USERS}\n[[users]]\nid = \"{MARK}\"\n"), users.as_str()),
        ("users.toml", format!("{USERS}\nnonsense {MARK}"), &users),
        ("texts/en.ftl", "sms-login = There is no code\n".to_owned(), "texts/en.ftl"),
        ("data-adapter.toml", whole.replace("block_seconds = 60", "block_seconds = 0"), "otp.block_seconds"),
        ("data-adapter.toml", whole.replace("[otp]", &format!("[otp]\ndigit = \"{MARK}\"")), "otp.digit"),
        ("data-adapter.toml", format!("capabilities.users = \"nobody\"\n{whole}"), "capabilities.users"),
        (
            "data-adapter.toml",
            whole.replace("$argon2id$v=19$m=19456,t=2,p=1$aUVc", MARK),
            "security.partners.password_hash",
        ),
    ] {
        // What would take effect if only the broken part were left out.
        let both = if name == "data-adapter.toml" {
            broken
        } else {
            stage.write(name, &broken);
            whole.clone()
        };
        stage.write("data-adapter.toml", &both.replace("\"/powerauth-data-adapter-1\"", "\"/moved\""));
        let exit = stage.reload().await;
        assert_eq!(exit.status, Some(78), "{named}: {exit:?}");
        assert!(
            exit.stderr.contains("nothing was changed") && exit.stderr.contains(named),
            "{named}: {exit:?}"
        );
        assert!(!exit.stderr.contains(MARK) && exit.stdout.is_empty(), "{exit:?}");
        let found = stage.adapter.post(LOOKUP, lookup(USERNAME)).await;
        assert!(found.text.contains(USER), "{named}: {}", found.text);
        let there =
            stage.adapter.post("/powerauth-data-adapter-1/api/auth/user/lookup", lookup(USERNAME)).await;
        assert_eq!(there.status, 200, "{named}: half of it is in effect");
        stage.write("users.toml", USERS);
        stage.write("texts/en.ftl", text);
    }
    let log = stage.adapter.log();
    assert!(log.contains("nothing was changed") && log.contains("otp.block_seconds"), "{log}");
    assert!(!log.contains(MARK) && !log.contains(DONE), "{log}");
    stage.write("data-adapter.toml", &whole.replace("\"/powerauth-data-adapter-1\"", "\"/moved\""));
    stage.reloaded("web_flow.other_context_path").await;
}

#[tokio::test]
async fn a_file_that_is_no_toml_is_told_by_the_service_where_the_command_is_told_its_socket() {
    let stage = Stage::start().await;
    stage.write("data-adapter.toml", &format!("{CONFIGURATION}\nnonsense {MARK}"));
    let exit = stage.reload().await;
    assert!(exit.status == Some(78) && exit.stderr.contains("is not valid TOML"), "{exit:?}");
    let socket = stage.path("control").display().to_string();
    let exit = crate::support::DataAdapter::builder().arg("reload").arg("--socket").arg(socket);
    let exit = exit.spawn_failing().await;
    assert!(exit.status == Some(78) && exit.stderr.contains("nothing was changed"), "{exit:?}");
    assert!(exit.stderr.contains("is not valid TOML") && !exit.stderr.contains(MARK), "{exit:?}");
}

#[tokio::test]
async fn the_audit_log_is_opened_again_however_broken_the_configuration_is() {
    let mut stage = Stage::start().await;
    std::fs::rename(stage.path("audit.jsonl"), stage.path("audit.jsonl.1")).expect("it can be moved");
    stage.change("[otp]", "[otp]\ndigits = 1");
    stage.adapter.signal("HUP").await;
    stage.adapter.logged("nothing was changed: `otp.digits`", 1).await;
    let line = &stage.recorded()[0];
    assert_eq!((&line["outcome"], &line["reason"]), (&"failed".into(), &"configuration_refused".into()));
}

#[tokio::test]
async fn what_needs_a_restart_is_named_and_stays_as_it_was() {
    let mut stage = Stage::start().await;
    stage.prepend("server.keep_alive_seconds = 60\nlog.format = \"json\"\naudit.required = true\nhealth.deadline_ms = 999");
    let exit = stage.reload().await;
    assert_eq!(exit.status, Some(0), "{exit:?}");
    let lines: Vec<&str> = exit.stdout.lines().collect();
    assert_eq!(lines[0], "The configuration was read again; changed: `health.deadline_ms`.");
    let restart = "A restart is needed for `audit.required`, `log.format`, `server.keep_alive_seconds`; until then what it was \
                   stays in effect.";
    assert_eq!(lines[1..], [restart]);
    stage.adapter.logged(restart, 1).await;
    // They still are when nothing else changes.
    let exit = stage.reload().await;
    assert!(exit.stdout.contains("nothing in effect is other") && exit.stdout.contains(restart), "{exit:?}");
    let line = &stage.recorded()[0];
    assert_eq!(
        line["needsRestart"],
        serde_json::json!(["audit.required", "log.format", "server.keep_alive_seconds"])
    );
}
