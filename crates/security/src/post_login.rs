use actix_web::web;
use data_adapter_core::{Binding, Language, OperationId, User};
use data_adapter_protocol::security::{PostLoginRequest, ResponseCode, ScaRes, SecurityRequest as _};
use data_adapter_sca::{ApprovalMethod, Asker, Issue, NewScaRequest, ScaRequest};

use crate::error::{Answer, ApiError};
use crate::extract::Asked;
use crate::state::Security;

pub(crate) async fn post_login(state: web::Data<Security>, asked: Asked<PostLoginRequest>) -> Answer {
    let PostLoginRequest { consumer, first, second, do_second, .. } = asked.request;
    let user = state.consumer(&asked.partner, consumer).await?;
    if state.parts.requests.is_blocked(&user).await? {
        return state.with_sca(&asked, ResponseCode::Blocked, None);
    }
    if do_second {
        let (code, sca) = ask_for_second(&state, &asked, user).await?;
        return state.with_sca(&asked, code, sca);
    }
    if first.is_none() || second.is_none() {
        return state.with_sca(&asked, ResponseCode::ScaRequired, None);
    }
    state.open_session(&asked.partner, &user).await?;
    state.with_sca(&asked, ResponseCode::Success, None)
}

/// Asks for the second factor: on a device where the consumer has one, else by a code.
async fn ask_for_second(
    state: &Security,
    asked: &Asked<PostLoginRequest>,
    user: User,
) -> Result<(ResponseCode, Option<ScaRes>), ApiError> {
    let has_device = !state.parts.devices.devices(&user.id).await?.is_empty();
    let id = uuid::Builder::from_random_bytes(state.parts.random.bytes()).into_uuid();
    let new = NewScaRequest {
        user,
        method: if has_device { ApprovalMethod::Push } else { ApprovalMethod::Otp },
        carrier: asked.partner.carrier,
        operation: OperationId::new(id.to_string()),
        name: state.settings.login_operation.clone(),
        binding: Binding::to_operation(),
        title: Some(state.words(asked).login()?),
        description: None,
        language: asked.request.culture().map(|culture| Language::new(culture.language())),
        asker: Some(Asker {
            name: asked.partner.username.clone(),
            opens_session: asked.request.first.is_some(),
        }),
    };
    let before = state.parts.requests.pending(&new.user.id).await?;
    Ok(match state.parts.requests.create(&new).await? {
        Issue::Issued(issued) => {
            state.end_logins(&before, new.asker.as_ref()).await?;
            state.issued(asked, &issued).map(|(code, sca)| (code, Some(sca)))?
        }
        Issue::Unreachable => (ResponseCode::NoContact, None),
        Issue::Blocked => (ResponseCode::Blocked, None),
        Issue::Stopped(_) => (ResponseCode::NotSent, None),
    })
}

impl Security {
    /// A consumer logs in once at a time: what was asked `before` a new request is over.
    async fn end_logins(&self, before: &[ScaRequest], asker: Option<&Asker>) -> Result<(), ApiError> {
        for earlier in before.iter().filter(|earlier| is_login_of(earlier, asker)) {
            self.parts.requests.cancel(&earlier.message).await?;
        }
        Ok(())
    }
}

/// Whether a request is one that the same partner asked for at a login.
fn is_login_of(request: &ScaRequest, asker: Option<&Asker>) -> bool {
    request.asker.as_ref().zip(asker).is_some_and(|(earlier, asker)| earlier.name == asker.name)
}
