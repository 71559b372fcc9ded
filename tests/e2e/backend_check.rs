//! `data-adapter backend check`, and configurations of six lines, with real servers behind.

use std::net::TcpListener;
use std::path::Path;

use data_adapter_testkit::{NsSlapd, Relay, Samba, Slapd};

use crate::bank::{core, program};
use crate::support::payloads::{AUTHENTICATE, LOOKUP, PASSWORD, USERNAME, authenticate, lookup};
use crate::support::{Builder, DataAdapter, Exit};

/// A whole back end.
fn six_lines(preset: &str, url: &str) -> String {
    let (base, dn, password) = (Samba::BASE, Samba::SERVICE_DN, Samba::SERVICE_PASSWORD);
    format!(
        "kind = \"ldap\"
preset = {preset:?}
urls = [{url:?}]
bind_dn = {dn:?}
bind_password = {password:?}
organizations.RETAIL.base = \"ou=people,{base}\"
"
    )
}

fn adapter(backend: &str) -> Builder {
    DataAdapter::builder().config(format!(
        "sandbox.enabled = true
capabilities = {{ users = \"directory\", authentication = \"directory\", operations = \"engine\" }}
[backends.directory]
{backend}"
    ))
}

/// With the authority among those of the system.
fn trusting(builder: Builder, ca_file: &Path) -> Builder {
    builder.env("SSL_CERT_FILE", ca_file.display().to_string())
}

async fn check(builder: Builder, arguments: &[&str]) -> Exit {
    let all = ["backend", "check"].iter().chain(arguments);
    all.fold(builder, |builder, argument| builder.arg(*argument)).spawn_failing().await
}

/// That one line says that something is wrong, and with `words`.
fn assert_wrong(exit: &Exit, words: &[&str]) {
    assert_eq!(exit.status, Some(1), "{exit:?}");
    assert!(exit.stderr.contains("`directory` can't be used as it is"), "{exit:?}");
    let wrong: Vec<_> = exit.stdout.lines().filter(|line| line.starts_with("WRONG")).collect();
    assert!(wrong.len() == 1 && words.iter().all(|word| wrong[0].contains(word)), "{words:?}: {exit:?}");
    assert!(!format!("{exit:?}").contains(Samba::SERVICE_PASSWORD), "{exit:?}");
}

/// That users are found and log in with the six lines, and that the check finds nothing wrong with them.
async fn works(preset: &str, url: &str, ca_file: &Path) {
    let builder = || trusting(adapter(&six_lines(preset, url)), ca_file);
    let running = builder().start().await;
    let found = running.post(LOOKUP, lookup(USERNAME)).await;
    assert_eq!(found.status, 200, "{preset}: {}", found.text);
    let id = found.member("id");
    let entered = running.post(AUTHENTICATE, authenticate(&id, PASSWORD)).await;
    assert_eq!(entered.member("authenticationResult"), "VERIFIED_SUCCEEDED", "{preset}: {}", entered.text);
    let refused = running.post(AUTHENTICATE, authenticate(&id, "wrong")).await;
    assert_eq!(refused.member("authenticationResult"), "VERIFIED_FAILED", "{preset}: {}", refused.text);

    let user = &["directory", "--user", USERNAME, "--password-stdin"];
    let exit = check(builder().stdin(format!("{PASSWORD}\n")), user).await;
    assert_eq!((exit.status, exit.stderr.as_str()), (Some(0), ""), "{preset}: {exit:?}");
    for step in
        ["name ", "connection to ", "TLS with ", "bind as ", "base of RETAIL", "filter of RETAIL", "password"]
    {
        assert!(exit.stdout.contains(&format!("ok     {step}")), "{preset}, {step}: {exit:?}");
    }
    assert!(exit.stdout.contains(&id) && exit.stdout.contains("has a phone number"), "{preset}: {exit:?}");
    assert!(!exit.stdout.contains("000-000") && !exit.stdout.contains("000000"), "no phone number: {exit:?}");
    assert!(!exit.stdout.contains(PASSWORD), "{exit:?}");

    let exit = check(builder().stdin("wrong\n"), user).await;
    assert_eq!(exit.status, Some(1), "{preset}: {exit:?}");
    assert!(exit.stdout.contains("WRONG  password: it is wrong"), "{preset}: {exit:?}");
}

#[tokio::test]
async fn six_lines_are_enough_for_active_directory() {
    let Some(samba) = Samba::builder().global("ldap server require strong auth = yes").start() else {
        return;
    };
    works("active-directory", &samba.tls_url(), &samba.ca_file()).await;
}

#[tokio::test]
async fn six_lines_are_enough_for_389() {
    let Some(server) = NsSlapd::builder().start() else { return };
    works("389ds", &server.tls_url(), &server.ca_file()).await;
}

#[tokio::test]
async fn six_lines_are_enough_for_openldap() {
    let Some(slapd) = Slapd::builder().start() else { return };
    works("openldap", &slapd.tls_url(), &slapd.ca_file()).await;
}

/// On a terminal, where what is typed does not show.
#[tokio::test]
async fn a_password_can_be_typed_at_a_terminal_or_left_out() {
    const COMMAND: &str = "\"$0\" backend check directory --user user1234";
    let Some(slapd) = Slapd::builder().start() else { return };
    let settings = six_lines("openldap", &slapd.url());
    for (typed, status, last) in [
        (PASSWORD, Some(0), "ok     password: it is right"),
        ("wrong", Some(1), "WRONG  password: it is wrong"),
        ("", Some(0), "ok     user: id "),
    ] {
        let shell = format!("sh -c '{COMMAND}' {}", data_adapter_tests::binary::binary().display());
        let builder = adapter(&settings).program(Path::new("/usr/bin/script"));
        let builder = ["--quiet", "--return", "--command", &shell, "/dev/null"]
            .iter()
            .fold(builder, |builder, argument| builder.arg(*argument));
        let exit = builder.stdin(format!("{typed}\n")).spawn_failing().await;
        assert_eq!(exit.status, status, "{typed:?}: {exit:?}");
        assert!(exit.stdout.contains("Password (nothing leaves it out): "), "{exit:?}");
        let line = exit.stdout.lines().rfind(|line| line.contains("ok ") || line.contains("WRONG "));
        assert!(line.is_some_and(|line| line.contains(last)), "{typed:?}: {exit:?}");
    }
}

#[tokio::test]
async fn each_step_that_is_wrong_says_what_to_do() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let url = slapd.url();
    let nobody = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    let closed = format!("ldap://{}", nobody.local_addr().expect("it listens"));
    drop(nobody);
    let good = six_lines("openldap", &url);
    for (from, to, words) in [
        (url.as_str(), "ldaps://nowhere.invalid", &["name nowhere.invalid", "spelling"][..]),
        (&url, &closed, &["connection to 127.0.0.1", "whether the server runs"]),
        (&url, &url.replace("ldap://", "ldaps://"), &["TLS with", "636"]),
        ("service-s3cret", "wr0ng", &["bind as cn=data-adapter", "invalid credentials", "`bind_password`"]),
        ("ou=people", "ou=nobody", &["base of RETAIL", "`organizations.RETAIL.base`"]),
        (
            "organizations.RETAIL.base",
            "organizations.RETAIL.filter = \"(initials={username})\"\norganizations.RETAIL.base",
            &["filter of RETAIL", "(initials=*)", "`organizations.RETAIL.filter`"],
        ),
        ("kind", "attributes.phone = \"mobil\"\nkind", &["schema", "`mobil`", "`attributes.phone`"]),
        ("kind", "attributes.id = \"title\"\nkind", &["attributes of RETAIL", "`title`", "`attributes.id`"]),
    ] {
        assert!(good.contains(from), "{from}");
        assert_wrong(&check(adapter(&good.replacen(from, to, 1)), &["directory"]).await, words);
    }
    let nobody = check(adapter(&good), &["directory", "--user", "nobody"]).await;
    assert_wrong(&nobody, &["user: nobody of RETAIL", "--organization"]);
}

/// The lines of what was not tried.
fn left_out(exit: &Exit) -> Vec<&str> {
    exit.stdout
        .lines()
        .filter(|line| line.starts_with("skip ") && line.contains("left out, since "))
        .collect()
}

#[tokio::test]
async fn a_step_that_is_left_out_says_so() {
    let (Some(slapd), Some(expired)) =
        (Slapd::builder().start(), Slapd::builder().expired_certificate().start())
    else {
        return;
    };
    let user = ["directory", "--user", USERNAME, "--password-stdin"];
    let good = six_lines("openldap", &slapd.url());
    let servers = format!("{:?}, {:?}", expired.tls_url(), slapd.url());
    let one_of_two = format!(
        "{}ca_file = {:?}\n",
        good.replace(&format!("{:?}", slapd.url()), &servers),
        expired.ca_file()
    );
    for (settings, steps) in [
        (one_of_two, &["bind as ", "user: ", "password: "][..]),
        (format!("{good}attributes.phone = \"mobil\"\n"), &["user: ", "password: "]),
        (good.replace("ou=people", "ou=nobody"), &["filter of ", "attributes of ", "user: ", "password: "]),
        (
            good.replace("ldap://", "ldaps://"),
            &["bind as ", "schema: ", "base of ", "filter of ", "attributes of ", "user: ", "password: "],
        ),
    ] {
        let exit = check(adapter(&settings).stdin(format!("{PASSWORD}\n")), &user).await;
        assert_eq!(exit.status, Some(1), "{exit:?}");
        let said = left_out(&exit);
        assert!(
            said.len() == steps.len() && said.iter().zip(steps).all(|(line, step)| line.contains(step)),
            "{steps:?}: {exit:?}"
        );
    }
    let empty = check(adapter(&good).stdin("\n"), &user).await;
    assert_eq!((empty.status, left_out(&empty).len()), (Some(1), 1), "{empty:?}");
}

#[tokio::test]
async fn an_organization_that_there_is_not_is_an_error() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let settings = six_lines("openldap", &slapd.url());
    let exit =
        check(adapter(&settings), &["directory", "--user", USERNAME, "--organization", "RETIAL"]).await;
    assert_wrong(&exit, &["user: ", "no organization `RETIAL`", "one of RETAIL"]);
}

#[tokio::test]
async fn a_port_that_gives_no_ldap_says_what_to_look_at() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let at_tls = slapd.tls_url().replace("ldaps://", "ldap://");
    let silent = Relay::start(&slapd.url()).await;
    silent.be_silent(true);
    for (url, words) in [
        (at_tls, &["bind as ", "one for TLS (`ldaps://`, 636)"]),
        (silent.url(), &["bind as ", "whether the server hangs"]),
    ] {
        assert_wrong(&check(adapter(&six_lines("openldap", &url)), &["directory"]).await, words);
    }
}

#[tokio::test]
async fn a_phone_that_nobody_has_is_told_of() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let settings = format!("{}attributes.phone = \"pager\"\n", six_lines("openldap", &slapd.url()));
    let exit = check(adapter(&settings), &["directory"]).await;
    assert_eq!(exit.status, Some(0), "{exit:?}");
    assert!(exit.stdout.contains("no `pager` (`attributes.phone`)"), "{exit:?}");
}

/// Each server whose certificate is refused, as TLS names it, and what is said of it.
async fn refused(url: &str, ca_file: &Path, preset: &str, words: &[&str]) {
    let settings = format!("{}ca_file = {ca_file:?}\n", six_lines(preset, url));
    let exit = check(adapter(&settings), &["directory"]).await;
    assert_wrong(&exit, &[&["TLS with", "the certificate of the server is refused"], words].concat());

    let mut running = adapter(&settings).start().await;
    assert_eq!(running.get("/health/ready").await.status, 503);
    running.logged("it is not ready", 1).await;
    let log = running.log();
    for line in ["a server of the directory can't be trusted", "it is not ready"] {
        let said = log.lines().find(|said| said.contains(line)).unwrap_or_default();
        assert!(words.iter().all(|word| said.contains(word)), "{words:?} of {line}: {log}");
    }
    assert!(!log.contains("is down"), "{log}");
}

#[tokio::test]
async fn a_certificate_that_is_refused_is_said_to_be_that() {
    let Some(samba) = Samba::builder().own_certificate().start() else { return };
    let Some(slapd) = Slapd::builder().start() else { return };
    let Some(expired) = Slapd::builder().expired_certificate().start() else { return };
    refused(&samba.tls_url(), &samba.ca_file(), "active-directory", &["names no host", "Samba"]).await;
    refused(&slapd.tls_url(), &samba.ca_file(), "openldap", &["no authority", "`ca_file`"]).await;
    let by_address = slapd.tls_url().replace("localhost", "127.0.0.1");
    refused(&by_address, &slapd.ca_file(), "openldap", &["is for localhost, and not for 127.0.0.1"]).await;
    refused(&expired.tls_url(), &expired.ca_file(), "openldap", &["it expired at ", "renew"]).await;
}

#[tokio::test]
async fn a_rest_back_end_is_checked_too() {
    let behind = DataAdapter::start().await;
    let rest = |url: &str| format!("kind = \"rest\"\nurl = {url:?}\ndefault_organization = \"RETAIL\"\n");
    let exit = check(adapter(&rest(&behind.url(""))), &["directory", "--user", USERNAME]).await;
    assert_eq!(exit.status, Some(0), "{exit:?}");
    for step in ["name ", "connection to ", "TLS and service status", "user: id "] {
        assert!(exit.stdout.contains(&format!("ok     {step}")), "{step}: {exit:?}");
    }
    assert!(!exit.stdout.contains("phone number"), "its lookup tells none: {exit:?}");
    let elsewhere = check(adapter(&rest(&behind.url("/elsewhere"))), &["directory"]).await;
    assert_wrong(&elsewhere, &["TLS and service status", "404"]);
    assert_wrong(
        &check(adapter(&rest("https://nowhere.invalid")), &["directory"]).await,
        &["name nowhere.invalid", "spelling"],
    );
}

#[tokio::test]
async fn a_back_end_of_a_banks_own_is_asked_whether_it_is_ready() {
    let core = core().await;
    let fine = check(program::builder(&core, ""), &["bank"]).await;
    assert_eq!(fine.status, Some(0), "{fine:?}");
    assert!(fine.stdout.starts_with("ok     the system behind: it answers"), "{fine:?}");
    let stranger = program::builder(&core, "").env("DATA_ADAPTER__BACKENDS__BANK__TOKEN", "another");
    let wrong = check(stranger, &["bank"]).await;
    assert_eq!(wrong.status, Some(1), "{wrong:?}");
    assert!(wrong.stdout.starts_with("WRONG  the system behind: "), "{wrong:?}");
}

#[tokio::test]
async fn a_back_end_that_is_not_configured_is_a_mistake_of_the_configuration() {
    let exit = check(DataAdapter::builder(), &["directory"]).await;
    assert_eq!(exit.status, Some(78), "{exit:?}");
    assert!(exit.stderr.contains("there is no `[backends.directory]`"), "{exit:?}");
    let exit = check(DataAdapter::builder(), &["memory", "--password-stdin"]).await;
    assert_eq!(exit.status, Some(2), "the user is missing: {exit:?}");
}
