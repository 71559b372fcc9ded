use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use data_adapter_core::{Random, SystemRandom};
use data_adapter_http_call::{CallClient, Connection, Lost, SettingError};
use data_adapter_sca::{GatewayError, HandedOver, SmsGateway, SmsMessage};
use reqwest::header::RETRY_AFTER;
use tokio::time::{Instant, sleep, timeout};

use crate::answer::{Answer, Answers};
use crate::receipts::receipt_url;
use crate::request::{Request, Requests};
use crate::settings::HttpSmsSettings;

/// The longest answer that is read, in bytes.
const LONGEST_ANSWER: usize = 64 * 1024;
/// How long after a call that never left another one is tried: a gateway that restarts may be there again.
const PAUSE: Duration = Duration::from_millis(200);

/// A gateway that is called over HTTP. Its connections are kept and used again.
pub struct HttpSmsGateway {
    id: String,
    http: CallClient,
    requests: Requests,
    answers: Answers,
    deadline: Duration,
    connect: Duration,
    random: Arc<dyn Random>,
}

/// Why a message is not known to be with the gateway.
struct Failed {
    error: GatewayError,
    /// Whether the call never left, so that another one does no harm.
    is_unsent: bool,
}

impl HttpSmsGateway {
    /// Makes ready to call a gateway, which may be down now. `id` is what the configuration calls it.
    ///
    /// # Errors
    ///
    /// Which setting can't be used, and why. A template that can't be filled in is found here.
    pub fn new(id: String, settings: HttpSmsSettings) -> Result<Self, SettingError> {
        let settings = settings.filled();
        settings.check_secrets()?;
        if !(1..=60_000).contains(&settings.timeout_ms) {
            return Err(SettingError::new("timeout_ms", "has to be from 1 to 60000"));
        }
        if settings.connect_timeout_ms == 0 || settings.connect_timeout_ms >= settings.timeout_ms {
            return Err(SettingError::new(
                "connect_timeout_ms",
                "has to be more than 0, and less than `timeout_ms`",
            ));
        }
        let connect = Duration::from_millis(settings.connect_timeout_ms);
        let connection = Connection {
            ca_file: settings.ca_file.clone(),
            client_certificate_file: settings.client_certificate_file.clone(),
            client_key_file: settings.client_key_file.clone(),
            proxy: settings.proxy.clone(),
            timeout: Some(connect),
        };
        Ok(Self {
            id,
            requests: Requests::new(&settings, receipt_url(&settings)?)?,
            http: CallClient::new(&connection)?,
            answers: Answers::new(&settings.answer)?,
            deadline: Duration::from_millis(settings.timeout_ms),
            connect,
            random: Arc::new(SystemRandom),
        })
    }

    /// Calls once, or twice where that does no harm.
    async fn hand_over(&self, request: &Request, message: &SmsMessage) -> Result<Vec<String>, GatewayError> {
        let end = Instant::now() + self.deadline;
        let can_repeat = self.requests.can_repeat();
        let first_end = if can_repeat { Instant::now() + self.deadline / 2 } else { end };
        let Failed { error, is_unsent } = match self.attempt(request, message, first_end).await {
            Ok(references) => return Ok(references),
            Err(failed) => failed,
        };
        // There has to be time to connect: a call that is cut off may have left.
        let is_time = end.saturating_duration_since(Instant::now()) > PAUSE + self.connect;
        if is_unsent && is_time {
            sleep(PAUSE).await;
            return self.attempt(request, message, end).await.map_err(|failed| failed.error);
        }
        if can_repeat && matches!(error, GatewayError::Unknown(_)) {
            tracing::debug!(gateway = self.id, %error, "the gateway is called again with the same key");
            // Whatever is said of the second call, the first may have been taken.
            let second = self.attempt(request, message, end).await;
            return second.map_err(|failed| GatewayError::Unknown(reason(failed.error)));
        }
        Err(error)
    }

    async fn attempt(
        &self,
        request: &Request,
        message: &SmsMessage,
        end: Instant,
    ) -> Result<Vec<String>, Failed> {
        let left = || end.saturating_duration_since(Instant::now());
        let response = self.http.call(left(), |client| request.builder(client)).await?;
        let (status, has_retry_after) =
            (response.status().as_u16(), response.headers().contains_key(RETRY_AFTER));
        let late = |_| Err(Lost::Unclear("the answer did not end in time".to_owned()));
        let body = timeout(left(), CallClient::body(response, LONGEST_ANSWER)).await.unwrap_or_else(late);
        let answer = Answer { status, has_retry_after, body };
        self.answers.judge(&answer, message).map_err(|error| Failed { error, is_unsent: false })
    }
}

impl From<Lost> for Failed {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Unsent(why) => Self { error: GatewayError::Unavailable(why), is_unsent: true },
            Lost::Unclear(why) => Self { error: GatewayError::Unknown(why), is_unsent: false },
        }
    }
}

fn reason(error: GatewayError) -> String {
    match error {
        GatewayError::Unavailable(why) | GatewayError::Refused(why) | GatewayError::Unknown(why) => why,
    }
}

#[async_trait]
impl SmsGateway for HttpSmsGateway {
    async fn send(&self, message: &SmsMessage) -> Result<HandedOver, GatewayError> {
        // Another one for each call: the same message may be sent once more on purpose.
        let reference = uuid::Builder::from_random_bytes(self.random.bytes()).into_uuid().to_string();
        let request = self.requests.make(message, &reference);
        let request = request.map_err(|why| GatewayError::Refused(format!("the call {why}")))?;
        let mut references = self.hand_over(&request, message).await?;
        if references.is_empty() && self.requests.tells_reference() {
            references.push(reference);
        }
        Ok(HandedOver { gateway: Some(self.id.clone()), references })
    }
}
