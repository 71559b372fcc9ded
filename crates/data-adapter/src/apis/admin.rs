//! The admin API, whose every call leaves a line in the audit log.

use std::sync::Arc;

use data_adapter_admin::{Admin, AdminParts, AdminSettings, document};
use data_adapter_audit::{
    AuditFiles, AuditedAdministration, AuditedHealth, AuditedTrail, AuditedUsers, EventKind, Target,
};
use data_adapter_core::{SystemHealth, UserLookup};
use data_adapter_sca::{Administration, AuditTrail, StoreAdministration};
use data_adapter_server::Api;

use super::{ApiName, Behind, Document};
use crate::config::Settings;
use crate::failure::Failure;

/// The API; none while it is off.
pub(super) fn apis(settings: &Settings, behind: &Behind) -> Result<Vec<Arc<dyn Api>>, Failure> {
    if !settings.admin.enabled {
        return Ok(Vec::new());
    }
    let store = StoreAdministration::new(Arc::clone(&behind.store), Arc::clone(&behind.clock));
    let store = store.with_limits(settings.sms.send_limits()?);
    let parts = AdminParts {
        users: users(behind, EventKind::Viewed),
        approvers: users(behind, EventKind::ScaRequestCreated),
        owners: users(behind, EventKind::DeviceRegistered),
        directory: Arc::clone(&behind.backend.users),
        administration: administration(behind, store),
        requests: behind.requests.as_ref().map(|requests| Arc::clone(&requests.requests)),
        devices: Arc::clone(&behind.devices),
        sessions: Arc::clone(&behind.sessions),
        trail: trail(settings, behind)?,
        health: health(behind),
        clock: Arc::clone(&behind.clock),
        random: Arc::clone(&behind.random),
    };
    Ok(vec![Arc::new(Admin::new(parts, settings.admin_settings()?))])
}

/// Whom operators look for to do this to them, with a line of it where there is an audit log.
fn users(behind: &Behind, purpose: EventKind) -> Arc<dyn UserLookup> {
    let users = Arc::clone(&behind.backend.users);
    match &behind.auditor {
        Some(auditor) => Arc::new(AuditedUsers::new(users, Arc::clone(auditor), purpose)),
        None => users,
    }
}

/// What operators see of users, with a line of it where there is an audit log.
fn administration(behind: &Behind, store: StoreAdministration) -> Arc<dyn Administration> {
    let administration = Arc::new(store);
    match &behind.auditor {
        Some(auditor) => Arc::new(AuditedAdministration::new(administration, Arc::clone(auditor))),
        None => administration,
    }
}

/// The audit log, which leaves a line of who reads it; `None` where it is in no file.
fn trail(settings: &Settings, behind: &Behind) -> Result<Option<Arc<dyn AuditTrail>>, Failure> {
    let (Some(Target::File(path)), Some(auditor)) = (settings.audit.target()?, &behind.auditor) else {
        return Ok(None);
    };
    let files = Arc::new(AuditFiles::new(path));
    Ok(Some(Arc::new(AuditedTrail::new(files, Arc::clone(auditor)))))
}

/// How everything is, with a line of who looked where there is an audit log.
fn health(behind: &Behind) -> Arc<dyn SystemHealth> {
    let health = Arc::clone(&behind.health);
    match &behind.auditor {
        Some(auditor) => Arc::new(AuditedHealth::new(health, Arc::clone(auditor))),
        None => health,
    }
}

/// Its document; none while it is off.
pub(super) fn documents(settings: &Settings) -> Vec<Document> {
    let served = settings.admin.enabled.then(|| settings.admin_settings());
    let document = |settings: AdminSettings| Document {
        api: ApiName::Admin,
        dialect: None,
        file: Admin::DOCUMENT_FILE,
        path: Admin::PATH.to_owned(),
        asks_callers: true,
        write: Box::new(move |place| document(&settings, place)),
    };
    served.into_iter().flatten().map(document).collect()
}
