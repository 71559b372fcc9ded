//! HTTPS: the certificate of the server, those of callers, and what happens when the files change.

use reqwest::tls::{TlsInfo, Version};
use reqwest::{Client, RequestBuilder};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::callers::{TOKEN, configuration};
use crate::support::payloads::{LOOKUP, USERNAME, lookup};
use crate::support::pki::{Authority, Pair, TlsFolder};
use crate::support::{Answer, DataAdapter};

const DEMO: &str = "[sandbox]\nenabled = true\n[backends.memory]\ndemo_users = true\n";
const RELOADED: &str = "the TLS files were read again";
const KEPT: &str = "the TLS files can't be used";

async fn post(adapter: &DataAdapter, client: &Client, token: Option<&str>) -> Answer {
    let request = client.post(adapter.url(LOOKUP)).header("content-type", "application/json");
    let request = request.body(lookup(USERNAME));
    adapter.send(token.into_iter().fold(request, RequestBuilder::bearer_auth)).await
}

/// Whether the certificate that is shown is of `authority`, and still good.
async fn trusts(adapter: &DataAdapter, authority: &Authority) -> bool {
    let answer = authority.http(None).get(adapter.url("/health/live")).send().await;
    answer.is_ok_and(|answer| answer.status() == 200)
}

/// Configured callers, one of them by certificate alone, and client certificates of `authority`.
fn with_clients(folder: &TlsFolder, authority: &Authority, more: &str) -> String {
    let tls = folder.section_with_clients(authority, more);
    format!("{}[[callers.allowed]]\nname = \"by-certificate\"\n{tls}", configuration())
}

#[tokio::test]
async fn it_speaks_tls_1_2_and_1_3_and_nothing_older() {
    let authority = Authority::new("ours");
    let folder = TlsFolder::with(&authority.server());
    let adapter = DataAdapter::builder().config(format!("{DEMO}{}", folder.section(""))).start().await;
    assert!(adapter.url("").starts_with("https://"));
    for version in [Version::TLS_1_2, Version::TLS_1_3] {
        let client = authority.http_builder(None).tls_info(true);
        let client = client.tls_version_min(version).tls_version_max(version).build().expect("a client");
        let answer = client.get(adapter.url("/health/live")).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        assert!(answer.extensions().get::<TlsInfo>().is_some());
        assert_eq!(post(&adapter, &client, None).await.status, 200);
    }
    assert_eq!(greet(&adapter, 2).await[0], HANDSHAKE, "TLS 1.2: the greeting as such is taken");
    for minor in [1, 0] {
        assert_eq!(greet(&adapter, minor).await, ALERT_PROTOCOL_VERSION, "TLS 1.{minor}");
    }
    let plain = Client::builder().no_proxy().build().expect("a client");
    let plain = plain.get(adapter.url("/health/live").replace("https", "http")).send().await;
    assert!(plain.is_err(), "no HTTP beside it: {plain:?}");
}

/// The kind of record that a server answers a greeting with.
const HANDSHAKE: u8 = 22;
/// A fatal alert, `protocol_version`.
const ALERT_PROTOCOL_VERSION: [u8; 4] = [21, 2, 2, 70];

/// Says hello as a client of TLS 1.`minor` would; returns the kind of what came back, its length, and its first bytes.
async fn greet(adapter: &DataAdapter, minor: u8) -> [u8; 4] {
    let mut hello = vec![3, minor + 1];
    hello.extend([7; 32]);
    // No session, ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, no compression.
    hello.extend([0, 0, 2, 0xc0, 0x2b, 1, 0]);
    // The group secp256r1, the signature ecdsa_secp256r1_sha256, uncompressed points.
    hello.extend([0, 22, 0, 10, 0, 4, 0, 2, 0, 23, 0, 13, 0, 4, 0, 2, 4, 3, 0, 11, 0, 2, 1, 0]);
    let length = u8::try_from(hello.len()).expect("a short hello");
    let mut record = vec![22, 3, 1, 0, length + 4, 1, 0, 0, length];
    record.extend(hello);
    let mut connection = TcpStream::connect(adapter.address()).await.expect("a connection");
    connection.write_all(&record).await.expect("it can be sent");
    let mut answer = [0; 7];
    connection.read_exact(&mut answer).await.expect("an alert");
    [answer[0], answer[4], answer[5], answer[6]]
}

#[tokio::test]
async fn a_caller_may_show_a_certificate_in_place_of_a_token() {
    let (authority, clients) = (Authority::new("ours"), Authority::new("clients"));
    let folder = TlsFolder::with(&authority.server());
    let adapter = DataAdapter::builder().config(with_clients(&folder, &clients, "")).start().await;
    for name in ["by-certificate", "web-flow"] {
        let client = authority.http(Some(&clients.client(name)));
        assert_eq!(post(&adapter, &client, None).await.status, 200, "{name}");
        assert_eq!(post(&adapter, &client, Some("wrong")).await.status, 401, "a wrong token is wrong");
    }
    let texting = authority.http(Some(&clients.client("texting")));
    assert_eq!(post(&adapter, &texting, None).await.status, 403, "it keeps to its paths");
    let stranger = authority.http(Some(&clients.client("stranger")));
    assert_eq!(post(&adapter, &stranger, None).await.status, 401);
    assert_eq!(post(&adapter, &stranger, Some(TOKEN)).await.status, 200, "by its token");
    let nobody = authority.http(None);
    assert_eq!(post(&adapter, &nobody, None).await.status, 401);
    assert_eq!(post(&adapter, &nobody, Some(TOKEN)).await.status, 200, "it is not required");
    let log = adapter.terminate().await.stderr;
    assert!(log.contains("caller=by-certificate") && log.contains("caller=web-flow"), "{log}");
    assert!(!log.contains("caller=stranger"), "{log}");
}

#[tokio::test]
async fn a_certificate_of_another_authority_or_of_long_ago_ends_the_connection() {
    let (authority, clients) = (Authority::new("ours"), Authority::new("clients"));
    let folder = TlsFolder::with(&authority.server());
    let adapter = DataAdapter::builder().config(with_clients(&folder, &clients, "")).start().await;
    let impostor = Authority::new("clients").client("web-flow");
    let of_a_server = clients.server();
    for (what, pair) in [
        ("another authority of the same name", impostor),
        ("the one of the server", authority.client("web-flow")),
        ("expired", clients.expired_client("web-flow")),
        ("not for clients", of_a_server),
    ] {
        for version in [Version::TLS_1_2, Version::TLS_1_3] {
            let client =
                authority.http_builder(Some(&pair)).tls_version_max(version).build().expect("a client");
            let answer = client.get(adapter.url("/health/live")).bearer_auth(TOKEN).send().await;
            assert!(answer.is_err(), "{what}: {answer:?}");
        }
    }
    assert!(trusts(&adapter, &authority).await, "others are served");
}

#[tokio::test]
async fn a_certificate_can_be_required_of_all_but_who_asks_for_the_health() {
    let (authority, clients) = (Authority::new("ours"), Authority::new("clients"));
    let folder = TlsFolder::with(&authority.server());
    let required = "client_certificate_required = true";
    let adapter = DataAdapter::builder().config(with_clients(&folder, &clients, required)).start().await;
    let (known, unknown) = (clients.client("web-flow"), clients.client("stranger"));
    assert_eq!(post(&adapter, &authority.http(None), Some(TOKEN)).await.status, 401);
    assert_eq!(post(&adapter, &authority.http(Some(&known)), None).await.status, 200);
    assert_eq!(post(&adapter, &authority.http(Some(&unknown)), Some(TOKEN)).await.status, 200);
    assert_eq!(post(&adapter, &authority.http(Some(&unknown)), None).await.status, 401);
    assert!(trusts(&adapter, &authority).await);
}

#[tokio::test]
async fn without_callers_the_log_names_whoever_shows_a_certificate() {
    let authority = Authority::new("ours");
    let folder = TlsFolder::with(&authority.server());
    let file = format!("{DEMO}{}", folder.section_with_clients(&authority, ""));
    let adapter = DataAdapter::builder().config(file).start().await;
    for name in ["somebody", "forged\nline", "for ged"] {
        let client = authority.http(Some(&authority.client(name)));
        assert_eq!(post(&adapter, &client, None).await.status, 200, "{name}");
    }
    let log = adapter.terminate().await.stderr;
    assert_eq!(log.matches("caller=").count(), 1, "{log}");
    assert!(log.contains("caller=somebody"), "{log}");
}

#[tokio::test]
async fn a_health_check_speaks_tls() {
    let authority = Authority::new("ours");
    let folder = TlsFolder::with(&authority.server());
    let file =
        format!("{DEMO}{}", folder.section_with_clients(&authority, "client_certificate_required = true"));
    let adapter = DataAdapter::builder().config(&file).start().await;
    let port = adapter.address().port().to_string();
    let check =
        || DataAdapter::builder().config(&file).env("DATA_ADAPTER__SERVER__PORT", &port).arg("healthcheck");
    let exit = check().spawn_failing().await;
    assert_eq!(exit.status, Some(0), "{exit:?}");
    adapter.terminate().await;
    assert_eq!(check().spawn_failing().await.status, Some(1));
}

#[tokio::test]
async fn a_new_certificate_is_used_after_a_sighup() {
    let (first, second) = (Authority::new("first"), Authority::new("second"));
    let folder = TlsFolder::with(&first.server());
    let mut adapter = DataAdapter::builder().config(format!("{DEMO}{}", folder.section(""))).start().await;
    assert!(trusts(&adapter, &first).await && !trusts(&adapter, &second).await);
    folder.replace(&second.server());
    adapter.signal("HUP").await;
    adapter.logged(RELOADED, 1).await;
    assert!(trusts(&adapter, &second).await && !trusts(&adapter, &first).await);
    assert_eq!(adapter.terminate().await.status, Some(0));
}

#[tokio::test]
async fn a_new_certificate_is_used_when_the_files_change() {
    let (first, second) = (Authority::new("first"), Authority::new("second"));
    let folder = TlsFolder::with(&first.server());
    let mut adapter = DataAdapter::builder().config(format!("{DEMO}{}", folder.section(""))).start().await;
    folder.replace(&second.server());
    adapter.logged(RELOADED, 1).await;
    assert!(trusts(&adapter, &second).await && !trusts(&adapter, &first).await);
}

#[tokio::test]
async fn clients_of_a_new_authority_are_let_in_and_those_of_the_old_one_no_longer() {
    let (authority, first, second) =
        (Authority::new("ours"), Authority::new("first"), Authority::new("second"));
    let folder = TlsFolder::with(&authority.server());
    let mut adapter = DataAdapter::builder().config(with_clients(&folder, &first, "")).start().await;
    let (old, new) = (first.client("web-flow"), second.client("web-flow"));
    let (old, new) = (authority.http(Some(&old)), authority.http(Some(&new)));
    assert_eq!(post(&adapter, &old, None).await.status, 200);
    assert!(new.get(adapter.url(LOOKUP)).send().await.is_err());
    folder.write("clients.pem", second.pem());
    adapter.signal("HUP").await;
    adapter.logged(RELOADED, 1).await;
    assert_eq!(post(&adapter, &new, None).await.status, 200);
    assert!(old.get(adapter.url(LOOKUP)).send().await.is_err(), "also not by a session from before");
}

#[tokio::test]
async fn at_a_reload_a_wrong_pair_leaves_the_old_one_in_use() {
    let (first, second) = (Authority::new("first"), Authority::new("second"));
    let folder = TlsFolder::with(&first.server());
    let mut adapter = DataAdapter::builder().config(format!("{DEMO}{}", folder.section(""))).start().await;
    let (pair, other) = (second.server(), second.server());
    let wrong = [
        Pair { certificate: pair.certificate.clone(), key: other.key.clone() },
        Pair { certificate: String::new(), key: pair.key.clone() },
        Pair { certificate: pair.certificate.clone(), key: "-----BEGIN PRIVATE KEY-----\n".to_owned() },
    ];
    for (pair, times) in wrong.iter().zip(1..) {
        folder.replace(pair);
        adapter.signal("HUP").await;
        adapter.logged(KEPT, times).await;
        assert!(trusts(&adapter, &first).await && !trusts(&adapter, &second).await);
    }
    assert!(adapter.log().contains("does not belong to"), "{}", adapter.log());
    folder.replace(&pair);
    adapter.signal("HUP").await;
    adapter.logged(RELOADED, 1).await;
    assert!(trusts(&adapter, &second).await);
}

#[tokio::test]
async fn a_wrong_pair_is_refused_at_the_start_and_by_the_check() {
    let authority = Authority::new("ours");
    let (pair, other) = (authority.server(), authority.server());
    let folder = TlsFolder::with(&Pair { certificate: pair.certificate.clone(), key: other.key });
    let builder = |more: &str| DataAdapter::builder().config(format!("{DEMO}{}", folder.section(more)));
    for builder in [builder(""), builder("").arg("config").arg("check")] {
        let exit = builder.spawn_failing().await;
        assert_eq!(exit.status, Some(78), "{exit:?}");
        assert!(exit.stderr.contains("key.pem does not belong to"), "{exit:?}");
    }
    folder.write("key.pem", "");
    let exit = builder("").spawn_failing().await;
    assert!(exit.status == Some(78) && exit.stderr.contains("key.pem holds no private key"), "{exit:?}");
    folder.replace(&pair);
    let exit = builder("client_ca_file = \"/no/such/file\"").spawn_failing().await;
    assert!(exit.status == Some(78) && exit.stderr.contains("/no/such/file can't be read"), "{exit:?}");
}

#[tokio::test]
async fn an_expired_certificate_is_used_with_a_warning() {
    let authority = Authority::new("ours");
    let folder = TlsFolder::with(&authority.expired_server());
    let adapter = DataAdapter::builder().config(format!("{DEMO}{}", folder.section(""))).start().await;
    assert!(adapter.log().contains("expired or not yet valid"), "{}", adapter.log());
    assert!(!trusts(&adapter, &authority).await, "a client that looks does not take it");
}
