use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::ErrorUnauthorized;
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, web};
use serde::Deserialize;
use serde_json::Value;

use crate::CoreBanking;
use crate::people::{PASSWORD, PEOPLE, Person};
use crate::state::State;

pub(crate) fn routes(app: &mut web::ServiceConfig) {
    app.route("/users", web::get().to(by_name))
        .route("/users/{id}", web::get().to(by_id))
        .route("/users/{id}/accounts", web::get().to(accounts))
        .route("/passwords", web::post().to(check))
        .route("/events", web::post().to(tell))
        .route("/status", web::get().to(status));
}

/// Lets in who shows the token, and takes the time that it is told to take.
pub(crate) async fn admit(
    state: web::Data<State>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    state.record(format!("{} {}", request.method(), request.uri().path()));
    state.wait().await;
    let shown = request.headers().get(AUTHORIZATION).and_then(|shown| shown.to_str().ok());
    if shown.and_then(|shown| shown.strip_prefix("Bearer ")) != Some(CoreBanking::TOKEN) {
        return Err(ErrorUnauthorized("another token is needed"));
    }
    next.call(request).await
}

#[derive(Deserialize)]
struct Name {
    username: String,
    organization: String,
}

async fn by_name(name: web::Query<Name>) -> HttpResponse {
    let is_meant =
        |person: &&Person| person.username == name.username && person.organization == name.organization;
    found(PEOPLE.iter().find(is_meant))
}

async fn by_id(id: web::Path<String>) -> HttpResponse {
    found(person(&id))
}

async fn accounts(id: web::Path<String>) -> HttpResponse {
    found(person(&id).map(|person| person.accounts))
}

#[derive(Deserialize)]
struct Claim {
    user: String,
    password: String,
}

async fn check(claim: web::Json<Claim>) -> HttpResponse {
    HttpResponse::Ok().json(person(&claim.user).is_some() && claim.password == PASSWORD)
}

async fn tell(state: web::Data<State>, event: web::Json<Value>) -> HttpResponse {
    state.tell(event.into_inner());
    HttpResponse::Ok().json(())
}

async fn status() -> HttpResponse {
    HttpResponse::Ok().json("UP")
}

fn person(id: &str) -> Option<&'static Person> {
    PEOPLE.iter().find(|person| person.id == id)
}

fn found(what: Option<impl serde::Serialize>) -> HttpResponse {
    match what {
        Some(what) => HttpResponse::Ok().json(what),
        None => HttpResponse::NotFound().finish(),
    }
}
