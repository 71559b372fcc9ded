//! What commands that change something leave in the audit log.

use std::io::Write as _;
use std::sync::Arc;

use data_adapter_audit::{AuditError, AuditEvent, AuditOutcome, Beside, Target};
use data_adapter_core::SystemClock;

use super::print;
use crate::config::AuditSettings;
use crate::failure::Failure;
use crate::operator;

/// The lines of one command, where there is an audit log.
pub(super) struct Record {
    log: Option<Beside>,
    required: bool,
    /// Whether standard output is the audit log, and so for nothing else.
    takes_stdout: bool,
}

impl Record {
    pub(super) fn new(settings: &AuditSettings) -> Result<Self, Failure> {
        let target = settings.target()?;
        Ok(Self {
            takes_stdout: target == Some(Target::Stdout),
            log: target.map(|target| Beside::new(target, settings.sync, Arc::new(SystemClock))),
            required: settings.required,
        })
    }

    /// Begins the line of something that is about to be done. Where lines are required, one stands in the log before it.
    pub(super) fn announce(&mut self, event: AuditEvent) -> Result<AuditEvent, Failure> {
        let event = AuditEvent { operator: Some(operator::own()), ..event };
        if self.required {
            let announcement = AuditEvent { outcome: AuditOutcome::Requested, ..event.clone() };
            self.append(&announcement)
                .map_err(|error| Failure::Failed(format!("nothing was done, for {error}")))?;
        }
        Ok(event)
    }

    /// Writes the line of what was done.
    pub(super) fn finish(
        &mut self,
        mut event: AuditEvent,
        came_to: impl FnOnce(&mut AuditEvent),
    ) -> Result<(), Failure> {
        came_to(&mut event);
        match self.append(&event) {
            Err(error) if self.required => Err(Failure::Failed(format!(
                "it was done, but the line of what came of it is missing: {error}"
            ))),
            Err(error) => {
                // Nobody is left to tell when standard error is closed.
                let _ =
                    writeln!(std::io::stderr(), "data-adapter: this left no line in the audit log: {error}");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// Tells the operator.
    pub(super) fn say(&self, sentence: &str) -> Result<(), Failure> {
        if !self.takes_stdout {
            return print(sentence);
        }
        writeln!(std::io::stderr(), "{sentence}")
            .map_err(|error| Failure::Failed(format!("standard error can't be written: {error}")))
    }

    fn append(&mut self, event: &AuditEvent) -> Result<(), AuditError> {
        self.log.as_mut().map_or(Ok(()), |log| log.append(event))
    }
}
