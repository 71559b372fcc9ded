//! Calls that have one effect, however often they are made.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::rt::spawn;
use actix_web::{HttpResponse, web};
use data_adapter_core::{AdapterError, CallContext, User};
use data_adapter_protocol::factors::{BadRequest, ConflictCode};
use data_adapter_sca::{Begun, IdempotencyKey, StoredAnswer};
use jiff::SignedDuration;

use crate::error::{Answer, ApiError};
use crate::extract::Asked;
use crate::outcome::Done;
use crate::state::{AdditionalFactors, FactorsParts};

/// For how long a call is taken to be under way that nobody has finished. Whoever stopped in the middle of one does not go on.
const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// What a call asks for: two of the same are one call.
pub(crate) struct Call<'a> {
    pub(crate) operation: &'static str,
    pub(crate) channel: &'static str,
    pub(crate) content: &'a [u8],
}

/// What a call that has begun is known by.
struct Known {
    key: IdempotencyKey,
    fingerprint: [u8; 32],
}

/// Does `work` and answers without content; where the call has a reference, at most once. What began ends, whether its caller is
/// still there or not.
pub(crate) async fn once<W>(
    state: &web::Data<AdditionalFactors>,
    asked: &Asked,
    call: &Call<'_>,
    work: W,
) -> Answer
where
    W: AsyncFnOnce(FactorsParts, User) -> Done + 'static,
{
    let known = match begin(&state.parts, asked, call).await? {
        Beginning::Now(known) => known,
        Beginning::Before(answer) => return Ok(again(answer)),
    };
    let (parts, user) = (state.parts.clone(), asked.user.clone());
    let doing = spawn(CallContext::carry(async move {
        let done = work(parts.clone(), user).await;
        finish(&parts, known, done).await
    }));
    doing.await.map_err(|_| AdapterError::Internal("a call ended early".to_owned()))??;
    Ok(HttpResponse::NoContent().finish())
}

enum Beginning {
    /// It goes on; `None` where it has no reference.
    Now(Option<Known>),
    /// It was made before, and answered like this.
    Before(StoredAnswer),
}

async fn begin(parts: &FactorsParts, asked: &Asked, call: &Call<'_>) -> Result<Beginning, ApiError> {
    let Some(reference) = asked.reference.clone() else { return Ok(Beginning::Now(None)) };
    let (scope, user) = (asked.programme.id.clone(), asked.user.id.clone());
    let key = IdempotencyKey { scope, user, reference };
    let now = parts.clock.now();
    // A call that was made under an older key is still the same call.
    for fingerprint in fingerprints(parts, call) {
        match parts.calls.begin_call(&key, &fingerprint, now, LEASE).await? {
            Begun::New => return Ok(Beginning::Now(Some(Known { key, fingerprint }))),
            Begun::Stored(answer) => return Ok(Beginning::Before(answer)),
            Begun::UnderWay => return Err(ConflictCode::RequestUnderWay.into()),
            Begun::OtherCall => {}
        }
    }
    Err(BadRequest::whole("The idempotency-ref was used for another call.").into())
}

/// Keyed, since nothing else would hide a code of six digits.
fn fingerprints(parts: &FactorsParts, call: &Call<'_>) -> Vec<[u8; 32]> {
    parts.otp.fingerprints(&[call.operation.as_bytes(), call.channel.as_bytes(), call.content])
}

/// Keeps the answer of a call that did what it was to do, and frees the reference of one that did not.
async fn finish(parts: &FactorsParts, known: Option<Known>, done: Done) -> Done {
    let Some(Known { key, fingerprint }) = known else { return done };
    match &done {
        Ok(()) => {
            let answer = StoredAnswer {
                status: StatusCode::NO_CONTENT.as_u16(),
                body: Vec::new(),
                content_type: None,
            };
            parts.calls.finish_call(&key, &fingerprint, answer).await?;
        }
        Err(_) => {
            if let Err(error) = parts.calls.free_call(&key, &fingerprint).await {
                tracing::warn!(%error, "the reference of a call that failed could not be freed; it is once its time is over");
            }
        }
    }
    done
}

/// The answer that was given before.
fn again(answer: StoredAnswer) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::NO_CONTENT);
    let mut response = HttpResponse::build(status);
    match answer.content_type {
        Some(content_type) => response.insert_header((CONTENT_TYPE, content_type)).body(answer.body),
        None => response.finish(),
    }
}
