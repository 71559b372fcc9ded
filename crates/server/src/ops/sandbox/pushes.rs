//! Pushes, and what whoever looks at them decides.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, LOCATION};
use actix_web::{HttpRequest, HttpResponse, guard, web};
use data_adapter_sca::{DeliveredPush, PushAnswer, PushInbox, PushStatus};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::super::origin;
use super::{HTML, SandboxPages, answer};
use crate::fault::Fault;
use crate::metering::Operation;
use crate::refusal::Wording;
use crate::refused::{Refused, method_not_allowed};

/// Where the page's own files are from the path of a decision.
pub(super) const TO_ROOT: &str = "../../";

/// No request is open for longer.
const OPEN_FOR: SignedDuration = SignedDuration::from_mins(5);

/// A push as JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PushJson {
    id: u64,
    message_id: String,
    user_id: String,
    title: String,
    text: String,
    status: &'static str,
    sent_at: String,
}

/// Why a push is not decided.
#[derive(Clone, Copy)]
enum Undecided {
    Foreign,
    Unknown,
    TooLate,
}

impl From<DeliveredPush> for PushJson {
    fn from(delivered: DeliveredPush) -> Self {
        let status = match delivered.status {
            PushStatus::Pending => "pending",
            PushStatus::Accepted => "accepted",
            PushStatus::Rejected => "rejected",
        };
        Self {
            id: delivered.id,
            message_id: delivered.push.message.to_string(),
            user_id: delivered.push.user.to_string(),
            title: delivered.push.title,
            text: delivered.push.text,
            status,
            sent_at: format!("{:.3}", delivered.sent_at),
        }
    }
}

impl Undecided {
    fn status(self) -> StatusCode {
        match self {
            Self::Foreign => StatusCode::FORBIDDEN,
            Self::Unknown => StatusCode::NOT_FOUND,
            Self::TooLate => StatusCode::CONFLICT,
        }
    }

    /// What the metrics call it.
    fn outcome(self) -> &'static str {
        match self {
            Self::Foreign => "forbidden",
            Self::Unknown => "not_found",
            Self::TooLate => "conflict",
        }
    }

    fn detail(self) -> &'static str {
        match self {
            Self::Foreign => "A page of another site may not decide.",
            Self::Unknown => "There is no such push, or it is no longer kept.",
            Self::TooLate => "The push was decided before, or what it asks for is over.",
        }
    }

    /// Problem details, or the page where whoever asks reads pages.
    async fn answer(self, pages: &SandboxPages, request: &HttpRequest) -> Result<HttpResponse, Refused> {
        let mut response = answer(self.status());
        let response = if matches!(self, Self::Unknown | Self::TooLate) && reads_pages(request) {
            response.content_type(HTML).body(pages.page(request, Some(self.detail())).await?)
        } else {
            let Wording { content_type, body } = Wording::problem(self.status(), self.detail());
            response.content_type(content_type).body(body)
        };
        let text = self.detail().to_owned();
        let fault = Fault { outcome: self.outcome(), text, detail: None, is_failure: false };
        Ok(fault.mark(response))
    }
}

/// Whether a push may still be decided, as far as can be told from it.
pub(super) fn is_open(push: &DeliveredPush, now: Timestamp) -> bool {
    push.status == PushStatus::Pending && now.duration_since(push.sent_at) < OPEN_FOR
}

pub(super) fn in_json(pushes: Vec<DeliveredPush>) -> Vec<PushJson> {
    pushes.into_iter().map(Into::into).collect()
}

pub(super) fn routes(config: &mut web::ServiceConfig, inbox: Arc<dyn PushInbox>) {
    let resource = |path: &str, methods: &'static str| {
        let resource = web::resource(path).name(Operation::Sandbox.name());
        resource.default_service(web::to(move |request| method_not_allowed(request, methods)))
    };
    let reads = web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
    config
        .app_data(web::Data::from(inbox))
        .service(resource("/sandbox/pushes", "GET, HEAD").route(reads.to(pushes)))
        .service(resource("/sandbox/pushes/{id}/accept", "POST").route(web::post().to(accept)))
        .service(resource("/sandbox/pushes/{id}/reject", "POST").route(web::post().to(reject)));
}

async fn pushes(
    pages: web::Data<SandboxPages>,
    inbox: web::Data<dyn PushInbox>,
    request: HttpRequest,
) -> Result<HttpResponse, Refused> {
    pages.hosts.check(&request)?;
    Ok(answer(StatusCode::OK).json(in_json(inbox.pushes())))
}

async fn accept(
    pages: web::Data<SandboxPages>,
    inbox: web::Data<dyn PushInbox>,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Refused> {
    decide(&pages, inbox.as_ref(), &id, true, &request).await
}

async fn reject(
    pages: web::Data<SandboxPages>,
    inbox: web::Data<dyn PushInbox>,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Refused> {
    decide(&pages, inbox.as_ref(), &id, false, &request).await
}

async fn decide(
    pages: &SandboxPages,
    inbox: &dyn PushInbox,
    id: &str,
    accepted: bool,
    request: &HttpRequest,
) -> Result<HttpResponse, Refused> {
    pages.hosts.check(request)?;
    if !origin::is_ours(request) {
        return Undecided::Foreign.answer(pages, request).await;
    }
    let Ok(id) = id.parse() else { return Undecided::Unknown.answer(pages, request).await };
    let decided = inbox.decide(id, accepted).await;
    match decided.map_err(|error| Refused::unavailable(request, error))? {
        PushAnswer::Decided(_) if reads_pages(request) => {
            let inbox = format!("{TO_ROOT}inbox");
            Ok(answer(StatusCode::SEE_OTHER).insert_header((LOCATION, inbox)).finish())
        }
        PushAnswer::Decided(push) => Ok(answer(StatusCode::OK).json(PushJson::from(push))),
        PushAnswer::TooLate => Undecided::TooLate.answer(pages, request).await,
        PushAnswer::Unknown => Undecided::Unknown.answer(pages, request).await,
    }
}

/// Whether pages are what is asked for, as a browser does when somebody presses a button.
fn reads_pages(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("text/html"))
}
