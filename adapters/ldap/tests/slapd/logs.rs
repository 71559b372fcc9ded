//! What the log never holds, at any level.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use data_adapter_testkit::Slapd;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{by_name, is_right, log_in, person, quick, remote, with_settings};

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The subscriber is that of the whole process, so that it sees what the other tests do, too.
#[tokio::test(flavor = "multi_thread")]
async fn neither_passwords_nor_phones_nor_names_are_logged_at_any_level() {
    const MARK: &str = "MARKED";
    let entry = person("uid=MARKED-user", "bankId: MARKED-id\nmobile: +420 777 123 456\n");
    let entry = entry.replace("s3cret", "MARKED-password");
    let Some(mut slapd) = Slapd::builder().entries(&entry).start() else { return };
    let captured = Captured::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(captured.clone())
        .init();
    let settings = quick(&[slapd.tls_url()]);
    let backend = with_settings(&format!("ca_file = {:?}\n{settings}", slapd.ca_file()));
    by_name(&backend, "MARKED-user").await.expect("the directory answers");
    assert!(is_right(&backend, "MARKED-id", "MARKED-password").await);
    assert!(!is_right(&backend, "MARKED-id", "MARKED-wrong").await);
    slapd.freeze();
    let late = tokio::time::timeout(std::time::Duration::from_millis(50), by_name(&backend, "MARKED-user"));
    drop(late.await);
    slapd.thaw();
    slapd.stop();
    remote(log_in(&backend, "MARKED-id", "MARKED-password").await);
    let log = captured.text();
    for hidden in [MARK, "+420", "777 123", Slapd::SERVICE_PASSWORD] {
        assert!(!log.contains(hidden), "{hidden} is in the log:\n{log}");
    }
    assert!(log.contains("a server of the directory is down"), "{log}");
}
