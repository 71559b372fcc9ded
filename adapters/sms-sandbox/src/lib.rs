//! An SMS gateway that sends nothing: it keeps the last messages in memory and shows them, so that someone exploring can
//! read the code and go on. Never for real users.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use data_adapter_core::Clock;
use data_adapter_sca::{DeliveredMessage, GatewayError, HandedOver, Inbox, SmsGateway, SmsMessage};

/// The last messages, in memory.
pub struct SandboxGateway {
    clock: Arc<dyn Clock>,
    messages: Mutex<Messages>,
}

#[derive(Default)]
struct Messages {
    newest_first: VecDeque<DeliveredMessage>,
    count: u64,
}

impl SandboxGateway {
    /// How many messages are kept.
    pub const KEPT: usize = 100;

    /// An empty sandbox.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, messages: Mutex::default() }
    }
}

#[async_trait]
impl SmsGateway for SandboxGateway {
    async fn send(&self, message: &SmsMessage) -> Result<HandedOver, GatewayError> {
        let sent_at = self.clock.now();
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        messages.count += 1;
        let id = messages.count;
        messages.newest_first.push_front(DeliveredMessage { id, message: message.clone(), sent_at });
        messages.newest_first.truncate(Self::KEPT);
        Ok(HandedOver::default())
    }
}

impl Inbox for SandboxGateway {
    fn messages(&self) -> Vec<DeliveredMessage> {
        let messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        messages.newest_first.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use data_adapter_core::{MessageId, OperationId, OperationName, PhoneNumber, SystemClock, UserId};
    use secrecy::ExposeSecret as _;

    use super::*;

    #[tokio::test]
    async fn the_last_messages_are_kept_newest_first() {
        let sandbox = SandboxGateway::new(Arc::new(SystemClock));
        for number in 0..=SandboxGateway::KEPT {
            let message = SmsMessage {
                message: MessageId::new(number.to_string()),
                operation: OperationId::new("op"),
                name: OperationName::new("login"),
                user: UserId::new("user"),
                organization: None,
                to: PhoneNumber::new("+420"),
                sender: None,
                text: number.to_string().into(),
            };
            sandbox.send(&message).await.unwrap();
        }
        let messages = sandbox.messages();
        assert_eq!(messages.len(), SandboxGateway::KEPT);
        assert_eq!(messages[0].message.text.expose_secret(), "100");
        assert_eq!(messages[0].id, 101);
        assert_eq!(messages.last().unwrap().message.message.as_str(), "1");
    }
}
