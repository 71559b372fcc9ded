//! Calls that have one effect, however often they are made.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::rt::spawn;
use actix_web::{HttpResponse, web};
use data_adapter_core::{AdapterError, CallContext, User};
use data_adapter_protocol::factors::{BadRequest, ConflictCode};
use data_adapter_sca::{Begun, CallUnderWay, IdempotencyKey, StoredAnswer};
use jiff::SignedDuration;

use crate::error::{Answer, ApiError};
use crate::extract::Asked;
use crate::outcome::Done;
use crate::state::{AdditionalFactors, FactorsParts};

/// For how long a call is taken to be under way that nobody has finished: longer than one can take, with a gateway that is given a
/// minute and a store that is given ten seconds for each of its answers. Whoever stopped in the middle of one does not go on.
const LEASE: SignedDuration = SignedDuration::from_mins(3);

/// How often an answer is tried to be kept.
const TRIES: u32 = 3;

/// What a call asks for: two of the same are one call.
pub(crate) struct Call<'a> {
    pub(crate) operation: &'static str,
    pub(crate) channel: &'static str,
    pub(crate) content: &'a [u8],
    /// Whether it sends a message, which may have left where it ends in an error.
    pub(crate) sends: bool,
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
    W: AsyncFnOnce(FactorsParts, User, Option<&CallUnderWay>) -> Result<Done, AdapterError> + 'static,
{
    let known = match begin(&state.parts, asked, call).await? {
        Beginning::Now(known) => known,
        Beginning::Before(answer) => return Ok(again(answer)),
    };
    let (parts, user, sends) = (state.parts.clone(), asked.user.clone(), call.sends);
    let doing = spawn(CallContext::carry(async move {
        let done = work(parts.clone(), user, known.as_ref()).await;
        match &done {
            // A message may have left after the effect was kept.
            Err(_) => finish(&parts, known, End::Broken { sends }).await,
            // It is whoever else makes it who says what becomes of it.
            Ok(Err(ApiError::Conflict(ConflictCode::RequestUnderWay))) => {}
            Ok(Ok(_)) => finish(&parts, known, End::Done).await,
            Ok(Err(_)) => finish(&parts, known, End::Undone).await,
        }
        done
    }));
    doing.await.map_err(|_| AdapterError::Internal("a call ended early".to_owned()))???;
    Ok(HttpResponse::NoContent().finish())
}

enum Beginning {
    /// It goes on; `None` where it has no reference.
    Now(Option<CallUnderWay>),
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
            Begun::New => return Ok(Beginning::Now(Some(CallUnderWay { key, fingerprint, answer: done() }))),
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

/// What a call is answered that did what it was to do.
fn done() -> StoredAnswer {
    StoredAnswer { status: StatusCode::NO_CONTENT.as_u16(), body: Vec::new(), content_type: None }
}

/// How a call ended.
enum End {
    /// It did what it was to do.
    Done,
    /// It did nothing, or what it did was taken back.
    Undone,
    /// In an error. One that `sends` messages may have done it.
    Broken { sends: bool },
}

/// Keeps the answer of a call that did what it was to do, and frees the reference of one that did not. What was done stays done where
/// that fails, and where nobody can say: the call is under way then until its time is over.
async fn finish(parts: &FactorsParts, known: Option<CallUnderWay>, end: End) {
    let Some(CallUnderWay { key, fingerprint, answer }) = known else { return };
    for left in (0..TRIES).rev() {
        let kept = match end {
            End::Done => parts.calls.finish_call(&key, &fingerprint, answer.clone()).await,
            End::Undone => parts.calls.free_call(&key, &fingerprint, true).await,
            End::Broken { sends } => parts.calls.free_call(&key, &fingerprint, !sends).await,
        };
        let Err(error) = kept else { return };
        tracing::warn!(%error, left, "what became of a call could not be kept under its reference");
    }
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
