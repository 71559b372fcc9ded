//! Asks who calls before anything else is looked at.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web;
use data_adapter_server::{Denial, let_in, turn_away};

use crate::error::ApiError;
use crate::state::Admin;

/// The middleware that lets operators in.
pub(crate) async fn admit(
    state: web::Data<Admin>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let Some(operator) = state.settings.operators.identify(request.headers()) else {
        turn_away(request.request(), Denial::Unauthorized);
        return Ok(request.error_response(ApiError::unauthorized()).map_into_right_body());
    };
    let _share = match let_in(request.request(), operator).await {
        Ok(share) => share,
        Err(refused) => return Ok(request.error_response(refused).map_into_right_body()),
    };
    let response = next.call(request).await?;
    if came_to_nothing(&response) {
        turn_away(response.request(), Denial::Invalid);
    }
    Ok(response.map_into_left_body())
}

/// Whether the request was refused before it reached anything that leaves a line.
fn came_to_nothing<B>(response: &ServiceResponse<B>) -> bool {
    let error = response.response().error();
    error.is_some_and(|error| error.as_error::<ApiError>().is_none_or(ApiError::is_of_the_request))
}
