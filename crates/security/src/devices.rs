use actix_web::{HttpResponse, web};
use data_adapter_protocol::security::{
    ConsumerRequest, DeregisterRequest, DevicesResponse, Problem, ResponseCode, SdkDevice,
};
use data_adapter_sca::{Device, NewDevice};

use crate::dates::without_zone;
use crate::error::{Answer, ApiError};
use crate::extract::Asked;
use crate::state::Security;

pub(crate) async fn list(state: web::Data<Security>, asked: Asked<ConsumerRequest>) -> Answer {
    let user = state.consumer(&asked.partner, asked.request.consumer).await?;
    state.check_session(&asked.partner, &user).await?;
    let devices = state.parts.devices.devices(&user.id).await?;
    Ok(HttpResponse::Ok().json(DevicesResponse {
        devices: devices.into_iter().map(|device| shown(&state, device)).collect(),
        envelope: state.envelope(&asked, ResponseCode::Success)?,
    }))
}

fn shown(state: &Security, device: Device) -> SdkDevice {
    let Device { id, device: NewDevice { name, kind, os_version, registered_at, .. } } = device;
    let registered_on = without_zone(registered_at, &state.settings.time_zone);
    SdkDevice { id, name, kind, os_version, registered_on }
}

pub(crate) async fn deregister(state: web::Data<Security>, asked: Asked<DeregisterRequest>) -> Answer {
    let user = state.consumer(&asked.partner, asked.request.consumer).await?;
    state.check_session(&asked.partner, &user).await?;
    if !state.parts.devices.deregister_device(&user.id, asked.request.device).await? {
        let problem = Problem::of("SDKDeviceReferenceID", "is that of no device of this consumer");
        return Err(ApiError::from(problem));
    }
    state.plain(&asked, ResponseCode::Success)
}
