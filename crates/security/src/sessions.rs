//! The sessions of consumers at a partner.

use data_adapter_core::User;
use data_adapter_sca::{ScaRequest, SessionKey};

use crate::error::ApiError;
use crate::partners::Partner;
use crate::state::Security;

impl Security {
    /// Opens a session, after two factors.
    pub(crate) async fn open_session(&self, partner: &Partner, user: &User) -> Result<(), ApiError> {
        Ok(self.parts.sessions.open_session(&key(partner, user), self.parts.clock.now()).await?)
    }

    /// Refuses a consumer who needs a session and has none; goes on with the one that there is.
    pub(crate) async fn check_session(&self, partner: &Partner, user: &User) -> Result<(), ApiError> {
        if !self.settings.require_session {
            return Ok(());
        }
        let (session, now) = (key(partner, user), self.parts.clock.now());
        let goes_on = self.parts.sessions.touch_session(&session, now, self.settings.session_idle).await?;
        if goes_on { Ok(()) } else { Err(ApiError::no_session()) }
    }

    /// The same about a request: who is about to log in has no session yet.
    pub(crate) async fn check_session_for(
        &self,
        partner: &Partner,
        user: &User,
        request: &ScaRequest,
    ) -> Result<(), ApiError> {
        if is_login(request) {
            return Ok(());
        }
        self.check_session(partner, user).await
    }
}

/// Whether a request is the second factor of a login, which only its partner sees.
pub(crate) fn is_login(request: &ScaRequest) -> bool {
    request.asker.as_ref().is_some_and(|asker| asker.opens_session)
}

fn key(partner: &Partner, user: &User) -> SessionKey {
    SessionKey { holder: partner.username.clone(), user: user.id.clone() }
}
