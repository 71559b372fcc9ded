//! Callers who are known by the names in their certificates: DNS names and URIs as well as common names.

use crate::callers::caller;
use crate::support::payloads::{LOOKUP, USERNAME, lookup};
use crate::support::pki::{Authority, Pair, TlsFolder};
use crate::support::{Answer, DataAdapter};

const TOKEN: &str = "a-token-of-the-tests-for-the-names";

/// The callers: one with names of each kind, one with names but without its common name, one without, and one by its token.
fn configuration() -> String {
    let names = [
        "name = \"web-flow\"\ndns_names = [\"web-flow.bank.test\", \"xn--bcher-kva.bank.test\"]\nuris = [\"spiffe://bank.test/web-flow\"]",
        "name = \"texting\"\ncommon_name = false\nuris = [\"urn:bank:Texting\"]\npaths = [\"/api/auth/sms\"]",
        "name = \"old.bank.test\"",
    ];
    let callers = names.map(|names| format!("[[callers.allowed]]\n{names}\n")).concat();
    format!(
        "[sandbox]\nenabled = true\n[backends.memory]\ndemo_users = true\n{callers}{}",
        caller("by-token", TOKEN, "[]")
    )
}

/// One that knows them, and the authorities of its own certificate and of theirs.
struct Served {
    adapter: DataAdapter,
    ours: Authority,
    clients: Authority,
    _folder: TlsFolder,
}

impl Served {
    async fn start() -> Self {
        let (ours, clients) = (Authority::new("ours"), Authority::new("clients"));
        let folder = TlsFolder::with(&ours.server());
        let section = folder.section_with_clients(&clients, "");
        let adapter = DataAdapter::builder().config(format!("{}{section}", configuration())).start().await;
        Self { adapter, ours, clients, _folder: folder }
    }

    async fn ask(&self, pair: &Pair, token: Option<&str>) -> Answer {
        let request = self.ours.http(Some(pair)).post(self.adapter.url(LOOKUP));
        let request = request.header("content-type", "application/json").body(lookup(USERNAME));
        self.adapter.send(token.into_iter().fold(request, reqwest::RequestBuilder::bearer_auth)).await
    }

    /// What is answered to a certificate with these names.
    async fn named(&self, common_name: Option<&str>, dns_names: &[&str], uris: &[&str]) -> u16 {
        self.ask(&self.clients.client_named(common_name, dns_names, uris), None).await.status
    }

    /// The callers whom the log names, in the order of their requests.
    async fn logged(self) -> Vec<String> {
        let log = self.adapter.terminate().await.stderr;
        let callers = log.lines().filter_map(|line| line.split_once(" caller=")).map(|(_, rest)| rest);
        callers.map(|rest| rest.split(' ').next().unwrap_or_default().to_owned()).collect()
    }
}

#[tokio::test]
async fn a_dns_name_a_uri_or_the_common_name_lets_a_caller_in_and_the_log_names_it() {
    let served = Served::start().await;
    for (common_name, dns_names, uris) in [
        (None, &["web-flow.bank.test"][..], &[][..]),
        (None, &["WEB-flow.Bank.Test"], &[]),
        (None, &["xn--bcher-kva.bank.test"], &[]),
        (Some("somebody"), &["other.bank.test", "web-flow.bank.test", "*.bank.test"], &["urn:other"]),
        (None, &[], &["spiffe://bank.test/web-flow"]),
        (Some("web-flow"), &[], &[]),
        (Some("web-flow"), &["web-flow.bank.test"], &["spiffe://bank.test/web-flow"]),
    ] {
        let status = served.named(common_name, dns_names, uris).await;
        assert_eq!(status, 200, "{common_name:?} {dns_names:?} {uris:?}");
    }
    assert_eq!(served.named(Some("old.bank.test"), &["unknown.bank.test"], &[]).await, 200);
    assert_eq!(served.named(None, &[], &["urn:bank:Texting"]).await, 403, "it keeps to its paths");
    let mut expected = vec!["web-flow"; 7];
    expected.extend(["old.bank.test", "texting"]);
    assert_eq!(served.logged().await, expected);
}

#[tokio::test]
async fn no_name_stands_for_another_that_it_looks_like() {
    let served = Served::start().await;
    for (common_name, dns_names, uris) in [
        (None, &[][..], &[][..]),
        // The names of others where they are none: a DNS name or a URI as a common name, a common name as a DNS name.
        (Some("web-flow.bank.test"), &[], &[]),
        (Some("spiffe://bank.test/web-flow"), &[], &[]),
        (None, &["old.bank.test"], &[]),
        (None, &["web-flow"], &["web-flow"]),
        // It is known by its URI alone.
        (Some("texting"), &[], &[]),
        (None, &["*.bank.test", "bank.test", "web-flow.bank.test.", "a.web-flow.bank.test"], &[]),
        (None, &["bcher.bank.test", "xn--bcher-kva"], &[]),
        (None, &[], &["spiffe://bank.test/Web-Flow", "urn:bank:texting"]),
        (None, &[], &["SPIFFE://bank.test/web-flow"]),
        (None, &[], &["spiffe://bank.test/web-flow/"]),
        // No SPIFFE ID is one of several URIs.
        (None, &[], &["spiffe://bank.test/web-flow", "spiffe://bank.test/other"]),
    ] {
        let status = served.named(common_name, dns_names, uris).await;
        assert_eq!(status, 401, "{common_name:?} {dns_names:?} {uris:?}");
    }
    assert_eq!(served.logged().await, [""; 0]);
}

#[tokio::test]
async fn a_certificate_with_the_names_of_two_callers_is_taken_for_neither_and_the_log_says_so() {
    let mut served = Served::start().await;
    let both = served.clients.client_named(None, &["web-flow.bank.test"], &["urn:bank:Texting"]);
    assert_eq!(served.ask(&both, None).await.status, 401);
    assert_eq!(served.named(Some("old.bank.test"), &["web-flow.bank.test"], &[]).await, 401);
    assert_eq!(served.ask(&both, Some(TOKEN)).await.status, 200, "a token says who it is");
    served.adapter.logged("a client certificate has the names of two callers", 2).await;
    let log = served.adapter.log();
    assert!(log.contains("one=\"web-flow\" other=\"texting\""), "{log}");
}

#[tokio::test]
async fn names_of_an_authority_that_is_not_trusted_count_for_nothing() {
    let served = Served::start().await;
    let stranger = Authority::new("clients").client_named(None, &["web-flow.bank.test"], &[]);
    let refused = served.ours.http(Some(&stranger)).get(served.adapter.url(LOOKUP)).send().await;
    assert!(refused.is_err(), "{refused:?}");
}

#[tokio::test]
async fn names_that_two_callers_have_are_refused_at_the_start() {
    let (ours, clients) = (Authority::new("ours"), Authority::new("clients"));
    let folder = TlsFolder::with(&ours.server());
    let more = "[[callers.allowed]]\nname = \"another\"\ndns_names = [\"Old.bank.test\"]\n";
    let section = folder.section_with_clients(&clients, "");
    let exit =
        DataAdapter::builder().config(format!("{}{more}{section}", configuration())).spawn_failing().await;
    assert_eq!(exit.status, Some(78), "{}", exit.stderr);
    let said = "`callers.allowed.dns_names` has `old.bank.test` for `another`, and it is a name of `old.bank.test` already";
    assert!(exit.stderr.contains(said), "{}", exit.stderr);
}
