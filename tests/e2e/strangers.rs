//! What the log and the audit log say of those whom TLS turns away.

use std::time::Duration;

use reqwest::tls::Version;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::callers::{TOKEN, configuration};
use crate::support::pki::{Authority, Pair, TlsFolder};
use crate::support::{DataAdapter, PATIENCE};

const REFUSED: &str = "a client certificate was refused";
const MORE: &str = "more client certificates were refused";

/// A server that asks clients for certificates of an authority.
struct Server {
    authority: Authority,
    clients: Authority,
    adapter: DataAdapter,
    folder: TempDir,
}

impl Server {
    async fn start() -> Self {
        let (authority, clients) = (Authority::new("ours"), Authority::new("clients"));
        let files = TlsFolder::with(&authority.server());
        let folder = tempfile::tempdir().expect("a folder");
        let audit = folder.path().join("audit.jsonl").display().to_string();
        let config = format!("{}{}", configuration(), files.section_with_clients(&clients, ""));
        let builder = DataAdapter::builder().config(config).env("DATA_ADAPTER__AUDIT__TARGET", "file");
        let adapter = builder.env("DATA_ADAPTER__AUDIT__FILE", audit).start().await;
        Self { authority, clients, adapter, folder }
    }

    /// Certificates that are refused, each with the reason.
    fn refused(&self) -> [(&'static str, Pair); 5] {
        [
            ("unknown_issuer", Authority::new("clients").client("web-flow")),
            ("unknown_issuer", self.authority.client("web-flow")),
            ("expired", self.clients.expired_client("web-flow")),
            ("not_for_clients", self.clients.server()),
            ("self_signed", Authority::self_signed_client("web-flow")),
        ]
    }

    async fn show(&self, pair: &Pair, version: Version) {
        let client = self.authority.http_builder(Some(pair)).tls_version_max(version);
        let client = client.build().expect("a client");
        let answer = client.get(self.adapter.url("/health/live")).send().await;
        assert!(answer.is_err(), "{answer:?}");
    }

    async fn metric(&self, reason: &str) -> f64 {
        // A page is shown again for a second.
        tokio::time::sleep(Duration::from_millis(1100)).await;
        let client = self.authority.http(None);
        let page = client.get(self.adapter.url("/metrics")).bearer_auth(TOKEN).send().await;
        let page = page.expect("an answer").text().await.expect("a text");
        let name = format!("data_adapter_client_certificates_refused_total{{reason=\"{reason}\"}} ");
        let value = page.lines().find_map(|line| line.strip_prefix(&name));
        value.map_or(0.0, |value| value.parse().expect("a number"))
    }

    /// The log and the lines of refusals in the audit log, when it has ended.
    async fn end(self) -> (String, Vec<serde_json::Value>) {
        let log = self.adapter.terminate().await.stderr;
        let text = std::fs::read_to_string(self.folder.path().join("audit.jsonl")).expect("an audit log");
        let lines = text.lines().map(|line| serde_json::from_str(line).expect("JSON"));
        (log, lines.filter(|line: &serde_json::Value| line["event"] == "caller_refused").collect())
    }
}

#[tokio::test]
async fn a_client_certificate_that_is_refused_leaves_a_line_with_the_reason() {
    for version in [Version::TLS_1_2, Version::TLS_1_3] {
        let mut server = Server::start().await;
        let mut reasons = Vec::new();
        for (reason, pair) in server.refused() {
            server.show(&pair, version).await;
            reasons.push(reason);
            server.adapter.logged(REFUSED, reasons.len()).await;
        }
        assert_eq!(server.metric("expired").await.to_string(), "1");
        assert_eq!(server.metric("unknown_issuer").await.to_string(), "2");
        let (log, audited) = server.end().await;
        let lines: Vec<_> = log.lines().filter(|line| line.contains(REFUSED)).collect();
        for (line, reason) in lines.iter().zip(&reasons) {
            assert!(line.contains("WARN") && line.contains(reason), "{reason}: {line}");
            assert!(line.contains("peer=127.0.0.1:") && line.len() < 250, "{line}");
        }
        // Two are of one kind: the second is added up, and told at the end.
        let count = |reason: &str| -> u64 {
            let of = audited.iter().filter(|line| line["reason"] == format!("certificate_{reason}"));
            of.map(|line| line["count"].as_u64().expect("a number")).sum()
        };
        for (reason, times) in
            [("unknown_issuer", 2), ("expired", 1), ("not_for_clients", 1), ("self_signed", 1)]
        {
            assert_eq!(count(reason), times, "{reason}: {audited:?}");
        }
        assert!(
            audited.iter().all(|line| line["peer"] == "127.0.0.1" && line["caller"].is_null()),
            "{audited:?}"
        );
    }
}

#[tokio::test]
async fn many_refused_client_certificates_leave_few_lines_that_count_them() {
    const MANY: u64 = 60;
    let server = Server::start().await;
    let expired = server.clients.expired_client("web-flow");
    for _ in 0..MANY {
        server.show(&expired, Version::TLS_1_3).await;
    }
    let counted = server.metric("expired").await;
    let (log, audited) = server.end().await;
    let told = log.lines().filter(|line| line.contains(REFUSED)).count();
    assert!((1..=20).contains(&told), "{log}");
    let more = log.lines().filter(|line| line.contains(MORE));
    let more = more.map(|line| line.split("count=").nth(1).and_then(|rest| rest.split(' ').next()));
    let more: u64 =
        more.map(|count| count.and_then(|count| count.parse::<u64>().ok()).expect("a number")).sum();
    assert_eq!(told as u64 + more, MANY, "{log}");
    assert_eq!(counted.to_string(), MANY.to_string());
    assert!((2..10).contains(&audited.len()), "{audited:?}");
    assert_eq!(audited.iter().map(|line| line["count"].as_u64().expect("a number")).sum::<u64>(), MANY);
}

/// A greeting of TLS with this name for the server, in as many records as it takes.
fn hello(name: &[u8]) -> Vec<u8> {
    let length = |bytes: usize| u16::try_from(bytes).expect("it fits").to_be_bytes();
    let prefixed = |bytes: &[u8]| [&length(bytes.len())[..], bytes].concat();
    let extension = |kind: u16, bytes: &[u8]| [&kind.to_be_bytes()[..], &prefixed(bytes)].concat();
    let names = prefixed(&[&[0][..], &prefixed(name)].concat());
    let extensions = [
        extension(0, &names),
        extension(10, &[0, 2, 0, 23]),
        extension(13, &[0, 2, 4, 3]),
        extension(11, &[1, 0]),
    ];
    let mut body = vec![3, 3];
    body.extend([7; 32]);
    body.extend([0, 0, 2, 0xc0, 0x2b, 1, 0]);
    body.extend(prefixed(&extensions.concat()));
    let size = u32::try_from(body.len()).expect("it fits").to_be_bytes();
    let message = [&[1][..], &size[1..], &body].concat();
    message.chunks(16_000).flat_map(|part| [&[22, 3, 1][..], &prefixed(part)].concat()).collect()
}

#[tokio::test]
async fn a_strange_name_of_a_server_in_a_greeting_writes_nothing() {
    let authority = Authority::new("ours");
    let folder = TlsFolder::with(&authority.server());
    let config = format!("{}{}", configuration(), folder.section(""));
    for filter in [None, Some("info"), Some("debug,data_adapter_server=trace")] {
        let builder = DataAdapter::builder().config(&config);
        let builder =
            filter.into_iter().fold(builder, |it, filter| it.env("DATA_ADAPTER__LOG__FILTER", filter));
        let adapter = builder.start().await;
        let before = adapter.log().len();
        let names = [
            vec![b'\n'; 60_000],
            vec![0xff; 60_000],
            b"MARKED name of a server".to_vec(),
            vec![b'a'; 60_000],
        ];
        for name in names {
            let mut stranger = TcpStream::connect(adapter.address()).await.expect("a connection");
            // It may hang up before all is sent.
            let _ = stranger.write_all(&hello(&name)).await;
            let _ = stranger.shutdown().await;
            let mut said = Vec::new();
            let read = stranger.read_to_end(&mut said);
            let _ = timeout(PATIENCE, read).await.expect("it hangs up");
        }
        let answer = authority.http(None).get(adapter.url("/health/live")).send().await;
        assert_eq!(answer.expect("an answer").status(), 200, "others are served");
        let log = adapter.terminate().await.stderr;
        let written = &log[before.min(log.len())..];
        assert!(written.len() < 8_000 && !written.contains("MARKED"), "{filter:?}: {written:.2000}");
        assert!(filter.is_some() || !written.contains("WARN"), "{written:.2000}");
    }
}
