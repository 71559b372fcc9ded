//! What comes of a certificate, with the reason that only the log has: a test that a certificate is refused would pass for any
//! other reason as well.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use data_adapter_certificates::X509Certificates;
use data_adapter_core::{
    AdapterError, CertificateAuthentication as _, CertificateCredentials, CertificateQuery,
};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// It is valid.
pub(crate) const ACCEPTED: &str = "accepted";
/// Nobody can say.
pub(crate) const REMOTE: &str = "remote";

/// The reasons that were logged.
#[derive(Clone, Default)]
struct Reasons(Arc<Mutex<Vec<String>>>);

impl<S: Subscriber> Layer<S> for Reasons {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        event.record(&mut self.clone());
    }
}

impl Visit for Reasons {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "reason" {
            self.0.lock().expect("no test panics with it").push(value.to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

/// [`ACCEPTED`], [`REMOTE`], or why it was refused. Only for tests with a single thread.
pub(crate) async fn verdict(certificates: &X509Certificates, asked: &CertificateCredentials) -> String {
    let reasons = Reasons::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(reasons.clone()));
    let answer = certificates.verify(asked).await;
    told(answer.map(|right| right.then_some(())), &reasons)
}

/// The same of a certificate in place of a username; the id of the user it names in place of [`ACCEPTED`].
pub(crate) async fn owner(certificates: &X509Certificates, asked: &CertificateQuery) -> String {
    let reasons = Reasons::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(reasons.clone()));
    match certificates.owner(asked).await {
        Ok(Some(user)) => user.id.to_string(),
        answer => told(answer.map(|_| None), &reasons),
    }
}

fn told(answer: Result<Option<()>, AdapterError>, reasons: &Reasons) -> String {
    let reasons = reasons.0.lock().expect("no test panics with it");
    match (answer, reasons.as_slice()) {
        (Ok(Some(())), []) => ACCEPTED.to_owned(),
        (Ok(None), [reason]) => reason.clone(),
        (Err(AdapterError::Remote(_)), []) => REMOTE.to_owned(),
        other => panic!("{other:?}"),
    }
}
