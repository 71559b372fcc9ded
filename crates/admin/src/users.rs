use actix_web::{HttpResponse, web};
use data_adapter_core::{UserId, is_printable};
use data_adapter_protocol::admin::{
    DeviceRegistered, RegisterDeviceRequest, SessionsEnded, UnblockAnswer, UnblockRequest, UserAnswer,
};
use data_adapter_protocol::json::{Problem, Problems};
use data_adapter_sca::{Factor, NewDevice};

use crate::convert;
use crate::error::{Answer, ApiError};
use crate::extract::{Optional, UNSEEN, Valid, id};
use crate::state::Admin;

/// What the document calls the user of a path.
pub(crate) const USER: &str = "userId";

/// How many devices a user may have.
const MOST_DEVICES: usize = 50;

pub(crate) async fn show(state: web::Data<Admin>, path: web::Path<String>) -> Answer {
    let user = id(USER, &path)?;
    let known = state.parts.users.by_id(&user, None).await?.is_some();
    let records = state.parts.administration.user(&user, known).await?.ok_or_else(ApiError::unknown_user)?;
    Ok(HttpResponse::Ok().json(UserAnswer {
        user_id: user.to_string(),
        known,
        blocks: records.blocks.iter().map(convert::block).collect(),
        devices: records.devices.into_iter().map(convert::device).collect(),
        challenges: records.challenges.into_iter().map(convert::waiting).collect(),
    }))
}

pub(crate) async fn unblock(
    state: web::Data<Admin>,
    path: web::Path<String>,
    request: Optional<UnblockRequest>,
) -> Answer {
    let user = id(USER, &path)?;
    let factors = request.0.factor.map(convert::factor);
    let factors = factors.map_or_else(|| vec![Factor::Code, Factor::Password], |factor| vec![factor]);
    let lifted = lift(&state, &user, &factors).await?;
    if lifted.lifted.is_empty() {
        check_anybody(&state, &user).await?;
    }
    Ok(HttpResponse::Ok().json(lifted))
}

pub(crate) async fn unblock_partner(state: web::Data<Admin>, path: web::Path<String>) -> Answer {
    let partner = id("partner", &path)?;
    if !state.settings.partners.contains(partner.as_str()) {
        return Err(ApiError::unknown_partner());
    }
    Ok(HttpResponse::Ok().json(lift(&state, &partner, &[Factor::Partner]).await?))
}

/// An error where the directory does not know a user for whom there was nothing to do: most likely another one was meant. What was to
/// be done does not wait for a directory that does not answer.
pub(crate) async fn check_anybody(state: &Admin, user: &UserId) -> Result<(), ApiError> {
    match state.parts.directory.by_id(user, None).await {
        Ok(None) => Err(ApiError::unknown_user()),
        Ok(Some(_)) | Err(_) => Ok(()),
    }
}

async fn lift(state: &Admin, user: &UserId, factors: &[Factor]) -> Result<UnblockAnswer, ApiError> {
    let mut lifted = Vec::new();
    for factor in factors {
        if state.parts.administration.unblock(user, *factor).await? {
            lifted.push(convert::factor_name(*factor));
        }
    }
    Ok(UnblockAnswer { lifted })
}

pub(crate) async fn register_device(
    state: web::Data<Admin>,
    path: web::Path<String>,
    request: Valid<RegisterDeviceRequest>,
) -> Answer {
    let user = id(USER, &path)?;
    let Valid(RegisterDeviceRequest { name, kind, os_version }) = request;
    let texts = [("deviceName", &name), ("deviceType", &kind), ("osVersion", &os_version)];
    let hidden = texts.into_iter().filter(|(_, text)| !is_printable(text));
    if let Some(problems) = Problems::of(hidden.map(|(member, _)| Problem::of(member, UNSEEN)).collect()) {
        return Err(problems.into());
    }
    if state.parts.owners.by_id(&user, None).await?.is_none() {
        return Err(ApiError::unknown_user());
    }
    if state.parts.devices.devices(&user).await?.len() >= MOST_DEVICES {
        return Err(ApiError::full());
    }
    let registered_at = state.parts.clock.now();
    let device = NewDevice { user, name, kind, os_version, registered_at };
    let device = state.parts.devices.register_device(device).await?;
    Ok(HttpResponse::Created().json(DeviceRegistered { sdk_device_reference_id: device.id }))
}

pub(crate) async fn deregister_device(state: web::Data<Admin>, path: web::Path<(String, String)>) -> Answer {
    let (user, number) = path.into_inner();
    let user = id(USER, &user)?;
    let number = device_number(&number).ok_or_else(ApiError::no_number)?;
    if !state.parts.devices.deregister_device(&user, number).await? {
        return Err(ApiError::unknown_device());
    }
    Ok(HttpResponse::NoContent().finish())
}

/// A number as answers have it; `None` for any other text, which is the number of no device.
fn device_number(text: &str) -> Option<i64> {
    text.parse().ok().filter(|number: &i64| *number >= 0 && number.to_string() == text)
}

pub(crate) async fn end_sessions(state: web::Data<Admin>, path: web::Path<String>) -> Answer {
    let user = id(USER, &path)?;
    let issued_until = state.parts.clock.now() + state.settings.tokens_ahead;
    let ended = state.parts.sessions.end_sessions(&user, issued_until).await?;
    if ended == 0 {
        check_anybody(&state, &user).await?;
    }
    Ok(HttpResponse::Ok().json(SessionsEnded { ended }))
}
