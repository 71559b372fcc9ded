use std::fmt::Write as _;

use super::*;
use crate::config::load_text;
use crate::config::schema::{Place, parts, place};

const BEGIN: &str = "<!-- Made from the settings by `make docs`. -->\n";
const END: &str = "<!-- End of what is made. -->\n";

fn at(key: &str) -> Option<Place> {
    place::<Settings>(&parts(key))
}

/// The keys of a table.
fn keys_of(key: &str) -> &'static [&'static str] {
    match at(key) {
        Some(Place::Table(keys)) => keys,
        other => panic!("`{key}` is no table: {other:?}"),
    }
}

/// What is listed of a section: its name for the whole of it, or keys of it.
fn listed<'a>(list: &'a [&str], section: &str) -> Vec<&'a str> {
    let is_of = |key: &&&str| key.split('.').next() == Some(section);
    list.iter().filter(is_of).copied().collect()
}

#[test]
fn every_setting_is_either_read_again_or_needs_a_restart() {
    for section in keys_of("") {
        let (again, restart) = (listed(READ_AGAIN, section), listed(NEEDS_RESTART, section));
        match (&again[..], &restart[..]) {
            ([whole], []) | ([], [whole]) if whole == section => continue,
            _ => {}
        }
        let mut keys: Vec<String> = keys_of(section).iter().map(|key| format!("{section}.{key}")).collect();
        let mut listed: Vec<&str> = [again, restart].concat();
        keys.sort_unstable();
        listed.sort_unstable();
        assert_eq!(
            listed, keys,
            "`[{section}]`: each key is listed once, in READ_AGAIN or NEEDS_RESTART, or the whole section in one of them"
        );
    }
    for key in READ_AGAIN.iter().chain(NEEDS_RESTART) {
        assert!(at(key).is_some(), "`{key}` is no setting");
    }
}

/// The table of the chapter: each section, with its keys where they are not all alike.
fn table() -> String {
    let mut table = "| section | read again | needs a restart |\n|---|---|---|\n".to_owned();
    for section in keys_of("") {
        let cell = |list| {
            let keys = listed(list, section);
            let name = |key: &&str| match key.split_once('.') {
                Some((_, key)) => format!("`{key}`"),
                None => "all".to_owned(),
            };
            keys.iter().map(name).collect::<Vec<_>>().join(", ")
        };
        let _ = writeln!(table, "| `[{section}]` | {} | {} |", cell(READ_AGAIN), cell(NEEDS_RESTART));
    }
    table
}

#[test]
fn the_reference_in_the_chapter_names_what_is_read_again_and_what_needs_a_restart() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reload.md");
    let text = std::fs::read_to_string(page).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("where the table begins");
    let (_, after) = rest.split_once(END).expect("where it ends");
    let wanted = format!("{before}{BEGIN}\n{}\n{END}{after}", table());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(page, &wanted).unwrap();
    }
    let is_same = std::fs::read_to_string(page).unwrap() == wanted;
    assert!(is_same, "docs/reload.md is not what the settings say; `make docs` writes it again");
}

const DEMO: &str = "sandbox.enabled = true\nbackends.memory.demo_users = true\n";

/// Reads a file in the place of the one that a process runs with.
fn read_over(running: &str, wanted: &str) -> Result<Again, Failure> {
    let running = Snapshot::of(&load_text(running).expect("it is a configuration"));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("data-adapter.toml");
    std::fs::write(&file, wanted).expect("a file");
    load_again(&Flags { file: Some(file), ..Flags::default() }, &running)
}

#[test]
fn what_needs_a_restart_stays_as_it_was_and_is_named() {
    let wanted = "otp.digits = 6\nserver.port = 1\nserver.max_body_bytes = 2048\nstore.url = \"memory:\"\n\
                  audit.target = \"stdout\"\ntelemetry.service_name = \"other\"\n";
    let again = read_over(DEMO, &format!("{DEMO}{wanted}")).expect("it can be used");
    assert_eq!(again.changed, ["otp.digits", "server.max_body_bytes"]);
    let restart = ["audit.target", "server.port", "store.url", "telemetry.service_name"];
    assert_eq!(again.needs_restart, restart);
    let settings = again.settings;
    assert_eq!((settings.server.port, settings.otp.policy().digits), (8080, 6));
    assert!(settings.audit.target().expect("it is a target").is_none());
}

#[test]
fn what_is_right_only_with_what_needs_a_restart_is_refused_until_then() {
    const CALLER: &str =
        "[server]\nhost = \"0.0.0.0\"\nbehind_proxy = true\n[[callers.allowed]]\nname = \"a\"\n";
    let token = format!("token_sha256 = \"{}\"\n", "ab".repeat(32));
    let running = format!("sandbox.enabled = true\nsandbox.allow_any_address = true\n{CALLER}{token}");
    // On a loopback address nobody has to say who they are; on the one that it listens on everybody has to.
    let why = read_over(&running, "sandbox.enabled = true\n").err().map(|why| why.to_string());
    let why = why.expect("it is refused");
    assert!(why.starts_with("it needs a restart: with what was at `server.host` before, "), "{why}");
}
