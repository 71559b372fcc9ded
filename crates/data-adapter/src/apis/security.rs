//! The Security API, and the partners who call it.

use std::sync::Arc;

use data_adapter_core::Authentication;
use data_adapter_hashing::Verifier;
use data_adapter_sca::{Factor, LockingAuthentication, Store};
use data_adapter_security::{
    DOCUMENT_FILE, PartnerAccess, PartnerDoor, PartnerPasswords, Partners, Security, SecurityParts,
    SecuritySettings, Tokens, document,
};
use data_adapter_server::Api;

use super::{ApiName, Behind, Document};
use crate::audit::AuditedPartners;
use crate::backends::shows_demo_users;
use crate::config::Settings;
use crate::failure::Failure;
use crate::foundation::{Foundation, SandboxKeys};

/// The partners, and who knows whether their passwords are right.
pub(crate) struct KnownPartners {
    partners: Arc<Partners>,
    passwords: Arc<dyn Authentication>,
}

impl KnownPartners {
    /// Those of the configuration; `None` while the API is off. `verifier` is told what their passwords take.
    pub(crate) fn new(
        settings: &Settings,
        verifier: &Arc<Verifier>,
        store: &Arc<dyn Store>,
        foundation: &Foundation,
    ) -> Result<Option<Self>, Failure> {
        if !settings.security.enabled {
            return Ok(None);
        }
        let unusable = |error| Failure::Configuration(format!("`security.partners.password_hash`: {error}"));
        let partners = Arc::new(Partners::new(settings.security.partners()?).map_err(unusable)?);
        let passwords = LockingAuthentication::new(
            Arc::new(PartnerPasswords::new(Arc::clone(&partners), Arc::clone(verifier))),
            Arc::clone(store) as _,
            settings.password.failures(),
            Verifier::LONGEST_CHECK,
            Arc::clone(&foundation.clock),
            Arc::clone(&foundation.random),
        );
        Ok(Some(Self { partners, passwords: Arc::new(passwords.counting(Factor::Partner)) }))
    }
}

/// The API at each path where the settings have it; none while it is off.
pub(super) fn apis(
    settings: &Settings,
    behind: &Behind,
    keys: &SandboxKeys,
) -> Result<Vec<Arc<dyn Api>>, Failure> {
    let (Some(KnownPartners { partners, passwords }), Some(requests)) = (&behind.partners, &behind.requests)
    else {
        return Ok(Vec::new());
    };
    let key = settings.security.token_key(settings.sandbox.enabled.then_some(&keys.partner_tokens))?;
    let tokens = Arc::new(Tokens::new(
        key,
        Arc::clone(partners),
        Arc::clone(&behind.store) as _,
        Arc::clone(&behind.clock),
        Arc::clone(&behind.random),
    ));
    let door = PartnerDoor::new(Arc::clone(partners), Arc::clone(passwords), Arc::clone(&tokens));
    let door: Arc<dyn PartnerAccess> = Arc::new(door);
    let parts = SecurityParts {
        users: Arc::clone(&behind.backend.users),
        partners: match &behind.auditor {
            Some(auditor) => Arc::new(AuditedPartners::new(door, Arc::clone(partners), Arc::clone(auditor))),
            None => door,
        },
        tokens,
        sessions: Arc::clone(&behind.sessions),
        requests: Arc::clone(&requests.requests),
        devices: Arc::clone(&behind.devices),
        texts: Arc::clone(&behind.texts),
        clock: Arc::clone(&behind.clock),
        random: Arc::clone(&behind.random),
    };
    Ok(Security::everywhere(&parts, &settings.security.settings(shows_demo_users(settings))?))
}

/// Its document; none while it is off.
pub(super) fn documents(settings: &Settings) -> Vec<Document> {
    let served = settings.security.enabled.then(|| settings.security.settings(shows_demo_users(settings)));
    let document = |settings: SecuritySettings| Document {
        api: ApiName::Security,
        dialect: None,
        file: DOCUMENT_FILE,
        path: settings.path(),
        asks_callers: true,
        write: Box::new(move |place| document(&settings, place)),
    };
    served.into_iter().flatten().map(document).collect()
}
