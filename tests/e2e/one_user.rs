//! Trouble that one user has, through the whole program: it is nobody else's.

use data_adapter_testkit::Slapd;
use futures::future::join_all;

use crate::floods::slow_core::{BROKEN, SlowCore};
use crate::support::payloads::{AUTHENTICATE, LOOKUP, PASSWORD, USER, USERNAME, authenticate, lookup};
use crate::support::{Answer, DataAdapter};

/// More than any default counts.
const OFTEN: usize = 30;

/// Two people with one name, one without an id, and one with two.
const TROUBLED: &str = "
dn: cn=twin-1,ou=people,dc=bank,dc=test
objectClass: inetOrgPerson
objectClass: bankPerson
cn: Twin
sn: Twin
uid: twin
bankId: 40000001

dn: cn=twin-2,ou=people,dc=bank,dc=test
objectClass: inetOrgPerson
objectClass: bankPerson
cn: Twin
sn: Twin
uid: twin
bankId: 40000002

dn: uid=nameless,ou=people,dc=bank,dc=test
objectClass: inetOrgPerson
objectClass: bankPerson
cn: Nameless
sn: Nameless
uid: nameless

dn: uid=double,ou=people,dc=bank,dc=test
objectClass: inetOrgPerson
objectClass: bankPerson
cn: Double
sn: Double
uid: double
bankId: 40000003
bankId: 40000004
";

/// With everything as it is by default.
async fn start(slapd: &Slapd) -> DataAdapter {
    let config = format!(
        "sandbox.enabled = true\n\
         capabilities = {{ users = \"directory\", authentication = \"directory\", operations = \"engine\" }}\n\
         [backends.directory]\nkind = \"ldap\"\n{}",
        Slapd::settings(&[slapd.url()])
    );
    DataAdapter::builder().config(config).start().await
}

async fn is_let_in(adapter: &DataAdapter) {
    let answer = adapter.post(AUTHENTICATE, authenticate(USER, PASSWORD)).await;
    assert_eq!(answer.object()["authenticationResult"], "VERIFIED_SUCCEEDED", "{}", answer.text);
}

fn is_remote(answer: &Answer, what: &str) {
    assert_eq!(
        (answer.status, answer.error_code().as_str()),
        (400, "REMOTE_ERROR"),
        "{what}: {}",
        answer.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_fits_two_entries_is_no_outage_for_others_however_often_it_is_typed() {
    let Some(slapd) = Slapd::builder().entries(TROUBLED).start() else { return };
    let adapter = start(&slapd).await;
    for name in ["twin", "nameless", "double"] {
        for _ in 0..OFTEN {
            is_remote(&adapter.post(LOOKUP, lookup(name)).await, name);
        }
        is_let_in(&adapter).await;
        let at_once = join_all((0..OFTEN).map(|_| adapter.post(LOOKUP, lookup(name))));
        let (answers, ()) = tokio::join!(at_once, is_let_in(&adapter));
        answers.iter().for_each(|answer| is_remote(answer, name));
        is_let_in(&adapter).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_that_fails_for_one_customer_goes_on_being_asked_for_others() {
    let core = SlowCore::start(std::time::Duration::ZERO).await;
    let adapter = core.adapter("").start().await;
    let found = async || {
        let answer = adapter.post(LOOKUP, lookup(USERNAME)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    };
    for _ in 0..OFTEN {
        is_remote(&adapter.post(LOOKUP, lookup(BROKEN)).await, "one after the other");
    }
    found().await;
    let at_once = join_all((0..OFTEN).map(|_| adapter.post(LOOKUP, lookup(BROKEN))));
    let (answers, ()) = tokio::join!(at_once, found());
    answers.iter().for_each(|answer| is_remote(answer, "at once"));
    found().await;
    // Nor does it say anything of the system when it fails for ever new names.
    join_all((0..OFTEN).map(|one| adapter.post(LOOKUP, lookup(&format!("{BROKEN}-{one}"))))).await;
    found().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_that_fails_for_those_whom_it_answered_before_is_given_up() {
    let core = SlowCore::start(std::time::Duration::ZERO).await;
    let mut adapter = core.adapter("").start().await;
    let all = || join_all((0..OFTEN).map(|one| adapter.post(LOOKUP, lookup(&format!("customer-{one}")))));
    assert!(all().await.iter().all(|answer| answer.status == 200));
    core.break_down();
    all().await;
    adapter.logged("the back end failed too often in a row", 1).await;
}
