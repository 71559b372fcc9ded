use super::*;
use crate::config::{Settings, load_with_variables};

const FILE: &str = "\
    sandbox.enabled = true\n\
    [backends.core-banking]\nkind = \"memory\"\ndemo_users = true\n\
    [backends.memory]\ndemo_users = true\n\
    [organizations.SME]\nusers = \"memory\"\n";

fn load(file: &str, pairs: &[(&str, &str)]) -> Result<Settings, Failure> {
    load_with_variables(file, pairs.iter().map(|(name, value)| (name.into(), value.into())))
}

fn refusal(file: &str, name: &str) -> String {
    load(file, &[(name, "s3cret")]).unwrap_err().to_string()
}

#[test]
fn names_of_the_file_are_matched_in_any_case_and_with_an_underscore_for_a_hyphen() {
    let pairs = [
        ("DATA_ADAPTER__ORGANIZATIONS__SME__USERS", "core-banking"),
        ("DATA_ADAPTER__BACKENDS__CORE_BANKING__CALLS__DEADLINE_MS", "1234"),
    ];
    let settings = load(FILE, &pairs).unwrap();
    assert_eq!(settings.organizations.keys().collect::<Vec<_>>(), ["SME"]);
    let shown = format!("{:?}", settings.organizations);
    assert!(shown.contains("core-banking"), "{shown}");
    let deadline = settings.backends.get("core-banking").unwrap().unwrap().calls;
    assert!(format!("{deadline:?}").contains("1234"), "{deadline:?}");
}

#[test]
fn a_name_that_the_file_does_not_have_is_refused_with_those_that_it_has() {
    for (name, place) in [
        ("DATA_ADAPTER__ORGANIZATIONS__SOHO__USERS", "there is no SOHO, `organizations` has only SME"),
        ("DATA_ADAPTER__BACKENDS__LDAP__URLS", "there is no LDAP, `backends` has only core-banking, memory"),
        (
            "DATA_ADAPTER__BACKENDS__MEMORY__ORGANIZATIONS__SME__BASE",
            "there is no SME, `backends.memory.organizations` is empty",
        ),
        ("DATA_ADAPTER__CONSENT__FORMS__LOGIN__VERSION", "there is no LOGIN, `consent.forms` is empty"),
    ] {
        let message = refusal(FILE, name);
        assert!(message.contains(name) && message.contains(place), "{message}");
        assert!(!message.contains("s3cret"), "{message}");
    }
}

#[test]
fn a_name_that_fits_two_of_the_file_is_refused_with_both() {
    let file = format!("{FILE}[organizations.sme]\nusers = \"memory\"\n");
    let message = refusal(&file, "DATA_ADAPTER__ORGANIZATIONS__SME__USERS");
    assert!(
        message.contains("more than one of `organizations`") && message.contains("SME, sme"),
        "{message}"
    );
}

#[test]
fn two_variables_for_one_setting_are_refused() {
    let pairs = [
        ("DATA_ADAPTER__ORGANIZATIONS__SME__USERS", "memory"),
        ("DATA_ADAPTER__organizations__sme__users", "core-banking"),
    ];
    let message = load(FILE, &pairs).unwrap_err().to_string();
    assert!(message.contains("keep one"), "{message}");
}

#[test]
fn a_variable_that_is_no_setting_is_refused_with_the_nearest_right_name() {
    for (name, right) in [
        ("SERVER__PROT", "; DATA_ADAPTER__SERVER__PORT is"),
        ("SERVRE__PORT", "; DATA_ADAPTER__SERVER__PORT is"),
        ("OTP__COLOUR", "is no setting"),
        ("ORGANIZATIONS__SME__USRES", "; DATA_ADAPTER__ORGANIZATIONS__SME__USERS is"),
        ("SERVER_PORT", "; DATA_ADAPTER__SERVER__PORT is"),
        ("OTP_KEY", "; DATA_ADAPTER__OTP__KEY is"),
        ("AUDIT_FILE", "; DATA_ADAPTER__AUDIT__FILE is"),
        ("SANDBOX_ENABLED", "; DATA_ADAPTER__SANDBOX__ENABLED is"),
        ("WEB_FLOW_DIALECT", "; DATA_ADAPTER__WEB_FLOW__DIALECT is"),
        ("WEB__FLOW__LIMITS__USERNAME", "; DATA_ADAPTER__WEB_FLOW__LIMITS__USERNAME is"),
        ("TLS__CERT_FILE", "; DATA_ADAPTER__TLS__CERTIFICATE_FILE is"),
        ("PORT", "is no setting"),
        ("VERSION", "is no setting"),
        (
            "BACKENDS_CORE_BANKING_CALLS_DEADLINE_MS",
            "; DATA_ADAPTER__BACKENDS__CORE_BANKING__CALLS__DEADLINE_MS is",
        ),
        ("SERVER", "is no setting: `server` is a table, of which a variable sets one key"),
        (
            "ORGANIZATIONS__SME",
            "is no setting: `organizations.SME` is a table, of which a variable sets one key",
        ),
        (
            "SERVER__TRUSTED_PROXIES",
            "is no setting: `server.trusted_proxies` is a list, which only the file has",
        ),
    ] {
        let name = format!("DATA_ADAPTER__{name}");
        let message = refusal(FILE, &name);
        assert!(message.contains(&name) && message.ends_with(right), "{message}");
        assert!(!message.contains("s3cret"), "{message}");
    }
}

#[test]
fn a_variable_with_a_wrong_value_is_named_and_nothing_of_the_program() {
    for (name, value, why) in [
        ("OTP__DIGITS", "4", "`otp.digits` has to be from"),
        ("SERVER__PORT", "http", "`server.port` has a value of the wrong type, expected"),
        ("CONSENT__HTML", "Strict", "`consent.html` is none of what it can be: `web-flow` or `strict`"),
        (
            "BACKENDS__CORE_BANKING__CALLS__DEADLINE_MS",
            "x",
            "`backends.core-banking.calls.deadline_ms` has a value",
        ),
        (
            "BACKENDS__CORE_BANKING__CALLS__DEADLINE_MS",
            "1",
            "`backends.core-banking.calls.deadline_ms` has to be",
        ),
        (
            "BACKENDS__CORE_BANKING__CALL__DEADLINE_MS",
            "1000",
            "`backends.core-banking.call` is no setting; `calls` is one",
        ),
    ] {
        let name = format!("DATA_ADAPTER__{name}");
        let loaded = load(FILE, &[(&name, value)]);
        let connected = loaded.and_then(|settings| {
            let connected = crate::backends::connect("core-banking", &settings, &crate::backends::builtin());
            connected.map_err(|failure| settings.blame(failure))
        });
        let message = connected.map(drop).unwrap_err().to_string();
        assert!(message.starts_with(&format!("the environment variable {name}: {why}")), "{message}");
    }
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf_8_is_refused() {
    use std::os::unix::ffi::OsStringExt as _;
    let name = OsString::from_vec(b"DATA_ADAPTER__SERVER__PORT\xff".to_vec());
    let refused = load_with_variables(FILE, std::iter::once((name, "1".into())));
    let message = refused.map(drop).unwrap_err().to_string();
    assert!(message.contains("DATA_ADAPTER__SERVER__PORT") && message.contains("not UTF-8"), "{message}");
    let other = OsString::from_vec(b"OTHER\xff".to_vec());
    assert!(load_with_variables(FILE, std::iter::once((other, "1".into()))).is_ok());
}

#[test]
fn variables_that_only_share_the_beginning_are_ignored_and_near_misses_warned_of() {
    let of_kubernetes = [
        "DATA_ADAPTER_PORT",
        "DATA_ADAPTER_PORT_8080_TCP_ADDR",
        "DATA_ADAPTER_SERVICE_HOST",
        "DATA_ADAPTER_SERVICE_PORT_HTTP",
    ];
    let pairs = of_kubernetes.map(|name| (name, "tcp://10.0.0.1:8080"));
    assert!(load(FILE, &pairs).is_ok());
    let configuration: toml::Table = format!("server = {{}}\notp = {{}}\n{FILE}").parse().unwrap();
    let warned = |names: &[&str]| near_misses(names.iter().copied(), &configuration);
    assert_eq!(warned(&of_kubernetes), [""; 0]);
    assert_eq!(warned(&["DATA_ADAPTER_CONFIG", "DATA_ADAPTER__SERVER__PORT"]), [""; 0]);
    for (name, end) in [
        ("DATA_ADAPTER_OTP_DIGITS", "ignored; DATA_ADAPTER__OTP__DIGITS would be one"),
        ("DATA_ADAPTER_SERVER__PORT", "ignored; DATA_ADAPTER__SERVER__PORT would be one"),
        (
            "DATA_ADAPTER_BACKENDS_MEMORY_DEMO_USERS",
            "ignored; DATA_ADAPTER__BACKENDS__MEMORY__DEMO_USERS would be one",
        ),
        ("DATA_ADAPTER_OTP_COLOUR", "is ignored"),
        ("DATA_ADAPTER_CONFG", "ignored; DATA_ADAPTER_CONFIG names the file"),
        ("DATA_ADAPTER_CONFIG_FILE", "ignored; DATA_ADAPTER_CONFIG names the file"),
        ("DATA_ADAPTER_CFONIG", "ignored; DATA_ADAPTER_CONFIG names the file"),
    ] {
        assert!(warned(&[name])[0].ends_with(end), "{:?}", warned(&[name]));
    }
}
