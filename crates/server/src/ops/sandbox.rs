//! The pages of the sandbox, for someone who explores.

use std::sync::Arc;

use actix_web::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, guard, web};
use data_adapter_core::Clock;
use data_adapter_sca::{Block, DeliveredMessage, Factor, Inbox, Store};
use jiff::{SignedDuration, Timestamp};
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, context};
use secrecy::ExposeSecret as _;
use serde::Serialize;

use super::hosts::Hosts;
use crate::metering::Operation;
use crate::refused::{Refused, method_not_allowed};

const PAGE: &str = include_str!("inbox.html");
const STYLE: &str = include_str!("inbox.css");

/// What the pages show.
pub struct SandboxPages {
    inbox: Arc<dyn Inbox>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    hosts: Hosts,
    limits: Vec<String>,
}

impl SandboxPages {
    /// Shows `inbox` and the blocks in `store`. Requests have to name `localhost`, an IP address or one of `hosts`, so that
    /// a page of someone else can't read codes by pointing its name here. `limits` are sentences about what is blocked.
    #[must_use]
    pub fn new(
        inbox: Arc<dyn Inbox>,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        hosts: Vec<String>,
        limits: Vec<String>,
    ) -> Self {
        Self { inbox, store, clock, hosts: Hosts::new(hosts), limits }
    }
}

/// A message as JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MessageJson {
    id: u64,
    message_id: String,
    operation_id: String,
    to: String,
    text: String,
    sent_at: String,
}

impl From<DeliveredMessage> for MessageJson {
    fn from(delivered: DeliveredMessage) -> Self {
        Self {
            id: delivered.id,
            message_id: delivered.message.message.to_string(),
            operation_id: delivered.message.operation.to_string(),
            to: delivered.message.to.expose().to_owned(),
            text: delivered.message.text.expose_secret().to_owned(),
            sent_at: format!("{:.3}", delivered.sent_at),
        }
    }
}

/// A block as the page shows it.
#[derive(Serialize)]
struct BlockRow {
    user: String,
    what: &'static str,
    left: String,
}

impl BlockRow {
    fn new(block: &Block, now: Timestamp) -> Self {
        let what = match block.factor {
            Factor::Code => "codes",
            Factor::Password => "password",
            Factor::Partner => "password of the partner",
        };
        Self { user: block.user.to_string(), what, left: in_words(block.until.duration_since(now)) }
    }
}

fn in_words(left: SignedDuration) -> String {
    let seconds = left.as_secs() + i64::from(left.subsec_nanos() > 0);
    if seconds < 60 { format!("{seconds} s") } else { format!("{} min {} s", seconds / 60, seconds % 60) }
}

pub(crate) fn routes(config: &mut web::ServiceConfig, pages: Arc<SandboxPages>) {
    let get = |path: &str| {
        let resource = web::resource(path).name(Operation::Sandbox.name());
        resource.default_service(web::to(|request| method_not_allowed(request, "GET, HEAD")))
    };
    let reads = || web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
    config
        .app_data(web::Data::from(pages))
        .service(get("/sandbox/messages").route(reads().to(messages)))
        .service(get("/sandbox/inbox").route(reads().to(inbox)))
        .service(get("/sandbox/inbox.css").route(reads().to(style)));
}

fn ok() -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'none'",
        ));
    response
}

async fn messages(pages: web::Data<SandboxPages>, request: HttpRequest) -> Result<HttpResponse, Refused> {
    pages.hosts.check(&request)?;
    let messages: Vec<MessageJson> = pages.inbox.messages().into_iter().map(Into::into).collect();
    Ok(ok().json(messages))
}

async fn inbox(pages: web::Data<SandboxPages>, request: HttpRequest) -> Result<HttpResponse, Refused> {
    pages.hosts.check(&request)?;
    let now = pages.clock.now();
    let messages: Vec<MessageJson> = pages.inbox.messages().into_iter().map(Into::into).collect();
    let blocks = pages.store.blocks(now).await.map_err(|error| Refused::unavailable(&request, error))?;
    let blocks: Vec<BlockRow> = blocks.iter().map(|block| BlockRow::new(block, now)).collect();
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let page = environment
        .render_str(
            PAGE,
            context! {
                messages => Value::from(Serde(&messages)),
                blocks => Value::from(Serde(&blocks)),
                limits => Value::from(Serde(&pages.limits)),
            },
        )
        .map_err(|error| Refused::internal(&request, format!("the inbox can't be shown: {error}")))?;
    Ok(ok().content_type("text/html; charset=utf-8").body(page))
}

async fn style(pages: web::Data<SandboxPages>, request: HttpRequest) -> Result<HttpResponse, Refused> {
    pages.hosts.check(&request)?;
    Ok(ok().content_type("text/css; charset=utf-8").body(STYLE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_block_is_rounded_up() {
        assert_eq!(in_words(SignedDuration::from_millis(59_001)), "1 min 0 s");
        assert_eq!(in_words(SignedDuration::from_millis(1)), "1 s");
    }
}
