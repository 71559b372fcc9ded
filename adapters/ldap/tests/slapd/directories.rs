//! What the servers themselves answer to binds of accounts that may not be used: what the back end has to make sense of.

use data_adapter_testkit::{NsSlapd, Samba};
use ldap3::LdapConnAsync;

const RIGHT: &str = "s3cret";
const WRONG: &str = "wrong";

/// The result code of a bind, and what the server says beside it.
async fn bind(url: &str, dn: &str, password: &str) -> (u32, String) {
    let (connection, mut ldap) = LdapConnAsync::new(url).await.expect("the server takes connections");
    ldap3::drive!(connection);
    let result = ldap.simple_bind(dn, password).await.expect("the server answers");
    ldap.unbind().await.expect("the connection is open");
    (result.rc, result.text)
}

async fn of_samba(url: &str, name: &str, password: &str) -> String {
    let (code, text) = bind(url, &format!("cn={name},ou=people,{}", Samba::BASE), password).await;
    let data = text.split_once("data ").map_or("", |(_, data)| data.split(',').next().unwrap_or_default());
    format!("{code} {data}").trim_end().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn active_directory_tells_the_state_of_an_account_by_a_number_in_a_text() {
    let Some(samba) = Samba::builder().start() else { return };
    for (name, right, wrong) in [
        ("john doe", "0", "49 52e"),
        ("disabled", "49 533", "49 52e"),
        ("locked", "49 775", "49 775"),
        ("expired", "49 532", "49 52e"),
        ("must change", "49 773", "49 52e"),
        ("over", "49 701", "49 52e"),
        ("hours", "49 530", "49 52e"),
        ("nobody", "49 52e", "49 52e"),
    ] {
        assert_eq!(of_samba(&samba.url(), name, RIGHT).await, right, "{name}");
        assert_eq!(of_samba(&samba.url(), name, WRONG).await, wrong, "{name}, wrong password");
    }
    for _ in 0..3 {
        assert_eq!(of_samba(&samba.url(), "strict", WRONG).await, "49 52e");
    }
    assert_eq!(of_samba(&samba.url(), "strict", RIGHT).await, "49 775");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_389_directory_server_tells_the_state_of_an_account_by_the_code() {
    let Some(server) = NsSlapd::builder().start() else { return };
    let of = async |name: &str, password| {
        bind(&server.url(), &format!("uid={name},ou=people,{}", NsSlapd::BASE), password).await.0
    };
    for (name, right, wrong) in [
        ("user1234", 0, 49),
        ("disabled", 53, 53),
        ("locked", 19, 19),
        ("expired", 49, 49),
        ("must-change", 0, 49),
        ("nobody", 49, 49),
    ] {
        assert_eq!(of(name, RIGHT).await, right, "{name}");
        assert_eq!(of(name, WRONG).await, wrong, "{name}, wrong password");
    }
    for _ in 0..3 {
        assert_eq!(of("strict", WRONG).await, 49);
    }
    assert_eq!(of("strict", RIGHT).await, 19);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_controller_may_be_started_with_another_one_running() {
    let Some(one) = Samba::builder().start() else { return };
    let Some(mut other) = Samba::builder().global("ldap server require strong auth = yes").start() else {
        return;
    };
    assert_eq!(of_samba(&other.url(), "john doe", RIGHT).await, "8", "without encryption");
    other.stop();
    assert_eq!(of_samba(&one.url(), "john doe", RIGHT).await, "0");
    other.start_again();
    assert_eq!(of_samba(&other.url(), "john doe", RIGHT).await, "8");
}
