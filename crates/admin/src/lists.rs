use actix_web::{HttpRequest, HttpResponse, web};
use data_adapter_protocol::admin::{BlocksAnswer, ChallengesAnswer};

use crate::convert;
use crate::error::Answer;
use crate::extract::Query;
use crate::state::Admin;

pub(crate) async fn blocks(state: web::Data<Admin>, request: HttpRequest) -> Answer {
    let user = Query::of(&request).id("user")?;
    let blocks = state.parts.administration.blocks(user.as_ref()).await?;
    Ok(HttpResponse::Ok().json(BlocksAnswer { blocks: blocks.iter().map(convert::block).collect() }))
}

pub(crate) async fn challenges(state: web::Data<Admin>, request: HttpRequest) -> Answer {
    let user = Query::of(&request).id("user")?;
    let open = state.parts.administration.challenges(user.as_ref()).await?;
    let challenges = open.into_iter().map(convert::waiting).collect();
    Ok(HttpResponse::Ok().json(ChallengesAnswer { challenges }))
}
