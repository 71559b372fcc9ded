//! The Additional Factors API, the programmes that call it, and tokens of users for whoever explores.

use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, Clock, User, UserId, UserLookup};
use data_adapter_factors::{
    AdditionalFactors, FactorsParts, FactorsSettings, Programmes, UserTokens, document, document_file,
};
use data_adapter_server::{Api, MadeToken, TokenDesk};

use super::{ApiName, Behind, Document};
use crate::backends::shows_demo_users;
use crate::config::Settings;
use crate::failure::Failure;
use crate::foundation::SandboxKeys;

/// The programmes, and who reads the tokens of their users.
#[derive(Clone)]
pub(crate) struct KnownProgrammes {
    programmes: Arc<Programmes>,
    tokens: Arc<UserTokens>,
}

impl KnownProgrammes {
    /// Those of the configuration; `None` while the API is off.
    pub(crate) fn new(
        settings: &Settings,
        clock: &Arc<dyn Clock>,
        keys: &SandboxKeys,
    ) -> Result<Option<Self>, Failure> {
        if !settings.factors.enabled {
            return Ok(None);
        }
        let programmes = Arc::new(settings.factors.programmes()?);
        let tokens = settings
            .factors
            .tokens(settings.sandbox.enabled.then_some(&keys.user_tokens), Arc::clone(clock))?;
        Ok(Some(Self { programmes, tokens: Arc::new(tokens) }))
    }

    /// Whether there is this programme, and it may not see a user.
    pub(crate) fn refuses(&self, programme: &str, user: &User) -> bool {
        self.programmes.by_id(programme).is_some_and(|programme| !programme.has(user))
    }

    /// Makes tokens of users whom `users` knows, for whoever explores: also to see how a programme may not see one.
    pub(crate) fn desk(&self, users: Arc<dyn UserLookup>) -> Arc<dyn TokenDesk> {
        Arc::new(Desk { known: self.clone(), users })
    }
}

struct Desk {
    known: KnownProgrammes,
    users: Arc<dyn UserLookup>,
}

#[async_trait]
impl TokenDesk for Desk {
    async fn token(&self, user: &str, programme: &str) -> Result<MadeToken, AdapterError> {
        let Some(programme) = self.known.programmes.by_id(programme) else {
            return Ok(MadeToken::UnknownProgramme);
        };
        if self.users.by_id(&UserId::new(user), None).await?.is_none() {
            return Ok(MadeToken::UnknownUser);
        }
        let token = self.known.tokens.issue(user, &programme.id)?;
        Ok(token.map_or(MadeToken::NoKey, MadeToken::Made))
    }
}

/// The API at each path where the settings have it; none while it is off.
pub(super) fn apis(settings: &Settings, behind: &Behind) -> Result<Vec<Arc<dyn Api>>, Failure> {
    let (Some(known), Some(factors)) = (&behind.programmes, &behind.factors) else { return Ok(Vec::new()) };
    let parts = FactorsParts {
        factors: Arc::clone(&factors.factors),
        users: Arc::clone(&behind.backend.users),
        programmes: Arc::clone(&known.programmes),
        tokens: Arc::clone(&known.tokens),
        sessions: Arc::clone(&behind.sessions),
        calls: Arc::clone(&behind.store) as _,
        rates: Arc::clone(&behind.store) as _,
        otp: Arc::clone(&factors.otp),
        clock: Arc::clone(&behind.clock),
    };
    Ok(AdditionalFactors::everywhere(&parts, &settings.factors.settings(shows_demo_users(settings))?))
}

/// Its document; none while it is off.
pub(super) fn documents(settings: &Settings) -> Vec<Document> {
    let served = settings.factors.enabled.then(|| settings.factors.settings(shows_demo_users(settings)));
    let document = |settings: FactorsSettings| Document {
        api: ApiName::Factors,
        dialect: None,
        file: document_file(),
        path: settings.paths().into_iter().next().unwrap_or_default(),
        asks_callers: true,
        write: Box::new(move |place| document(&settings, place)),
    };
    served.into_iter().flatten().map(document).collect()
}
