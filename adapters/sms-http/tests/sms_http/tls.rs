//! Gateways behind TLS and behind a proxy.

use std::sync::Arc;

use data_adapter_tests::pki::{Authority, Pair, TlsFolder};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::server::{Calls, Does, talk};
use crate::support::{is_unavailable, send, settings};

/// A gateway that shows `pair`, and asks for certificates of `clients` where there is one.
async fn gateway(
    pair: &Pair,
    clients: Option<&Authority>,
    version: &'static SupportedProtocolVersion,
) -> (String, Calls) {
    let chain = vec![CertificateDer::from_pem_slice(pair.certificate.as_bytes()).expect("a certificate")];
    let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).expect("a key");
    let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()));
    let builder = builder.with_protocol_versions(&[version]).expect("a version");
    let config = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            let root = CertificateDer::from_pem_slice(authority.pem().as_bytes()).expect("a certificate");
            roots.add(root).expect("an authority");
            let verifier =
                WebPkiClientVerifier::builder_with_provider(roots.into(), Arc::new(default_provider()));
            builder.with_client_cert_verifier(verifier.build().expect("a verifier"))
        }
    };
    let acceptor = TlsAcceptor::from(Arc::new(config.with_single_cert(chain, key).expect("a pair")));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("https://{}/messages", listener.local_addr().expect("an address"));
    let calls = Calls::default();
    let seen = calls.clone();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.expect("a connection");
            let (acceptor, seen) = (acceptor.clone(), seen.clone());
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    talk(stream, Does::ok("{}"), seen).await;
                }
            });
        }
    });
    (url, calls)
}

fn trusting(folder: &TlsFolder, authority: &Authority) -> Value {
    folder.write("ca.pem", authority.pem());
    json!({ "ca_file": folder.path("ca.pem") })
}

#[tokio::test]
async fn only_a_certificate_of_the_own_authority_is_trusted_and_nothing_is_sent_to_another() {
    let (ours, other) = (Authority::new("ours"), Authority::new("another"));
    let pair = ours.server();
    let folder = TlsFolder::with(&pair);
    let (url, calls) = gateway(&pair, None, &rustls::version::TLS13).await;
    send(settings(&url, trusting(&folder, &ours))).await.expect("it is taken");
    for wrong in [trusting(&folder, &other), json!({})] {
        let sent = send(settings(&url, wrong)).await;
        assert!(is_unavailable(&sent), "{sent:?}");
    }
    assert_eq!(calls.all().len(), 1);
}

#[tokio::test]
async fn a_gateway_that_wants_a_certificate_has_nothing_of_who_shows_none() {
    let (ours, clients) = (Authority::new("ours"), Authority::new("clients"));
    let pair = ours.server();
    let folder = TlsFolder::with(&pair);
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let (url, calls) = gateway(&pair, Some(&clients), version).await;
        let mut shown = trusting(&folder, &ours);
        let sent = send(settings(&url, shown.clone())).await;
        assert!(is_unavailable(&sent) && calls.all().is_empty(), "{sent:?}");
        let client = clients.client("bank");
        folder.write("client.pem", &client.certificate);
        folder.write("client-key.pem", &client.key);
        shown["client_certificate_file"] = json!(folder.path("client.pem"));
        shown["client_key_file"] = json!(folder.path("client-key.pem"));
        send(settings(&url, shown)).await.expect("it is taken");
        assert_eq!(calls.all().len(), 1);
    }
}

/// A proxy that opens tunnels for those who show `MARKED` as the password of `me`.
async fn proxy() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.expect("a connection");
            tokio::spawn(tunnel(stream));
        }
    });
    address.to_string()
}

async fn tunnel(stream: TcpStream) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_until(b'\n', &mut head).await.ok().filter(|read| *read > 0)?;
    }
    let head = String::from_utf8(head).ok()?;
    if !head.to_ascii_lowercase().contains("proxy-authorization: basic bwu6tufss0ve") {
        let refused = b"HTTP/1.1 407 Who are you\r\ncontent-length: 0\r\n\r\n";
        return stream.write_all(refused).await.ok();
    }
    let target = head.strip_prefix("CONNECT ")?.split(' ').next()?;
    let mut behind = TcpStream::connect(target).await.ok()?;
    stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await.ok()?;
    copy_bidirectional(&mut stream, &mut behind).await.ok().map(drop)
}

#[tokio::test]
async fn a_proxy_is_shown_its_password_and_one_that_refuses_has_nothing() {
    let ours = Authority::new("ours");
    let pair = ours.server();
    let folder = TlsFolder::with(&pair);
    let (url, calls) = gateway(&pair, None, &rustls::version::TLS13).await;
    let proxy = proxy().await;
    let mut through = trusting(&folder, &ours);
    through["proxy"] = json!(format!("http://me:WRONGMARKED@{proxy}"));
    let sent = send(settings(&url, through.clone())).await;
    assert!(is_unavailable(&sent) && calls.all().is_empty(), "{sent:?}");
    through["proxy"] = json!(format!("http://me:MARKED@{proxy}"));
    send(settings(&url, through)).await.expect("it is taken");
    assert_eq!(calls.all().len(), 1);
}
