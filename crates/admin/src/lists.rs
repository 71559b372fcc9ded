use actix_web::{HttpRequest, HttpResponse, web};
use data_adapter_protocol::admin::{BlocksAnswer, ChallengesAnswer, ConsentsAnswer};

use crate::convert;
use crate::error::{Answer, ApiError};
use crate::extract::Query;
use crate::state::Admin;

/// How many consents an answer has, where the request does not say.
pub(crate) const USUAL_LIMIT: usize = 100;

/// How many it may have.
pub(crate) const MOST: usize = 1000;

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

pub(crate) async fn consents(state: web::Data<Admin>, request: HttpRequest) -> Answer {
    let query = Query::of(&request);
    let user = query.id("user")?.ok_or_else(|| ApiError::invalid("user", "is missing"))?;
    let limit = query.number("limit", 1..=MOST)?.unwrap_or(USUAL_LIMIT);
    let after = query.number("after", 0..=usize::MAX)?.unwrap_or_default();
    let all = state.parts.administration.consents(Some(&user)).await?;
    let next = after.saturating_add(limit);
    let answer = ConsentsAnswer {
        next: (next < all.len()).then_some(next as u64),
        consents: (1..)
            .zip(all)
            .skip(after)
            .take(limit)
            .map(|(number, consent)| convert::consent(number, consent))
            .collect(),
    };
    Ok(HttpResponse::Ok().json(answer))
}
