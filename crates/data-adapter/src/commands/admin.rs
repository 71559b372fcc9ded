//! Commands on the store of a service that may be running.

use std::sync::Arc;

use clap::ValueEnum;
use data_adapter_audit::{AuditEvent, AuditOutcome, EventKind};
use data_adapter_core::{Clock as _, OptionChoice, SystemClock, UserId};
use data_adapter_sca::{Factor, Store};

use super::record::Record;
use super::table::{Format, Table};
use crate::assemble::open_store;
use crate::config::{Settings, StoreKind};
use crate::failure::Failure;
use crate::runtime;

/// What may be blocked.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum FactorName {
    /// One-time codes
    Code,
    /// The password
    Password,
    /// The password of a partner, by its name in place of a user's id
    Partner,
}

impl From<FactorName> for Factor {
    fn from(name: FactorName) -> Self {
        match name {
            FactorName::Code => Self::Code,
            FactorName::Password => Self::Password,
            FactorName::Partner => Self::Partner,
        }
    }
}

/// Forgets the failures of a user and lifts their blocks.
pub(super) fn unblock(settings: &Settings, user: &str, factor: Option<FactorName>) -> Result<(), Failure> {
    let factors = factor.map_or_else(|| vec![Factor::Code, Factor::Password], |factor| vec![factor.into()]);
    let mut record = Record::new(&settings.audit)?;
    on_store(settings, async |store| {
        for factor in factors {
            let (what, recorded) = match factor {
                Factor::Code => ("codes", data_adapter_audit::Factor::Code),
                Factor::Password => ("password", data_adapter_audit::Factor::Password),
                Factor::Partner => ("password of the partner", data_adapter_audit::Factor::Partner),
            };
            let line = record.announce(AuditEvent {
                user: Some(user.to_owned()),
                factor: Some(recorded),
                ..AuditEvent::new(EventKind::Unblocked)
            })?;
            let cleared = store.clear_attempts(&UserId::new(user), factor).await;
            record.finish(line, |line| match &cleared {
                Ok(true) => line.came_to(AuditOutcome::Succeeded, None),
                Ok(false) => line.came_to(AuditOutcome::Failed, Some("no_failures")),
                Err(error) => line.came_to_error(error),
            })?;
            let state = if cleared? { "are counted from zero again" } else { "had no failures" };
            record.say(&format!("{what}: the attempts {state}."))?;
        }
        Ok(())
    })
}

/// Lists consents, oldest first.
pub(super) fn consents(settings: &Settings, user: Option<&str>, format: Format) -> Result<(), Failure> {
    on_store(settings, async |store| {
        let user = user.map(UserId::new);
        let consents = store.consents(user.as_ref()).await?;
        let rows = consents.into_iter().map(|consent| {
            [
                consent.given_at.to_string(),
                consent.user.to_string(),
                consent.operation.to_string(),
                consent.form.to_string(),
                consent.version,
                consent.language.to_string(),
                consent.options.iter().map(answer).collect::<Vec<_>>().join(" "),
            ]
        });
        let header = ["given_at", "user", "operation", "form", "version", "language", "options"];
        Table::new(header, rows).print(format)
    })
}

fn answer(option: &OptionChoice) -> String {
    format!("{}={}", option.id, if option.checked { "yes" } else { "no" })
}

/// Lists open challenges, oldest first. There are no codes in the store to show.
pub(super) fn challenges(settings: &Settings, format: Format) -> Result<(), Failure> {
    on_store(settings, async |store| {
        let open = store.open_challenges(SystemClock.now()).await?;
        let rows = open.into_iter().map(|challenge| {
            [
                challenge.created_at.to_string(),
                challenge.expires_at.to_string(),
                challenge.step.user.map(|user| user.to_string()).unwrap_or_default(),
                challenge.step.operation.to_string(),
                challenge.step.name.to_string(),
                challenge.message.to_string(),
            ]
        });
        Table::new(["created_at", "expires_at", "user", "operation", "name", "message"], rows).print(format)
    })
}

fn on_store(
    settings: &Settings,
    command: impl AsyncFnOnce(Arc<dyn Store>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    match settings.store.kind()? {
        StoreKind::Memory => {
            return Err(Failure::Configuration(
                "`store.url` is `memory:`, which no other process can see; name the file of the service"
                    .to_owned(),
            ));
        }
        StoreKind::Sqlite(path) if !path.exists() => {
            let path = path.display();
            return Err(Failure::Failed(format!(
                "there is no store at {path}; use the configuration and the folder of the service"
            )));
        }
        StoreKind::Sqlite(_) => {}
    }
    runtime::start()?.block_on(async {
        let store = open_store(settings)?;
        let done = command(Arc::clone(&store)).await;
        store.close().await;
        done
    })
}
