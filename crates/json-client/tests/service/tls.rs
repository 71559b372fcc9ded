//! Who is asked, and who asks, told by certificates.

use std::time::Duration;

use data_adapter_core::AdapterError;
use data_adapter_json_client::{Connections, JsonClient, JsonClientError, TlsFiles};
use data_adapter_tests::DataAdapter;
use data_adapter_tests::pki::{Authority, TlsFolder};
use serde_json::Value;

const DEADLINE: Duration = Duration::from_secs(20);
const DEMO: &str = "sandbox.enabled = true\nbackends.memory.demo_users = true\n";

async fn start(tls: String) -> DataAdapter {
    DataAdapter::builder().config(format!("{DEMO}{tls}")).start().await
}

fn client(url: &str, tls: &TlsFiles) -> Result<JsonClient, JsonClientError> {
    JsonClient::new(url, "t".into(), DEADLINE, Connections::default(), tls)
}

/// What a service says of itself: the status with its name.
async fn status(service: &DataAdapter, tls: &TlsFiles) -> Result<Value, AdapterError> {
    let client = client(&service.url(""), tls).expect("the settings can be used");
    let status: Option<Value> = client.get(&["api", "service", "status"], &[]).await?;
    Ok(status.expect("there is a status")["responseObject"]["applicationName"].clone())
}

async fn is_refused(service: &DataAdapter, tls: &TlsFiles) -> String {
    match status(service, tls).await {
        Err(AdapterError::Unreachable(why) | AdapterError::Remote(why)) => why,
        other => unreachable!("it came back as {other:?}"),
    }
}

#[tokio::test]
async fn only_a_certificate_of_the_authority_in_the_file_is_trusted() {
    let (authority, other) = (Authority::new("ours"), Authority::new("another"));
    let folder = TlsFolder::with(&authority.server());
    folder.write("ca.pem", authority.pem());
    folder.write("other.pem", other.pem());
    let service = start(folder.section("")).await;
    let trusting = |file| TlsFiles { ca_file: Some(folder.path(file)), ..TlsFiles::default() };
    assert_eq!(status(&service, &trusting("ca.pem")).await.expect("a status"), "powerauth-data-adapter");
    for tls in [trusting("other.pem"), TlsFiles::default()] {
        let why = is_refused(&service, &tls).await;
        assert!(why.contains("no authority") && why.contains("`ca_file`"), "{why}");
    }
}

#[tokio::test]
async fn a_certificate_is_shown_where_one_is_asked_for() {
    let (authority, clients) = (Authority::new("ours"), Authority::new("clients"));
    let folder = TlsFolder::with(&authority.server());
    folder.write("ca.pem", authority.pem());
    let service = start(folder.section_with_clients(&clients, "client_certificate_required = true")).await;
    let without = TlsFiles { ca_file: Some(folder.path("ca.pem")), ..TlsFiles::default() };
    assert!(is_refused(&service, &without).await.contains("401"));
    let pair = clients.client("front");
    folder.write("client.pem", &pair.certificate);
    folder.write("client-key.pem", &pair.key);
    let shown = TlsFiles {
        client_certificate_file: Some(folder.path("client.pem")),
        client_key_file: Some(folder.path("client-key.pem")),
        ..without
    };
    assert_eq!(status(&service, &shown).await.expect("a status"), "powerauth-data-adapter");
}

#[test]
fn a_file_that_cannot_be_used_is_named_by_its_key() {
    let authority = Authority::new("ours");
    let folder = TlsFolder::with(&authority.server());
    let (one, other) = (authority.client("one"), authority.client("other"));
    folder.write("client.pem", &one.certificate);
    folder.write("client-key.pem", &one.key);
    folder.write("other-key.pem", &other.key);
    folder.write("empty.pem", "");
    let path = |file: &str| Some(folder.path(file));
    let files = |certificate: &str, key: &str| TlsFiles {
        ca_file: None,
        client_certificate_file: path(certificate),
        client_key_file: path(key),
    };
    for (tls, said) in [
        (TlsFiles { ca_file: path("missing.pem"), ..TlsFiles::default() }, "`ca_file` "),
        (TlsFiles { ca_file: path("empty.pem"), ..TlsFiles::default() }, "`ca_file` "),
        (files("empty.pem", "client-key.pem"), "`client_certificate_file` "),
        (files("client.pem", "missing.pem"), "`client_key_file` "),
        (files("client.pem", "client.pem"), "`client_key_file` "),
        (files("client.pem", "other-key.pem"), "`client_key_file` "),
        (
            TlsFiles { client_key_file: None, ..files("client.pem", "client-key.pem") },
            "`client_key_file` is missing beside `client_certificate_file`",
        ),
        (
            TlsFiles { client_certificate_file: None, ..files("client.pem", "client-key.pem") },
            "`client_certificate_file` is missing beside `client_key_file`",
        ),
    ] {
        let why = client("https://core.test", &tls).err().expect("it is refused").to_string();
        assert!(why.starts_with(said) && !why.contains("PRIVATE KEY"), "{tls:?}: {why}");
    }
}
