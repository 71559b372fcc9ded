use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use data_adapter_core::MessageId;
use data_adapter_sca::{GatewayError, HandedOver, SmsGateway, SmsMessage};
use secrecy::ExposeSecret as _;

/// A gateway that keeps what it is given, for a test to read.
#[derive(Debug, Default)]
pub struct RecordingGateway {
    messages: Mutex<Vec<SmsMessage>>,
    refuses: AtomicBool,
    pause: Mutex<Duration>,
}

impl RecordingGateway {
    /// Every message that it took, oldest first.
    #[must_use]
    pub fn messages(&self) -> Vec<SmsMessage> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The text of the last message; `None` when there is none.
    #[must_use]
    pub fn last_text(&self) -> Option<String> {
        self.messages().last().map(|message| message.text.expose_secret().to_owned())
    }

    /// The code in the last message: the last digits of its text. `None` when there is no message or no code in it.
    #[must_use]
    pub fn last_code(&self) -> Option<String> {
        code_in(&self.last_text()?)
    }

    /// The code that came with `message`; `None` when it was not sent.
    #[must_use]
    pub fn code_of(&self, message: &MessageId) -> Option<String> {
        let messages = self.messages();
        let sent = messages.iter().find(|sent| sent.message == *message)?;
        code_in(sent.text.expose_secret())
    }

    /// From now on it refuses every message, or takes them again.
    pub fn refuse(&self, refuses: bool) {
        self.refuses.store(refuses, Ordering::SeqCst);
    }

    /// From now on it takes so long over every message.
    pub fn take(&self, pause: Duration) {
        *self.pause.lock().unwrap_or_else(PoisonError::into_inner) = pause;
    }
}

fn code_in(text: &str) -> Option<String> {
    let mut numbers = text.rsplit(|letter: char| !letter.is_ascii_digit());
    numbers.find(|number| !number.is_empty()).map(str::to_owned)
}

#[async_trait]
impl SmsGateway for RecordingGateway {
    async fn send(&self, message: &SmsMessage) -> Result<HandedOver, GatewayError> {
        let pause = *self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        tokio::time::sleep(pause).await;
        if self.refuses.load(Ordering::SeqCst) {
            return Err(GatewayError::Unavailable("the test told it to refuse".to_owned()));
        }
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).push(message.clone());
        Ok(HandedOver::default())
    }
}

#[cfg(test)]
mod tests {
    use data_adapter_core::{OperationId, OperationName, PhoneNumber, UserId};

    use super::*;

    #[tokio::test]
    async fn the_code_is_the_last_number_of_the_last_text() {
        let gateway = RecordingGateway::default();
        assert_eq!(gateway.last_code(), None);
        for text in ["1", "Code for 100.00 CZK to 238400856/0300 is 00123456."] {
            let message = SmsMessage {
                message: MessageId::new("m"),
                operation: OperationId::new("o"),
                name: OperationName::new("login"),
                user: UserId::new("u"),
                organization: None,
                to: PhoneNumber::new("1"),
                sender: None,
                text: text.into(),
            };
            gateway.send(&message).await.unwrap();
        }
        assert_eq!(gateway.last_code().unwrap(), "00123456");
        assert_eq!(gateway.code_of(&MessageId::new("m")).unwrap(), "1");
        assert_eq!(gateway.code_of(&MessageId::new("n")), None);
    }
}
