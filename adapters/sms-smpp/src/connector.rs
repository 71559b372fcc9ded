use std::sync::Arc;
use std::time::Duration;

use data_adapter_client_tls::TlsFiles;
use data_adapter_core::Step;
use data_adapter_reach::{refused_certificate, steps_to};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::session::{Credentials, End, Patience, Session};
use crate::settings::{Place, SmppSettings, SmppSettingsError};

/// A connection, over TLS or not.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Makes sessions.
pub(crate) struct Connector {
    place: Place,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    credentials: Credentials,
    patience: Patience,
    /// For a connection that is bound.
    deadline: Duration,
}

impl Connector {
    pub(crate) fn new(settings: &SmppSettings) -> Result<Self, SmppSettingsError> {
        let place = settings.place()?;
        if !place.is_tls {
            refuse_files(settings)?;
        }
        let tls = place.is_tls.then(|| tls(settings, &place)).transpose()?;
        let silence = Duration::from_secs(settings.enquire_link_seconds);
        Ok(Self {
            tls,
            credentials: Credentials::new(settings)?,
            patience: Patience { answer: settings.timeout(), silence },
            deadline: Duration::from_millis(settings.connect_timeout_ms),
            place,
        })
    }

    /// Connects and binds.
    pub(crate) async fn bind(&self) -> Result<Session<Box<dyn Stream>>, End> {
        let bind = async {
            let stream = self.connect().await?;
            Session::bind(stream, &self.credentials, self.patience).await
        };
        timeout(self.deadline, bind).await.unwrap_or(Err(End::Silent("it is not bound to in time")))
    }

    async fn connect(&self) -> Result<Box<dyn Stream>, End> {
        let Place { host, port, .. } = &self.place;
        let unreachable = |error: std::io::Error| End::Unreachable(error.to_string());
        let stream = TcpStream::connect((host.as_str(), *port)).await.map_err(unreachable)?;
        stream.set_nodelay(true).map_err(unreachable)?;
        let Some((tls, name)) = &self.tls else { return Ok(Box::new(stream)) };
        let shaken = tls.connect(name.clone(), stream).await.map_err(|error| {
            End::Unreachable(refused_certificate(&error).unwrap_or_else(|| format!("no TLS: {error}")))
        })?;
        Ok(Box::new(shaken))
    }

    /// The way to a bind, step by step. The SMSC may allow no more than one session, so that one `is_bound` already is enough.
    pub(crate) async fn steps(&self, is_bound: bool) -> Vec<Step> {
        const BIND: &str = "bind_transceiver";
        let mut steps = steps_to(&self.place.host, self.place.port, self.deadline).await;
        if steps.iter().any(|step| step.outcome().is_err()) {
            steps.push(Step::left_out(BIND, "there is no connection to bind over"));
        } else if is_bound {
            steps.push(Step::fine(BIND, "it is bound"));
        } else {
            steps.push(Step::new(BIND, self.try_to_bind().await));
        }
        steps
    }

    async fn try_to_bind(&self) -> Result<String, String> {
        let mut session = self.bind().await.map_err(|end| end.to_string())?;
        // That it was bound is what counts.
        drop(session.unbind().await);
        Ok("it can be bound to".to_owned())
    }
}

/// Whoever names files for TLS does not expect codes to go without it.
fn refuse_files(settings: &SmppSettings) -> Result<(), SmppSettingsError> {
    let files = [
        ("ca_file", &settings.ca_file),
        ("client_certificate_file", &settings.client_certificate_file),
        ("client_key_file", &settings.client_key_file),
    ];
    match files.into_iter().find(|(_, file)| file.is_some()) {
        Some((key, _)) => {
            Err(SmppSettingsError::new(key, "is for TLS, which `url` has only with `smpps://`"))
        }
        None => Ok(()),
    }
}

fn tls(
    settings: &SmppSettings,
    place: &Place,
) -> Result<(TlsConnector, ServerName<'static>), SmppSettingsError> {
    let files = TlsFiles {
        ca_file: settings.ca_file.clone(),
        client_certificate_file: settings.client_certificate_file.clone(),
        client_key_file: settings.client_key_file.clone(),
    };
    let config = files.config().map_err(|error| SmppSettingsError::new(error.key, error.why))?;
    let name = ServerName::try_from(place.host.clone())
        .map_err(|_| SmppSettingsError::new("url", "names a host that no certificate can name"))?;
    Ok((TlsConnector::from(Arc::new(config)), name))
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio::time::sleep;

    use super::*;

    /// What an SMSC that takes `patience` to let anybody bind makes of one who has 20 ms for answers, and `deadline` for binding.
    async fn bound(patience: Duration, deadline: Duration) -> Result<(), End> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let settings = SmppSettings {
            url: format!("smpp://{}", listener.local_addr().unwrap()),
            system_id: "bank".to_owned(),
            timeout_ms: 20,
            connect_timeout_ms: deadline.as_millis().try_into().unwrap(),
            ..SmppSettings::default()
        };
        let smsc = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let length = usize::try_from(stream.read_u32().await.unwrap()).unwrap();
            stream.read_exact(&mut vec![0; length - 4]).await.unwrap();
            sleep(patience).await;
            stream.write_all(b"\0\0\0\x15\x80\0\0\x09\0\0\0\0\0\0\0\x01SMSC\0").await.unwrap();
        });
        let bound = Connector::new(&settings).unwrap().bind().await.map(drop);
        smsc.abort();
        bound
    }

    #[tokio::test]
    async fn a_bind_may_take_as_long_as_connecting_may() {
        assert_eq!(bound(Duration::from_millis(200), Duration::from_secs(30)).await, Ok(()));
        let end = bound(Duration::from_secs(30), Duration::from_millis(200)).await;
        assert_eq!(end, Err(End::Silent("it is not bound to in time")));
    }
}
