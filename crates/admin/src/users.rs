use actix_web::{HttpResponse, web};
use data_adapter_core::UserId;
use data_adapter_protocol::admin::{
    DeviceRegistered, RegisterDeviceRequest, SessionsEnded, UnblockAnswer, UnblockRequest, UserAnswer,
};
use data_adapter_sca::{Factor, NewDevice};

use crate::convert;
use crate::error::{Answer, ApiError};
use crate::extract::{Optional, Valid, id};
use crate::state::Admin;

/// What the document calls the user of a path.
const USER: &str = "userId";

pub(crate) async fn show(state: web::Data<Admin>, path: web::Path<String>) -> Answer {
    let user = id(USER, &path)?;
    let known = state.parts.users.by_id(&user, None).await?.is_some();
    let records = state.parts.administration.user(&user, known).await?.ok_or_else(ApiError::unknown_user)?;
    Ok(HttpResponse::Ok().json(UserAnswer {
        user_id: user.to_string(),
        known,
        blocks: records.blocks.iter().map(convert::block).collect(),
        devices: records.devices.into_iter().map(convert::device).collect(),
        challenges: records.challenges.into_iter().map(convert::challenge).collect(),
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
    lift(&state, &user, &factors).await
}

pub(crate) async fn unblock_partner(state: web::Data<Admin>, path: web::Path<String>) -> Answer {
    lift(&state, &id("partner", &path)?, &[Factor::Partner]).await
}

async fn lift(state: &Admin, user: &UserId, factors: &[Factor]) -> Answer {
    let mut lifted = Vec::new();
    for factor in factors {
        if state.parts.administration.unblock(user, *factor).await? {
            lifted.push(convert::factor_name(*factor));
        }
    }
    Ok(HttpResponse::Ok().json(UnblockAnswer { lifted }))
}

pub(crate) async fn register_device(
    state: web::Data<Admin>,
    path: web::Path<String>,
    request: Valid<RegisterDeviceRequest>,
) -> Answer {
    let user = id(USER, &path)?;
    let Valid(RegisterDeviceRequest { name, kind, os_version }) = request;
    if state.parts.owners.by_id(&user, None).await?.is_none() {
        return Err(ApiError::unknown_user());
    }
    let registered_at = state.parts.clock.now();
    let device = NewDevice { user, name, kind, os_version, registered_at };
    let device = state.parts.devices.register_device(device).await?;
    Ok(HttpResponse::Created().json(DeviceRegistered { sdk_device_reference_id: device.id }))
}

pub(crate) async fn deregister_device(state: web::Data<Admin>, path: web::Path<(String, String)>) -> Answer {
    let (user, number) = path.into_inner();
    let user = id(USER, &user)?;
    let number =
        number.parse().map_err(|_| ApiError::invalid("number", "has to be an integer of 64 bits"))?;
    if !state.parts.devices.deregister_device(&user, number).await? {
        return Err(ApiError::unknown_device());
    }
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn end_sessions(state: web::Data<Admin>, path: web::Path<String>) -> Answer {
    let now = state.parts.clock.now();
    let ended = state.parts.sessions.end_sessions(&id(USER, &path)?, now).await?;
    Ok(HttpResponse::Ok().json(SessionsEnded { ended }))
}
