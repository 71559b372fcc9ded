//! What a person has decided on a push.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use data_adapter_core::{AdapterError, UserId};
use data_adapter_sca::{Begun, CallbackRefusal, IdempotencyKey, PushCallback, StoredAnswer};
use data_adapter_server::{Body, Denial, Fault, turn_away};
use jiff::SignedDuration;
use sha2::{Digest as _, Sha256};

use crate::api::{Callbacks, problem};

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

pub(crate) async fn push(state: web::Data<Callbacks>, request: HttpRequest, body: Body) -> HttpResponse {
    let header = |name: &str| {
        let mut values = request.headers().get_all(name);
        let (Some(value), None) = (values.next(), values.next()) else { return None };
        value.to_str().ok().map(str::to_owned)
    };
    match state.parts.push.read(&header, &body, state.parts.clock.now()) {
        Ok(callback) => once(&state, &callback, &body).await.unwrap_or_else(|error| unavailable(&error)),
        Err(refusal @ (CallbackRefusal::Unsigned | CallbackRefusal::Stale)) => {
            turn_away(&request, Denial::Unauthorized);
            let detail = match refusal {
                CallbackRefusal::Stale => "The signature is of another time.",
                CallbackRefusal::Unsigned | CallbackRefusal::Malformed => {
                    "The call is not signed, or not rightly."
                }
            };
            refused(StatusCode::UNAUTHORIZED, "unauthorized", detail)
        }
        Err(CallbackRefusal::Malformed) => refused(
            StatusCode::BAD_REQUEST,
            "input_invalid",
            "The call is signed, and says nothing that can be understood.",
        ),
    }
}

/// Decides, unless a call of this id did so before: then it is answered as it was.
async fn once(state: &Callbacks, callback: &PushCallback, body: &[u8]) -> Result<HttpResponse, AdapterError> {
    let parts = &state.parts;
    let key = IdempotencyKey {
        scope: "callbacks/push".to_owned(),
        user: UserId::new(""),
        reference: callback.id.clone(),
    };
    let fingerprint: [u8; 32] = Sha256::digest(body).into();
    match parts.calls.begin_call(&key, &fingerprint, parts.clock.now(), LEASE).await? {
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
            if let Err(error) = parts.calls.free_call(&key, &fingerprint).await {
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

fn refused(status: StatusCode, outcome: &'static str, detail: &str) -> HttpResponse {
    let response = HttpResponse::build(status)
        .content_type("application/problem+json")
        .body(problem(status.as_u16(), detail));
    Fault { outcome, text: detail.to_owned(), detail: None, is_failure: false }.mark(response)
}

fn unavailable(error: &AdapterError) -> HttpResponse {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let told = "The store does not answer now; try again.";
    let response = HttpResponse::build(status)
        .content_type("application/problem+json")
        .body(problem(status.as_u16(), told));
    Fault {
        outcome: "remote_error",
        text: "a callback could not be kept".to_owned(),
        detail: Some(error.to_string()),
        is_failure: true,
    }
    .mark(response)
}
