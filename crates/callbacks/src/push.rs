//! What a person has decided on a push.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use data_adapter_core::{AdapterError, UserId};
use data_adapter_sca::{Begun, CallbackRefusal, IdempotencyKey, PushCallback, StoredAnswer};
use data_adapter_server::{Body, Refusal, Refused};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::answer::{header, malformed, refused, unavailable, unsigned};
use crate::api::{Callbacks, PushParts};

/// Longer than a decision takes. The call may be made again then.
const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// What a call comes to. The same call is answered the same.
enum Outcome {
    /// It was decided by this call.
    Decided,
    /// It was decided before, or its request is over: nothing changed, and the provider has nothing to repeat.
    TooLate,
}

impl Outcome {
    fn status(&self) -> StatusCode {
        match self {
            Self::Decided => StatusCode::NO_CONTENT,
            Self::TooLate => StatusCode::GONE,
        }
    }
}

pub(crate) async fn push(
    state: web::Data<Callbacks>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Refused> {
    let Some(parts) = &state.parts.push else { return Err(Refused::new(&request, Refusal::UnknownPath)) };
    let now = state.parts.clock.now();
    Ok(match parts.callbacks.read(&|name| header(&request, name), &body, now) {
        Ok(callback) => once(parts, &callback, &body, now).await.unwrap_or_else(|error| unavailable(&error)),
        Err(CallbackRefusal::Malformed) => malformed(),
        Err(refusal @ (CallbackRefusal::Unsigned | CallbackRefusal::Stale)) => unsigned(&request, refusal),
    })
}

/// Decides, unless a call of this id did so before: then it is answered as it was.
async fn once(
    parts: &PushParts,
    callback: &PushCallback,
    body: &[u8],
    now: Timestamp,
) -> Result<HttpResponse, AdapterError> {
    let key = IdempotencyKey {
        scope: "callbacks/push".to_owned(),
        user: UserId::new(""),
        reference: callback.id.clone(),
    };
    let fingerprint: [u8; 32] = Sha256::digest(body).into();
    match parts.calls.begin_call(&key, &fingerprint, now, LEASE).await? {
        Begun::New => {}
        Begun::Stored(StoredAnswer { status, .. }) => {
            let status = StatusCode::from_u16(status);
            return Ok(answer(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)));
        }
        Begun::OtherCall => {
            let detail = "Another call had this id.";
            return Ok(refused(StatusCode::BAD_REQUEST, "input_invalid", detail));
        }
        Begun::UnderWay => {
            let detail = "The same call is under way; try again.";
            return Ok(refused(StatusCode::CONFLICT, "under_way", detail));
        }
    }
    let decided = parts.decisions.decide(&callback.message, callback.accepted).await;
    let outcome = match decided {
        Ok(true) => Outcome::Decided,
        Ok(false) => Outcome::TooLate,
        Err(error) => {
            if let Err(error) = parts.calls.free_call(&key, &fingerprint, true).await {
                tracing::warn!(%error, "a callback can't be made again for a while");
            }
            return Err(error);
        }
    };
    let stored = StoredAnswer { status: outcome.status().as_u16(), body: Vec::new(), content_type: None };
    parts.calls.finish_call(&key, &fingerprint, stored).await?;
    Ok(answer(outcome.status()))
}

fn answer(status: StatusCode) -> HttpResponse {
    if status.is_success() {
        return HttpResponse::build(status).finish();
    }
    refused(status, "gone", "It was decided before, or its request is over: nothing has changed.")
}
