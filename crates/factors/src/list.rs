use actix_web::{HttpResponse, web};
use data_adapter_protocol::factors::FactorsResponse;

use crate::error::Answer;
use crate::extract::Asked;
use crate::outcome::factor;
use crate::state::AdditionalFactors;

pub(crate) async fn list(state: web::Data<AdditionalFactors>, asked: Asked) -> Answer {
    let factors = state.parts.factors.list(&asked.user).await?;
    Ok(HttpResponse::Ok().json(FactorsResponse { factors: factors.iter().map(factor).collect() }))
}
