use std::collections::HashMap;
use std::path::PathBuf;

use config::Environment;

use super::load::load_with;
use super::*;

fn environment(pairs: &[(&str, &str)]) -> Environment {
    let pairs: HashMap<String, String> =
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Environment::with_prefix("DATA_ADAPTER").source(Some(pairs))
}

fn flags(file: &str) -> Flags {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    Flags { file: Some(PathBuf::from(root).join(file)), ..Flags::default() }
}

fn demo(pairs: &[(&str, &str)]) -> Result<Settings, Failure> {
    load_with(&Flags::default(), environment(pairs))
}

fn refusal(pairs: &[(&str, &str)]) -> String {
    demo(pairs).unwrap_err().to_string()
}

#[test]
fn without_a_file_the_demo_runs() {
    let settings = demo(&[]).unwrap();
    assert!(settings.sandbox.enabled && settings.memory.is_demo());
    assert_eq!(settings.server.address().to_string(), "127.0.0.1:8080");
}

#[test]
fn the_environment_goes_before_the_file_and_flags_before_the_environment() {
    let pairs = [("DATA_ADAPTER__SERVER__PORT", "1"), ("DATA_ADAPTER__SERVER__HOST", "::1")];
    let settings = demo(&pairs).unwrap();
    assert_eq!(settings.server.address().to_string(), "[::1]:1");
    let flags = Flags { port: Some(2), ..Flags::default() };
    let settings = load_with(&flags, environment(&pairs)).unwrap();
    assert_eq!(settings.server.address().to_string(), "[::1]:2");
}

#[test]
fn unknown_keys_are_refused_by_name_and_without_their_value() {
    let message = refusal(&[("DATA_ADAPTER__OTP__KEYY", "s3cret")]);
    assert!(message.contains("keyy") && !message.contains("s3cret"), "{message}");
    assert!(refusal(&[("DATA_ADAPTER__SERVRE__PORT", "1")]).contains("servre"));
}

#[test]
fn values_that_make_no_sense_are_refused_by_the_name_of_their_key() {
    for (key, value, name) in [
        ("DATA_ADAPTER__OTP__DIGITS", "4", "otp.digits"),
        ("DATA_ADAPTER__OTP__EXPIRES_SECONDS", "301", "otp.expires_seconds"),
        ("DATA_ADAPTER__OTP__TRIES", "6", "otp.tries"),
        ("DATA_ADAPTER__STORE__URL", "mysql://", "store.url"),
        ("DATA_ADAPTER__SERVER__HOST", "0.0.0.0", "server.host"),
        ("DATA_ADAPTER__SANDBOX__ENABLED", "false", "sandbox.enabled"),
        ("DATA_ADAPTER__WEB_FLOW__CONTEXT_PATH", "no-slash", "web_flow.context_path"),
        ("DATA_ADAPTER__SERVER__PORT", "http", "server.port"),
        ("DATA_ADAPTER__WEB_FLOW__DIALECT", "7", "web_flow.dialect"),
    ] {
        assert!(refusal(&[(key, value)]).contains(name), "{key}: {}", refusal(&[(key, value)]));
    }
}

#[test]
fn the_sandbox_can_be_put_on_another_address_by_name() {
    let pairs =
        [("DATA_ADAPTER__SERVER__HOST", "0.0.0.0"), ("DATA_ADAPTER__SANDBOX__ALLOW_ANY_ADDRESS", "true")];
    assert!(demo(&pairs).is_ok());
}

#[test]
fn a_key_is_given_once_and_in_base64() {
    let key_of = |pairs: &[(&str, &str)]| demo(pairs).unwrap().password.key().unwrap_err().to_string();
    let both = key_of(&[("DATA_ADAPTER__PASSWORD__KEY_FILE", "/dev/null")]);
    assert!(both.contains("password.key") && both.contains("both"), "{both}");
    for (value, why) in [("s3cret!", "base64"), ("c2hvcnQ=", "16, 24 or 32 bytes")] {
        let message = key_of(&[("DATA_ADAPTER__PASSWORD__KEY", value)]);
        assert!(message.contains(why) && !message.contains(value), "{message}");
    }
}

#[test]
fn secrets_are_not_shown() {
    let settings = demo(&[("DATA_ADAPTER__OTP__KEY", "bWFya2Vk")]).unwrap();
    for shown in [settings.show().unwrap(), format!("{settings:?}")] {
        assert!(!shown.contains("bWFya2Vk"), "{shown}");
    }
    assert!(settings.show().unwrap().contains("key = \"[redacted]\""));
}

#[test]
fn a_file_that_is_named_but_missing_is_an_error() {
    let message = load_with(&flags("no-such-file.toml"), environment(&[])).unwrap_err().to_string();
    assert!(message.contains("no-such-file.toml"), "{message}");
}

#[test]
fn the_example_is_a_configuration_and_names_every_setting() {
    let file = flags("docs/data-adapter.example.toml");
    let settings = load_with(&file, environment(&[])).unwrap();
    let example = std::fs::read_to_string(file.file.unwrap()).unwrap();
    let shown: toml::Table = settings.show().unwrap().parse().unwrap();
    for (section, keys) in shown {
        for key in keys.as_table().unwrap().keys() {
            assert!(example.contains(key.as_str()), "the example leaves out {section}.{key}");
        }
    }
}
