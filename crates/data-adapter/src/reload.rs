//! Change without a restart: the configuration is read again, and what it asks for takes the place of what there was.

mod control;
mod report;

use std::convert::Infallible;
use std::sync::Arc;

use data_adapter_audit::{AuditEvent, AuditOutcome, EventKind, Operator, Step};
use data_adapter_server::{Current, Tls};
use tokio::sync::watch;

use crate::assemble::{Assembled, Shared, assemble};
use crate::audit::{Hangups, reopen};
use crate::backends::Registry;
use crate::config::{Again, Flags, Snapshot, load_again, warnings};
use crate::failure::Failure;
use crate::foundation::Foundation;
use crate::housekeeping::Keeping;
pub(crate) use control::{Control, ask};
pub(crate) use report::Report;

/// Reads the configuration again whenever somebody asks for it, one time after the other.
pub(crate) struct Reloader<'a> {
    pub(crate) flags: &'a Flags,
    pub(crate) registry: &'a Registry,
    pub(crate) foundation: &'a Foundation,
    pub(crate) tls: Option<Arc<Tls>>,
    pub(crate) current: Current,
    pub(crate) keeping: watch::Sender<Keeping>,
    /// The settings in effect.
    pub(crate) running: Snapshot,
    /// What there is besides of them.
    pub(crate) shared: Shared,
}

impl Reloader<'_> {
    /// Goes on until it is dropped. Who asks while it reads is answered by another time: what they changed may have been read before.
    pub(crate) async fn run(&mut self, mut hangups: Hangups, control: Option<Control>) -> Infallible {
        loop {
            let asking = tokio::select! {
                () = hangups.next() => None,
                asking = control::next(control.as_ref()) => Some(asking),
            };
            // First, so that what was rotated away gets no more lines, whatever becomes of the rest.
            if let Some(auditor) = &self.foundation.auditor {
                reopen(auditor).await;
            }
            let report = self.reload(asking.as_ref().map(|asking| asking.operator.clone())).await;
            report.log();
            if let Some(asking) = asking {
                asking.answer(&report).await;
            }
        }
    }

    /// One time, with its line in the audit log. Where lines are required, nothing changes without one.
    async fn reload(&mut self, operator: Option<Operator>) -> Report {
        let event = AuditEvent { operator, ..AuditEvent::new(EventKind::Reloaded) };
        let step = match &self.foundation.auditor {
            Some(auditor) => match auditor.announce(event).await {
                Ok(step) => Some(step),
                Err(error) => return Report::Failed { why: format!("nothing was changed, for {error}") },
            },
            None => None,
        };
        let report = self.read_again().await.unwrap_or_else(Report::from);
        let Some(step) = step else { return report };
        match record(step, &report).await {
            Err(Failure::Failed(why) | Failure::Configuration(why)) => Report::Failed { why },
            Ok(()) => report,
        }
    }

    /// Nothing changes before all of it can be used.
    async fn read_again(&mut self) -> Result<Report, Failure> {
        let Again { settings, changed, needs_restart } = load_again(self.flags, &self.running)?;
        let assembled = assemble(&settings, self.registry, self.foundation, Some(&self.shared));
        let Assembled { parts, keeping, shared } = assembled.map_err(|failure| settings.blame(failure))?;
        if let Some(tls) = &self.tls {
            tls.reload().map_err(|error| Failure::Configuration(format!("`tls`: {error}")))?;
        }
        for warning in warnings(&settings) {
            tracing::warn!("{warning}");
        }
        shared.gateways.start();
        shared.gateways.bound().await;
        self.running = Snapshot::of(&settings);
        self.keeping.send_replace(keeping);
        self.current.replace(parts);
        self.shared = shared;
        Ok(Report::Done { changed, needs_restart })
    }
}

async fn record(mut step: Step<'_>, report: &Report) -> Result<(), Failure> {
    match report {
        Report::Done { changed, needs_restart } => {
            step.came_to(AuditOutcome::Succeeded, None);
            step.change(|event| {
                event.changed = Some(changed.clone());
                event.needs_restart = (!needs_restart.is_empty()).then(|| needs_restart.clone());
            });
        }
        Report::Refused { .. } => step.came_to(AuditOutcome::Failed, Some("configuration_refused")),
        Report::Failed { .. } => step.came_to(AuditOutcome::Error, Some("not_possible")),
    }
    let missing = |error| Failure::Failed(format!("the line of what came of it is missing: {error}"));
    step.finish(&[]).await.map_err(missing)
}
