//! Commands on the store of a service that may be running.

use std::sync::Arc;

use clap::ValueEnum;
use data_adapter_audit::{erased, erasing, lifted, lifting};
use data_adapter_core::{SystemClock, UserId};
use data_adapter_sca::{
    Administration, Delivery, DeliveryStatus, Erased, Factor, StoreAdministration, Waiting,
};

use super::record::Record;
use super::table::{Format, Table};
use crate::config::{Settings, StoreKind};
use crate::failure::Failure;
use crate::runtime;
use crate::stores::{Opened, open_store};

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
    let user = UserId::new(user);
    let mut record = Record::new(&settings.audit)?;
    on_store(settings, async |administration| {
        for factor in factors {
            let what = match factor {
                Factor::Code => "codes",
                Factor::Password => "password",
                Factor::Partner => "password of the partner",
            };
            let line = record.announce(lifting(&user, factor))?;
            let result = administration.unblock(&user, factor).await;
            record.finish(line, |line| lifted(line, &result))?;
            let state = if result? { "are counted from zero again" } else { "had no failures" };
            record.say(&format!("{what}: the attempts {state}."))?;
        }
        Ok(())
    })
}

/// Removes what is kept of a user without an end.
pub(super) fn erase(settings: &Settings, user: &str) -> Result<(), Failure> {
    let user = UserId::new(user);
    let mut record = Record::new(&settings.audit)?;
    on_store(settings, async |administration| {
        let line = record.announce(erasing(&user))?;
        let result = administration.erase(&user).await;
        record.finish(line, |line| erased(line, &result))?;
        let Erased { consents, devices, factors } = result?;
        record.say(&format!(
            "erased: consents {}, withdrawals {}, consent forms that were shown {}, devices {devices}, factors {factors}.",
            consents.consents, consents.withdrawals, consents.shown_forms,
        ))
    })
}

/// Lists open challenges, oldest first. There are no codes in the store to show.
pub(super) fn challenges(settings: &Settings, format: Format) -> Result<(), Failure> {
    on_store(settings, async |administration| {
        let open = administration.challenges(None).await?;
        let rows = open.into_iter().map(|Waiting { challenge, delivery }| {
            let (gateway, status, reason) = delivery.map(told).unwrap_or_default();
            [
                challenge.created_at.to_string(),
                challenge.expires_at.to_string(),
                challenge.step.user.map(|user| user.to_string()).unwrap_or_default(),
                challenge.step.operation.to_string(),
                challenge.step.name.to_string(),
                challenge.message.to_string(),
                gateway,
                status.to_owned(),
                reason,
            ]
        });
        let header = [
            "created_at",
            "expires_at",
            "user",
            "operation",
            "name",
            "message",
            "gateway",
            "delivery",
            "reason",
        ];
        Table::new(header, rows).print(format)
    })
}

/// What is known of a message: who took it, what became of it, and why.
fn told(delivery: Delivery) -> (String, &'static str, String) {
    let status = match delivery.status {
        DeliveryStatus::HandedOver => "handed over",
        DeliveryStatus::Delivered => "delivered",
        DeliveryStatus::Undelivered => "undelivered",
    };
    (delivery.gateway, status, delivery.reason.unwrap_or_default())
}

/// Does something to the store of the service.
pub(super) fn on_store(
    settings: &Settings,
    command: impl AsyncFnOnce(&dyn Administration) -> Result<(), Failure>,
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
        StoreKind::Sqlite(_) | StoreKind::Postgres(_) => {}
    }
    runtime::start()?.block_on(async {
        let Opened { store, .. } = open_store(settings).await?;
        let administration = StoreAdministration::new(Arc::clone(&store), Arc::new(SystemClock));
        let done = command(&administration).await;
        store.close().await;
        done
    })
}
