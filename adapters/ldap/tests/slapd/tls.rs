//! LDAPS and StartTLS, with an authority of one's own.

use data_adapter_ldap::{LdapBackend, LdapSettings};
use data_adapter_testkit::{NsSlapd, Samba, Slapd};

use crate::support::{PASSWORD, USER, by_name, is_right, quick, remote_in_time, with_settings};

fn with_ca(slapd: &Slapd, settings: &str) -> String {
    format!("ca_file = {:?}\n{settings}", slapd.ca_file())
}

/// Each with settings that are right.
fn ways(slapd: &Slapd) -> [String; 2] {
    let start_tls = format!("start_tls = true\n{}", quick(&[slapd.named_url()]));
    [quick(&[slapd.tls_url()]), start_tls].map(|settings| with_ca(slapd, &settings))
}

#[tokio::test(flavor = "multi_thread")]
async fn users_log_in_over_ldaps_and_over_start_tls() {
    let Some(slapd) = Slapd::builder().global("security ssf=128").start() else { return };
    for settings in ways(&slapd) {
        let backend = with_settings(&settings);
        assert!(is_right(&backend, USER, PASSWORD).await);
        assert!(!is_right(&backend, USER, "wrong").await);
    }
    let in_clear = with_settings(&quick(&[slapd.url()]));
    remote_in_time(by_name(&in_clear, "user1234")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn users_of_active_directory_and_of_389_log_in_over_ldaps() {
    let Some(samba) = Samba::builder().global("ldap server require strong auth = yes").start() else {
        return;
    };
    let Some(other) = NsSlapd::builder().config("nsslapd-require-secure-binds: on").start() else { return };
    for (settings, ca_file) in [
        (Samba::settings(&[samba.tls_url()]), samba.ca_file()),
        (NsSlapd::settings(&[other.tls_url()]), other.ca_file()),
    ] {
        let backend = with_settings(&format!("ca_file = {ca_file:?}\n{settings}"));
        assert!(is_right(&backend, USER, PASSWORD).await);
        assert!(!is_right(&backend, USER, "wrong").await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_another_authority_ends_it_before_any_password_is_sent() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let Some(other) = Slapd::builder().start() else { return };
    for settings in ways(&slapd) {
        let own = format!("{:?}", slapd.ca_file());
        let backend = with_settings(&settings.replace(&own, &format!("{:?}", other.ca_file())));
        remote_in_time(by_name(&backend, "user1234")).await;
    }
    assert!(!slapd.log().contains("BIND"), "{}", slapd.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_another_name_ends_it_before_any_password_is_sent() {
    let Some(slapd) = Slapd::builder().start() else { return };
    for settings in ways(&slapd) {
        let backend = with_settings(&settings.replace("//localhost", "//127.0.0.1"));
        remote_in_time(by_name(&backend, "user1234")).await;
    }
    assert!(!slapd.log().contains("BIND"), "{}", slapd.log());
}

#[test]
fn an_authority_that_cannot_be_read_is_named() {
    let empty = std::env::temp_dir();
    for file in ["/nowhere/ca.pem", &empty.display().to_string(), "/dev/null"] {
        let settings = Slapd::settings(&["ldaps://localhost".to_owned()]);
        let settings: LdapSettings =
            toml::from_str(&format!("ca_file = {file:?}\n{settings}")).expect("it is TOML");
        let Err(error) = LdapBackend::new(&settings) else { unreachable!("{file} holds no authority") };
        assert!(error.key == "ca_file" && error.reason.contains(file), "{error}");
    }
}
