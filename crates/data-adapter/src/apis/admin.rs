//! The admin API, whose every call leaves a line in the audit log.

use std::sync::Arc;

use data_adapter_admin::{Admin, AdminParts, AdminSettings, document};
use data_adapter_audit::{AuditedAdministration, AuditedUsers};
use data_adapter_core::UserLookup;
use data_adapter_sca::{Administration, StoreAdministration};
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
    let (users, administration) = recorded(behind, Arc::new(store));
    let parts = AdminParts {
        users,
        administration,
        requests: behind.requests.as_ref().map(|requests| Arc::clone(&requests.requests)),
        devices: Arc::clone(&behind.devices),
        sessions: Arc::clone(&behind.sessions),
        clock: Arc::clone(&behind.clock),
        random: Arc::clone(&behind.random),
    };
    Ok(vec![Arc::new(Admin::new(parts, settings.admin.settings(&settings.operations)?))])
}

/// Whom operators look for, and what they see of them, with a line of each where there is an audit log.
fn recorded(
    behind: &Behind,
    administration: Arc<dyn Administration>,
) -> (Arc<dyn UserLookup>, Arc<dyn Administration>) {
    let users = Arc::clone(&behind.backend.users);
    let Some(auditor) = &behind.auditor else { return (users, administration) };
    let users = AuditedUsers::new(users, Arc::clone(auditor));
    (Arc::new(users), Arc::new(AuditedAdministration::new(administration, Arc::clone(auditor))))
}

/// Its document; none while it is off.
pub(super) fn documents(settings: &Settings) -> Vec<Document> {
    let served = settings.admin.enabled.then(|| settings.admin.settings(&settings.operations));
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
