//! What has to hold for every request, in the order in which it is asked: the key of a programme, the token of a user of that
//! programme, their session, their limits, and only then what the request says.

use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::{FromRequest, HttpRequest, web};
use data_adapter_core::{AdapterError, User};
use data_adapter_protocol::factors::{BadRequest, FieldError, VerifyRequest};
use data_adapter_sca::{Over, Rated, RatedKey, SessionKey};
use data_adapter_server::{Body, CallerShare, Denial, is_json, let_in, only_media_type, turn_away};
use sha2::{Digest as _, Sha256};

use crate::error::ApiError;
use crate::programmes::Programme;
use crate::state::AdditionalFactors;

const API_KEY: &str = "api-key";
/// What the caller calls a call by.
pub(crate) const REFERENCE: &str = "idempotency-ref";

/// Longer is no reference of a call, in characters.
pub(crate) const LONGEST_REFERENCE: usize = 255;

/// Whose sessions they are, beside those of other APIs.
const HOLDER: &str = "factors:";

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, actix_web::Error>>>>;

/// A request of a programme on behalf of one of its users.
pub(crate) struct Asked {
    pub(crate) programme: Arc<Programme>,
    pub(crate) user: User,
    /// What the caller calls the call; `None` where it does not.
    pub(crate) reference: Option<String>,
    channel: String,
    _share: CallerShare,
}

/// The same with a code.
pub(crate) struct AskedToVerify {
    pub(crate) asked: Asked,
    pub(crate) request: VerifyRequest,
}

impl Asked {
    /// The channel in the path.
    pub(crate) fn channel<T: FromStr<Err = BadRequest>>(&self) -> Result<T, ApiError> {
        Ok(self.channel.parse()?)
    }
}

impl FromRequest for Asked {
    type Error = actix_web::Error;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let state = state(&request)?;
            let programme = state.programme(request.headers()).map_err(|error| told(&request, error))?;
            let share = let_in(&request, &programme.id).await?;
            let user = state.user(&programme, request.headers()).await;
            let user = user.map_err(|error| told(&request, error))?;
            state.check_limits(&request, &user).await?;
            let reference = reference(request.headers())?;
            let channel = request.match_info().get("channel").unwrap_or_default().to_owned();
            Ok(Self { programme, user, reference, channel, _share: share })
        })
    }
}

impl FromRequest for AskedToVerify {
    type Error = actix_web::Error;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let asked = Asked::from_request(&request, &mut Payload::None).await?;
            if !only_media_type(request.headers()).is_some_and(|kind| is_json(&kind)) {
                let why = "The body has to be JSON in UTF-8, and its content-type has to say so.";
                return Err(ApiError::from(BadRequest::whole(why)).into());
            }
            let body = Body::from_request(&request, &mut payload).await?;
            let request = VerifyRequest::read(&body).map_err(ApiError::from)?;
            Ok(Self { asked, request })
        })
    }
}

/// What a token is known by in the store: enough of its SHA-256 that no two share it, and nothing that could be shown for it.
fn fingerprint(token: &str) -> String {
    let hash = Sha256::digest(token.as_bytes());
    hash[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn state(request: &HttpRequest) -> Result<web::Data<AdditionalFactors>, ApiError> {
    let state = request.app_data::<web::Data<AdditionalFactors>>().cloned();
    state.ok_or_else(|| AdapterError::Internal("the API has no state".to_owned()).into())
}

/// Tells whoever watches of a request that goes no further.
fn told(request: &HttpRequest, error: ApiError) -> ApiError {
    match error {
        ApiError::Unauthorized => turn_away(request, Denial::Unauthorized),
        ApiError::Forbidden => turn_away(request, Denial::Forbidden),
        ApiError::Invalid(_)
        | ApiError::Conflict(_)
        | ApiError::ReferenceTooLong
        | ApiError::TooMany { .. }
        | ApiError::Unavailable(_)
        | ApiError::Internal(_) => {}
    }
    error
}

impl AdditionalFactors {
    fn programme(&self, headers: &HeaderMap) -> Result<Arc<Programme>, ApiError> {
        let key = single(headers, API_KEY)?;
        let key = key.filter(|key| !key.is_empty()).ok_or_else(|| refuse(API_KEY, FieldError::Required))?;
        self.parts.programmes.by_api_key(key).ok_or(ApiError::Unauthorized)
    }

    /// The user whose token it is, with a session that goes on.
    async fn user(&self, programme: &Programme, headers: &HeaderMap) -> Result<User, ApiError> {
        let parts = &self.parts;
        let text = bearer(headers).ok_or(ApiError::Unauthorized)?;
        let token = parts.tokens.read(text).await.ok_or(ApiError::Unauthorized)?;
        if token.programme.is_some_and(|of| of != programme.id) {
            return Err(ApiError::Forbidden);
        }
        let user = parts.users.by_id(&token.user, None).await?.ok_or(ApiError::Unauthorized)?;
        if !programme.has(&user) {
            return Err(ApiError::Forbidden);
        }
        // Each token has a session of its own: one that lapsed does not come back with another login.
        let holder = format!("{HOLDER}{} {}", programme.id, fingerprint(text));
        let session = SessionKey { holder, user: user.id.clone() };
        let (now, idle) = (parts.clock.now(), self.settings.session_idle);
        let goes_on = parts.sessions.admit_session(&session, token.issued_at, now, idle).await?;
        if goes_on { Ok(user) } else { Err(ApiError::Unauthorized) }
    }

    /// Counts the call, each operation by itself.
    async fn check_limits(&self, request: &HttpRequest, user: &User) -> Result<(), ApiError> {
        let limits = &self.settings.limits;
        if limits.as_slice().is_empty() {
            return Ok(());
        }
        let operation = request.match_name().unwrap_or_default();
        let key = format!("{} {operation} {}", request.method(), user.id);
        let counted = RatedKey::counted(key, limits.as_slice());
        match self.parts.rates.rate(&[counted], self.parts.clock.now()).await? {
            Rated::Admitted => Ok(()),
            Rated::Over(Over { limit, resets_in, .. }) => Err(ApiError::too_many(limits, limit, resets_in)),
        }
    }
}

/// The token in the header `authorization`, which is there once.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION);
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// What the caller calls the call: empty is absent.
fn reference(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(value) = single(headers, REFERENCE)?.filter(|value| !value.is_empty()) else { return Ok(None) };
    let text = std::str::from_utf8(value).map_err(|_| refuse(REFERENCE, FieldError::Regex))?;
    if text.chars().count() > LONGEST_REFERENCE {
        return Err(ApiError::ReferenceTooLong);
    }
    Ok(Some(text.to_owned()))
}

/// The bytes of a header; `None` where it is absent. Two of one name contradict each other.
fn single<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<Option<&'a [u8]>, ApiError> {
    let mut values = headers.get_all(name);
    let value = values.next();
    if values.next().is_some() {
        return Err(refuse(name, FieldError::Regex));
    }
    Ok(value.map(|value| value.as_bytes().trim_ascii()))
}

fn refuse(field: &'static str, error: FieldError) -> ApiError {
    BadRequest::of(field, error).into()
}
