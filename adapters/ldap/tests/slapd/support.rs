//! What every test needs: a back end over a server, and requests.

use std::time::{Duration, Instant};

use data_adapter_core::{
    AdapterError, Authentication as _, AuthenticationOutcome, Credentials, OrganizationId, Password, User,
    UserId, UserLookup as _, UsernameQuery,
};
use data_adapter_ldap::{LdapBackend, LdapSettings};
use data_adapter_testkit::{Slapd, operation};
use tokio::time::timeout;

pub(crate) const USER: &str = "12345678";
pub(crate) const STRICT: &str = "20000002";
pub(crate) const PASSWORD: &str = "s3cret";
/// How long each step may take with [`quick`] settings: a server that is well needs far less on any machine.
pub(crate) const STEP: Duration = Duration::from_secs(3);
/// Longer than any request may take with them, by far: only a hang takes so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What is said of a bind that takes longer than its [step](STEP).
pub(crate) const NO_BIND: &str = "no answer to a bind within 3000 ms";

/// A back end with the settings in TOML.
pub(crate) fn with_settings(settings: &str) -> LdapBackend {
    let settings: LdapSettings = toml::from_str(settings).expect("the settings are of the right shape");
    LdapBackend::new(&settings).expect("the settings can be used")
}

/// A back end over one server.
pub(crate) fn backend(slapd: &Slapd) -> LdapBackend {
    with_settings(&Slapd::settings(&[slapd.url()]))
}

/// Settings with deadlines that a test can wait for: three steps for a request.
pub(crate) fn quick(urls: &[String]) -> String {
    let settings = Slapd::settings(urls);
    let (step, all) = (STEP.as_millis(), (3 * STEP).as_millis());
    format!(
        "{settings}\nconnect_timeout_ms = {step}\nbind_timeout_ms = {step}\nsearch_timeout_ms = {step}\ntimeout_ms = {all}\n"
    )
}

/// An entry below the people of the bank, with `more` lines of LDIF.
pub(crate) fn person(rdn: &str, more: &str) -> String {
    format!(
        "\ndn: {rdn},ou=people,dc=bank,dc=test\nobjectClass: inetOrgPerson\nobjectClass: bankPerson\ncn: Somebody\n\
         sn: Somebody\nuserPassword: {PASSWORD}\n{more}\n"
    )
}

/// Whoever somebody of `RETAIL` means by what they typed.
pub(crate) async fn by_name(backend: &LdapBackend, username: &str) -> Result<Option<User>, AdapterError> {
    let query = UsernameQuery {
        username: username.to_owned(),
        organization: OrganizationId::new("RETAIL"),
        operation: operation("op", "login"),
    };
    backend.by_username(&query).await
}

pub(crate) async fn by_id(backend: &LdapBackend, id: &str) -> Result<Option<User>, AdapterError> {
    backend.by_id(&UserId::new(id), None).await
}

/// Whoever of `RETAIL` has this consumer id.
pub(crate) async fn by_consumer_id(
    backend: &LdapBackend,
    consumer: i32,
) -> Result<Option<User>, AdapterError> {
    backend.by_consumer_id(consumer, Some(&OrganizationId::new("RETAIL"))).await
}

/// The user who was found.
pub(crate) async fn found(backend: &LdapBackend, username: &str) -> User {
    let user = by_name(backend, username).await.expect("the directory answers");
    user.unwrap_or_else(|| unreachable!("{username} is found"))
}

pub(crate) async fn log_in(
    backend: &LdapBackend,
    id: &str,
    password: &str,
) -> Result<AuthenticationOutcome, AdapterError> {
    let credentials = Credentials {
        user: UserId::new(id),
        is_nobody: false,
        organization: Some(OrganizationId::new("RETAIL")),
        password: Password::Clear(password.into()),
        operation: operation("op", "login"),
    };
    backend.authenticate(&credentials).await
}

/// Whether the password is right; that it could be checked is taken for granted.
pub(crate) async fn is_right(backend: &LdapBackend, id: &str, password: &str) -> bool {
    let outcome = log_in(backend, id, password).await.expect("the directory answers");
    matches!(outcome, AuthenticationOutcome::Succeeded { user, .. } if user.id.as_str() == id)
}

/// That `answer` is the error that says the directory did not answer, and why.
pub(crate) fn remote<T: std::fmt::Debug>(answer: Result<T, AdapterError>) -> String {
    match answer {
        Err(AdapterError::Unreachable(why) | AdapterError::Remote(why) | AdapterError::Unanswerable(why)) => {
            why
        }
        other => unreachable!("not a remote error but {other:?}"),
    }
}

/// The same, and that it did not hang. The words of each say which deadline it was.
pub(crate) async fn remote_in_time<T: std::fmt::Debug>(
    request: impl Future<Output = Result<T, AdapterError>>,
) -> String {
    remote(timeout(PATIENCE, request).await.expect("it does not hang"))
}

/// Asks until the answer is good: a server that was down is not asked at once.
pub(crate) async fn recovers(backend: &LdapBackend) {
    let start = Instant::now();
    while by_name(backend, "user1234").await.is_err() {
        assert!(start.elapsed() < PATIENCE, "the back end does not recover");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(is_right(backend, USER, PASSWORD).await);
    assert!(!is_right(backend, USER, "wrong").await);
}

/// The log of a server when each bind of a user was followed by one as nobody.
pub(crate) async fn log_at_rest(slapd: &Slapd) -> String {
    let start = Instant::now();
    loop {
        let log = slapd.log();
        let (_, users, nobodys) = asked(&log);
        if users == nobodys && log.ends_with("text=\n") {
            return log;
        }
        assert!(start.elapsed() < PATIENCE, "a connection is not bound as nobody: {log}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// How many searches, binds of users and binds as nobody a log has.
pub(crate) fn asked(log: &str) -> (usize, usize, usize) {
    let binds = log.lines().filter(|line| line.contains(" BIND dn=") && line.contains("method=128"));
    let binds: Vec<_> = binds.filter(|line| !line.contains(Slapd::SERVICE_DN)).collect();
    let nobodys = binds.iter().filter(|line| line.contains("BIND dn=\"\"")).count();
    (log.matches(" SRCH base=").count(), binds.len() - nobodys, nobodys)
}
