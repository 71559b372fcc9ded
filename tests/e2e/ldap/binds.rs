//! The connections that passwords are checked over: what they leave in the memory, and how they end.

use std::time::Duration;

use data_adapter_testkit::Slapd;
use reqwest::Client;
use reqwest::header::CONTENT_TYPE;
use tokio::time::sleep;

use super::{is_let_in, log_in, start, with_settings};
use crate::passwords::copies::copies;
use crate::support::DataAdapter;
use crate::support::payloads::{AUTHENTICATE, PASSWORD, USER, authenticate};

/// In no program, and no other test.
const RIGHT: &str = "uNf0rgettable-r1ght-passw0rd-Xk3";

fn goodbyes(slapd: &Slapd) -> usize {
    slapd.log().matches(" UNBIND").count()
}

#[tokio::test]
async fn nothing_of_a_right_password_is_left_in_memory_while_its_connection_to_the_directory_is_kept() {
    let entry = format!(
        "\ndn: uid=somebody,ou=people,dc=bank,dc=test\nobjectClass: inetOrgPerson\nobjectClass: bankPerson\n\
         uid: somebody\ncn: Somebody\nsn: Somebody\nbankId: 40000001\nuserPassword: {RIGHT}\n"
    );
    let Some(slapd) = Slapd::builder().entries(&entry).start() else { return };
    for url in [slapd.url(), slapd.tls_url()] {
        let settings = format!("ca_file = {:?}\n{}", slapd.ca_file(), Slapd::settings(&[url]));
        let adapter = with_settings(&settings, "").start().await;
        // A connection is kept for ten seconds, in which a busy machine may not get to look.
        let mut is_gone = false;
        for _ in 0..10 {
            let_in_once(&adapter).await;
            is_gone = is_gone_before_a_goodbye(&adapter, &slapd).await;
            if is_gone {
                break;
            }
        }
        assert!(is_gone, "it is left as long as the connection is kept");
    }
}

/// Over a connection to the program that is closed afterwards.
async fn let_in_once(adapter: &DataAdapter) {
    let client = Client::builder().no_proxy().build().expect("a client");
    let request = client.post(adapter.url(AUTHENTICATE)).header(CONTENT_TYPE, "application/json");
    let answer = request.body(authenticate("40000001", RIGHT)).send().await.expect("an answer");
    let text = answer.text().await.expect("the whole of it");
    assert!(text.contains("VERIFIED_SUCCEEDED"), "{text}");
}

/// Whether the password is in the memory no more while its connection to the directory is still kept.
async fn is_gone_before_a_goodbye(adapter: &DataAdapter, slapd: &Slapd) -> bool {
    let before = goodbyes(slapd);
    while copies(adapter.pid(), RIGHT.as_bytes()) > 0 {
        if goodbyes(slapd) > before {
            return false;
        }
        sleep(Duration::from_millis(100)).await;
    }
    goodbyes(slapd) == before
}

#[tokio::test]
async fn a_program_that_ends_says_goodbye_on_the_connections_for_binds() {
    // A connection is free once the rights of the last user were taken away from it, which nothing tells. One on which an
    // answer is missing just ends.
    for time_to_become_free in [1, 2, 4, 5].map(Duration::from_secs) {
        let Some(slapd) = Slapd::builder().start() else { return };
        let adapter = start(&slapd).await;
        assert!(is_let_in(&log_in(&adapter, USER, PASSWORD).await));
        sleep(time_to_become_free).await;
        let before = goodbyes(&slapd);
        adapter.terminate().await;
        if is_said_goodbye_to(&slapd, before).await {
            return;
        }
    }
    panic!("it just ended");
}

/// Whether the server hears another goodbye before long.
async fn is_said_goodbye_to(slapd: &Slapd, before: usize) -> bool {
    for _ in 0..100 {
        if goodbyes(slapd) > before {
            return true;
        }
        sleep(Duration::from_millis(50)).await;
    }
    false
}
