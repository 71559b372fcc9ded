//! Who is behind, and who asks, told by certificates.

use data_adapter_core::AdapterError;
use data_adapter_rest::{RestBackend, RestSettings};
use data_adapter_tests::DataAdapter;
use data_adapter_tests::pki::{Authority, TlsFolder};

use crate::calls::{Call, DEMO, settings, with};

async fn start(tls: String) -> DataAdapter {
    DataAdapter::builder().config(format!("{DEMO}{tls}")).start().await
}

fn trusting(behind: &DataAdapter, folder: &TlsFolder, authority: &Authority) -> RestSettings {
    folder.write("ca.pem", authority.pem());
    RestSettings { ca_file: Some(folder.path("ca.pem")), ..settings(&behind.url("")) }
}

async fn is_remote(backend: &RestBackend) {
    for call in [Call::Authenticate, Call::Lookup, Call::Status] {
        let result = call.make(backend).await;
        assert!(
            matches!(result, Err(AdapterError::Unreachable(_) | AdapterError::Remote(_))),
            "{call:?}: {result:?}"
        );
    }
}

#[tokio::test]
async fn only_a_certificate_of_the_own_authority_is_trusted() {
    let (authority, other) = (Authority::new("ours"), Authority::new("another"));
    let folder = TlsFolder::with(&authority.server());
    let behind = start(folder.section("")).await;
    Call::Lookup.make(&with(trusting(&behind, &folder, &authority))).await.expect("the user is found");
    is_remote(&with(trusting(&behind, &folder, &other))).await;
    is_remote(&with(settings(&behind.url("")))).await;
}

#[tokio::test]
async fn an_expired_certificate_is_not_trusted() {
    let authority = Authority::new("ours");
    let folder = TlsFolder::with(&authority.expired_server());
    let behind = start(folder.section("")).await;
    is_remote(&with(trusting(&behind, &folder, &authority))).await;
}

#[tokio::test]
async fn a_certificate_is_shown_where_one_is_asked_for() {
    let (authority, clients) = (Authority::new("ours"), Authority::new("clients"));
    let folder = TlsFolder::with(&authority.server());
    let behind = start(folder.section_with_clients(&clients, "client_certificate_required = true")).await;
    let without = trusting(&behind, &folder, &authority);
    is_remote(&with(without.clone())).await;
    let pair = clients.client("front");
    folder.write("client.pem", &pair.certificate);
    folder.write("client-key.pem", &pair.key);
    let shown = RestSettings {
        client_certificate_file: Some(folder.path("client.pem")),
        client_key_file: Some(folder.path("client-key.pem")),
        ..without
    };
    Call::Lookup.make(&with(shown.clone())).await.expect("the user is found");
    folder.write("client-key.pem", &clients.client("somebody else").key);
    let error = RestBackend::new(shown).err().expect("the key is another's");
    assert_eq!(error.key(), "client_key_file");
}
