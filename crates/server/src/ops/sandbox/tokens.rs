//! Tokens of users, which nobody makes for whoever explores.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use async_trait::async_trait;
use data_adapter_core::AdapterError;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::json;

use super::super::origin;
use super::{SandboxPages, answer};
use crate::body::Body;
use crate::fault::Fault;
use crate::media_type::{is_json, media_type};
use crate::metering::Operation;
use crate::refusal::Wording;
use crate::refused::{Refused, method_not_allowed};

/// What became of asking for a token.
#[derive(Debug)]
pub enum MadeToken {
    /// Here it is.
    Made(SecretString),
    /// There is no such programme.
    UnknownProgramme,
    /// There is no such user.
    UnknownUser,
    /// Tokens are signed elsewhere.
    NoKey,
}

/// Makes tokens of users who come through a programme.
#[async_trait]
pub trait TokenDesk: Send + Sync {
    /// A token of a user of the sandbox.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when nobody knows whether there is such a user.
    async fn token(&self, user: &str, programme: &str) -> Result<MadeToken, AdapterError>;
}

/// What is asked for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokenRequest {
    user_id: String,
    programme: String,
}

/// Why there is no token.
#[derive(Clone, Copy)]
enum Refusal {
    Foreign,
    Unreadable,
    UnknownProgramme,
    UnknownUser,
    NoKey,
}

impl Refusal {
    /// The status, what the metrics call it, and what is told.
    fn parts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Foreign => (StatusCode::FORBIDDEN, "forbidden", "A page of another site gets no token."),
            Self::Unreadable => (
                StatusCode::BAD_REQUEST,
                "input_invalid",
                "The body has to be JSON like {\"userId\": \"12345678\", \"programme\": \"demo\"}.",
            ),
            Self::UnknownProgramme => (StatusCode::NOT_FOUND, "not_found", "There is no such programme."),
            Self::UnknownUser => (StatusCode::NOT_FOUND, "not_found", "There is no such user."),
            Self::NoKey => (
                StatusCode::CONFLICT,
                "conflict",
                "Tokens are signed elsewhere: only their public keys are here.",
            ),
        }
    }

    fn answer(self) -> HttpResponse {
        let (status, outcome, detail) = self.parts();
        let Wording { content_type, body } = Wording::problem(status, detail);
        let response = answer(status).content_type(content_type).body(body);
        Fault { outcome, text: detail.to_owned(), detail: None, is_failure: false }.mark(response)
    }
}

pub(super) fn routes(config: &mut web::ServiceConfig, desk: Arc<dyn TokenDesk>) {
    let resource =
        web::resource("/sandbox/tokens").name(Operation::Sandbox.name()).route(web::post().to(make));
    config
        .app_data(web::Data::from(desk))
        .service(resource.default_service(web::to(|request| method_not_allowed(request, "POST"))));
}

async fn make(
    pages: web::Data<SandboxPages>,
    desk: web::Data<dyn TokenDesk>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Refused> {
    pages.hosts.check(&request)?;
    if !origin::is_ours(&request) {
        return Ok(Refusal::Foreign.answer());
    }
    let is_read = media_type(request.headers()).is_some_and(|kind| is_json(&kind));
    let asked = serde_json::from_slice::<TokenRequest>(&body).ok().filter(|_| is_read);
    let Some(TokenRequest { user_id, programme }) = asked else { return Ok(Refusal::Unreadable.answer()) };
    let made = desk.token(&user_id, &programme).await;
    Ok(match made.map_err(|error| Refused::unavailable(&request, error))? {
        MadeToken::Made(token) => answer(StatusCode::OK).json(json!({"token": token.expose_secret()})),
        MadeToken::UnknownProgramme => Refusal::UnknownProgramme.answer(),
        MadeToken::UnknownUser => Refusal::UnknownUser.answer(),
        MadeToken::NoKey => Refusal::NoKey.answer(),
    })
}
