use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};
use jiff::Timestamp;

use crate::event::{AuditEvent, AuditOutcome, EventKind, Factor};
use crate::log::{AuditError, AuditLog};

/// What is known about the request that is being answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditContext {
    /// The system that asks; `None` when it did not have to say.
    pub caller: Option<String>,
    /// The id of the request; `None` outside of one.
    pub request_id: Option<String>,
}

/// Tells the context of the current task.
pub type ContextSource = Arc<dyn Fn() -> AuditContext + Send + Sync>;

/// Knows which users are blocked.
#[async_trait]
pub trait BlockLookup: Send + Sync {
    /// When the block of a user ends; `None` when there is none now.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when nobody could be asked.
    async fn blocked_until(&self, user: &UserId, factor: Factor) -> Result<Option<Timestamp>, AdapterError>;
}

/// Writes the lines of requests, and decides what happens when it can't.
pub struct Auditor {
    log: AuditLog,
    context: ContextSource,
    blocks: Arc<dyn BlockLookup>,
    required: bool,
    told: Mutex<HashMap<(String, Factor), Timestamp>>,
}

impl Auditor {
    /// Blocks that are remembered as told. Were there more, some would be told twice.
    const TOLD: usize = 10_000;

    /// With `required`, what can't be recorded fails; else it goes on, and the log of the operator says what is missing.
    #[must_use]
    pub fn new(log: AuditLog, context: ContextSource, blocks: Arc<dyn BlockLookup>, required: bool) -> Self {
        Self { log, context, blocks, required, told: Mutex::default() }
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

    /// A line for each block that is new.
    async fn new_blocks(&self, event: &AuditEvent, factors: &[Factor]) -> Vec<AuditEvent> {
        let mut lines = Vec::new();
        let Some(user) = event.user.as_deref() else { return lines };
        for factor in factors {
            match self.blocks.blocked_until(&UserId::new(user), *factor).await {
                Ok(Some(until)) if self.is_new(user, *factor, until) => {
                    lines.push(AuditEvent {
                        outcome: AuditOutcome::Succeeded,
                        caller: event.caller.clone(),
                        request_id: event.request_id.clone(),
                        user: event.user.clone(),
                        organization: event.organization.clone(),
                        operation_id: event.operation_id.clone(),
                        operation_name: event.operation_name.clone(),
                        factor: Some(*factor),
                        blocked_until: Some(format!("{until:.3}")),
                        ..AuditEvent::new(EventKind::Blocked)
                    });
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "a block may be missing in the audit log"),
            }
        }
        lines
    }

    fn is_new(&self, user: &str, factor: Factor, until: Timestamp) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= Self::TOLD {
            told.clear();
        }
        told.insert((user.to_owned(), factor), until) != Some(until)
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

    /// Writes the line, and one for each of `factors` that is blocked since this failure.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when lines are required and could not be written: the step must not be answered as if it had
    /// gone well.
    pub async fn finish(mut self, factors: &[Factor]) -> Result<(), AdapterError> {
        let blocks = match &self.event {
            Some(event) if event.outcome == AuditOutcome::Failed => {
                self.auditor.new_blocks(event, factors).await
            }
            Some(_) | None => Vec::new(),
        };
        let lines = self.event.take().into_iter().chain(blocks).collect();
        self.auditor.write(lines).await
    }

    /// Writes nothing.
    fn forget(mut self) {
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
