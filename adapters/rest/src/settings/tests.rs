use std::error::Error;

use super::*;
use crate::RestBackend;

fn settings(toml: &str) -> RestSettings {
    toml::from_str(toml).unwrap()
}

/// What is said of settings that can't be used; they mark every secret.
fn refused(toml: &str) -> String {
    let error = RestBackend::new(settings(toml)).err().expect("the settings are refused");
    assert!(Error::source(&error).is_none());
    let text = error.to_string();
    assert!(!text.contains("MARKED"), "{text}");
    assert!(text.starts_with(&format!("`{}` ", error.key())), "{text}");
    text
}

#[test]
fn every_key_can_be_set_and_an_unknown_one_is_named() {
    let all = settings(
        r#"
        url = "https://core.bank.example/data-adapter"
        dialect = "1"
        allow_clear_text = false
        token = "t"
        default_organization = "RETAIL"
        proxy = "http://user:secret@proxy.bank.example:3128"
        connect_timeout_ms = 1000
        timeout_ms = 5000
        retries = 0
        max_connections = 8
        idle_seconds = 10
        keepalive_seconds = 20
        max_answer_bytes = 65536
        [timeouts]
        sms_create_ms = 20000
        "#,
    );
    assert_eq!(all.dialect, Dialect::V1);
    assert_eq!(all.deadline(Endpoint::SmsCreate), Duration::from_secs(20));
    assert_eq!(all.deadline(Endpoint::SmsVerify), Duration::from_secs(5));
    assert!(RestBackend::new(all).is_ok());
    for (toml, key) in [("ur = 1", "ur"), ("[timeouts]\nsms_ms = 1", "sms_ms")] {
        let error = toml::from_str::<RestSettings>(toml).unwrap_err().to_string();
        assert!(error.contains(&format!("unknown field `{key}`")), "{error}");
    }
}

#[test]
fn the_dialect_is_the_older_one_unless_the_other_is_named() {
    assert_eq!(settings("").dialect, Dialect::V0_22);
    assert_eq!(settings("dialect = '0.22'").dialect, Dialect::V0_22);
    for odd in ["0.23", "1.0", ""] {
        let error = toml::from_str::<RestSettings>(&format!("dialect = '{odd}'")).unwrap_err();
        assert_eq!(error.message(), "there are two dialects: 0.22 and 1", "{odd}");
    }
}

#[test]
fn a_url_that_is_none_is_refused_by_its_key() {
    for url in
        ["", "core.bank.example", "ftp://core.bank.example", "https://", "https://MARKED:MARKED@core.example"]
    {
        assert!(refused(&format!("url = '{url}'")).starts_with("`url` "), "{url}");
    }
    assert!(refused("url = 'https://core.example/x?token=MARKED'").starts_with("`url` "));
}

#[test]
fn clear_text_to_another_machine_has_to_be_allowed_by_name() {
    for local in ["http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1"] {
        assert!(RestBackend::new(settings(&format!("url = '{local}'"))).is_ok(), "{local}");
    }
    for far in ["http://core.bank.example", "http://10.0.0.1:1", "http://localhost.bank.example"] {
        assert!(refused(&format!("url = '{far}'\ntoken = 'MARKED'")).contains("allow_clear_text"), "{far}");
        let allowed = format!("url = '{far}'\nallow_clear_text = true");
        assert!(RestBackend::new(settings(&allowed)).is_ok(), "{far}");
    }
}

#[test]
fn credentials_have_to_be_whole_and_of_one_kind() {
    for (toml, key) in [
        ("username = 'u'", "password"),
        ("password = 'MARKED'", "username"),
        ("username = 'a:b'\npassword = 'MARKED'", "username"),
        ("username = 'u'\npassword = 'MARKED'\ntoken = 'MARKED'", "token"),
        ("token = \"MARKED\\n\"", "token"),
        ("client_certificate_file = 'c.pem'", "client_key_file"),
        ("client_key_file = 'k.pem'", "client_certificate_file"),
        ("proxy = 'MARKED'", "proxy"),
        ("proxy = 'socks5://u:MARKED@proxy'", "proxy"),
        ("ca_file = '/nowhere/ca.pem'", "ca_file"),
        ("timeout_ms = 0", "timeout_ms"),
        ("timeouts = { user_info_ms = 0 }", "timeouts.user_info_ms"),
        ("retries = 11", "retries"),
        ("max_connections = 0", "max_connections"),
        ("idle_seconds = 0", "idle_seconds"),
        ("keepalive_seconds = 3601", "keepalive_seconds"),
        ("max_answer_bytes = 10", "max_answer_bytes"),
        ("default_organization = ' '", "default_organization"),
    ] {
        let text = refused(&format!("url = 'http://localhost:1'\n{toml}"));
        assert!(text.starts_with(&format!("`{key}` ")), "{toml}: {text}");
    }
}

#[test]
fn debug_shows_no_secret() {
    let settings = settings(
        "url = 'https://core.bank.example'\nusername = 'u'\npassword = 'MARKED'\ntoken = 'MARKED'\nproxy = 'http://u:MARKED@p'",
    );
    let printed = format!("{settings:?}");
    assert!(!printed.contains("MARKED"), "{printed}");
}
