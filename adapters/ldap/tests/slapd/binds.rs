//! Passwords are checked over connections that are kept and do nothing else: what one bind leaves behind for the next.

use std::time::{Duration, Instant};

use data_adapter_core::{AdapterError, AuthenticationOutcome, Restriction};
use data_adapter_ldap::LdapBackend;
use data_adapter_testkit::{NsSlapd, Samba, Slapd};

use crate::gatekeeper::{Gatekeeper, SecondBind};
use crate::states::{self, WRONG, restricted};
use crate::support::{
    NO_BIND, PASSWORD, PATIENCE, USER, found, is_right, log_at_rest, log_in, quick, remote_in_time,
    with_settings,
};

/// Nobody has it.
const UNKNOWN: &str = "99999999";

/// With one connection for searches and one for binds at a time, so that each bind comes after the one before.
fn one_at_a_time(settings: &str) -> LdapBackend {
    with_settings(&format!("pool_size = 1\n{settings}"))
}

/// Waits until it is so.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The lines of a log that are about a connection, without what is before its number.
fn of_connection<'a>(log: &'a str, connection: &str) -> Vec<&'a str> {
    let mark = format!("conn={connection} ");
    log.lines().filter_map(|line| Some(line.split_once(&mark)?.1)).collect()
}

/// The connections that a user was bound on.
fn with_users(log: &str) -> Vec<String> {
    let lines = log.lines().filter(|line| line.contains(" BIND dn=\"uid="));
    let mut connections: Vec<_> =
        lines.filter_map(|line| Some(line.split_once("conn=")?.1.split_once(' ')?.0.to_owned())).collect();
    connections.sort_unstable();
    connections.dedup();
    connections
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_takes_all_binds_and_nothing_but_binds() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let backend = one_at_a_time(&quick(&[slapd.url()]));
    for _ in 0..5 {
        assert!(is_right(&backend, USER, PASSWORD).await);
        assert!(!is_right(&backend, USER, "wrong").await);
    }
    drop(backend);
    until("it says goodbye", || slapd.log().matches(" UNBIND").count() > 0).await;
    let log = slapd.log();
    let [connection] = &with_users(&log)[..] else { unreachable!("not one connection: {log}") };
    let asked = of_connection(&log, connection);
    let asked = asked.iter().filter(|line| !line.contains("RESULT") && !line.contains("mech="));
    let words = asked.filter_map(|line| line.split(' ').find(|word| word.chars().all(char::is_uppercase)));
    let other: Vec<_> = words.filter(|word| !["BIND", "ACCEPT", "UNBIND"].contains(word)).collect();
    assert!(other.is_empty(), "{other:?}: {log}");
}

/// Neither while somebody else's is the next, nor while it waits for that.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_has_nobodys_rights_before_it_is_used_again() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let backend = one_at_a_time(&quick(&[slapd.url()]));
    for password in [PASSWORD, "wrong", PASSWORD] {
        log_in(&backend, USER, password).await.expect("the directory answers");
    }
    let nobody = || slapd.log().matches("BIND dn=\"\" method=128").count();
    until("it is bound as nobody", || nobody() == 3).await;
    let log = slapd.log();
    let connections = with_users(&log);
    let binds = of_connection(&log, &connections[0]).into_iter().filter(|line| line.contains("method=128"));
    let is_users: Vec<_> = binds.map(|line| line.contains("dn=\"uid=user1234")).collect();
    assert_eq!(is_users, [true, false, true, false, true, false], "{log}");
}

/// Each of the accounts after each of them, over one connection.
async fn each_after_each(url: &str, settings: &str, cases: &[(&str, &str, AuthenticationOutcome)]) {
    let gatekeeper = Gatekeeper::start(url, SecondBind::PassedOn).await;
    let backend = one_at_a_time(&settings.replace(url, &gatekeeper.url()));
    let outcome = async |id, password| log_in(&backend, id, password).await.expect("the directory answers");
    for (before, its_password, _) in cases {
        for (id, password, expected) in cases {
            outcome(*before, *its_password).await;
            assert_eq!(outcome(*id, *password).await, *expected, "{id} {password} after {before}");
        }
    }
    let binds = 2 * cases.len() * cases.len();
    assert_eq!((gatekeeper.users(), gatekeeper.connections()), (binds, 1));
}

async fn right(backend: &LdapBackend) -> AuthenticationOutcome {
    log_in(backend, USER, PASSWORD).await.expect("the directory answers")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_of_one_bind_changes_nothing_for_the_next() {
    let Some(slapd) = Slapd::builder().entries(&states::entries()).start() else { return };
    let settings = Slapd::settings(&[slapd.url()]);
    let cases = [
        (USER, PASSWORD, right(&with_settings(&settings)).await),
        (USER, "wrong", WRONG),
        (UNKNOWN, PASSWORD, WRONG),
        ("1", PASSWORD, restricted("1", Restriction::MustChangePassword)),
        ("2", PASSWORD, restricted("2", Restriction::PasswordExpired)),
        ("2", "wrong", WRONG),
    ];
    each_after_each(&slapd.url(), &settings, &cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_does_it_with_active_directory() {
    let Some(samba) = Samba::builder().start() else { return };
    let settings = Samba::settings(&[samba.url()]);
    let cases = [
        (USER, PASSWORD, right(&with_settings(&settings)).await),
        (USER, "wrong", WRONG),
        (UNKNOWN, PASSWORD, WRONG),
        ("20000004", PASSWORD, restricted("20000004", Restriction::PasswordExpired)),
        ("20000005", PASSWORD, restricted("20000005", Restriction::MustChangePassword)),
        ("20000007", PASSWORD, restricted("20000007", Restriction::OutsideHours)),
    ];
    each_after_each(&samba.url(), &settings, &cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_does_it_with_389_directory_server() {
    let Some(server) = NsSlapd::builder().start() else { return };
    let settings = NsSlapd::settings(&[server.url()]);
    let cases = [
        (USER, PASSWORD, right(&with_settings(&settings)).await),
        (USER, "wrong", WRONG),
        (UNKNOWN, PASSWORD, WRONG),
        ("20000004", PASSWORD, restricted("20000004", Restriction::PasswordExpired)),
        ("20000005", PASSWORD, restricted("20000005", Restriction::MustChangePassword)),
    ];
    each_after_each(&server.url(), &settings, &cases).await;
}

/// A directory that takes nobody in particular says 48, or 389 Directory Server the same; the rights are gone all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_takes_no_anonymous_binds_is_asked_over_kept_connections_too() {
    let Some(slapd) = Slapd::builder().global("disallow bind_anon").start() else { return };
    let closed = "nsslapd-allow-anonymous-access: off";
    let Some(server) = NsSlapd::builder().config(closed).start() else { return };
    for (url, settings) in
        [(slapd.url(), Slapd::settings(&[slapd.url()])), (server.url(), NsSlapd::settings(&[server.url()]))]
    {
        let gatekeeper = Gatekeeper::start(&url, SecondBind::PassedOn).await;
        let backend = one_at_a_time(&settings.replace(&url, &gatekeeper.url()));
        for _ in 0..3 {
            assert!(is_right(&backend, USER, PASSWORD).await);
            assert!(!is_right(&backend, USER, "wrong").await);
        }
        assert_eq!((gatekeeper.users(), gatekeeper.connections()), (6, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_of_tls_serves_many_binds() {
    let Some(slapd) = Slapd::builder().global("security ssf=128").start() else { return };
    for (url, start_tls) in [(slapd.tls_url(), ""), (slapd.named_url(), "start_tls = true\n")] {
        let before = slapd.log();
        let settings = Slapd::settings(&[url]);
        let backend = one_at_a_time(&format!("ca_file = {:?}\n{start_tls}{settings}", slapd.ca_file()));
        for _ in 0..3 {
            assert!(is_right(&backend, USER, PASSWORD).await);
            assert!(!is_right(&backend, USER, "wrong").await);
        }
        let log = slapd.log();
        let handshakes = log[before.len()..].matches(" TLS established").count();
        assert_eq!(handshakes, 2, "one for searches, one for binds: {log}");
    }
}

/// The request may have been counted. It says nothing about the server, which is not given up for it.
#[tokio::test(flavor = "multi_thread")]
async fn a_bind_that_is_lost_on_a_kept_connection_is_an_error_and_not_repeated() {
    for (manner, expected) in [
        (SecondBind::LostOfUsers, "it ended the connection before it answered"),
        (SecondBind::SwallowedOfUsers, NO_BIND),
    ] {
        let Some(slapd) = Slapd::builder().start() else { return };
        let gatekeeper = Gatekeeper::start(&slapd.url(), manner).await;
        let backend = one_at_a_time(&quick(&[gatekeeper.url()]));
        assert!(is_right(&backend, USER, PASSWORD).await);
        let why = match log_in(&backend, USER, PASSWORD).await {
            Err(AdapterError::Unanswerable(why)) => why,
            other => unreachable!("{manner:?}: {other:?}"),
        };
        assert!(why.contains(expected), "{manner:?}: {why}");
        let users = slapd.log().matches(" BIND dn=\"uid=user1234,ou=people,dc=bank,dc=test\" method").count();
        assert_eq!((gatekeeper.users(), users), (2, 2), "{manner:?}");
        assert!(is_right(&backend, USER, PASSWORD).await, "{manner:?}: the next one has a new connection");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_ended_while_it_waited_costs_nobody_an_error() {
    let Some(mut slapd) = Slapd::builder().global("idletimeout 1").start() else { return };
    let backend = one_at_a_time(&quick(&[slapd.url()]));
    assert!(is_right(&backend, USER, PASSWORD).await);
    until("the server closes both", || slapd.log().matches("closed (idletimeout)").count() == 2).await;
    assert!(is_right(&backend, USER, PASSWORD).await);
    slapd.stop();
    slapd.start_again();
    assert!(is_right(&backend, USER, PASSWORD).await);
}

/// Nothing else shows it: the connection that searches goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_for_binds_that_alone_ended_while_it_waited_costs_nobody_an_error() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let gatekeeper = Gatekeeper::start(&slapd.url(), SecondBind::AnsweredAtLast).await;
    let backend = one_at_a_time(&quick(&[gatekeeper.url()]));
    for _ in 0..5 {
        assert!(is_right(&backend, USER, PASSWORD).await);
        assert!(!is_right(&backend, USER, "wrong").await);
    }
    assert_eq!((gatekeeper.users(), gatekeeper.connections()), (10, 10));
}

/// What shows it is a bind as nobody, so that no user's is lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_takes_one_bind_on_a_connection_costs_nobody_an_error() {
    for manner in [SecondBind::Refused, SecondBind::Ended] {
        let Some(slapd) = Slapd::builder().start() else { return };
        let gatekeeper = Gatekeeper::start(&slapd.url(), manner).await;
        let backend = one_at_a_time(&quick(&[gatekeeper.url()]));
        for _ in 0..3 {
            assert!(is_right(&backend, USER, PASSWORD).await, "{manner:?}");
            assert!(!is_right(&backend, USER, "wrong").await, "{manner:?}");
        }
        let binds = gatekeeper.seen();
        let nobody = binds.iter().filter(|(_, is_somebody)| !is_somebody).count();
        assert_eq!((nobody, gatekeeper.users(), gatekeeper.connections()), (1, 6, 6), "{binds:?}");
    }
}

/// It says that it has not done it, so that it has not counted it either.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_the_second_bind_of_a_user_is_asked_once_more_over_a_new_connection() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let gatekeeper = Gatekeeper::start(&slapd.url(), SecondBind::RefusedToUsers).await;
    let backend = one_at_a_time(&quick(&[gatekeeper.url()]));
    for _ in 0..3 {
        assert!(is_right(&backend, USER, PASSWORD).await);
        assert!(!is_right(&backend, USER, "wrong").await);
    }
    assert_eq!(gatekeeper.users(), 7, "it is known after the first refusal: {:?}", gatekeeper.seen());
    let users = slapd.log().matches(" BIND dn=\"uid=user1234,ou=people,dc=bank,dc=test\" method").count();
    assert_eq!(users, 6, "the server has each of them once");
}

/// The answer to whoever gave up is not taken for that to the next.
#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_is_given_up_leaves_no_answer_for_the_next() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let backend = one_at_a_time(&quick(&[slapd.url()]));
    assert!(is_right(&backend, USER, PASSWORD).await);
    for microseconds in 0..200 {
        let login = log_in(&backend, USER, PASSWORD);
        drop(tokio::time::timeout(Duration::from_micros(microseconds * 10), login).await);
        assert!(!is_right(&backend, USER, "wrong").await, "the answer to another password");
    }
    assert!(is_right(&backend, USER, PASSWORD).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_for_binds_that_nobody_uses_is_closed() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let backend = with_settings(&format!("idle_seconds = 1\n{}", Slapd::settings(&[slapd.url()])));
    assert!(is_right(&backend, USER, PASSWORD).await);
    let log = || slapd.log();
    until("it says goodbye", || {
        with_users(&log())
            .iter()
            .all(|connection| of_connection(&log(), connection).iter().any(|line| line.contains(" UNBIND")))
    })
    .await;
    assert!(is_right(&backend, USER, PASSWORD).await);
}

/// Each thread has a runtime of its own. When the program ends, that of a thread with nothing to do goes before the others have
/// answered.
#[test]
fn connections_of_a_thread_that_ended_cost_nobody_an_error_and_are_closed() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let backend = one_at_a_time(&format!("idle_seconds = 2\n{}", Slapd::settings(&[slapd.url()])));
    let goodbyes = || slapd.log().matches(" UNBIND").count();
    // The one for searches is that of a thread which goes on, so that it shows nothing.
    let others = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let others = others.expect("a runtime");
    others.block_on(found(&backend, "user1234"));
    for login in 1..=3 {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let outcome = log_in(&backend, USER, PASSWORD).await;
            assert!(
                matches!(outcome, Ok(AuthenticationOutcome::Succeeded { .. })),
                "login {login}: {outcome:?}"
            );
            log_at_rest(&slapd).await;
            // The answer to the bind as nobody is there: each time that nothing else is to do, what waits for it goes on.
            for _ in 0..20 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            if login == 3 {
                until("all connections for binds are closed", || goodbyes() == 3).await;
            }
        });
    }
}

/// Who knows what state it is in.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_not_kept_after_an_answer_that_says_nothing_of_a_password() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let gatekeeper = Gatekeeper::start(&slapd.url(), SecondBind::PassedOn).await;
    let settings = quick(&[gatekeeper.url()]);
    let backend = one_at_a_time(&format!("decoy_dn = \"no name of an entry\"\n{settings}"));
    for _ in 0..2 {
        let why = remote_in_time(log_in(&backend, UNKNOWN, PASSWORD)).await;
        assert!(why.contains("34 (invalid DN syntax)"), "{why}");
    }
    assert!(is_right(&backend, USER, PASSWORD).await);
    assert_eq!((gatekeeper.users(), gatekeeper.connections()), (3, 3));
}
