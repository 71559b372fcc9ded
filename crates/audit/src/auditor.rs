mod blocks;
mod refusals;

use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, MessageId, Readiness, UserId};
use jiff::Timestamp;

use crate::chain::{AuditError, AuditLog};
use crate::event::{AuditEvent, AuditOutcome, EventKind, Factor};
use blocks::{Told, shown, told_in};
use refusals::Refusals;

pub use blocks::{BlockLookup, UserBlock};
pub use refusals::{Refusal, RefusalReason};

/// What is known about the request that is being answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditContext {
    /// The system that asks; `None` when it did not have to say.
    pub caller: Option<String>,
    /// The id of the request; `None` outside of one.
    pub request_id: Option<String>,
    /// Where it comes from; `None` when that is not known.
    pub peer: Option<IpAddr>,
}

/// Tells the context of the current task.
pub type ContextSource = Arc<dyn Fn() -> AuditContext + Send + Sync>;

/// Writes the lines of requests, and decides what happens when it can't.
pub struct Auditor {
    log: AuditLog,
    context: ContextSource,
    blocks: Arc<dyn BlockLookup>,
    required: bool,
    told: Told,
    refusals: Refusals,
}

impl Auditor {
    /// With `required`, what can't be recorded fails; else it goes on, and the log of the operator says what is missing.
    #[must_use]
    pub fn new(log: AuditLog, context: ContextSource, blocks: Arc<dyn BlockLookup>, required: bool) -> Self {
        Self { log, context, blocks, required, told: Told::default(), refusals: Refusals::default() }
    }

    /// Begins a step that ends in one line. If nobody comes to [`finish`](Step::finish) it, because the caller went away, the
    /// line is written all the same.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when lines are required and can't be written now.
    pub async fn begin(&self, mut event: AuditEvent) -> Result<Step<'_>, AdapterError> {
        if self.required {
            self.log.ready().await.map_err(|error| refused(&error))?;
        }
        let context = (self.context)();
        event.caller = context.caller;
        event.request_id = context.request_id;
        event.peer = context.peer.map(|peer| peer.to_canonical().to_string());
        Ok(Step { auditor: self, event: Some(event) })
    }

    /// Begins a step that can't be taken back: where lines are required, one stands in the log before it.
    ///
    /// # Errors
    ///
    /// As in [`begin`](Self::begin).
    pub async fn announce(&self, event: AuditEvent) -> Result<Step<'_>, AdapterError> {
        let step = self.begin(event).await?;
        if let Some(event) = step.event.clone().filter(|_| self.required) {
            let announcement = AuditEvent { outcome: AuditOutcome::Requested, ..event };
            if let Err(error) = self.log.append(vec![announcement]).await {
                step.forget();
                return Err(refused(&error));
            }
        }
        Ok(step)
    }

    /// What readiness asks: the log where lines are required, since nothing is answered without them; `None` elsewhere.
    pub fn readiness(self: &Arc<Self>) -> Option<Arc<dyn Readiness>> {
        self.required.then(|| Arc::clone(self) as _)
    }

    /// Goes on in the file that has the path now, after the other was moved away.
    ///
    /// # Errors
    ///
    /// When it can't be opened: the log goes on in the old one.
    pub async fn reopen(&self) -> Result<(), AuditError> {
        self.log.reopen().await
    }

    async fn write(&self, events: Vec<AuditEvent>) -> Result<(), AdapterError> {
        match self.log.append(events).await {
            Err(error) if self.required => Err(refused(&error)),
            Err(error) => {
                tracing::error!(%error, "this request left no line in the audit log");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// Against whom guesses at the code of a message count, so that they may be blocked now. Where nobody knows, it is whom
    /// the request names, or nobody: there is no block then, but looking for one takes its time all the same.
    pub(crate) async fn guessed_at(&self, message: &MessageId, named: Option<&UserId>) -> UserId {
        self.owner(message).await.or_else(|| named.cloned()).unwrap_or_else(|| UserId::new(""))
    }

    /// Whose message it is; `None` where it is nobody's, or nobody knows.
    pub(crate) async fn owner(&self, message: &MessageId) -> Option<UserId> {
        self.blocks.owner(message).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "a user or a block may be missing in the audit log for now");
            None
        })
    }

    /// A line for each block that is new.
    async fn new_blocks(&self, event: &AuditEvent, suspects: &[(&UserId, Factor)]) -> Vec<AuditEvent> {
        let mut lines = Vec::new();
        for (user, factor) in suspects {
            match self.blocks.blocked_until(user, *factor).await {
                Ok(Some(until)) if self.told.add(user, *factor, until) => {
                    let is_named = event.user.as_deref() == Some(user.as_str());
                    lines.push(AuditEvent {
                        caller: event.caller.clone(),
                        request_id: event.request_id.clone(),
                        peer: event.peer.clone(),
                        organization: event.organization.clone().filter(|_| is_named),
                        operation_id: event.operation_id.clone(),
                        operation_name: event.operation_name.clone(),
                        ..blocked(user, *factor, until)
                    });
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "a block may be missing in the audit log for now"),
            }
        }
        lines
    }

    /// Takes the blocks that there are at the start as told, where they have a line: in `file`, in one before it, or, with
    /// `None`, wherever standard output went.
    ///
    /// # Errors
    ///
    /// When the file can't be read, or nobody knows the blocks.
    pub async fn recall(&self, file: Option<&Path>) -> io::Result<()> {
        let blocks = self.blocks.blocks().await.map_err(io::Error::other)?;
        let told = match file {
            Some(file) if !blocks.is_empty() => told_in(file, blocks)?,
            Some(_) | None => blocks,
        };
        for UserBlock { user, factor, until, .. } in told {
            self.told.add(&user, factor, until);
        }
        Ok(())
    }

    /// To be called now and then. Writes a line for each block that no request told, because its caller went away or the
    /// program ended, and how often callers were refused since the last time.
    pub async fn catch_up(&self, now: Timestamp) {
        self.tell_refusals();
        match self.blocks.blocks().await {
            Ok(blocks) => {
                for UserBlock { user, factor, until, .. } in self.told.overdue(blocks, now) {
                    if self.told.add(&user, factor, until) {
                        self.log.append_unwatched(blocked(&user, factor, until));
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "blocks may be missing in the audit log for now"),
        }
    }

    /// Records that a request was turned away. Nobody waits for the line, and a flood of refusals leaves few.
    pub fn refused(&self, refusal: Refusal) {
        if let Some(event) = self.refusals.count(refusal) {
            let context = (self.context)();
            self.log.append_unwatched(AuditEvent { request_id: context.request_id, ..event });
        }
    }

    fn tell_refusals(&self) {
        for event in self.refusals.take() {
            self.log.append_unwatched(event);
        }
    }
}

#[async_trait]
impl Readiness for Auditor {
    async fn check(&self) -> Result<(), AdapterError> {
        self.log.check().await.map_err(|error| refused(&error))
    }
}

impl Drop for Auditor {
    fn drop(&mut self) {
        self.tell_refusals();
    }
}

fn blocked(user: &UserId, factor: Factor, until: Timestamp) -> AuditEvent {
    AuditEvent {
        outcome: AuditOutcome::Succeeded,
        user: Some(user.as_str().to_owned()),
        factor: Some(factor),
        blocked_until: Some(shown(until)),
        ..AuditEvent::new(EventKind::Blocked)
    }
}

fn refused(error: &AuditError) -> AdapterError {
    AdapterError::Remote(error.to_string())
}

/// A step whose line is not written yet.
pub struct Step<'a> {
    auditor: &'a Auditor,
    event: Option<AuditEvent>,
}

impl Step<'_> {
    /// Sets what became of it.
    pub fn came_to(&mut self, outcome: AuditOutcome, reason: Option<&'static str>) {
        self.change(|event| event.came_to(outcome, reason));
    }

    /// Sets the outcome that an error stands for.
    pub fn came_to_error(&mut self, error: &AdapterError) {
        self.change(|event| event.came_to_error(error));
    }

    /// Changes what the line says.
    pub fn change(&mut self, change: impl FnOnce(&mut AuditEvent)) {
        if let Some(event) = &mut self.event {
            change(event);
        }
    }

    /// Writes the line, and one for each of `suspects` who is blocked since this failure.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when lines are required and could not be written: the step must not be answered as if it had
    /// gone well.
    pub async fn finish(mut self, suspects: &[(&UserId, Factor)]) -> Result<(), AdapterError> {
        let blocks = match &self.event {
            Some(event) if event.outcome == AuditOutcome::Failed => {
                self.auditor.new_blocks(event, suspects).await
            }
            Some(_) | None => Vec::new(),
        };
        let lines = self.event.take().into_iter().chain(blocks).collect();
        self.auditor.write(lines).await
    }

    /// Writes nothing.
    pub(crate) fn forget(mut self) {
        self.event = None;
    }
}

impl Drop for Step<'_> {
    fn drop(&mut self) {
        if let Some(event) = self.event.take() {
            self.auditor.log.append_unwatched(event);
        }
    }
}

#[cfg(test)]
mod tests;
