//! A push gateway that sends nothing: it keeps the last pushes in memory and shows them, so that someone exploring can accept and
//! reject them in place of a device. Never for real users.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use data_adapter_core::{AdapterError, Clock, MessageId};
use data_adapter_sca::{
    DeliveredPush, GatewayError, PushAnswer, PushDecisions, PushGateway, PushInbox, PushMessage, PushStatus,
};

/// The last pushes, in memory.
pub struct SandboxPushes {
    clock: Arc<dyn Clock>,
    pushes: Mutex<Pushes>,
}

#[derive(Default)]
struct Pushes {
    newest_first: VecDeque<DeliveredPush>,
    count: u64,
}

/// The devices of everybody: what was pushed, and who is told what a person decides.
pub struct SandboxDevices {
    pushes: Arc<SandboxPushes>,
    decisions: Arc<dyn PushDecisions>,
}

impl SandboxPushes {
    /// How many pushes are kept.
    pub const KEPT: usize = 100;

    /// An empty sandbox.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, pushes: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Pushes> {
        self.pushes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, id: u64) -> Option<DeliveredPush> {
        self.lock().newest_first.iter().find(|push| push.id == id).cloned()
    }

    /// Every push of the request has the status: it is sent again when it is renewed.
    fn set_status(&self, message: &MessageId, status: PushStatus) {
        let mut pushes = self.lock();
        let of_request = pushes.newest_first.iter_mut().filter(|push| push.push.message == *message);
        of_request.for_each(|push| push.status = status);
    }
}

impl SandboxDevices {
    /// Shows `pushes`, and tells `decisions` what a person decides.
    #[must_use]
    pub fn new(pushes: Arc<SandboxPushes>, decisions: Arc<dyn PushDecisions>) -> Self {
        Self { pushes, decisions }
    }
}

#[async_trait]
impl PushGateway for SandboxPushes {
    async fn send(&self, push: &PushMessage) -> Result<(), GatewayError> {
        let (push, sent_at, status) = (push.clone(), self.clock.now(), PushStatus::Pending);
        let mut pushes = self.lock();
        pushes.count += 1;
        let id = pushes.count;
        pushes.newest_first.push_front(DeliveredPush { id, push, sent_at, status });
        pushes.newest_first.truncate(Self::KEPT);
        Ok(())
    }
}

#[async_trait]
impl PushInbox for SandboxDevices {
    fn pushes(&self) -> Vec<DeliveredPush> {
        self.pushes.lock().newest_first.iter().cloned().collect()
    }

    async fn decide(&self, id: u64, accepted: bool) -> Result<PushAnswer, AdapterError> {
        let Some(push) = self.pushes.push(id) else { return Ok(PushAnswer::Unknown) };
        // Whoever waits for it knows whether it can be decided still, and lets one decision through.
        if !self.decisions.decide(&push.push.message, accepted).await? {
            return Ok(PushAnswer::TooLate);
        }
        let status = if accepted { PushStatus::Accepted } else { PushStatus::Rejected };
        self.pushes.set_status(&push.push.message, status);
        Ok(PushAnswer::Decided(DeliveredPush { status, ..push }))
    }
}

#[cfg(test)]
mod tests;
