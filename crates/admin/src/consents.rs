//! What a user consented to.

use actix_web::{HttpRequest, HttpResponse, web};
use data_adapter_core::OperationName;
use data_adapter_protocol::admin::{ConsentsAnswer, ConsentsWithdrawn, WithdrawConsentsRequest};
use data_adapter_sca::ConsentFilter;

use crate::convert;
use crate::error::Answer;
use crate::extract::{MOST, MOST_LEFT_OUT, Optional, Query, USUAL_LIMIT, id};
use crate::state::Admin;
use crate::users::{USER, check_anybody};

pub(crate) async fn list(state: web::Data<Admin>, path: web::Path<String>, request: HttpRequest) -> Answer {
    let user = id(USER, &path)?;
    let query = Query::of(&request);
    let limit = query.number("limit", 1..=MOST)?.unwrap_or(USUAL_LIMIT);
    let after = query.number("after", 0..=MOST_LEFT_OUT)?.unwrap_or_default();
    let all = state.parts.administration.consents(Some(&user)).await?;
    let next = after + limit;
    let next = (next < all.len()).then_some(next as u64);
    let page = (1..).zip(all).skip(after).take(limit);
    let consents = page.map(|(number, consent)| convert::consent(number, consent)).collect();
    Ok(HttpResponse::Ok().json(ConsentsAnswer { consents, next }))
}

pub(crate) async fn withdraw(
    state: web::Data<Admin>,
    path: web::Path<String>,
    request: Optional<WithdrawConsentsRequest>,
) -> Answer {
    let user = id(USER, &path)?;
    let WithdrawConsentsRequest { form, client } = request.0;
    let filter = ConsentFilter { form: form.map(OperationName::new), client };
    let withdrawn = state.parts.administration.withdraw_consents(&user, &filter).await?;
    if withdrawn == 0 {
        check_anybody(&state, &user).await?;
    }
    Ok(HttpResponse::Ok().json(ConsentsWithdrawn { withdrawn }))
}
