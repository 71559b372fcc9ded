//! Kannel, a gateway that nobody here wrote: `bearerbox` and `smsbox`, and `fakesmsc` in the place of a network.

use std::fs::File;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use data_adapter_sca::{DeliveryStatus, ReceiptCall, ReceiptCallbacks as _, SmsGateway as _};
use data_adapter_sms_encoding::{Alphabet, alphabet};
use data_adapter_sms_http::{HttpReceipts, HttpSmsSettings};
use jiff::Timestamp;
use serde_json::json;
use tempfile::TempDir;

use crate::server::{Calls, Does, gateway};
use crate::support::{is_refused, is_unavailable, made, message, saying, send, settings};

const PROGRAMS: [&str; 3] = ["/usr/sbin/bearerbox", "/usr/sbin/smsbox", "/usr/lib/kannel/test/fakesmsc"];
const PATIENCE: Duration = Duration::from_secs(60);
const SECRET: &str = "MARKED_456789-abcdef0123456789abcdef";

/// Kannel with its network; it ends when this is dropped.
struct Kannel {
    programs: Vec<Child>,
    folder: TempDir,
    port: u16,
}

impl Kannel {
    /// Starts it. `None` where it is not installed, which is no excuse when `CI` is `true`.
    fn start() -> Option<Self> {
        if PROGRAMS.iter().any(|program| !Path::new(program).exists()) {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "Kannel is not installed; see .ci/install");
            return None;
        }
        // Somebody else may take a free port before a program does.
        let kannel = (0..5).find_map(|_| Self::try_start());
        Some(kannel.expect("Kannel starts"))
    }

    /// `None` where one of its programs ends.
    fn try_start() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let ports: [u16; 4] = free_ports();
        let [admin, smsbox, network, port] = ports;
        let configuration = format!(
            "group = core\nadmin-port = {admin}\nadmin-password = x\nsmsbox-port = {smsbox}\n\
             box-allow-ip = 127.0.0.1\ndlr-storage = internal\n\n\
             group = smsc\nsmsc = fake\nsmsc-id = network\nport = {network}\nconnect-allow-ip = 127.0.0.1\n\n\
             group = smsbox\nbearerbox-host = 127.0.0.1\nsendsms-port = {port}\n\n\
             group = sendsms-user\nusername = me\npassword = MARKED\nconcatenation = true\nmax-messages = 5\n"
        );
        let file = folder.path().join("kannel.conf");
        std::fs::write(&file, configuration).expect("a file");
        let mut kannel = Self { programs: Vec::new(), folder, port };
        let file = file.to_str().expect("a path");
        kannel.run(PROGRAMS[0], &[file]);
        kannel.runs_until(|_| [admin, smsbox, network].into_iter().all(is_taken))?;
        kannel.run(PROGRAMS[1], &[file]);
        kannel.runs_until(|_| is_taken(port))?;
        // It leaves when its input ends, and after as many messages as it is told to send.
        let network = network.to_string();
        kannel.run(PROGRAMS[2], &["-H", "127.0.0.1", "-r", &network, "-m", "0", "100 200 text nothing"]);
        kannel.runs_until(|kannel| kannel.log().contains("Connecting to"))?;
        Some(kannel)
    }

    /// Waits until it is so. `None` where one of its programs has ended.
    fn runs_until(&mut self, is_so: impl Fn(&Self) -> bool) -> Option<()> {
        wait(|| self.has_ended() || is_so(self));
        (!self.has_ended()).then_some(())
    }

    fn has_ended(&mut self) -> bool {
        self.programs.iter_mut().any(|program| program.try_wait().is_ok_and(|status| status.is_some()))
    }

    fn run(&mut self, program: &str, arguments: &[&str]) {
        let log =
            File::options().create(true).append(true).open(self.folder.path().join("log")).expect("a log");
        let copy = log.try_clone().expect("a log");
        let mut command = Command::new(program);
        let child = command.args(arguments).stdin(Stdio::piped()).stdout(copy).stderr(log).spawn();
        self.programs.push(child.expect("it can be run"));
    }

    fn log(&self) -> String {
        let log = std::fs::read(self.folder.path().join("log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    /// The messages that the network has got, as `fakesmsc` prints them: sender, number, kind and text.
    fn messages(&self) -> Vec<String> {
        let log = self.log();
        let lines = log.split("DEBUG: Got message ").skip(1);
        let lines = lines
            .filter_map(|line| line.split_once(": <")?.1.split_once(">\n").map(|(text, _)| text.to_owned()));
        lines.collect()
    }

    fn settings(&self, receipts: Option<&str>) -> HttpSmsSettings {
        let receipts = receipts.map_or(json!({}), |url| json!({ "secret": SECRET, "public_url": url }));
        let more = json!({ "preset": "kannel", "username": "me", "password": "MARKED", "timeout_ms": 30000, "receipts": receipts });
        settings(&format!("http://127.0.0.1:{}/cgi-bin/sendsms", self.port), more)
    }
}

impl Drop for Kannel {
    fn drop(&mut self) {
        for program in self.programs.iter_mut().rev() {
            // It may have ended by itself.
            drop(program.kill());
            drop(program.wait());
        }
    }
}

fn free_ports<const N: usize>() -> [u16; N] {
    let listeners = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").expect("a port"));
    listeners.map(|listener| listener.local_addr().expect("an address").port())
}

fn is_taken(port: u16) -> bool {
    TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))).is_ok()
}

fn wait(mut until: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !until() {
        assert!(begun.elapsed() < PATIENCE, "it does not come");
        sleep(Duration::from_millis(20));
    }
}
/// The text of a message as `fakesmsc` prints it: plain, or with percent signs in UTF-16, or UTF-8 where GSM 7-bit has all of it.
fn text_of(message: &str, alphabet: Alphabet) -> String {
    let words = message.strip_prefix("Bank +420777123456 ").expect("the sender and the number");
    let (kind, text) = words.split_once(' ').expect("a kind and a text");
    if kind == "text" {
        return text.to_owned();
    }
    // One of several parts has its header before it.
    let encoded = text.rsplit_once(" data ").map_or(text, |(_, data)| data).replace('+', " ");
    let bytes: Vec<u8> = percent_encoding::percent_decode_str(&encoded).collect();
    match alphabet {
        Alphabet::Gsm7 => String::from_utf8(bytes).expect("UTF-8"),
        Alphabet::Ucs2 => {
            let units: Vec<u16> =
                bytes.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16(&units).expect("UTF-16")
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_arrive_letter_by_letter_through_kannel() {
    let Some(kannel) = Kannel::start() else { return };
    let kannel_gateway = made(kannel.settings(None));
    for (text, parts) in [
        ("Your code € {1} [x] é".to_owned(), 1),
        ("a&b=c+d%20e?f".to_owned(), 1),
        ("Příliš žluťoučký kůň".to_owned(), 1),
        ("Kód ě 🔐".to_owned(), 1),
        ("x".repeat(160), 1),
        ("x".repeat(161), 2),
        ("Payment € {1} ".chars().cycle().take(300).collect(), 3),
        ("ě".repeat(70), 1),
        ("ě".repeat(71), 2),
        ("Převod € {1} ".chars().cycle().take(300).collect(), 5),
    ] {
        let before = kannel.messages().len();
        kannel_gateway.send(&saying(&text)).await.expect("it is taken");
        wait(|| kannel.messages().len() == before + parts);
        let arrived: String =
            kannel.messages()[before..].iter().map(|message| text_of(message, alphabet(&text))).collect();
        assert_eq!(arrived, text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kannel_says_what_became_of_a_message_at_the_path_with_the_secret() {
    let Some(kannel) = Kannel::start() else { return };
    let (url, calls) = gateway(&[Does::status(204)]).await;
    let settings = kannel.settings(Some(&url));
    let handed_over = made(settings.clone()).send(&message()).await.expect("it is taken");
    let call = callback(&calls);
    let target = call.strip_prefix("GET ").expect("a GET");
    assert!(target.contains(&format!("/messages/{SECRET}?")), "{target}");
    let target = target.replace("/messages/", "/callbacks/sms/primary/");
    let receipts =
        HttpReceipts::new("primary".to_owned(), settings).expect("it can be used").expect("there are some");
    let call = ReceiptCall { target: &target, header: &|_| None, body: b"", now: Timestamp::UNIX_EPOCH };
    let said = receipts.read(&call).expect("it is theirs");
    assert_eq!(said.len(), 1);
    assert_eq!((said[0].status, &said[0].reference), (DeliveryStatus::Delivered, &handed_over.references[0]));
}

/// The first call that comes, in its first line.
fn callback(calls: &Calls) -> String {
    wait(|| !calls.all().is_empty());
    calls.all()[0].target().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn kannel_that_lets_nobody_in_does_not_have_the_message() {
    let Some(kannel) = Kannel::start() else { return };
    let wrong = HttpSmsSettings { password: Some("WRONGMARKED".into()), ..kannel.settings(None) };
    let sent = send(wrong).await;
    assert!(is_unavailable(&sent), "{sent:?}");
    let nobody = data_adapter_sca::SmsMessage { sender: None, ..message() };
    let sent = made(kannel.settings(None)).send(&nobody).await;
    assert!(is_refused(&sent), "{sent:?}");
    assert!(kannel.messages().is_empty());
}
