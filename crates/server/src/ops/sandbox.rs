//! The pages of the sandbox, for someone who explores.

mod pushes;
mod tokens;

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, guard, web};
use data_adapter_core::Clock;
use data_adapter_sca::{AttemptStore, Block, DeliveredMessage, Factor, Inbox, PushInbox};
use jiff::{SignedDuration, Timestamp};
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, context};
use secrecy::ExposeSecret as _;
use serde::Serialize;

pub use tokens::{MadeToken, TokenDesk};

use super::hosts::Hosts;
use crate::metering::Operation;
use crate::refused::{Refused, method_not_allowed};

const PAGE: &str = include_str!("sandbox/inbox.html");
const HTML: &str = "text/html; charset=utf-8";
const STYLE: &str = include_str!("sandbox/inbox.css");

/// How many seconds the page is shown before it is read again.
const REFRESH: u32 = 3;
/// The same while there is something to read and press on it, which may take a while with a keyboard.
const SLOW_REFRESH: u32 = 30;

/// What the pages show.
pub struct SandboxPages {
    inbox: Arc<dyn Inbox>,
    pushes: Option<Arc<dyn PushInbox>>,
    tokens: Option<Arc<dyn TokenDesk>>,
    attempts: Arc<dyn AttemptStore>,
    clock: Arc<dyn Clock>,
    hosts: Hosts,
    limits: Vec<String>,
}

impl SandboxPages {
    /// Shows `inbox` and the blocks in `attempts`. Requests have to name `localhost`, an IP address or one of `hosts`, so that
    /// a page of someone else can't read codes by pointing its name here. `limits` are sentences about what is blocked.
    #[must_use]
    pub fn new(
        inbox: Arc<dyn Inbox>,
        attempts: Arc<dyn AttemptStore>,
        clock: Arc<dyn Clock>,
        hosts: Vec<String>,
        limits: Vec<String>,
    ) -> Self {
        Self { inbox, pushes: None, tokens: None, attempts, clock, hosts: Hosts::new(hosts), limits }
    }

    /// Shows `pushes` too, and lets whoever looks at them accept and reject them.
    #[must_use]
    pub fn with_pushes(self, pushes: Arc<dyn PushInbox>) -> Self {
        Self { pushes: Some(pushes), ..self }
    }

    /// Gives tokens of users to whoever asks.
    #[must_use]
    pub fn with_tokens(self, tokens: Arc<dyn TokenDesk>) -> Self {
        Self { tokens: Some(tokens), ..self }
    }

    /// The page. `notice` is what comes of a button that was pressed on it; it is shown at the path of that button then.
    async fn page(&self, request: &HttpRequest, notice: Option<&str>) -> Result<String, Refused> {
        let now = self.clock.now();
        let messages: Vec<MessageJson> = self.inbox.messages().into_iter().map(Into::into).collect();
        let blocks = self.attempts.blocks(now).await.map_err(|error| Refused::unavailable(request, error))?;
        let blocks: Vec<BlockRow> = blocks.iter().map(|block| BlockRow::new(block, now)).collect();
        let pushes = self.pushes.as_ref().map(|pushes| pushes.pushes());
        let is_slow = notice.is_some() || pushes.iter().flatten().any(|push| pushes::is_open(push, now));
        let pushes = pushes.map(pushes::in_json);
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        let page = environment.render_str(
            PAGE,
            context! {
                root => if notice.is_some() { pushes::TO_ROOT } else { "" },
                notice => notice,
                refresh => if is_slow { SLOW_REFRESH } else { REFRESH },
                messages => Value::from(Serde(&messages)),
                pushes => Value::from(Serde(&pushes)),
                blocks => Value::from(Serde(&blocks)),
                limits => Value::from(Serde(&self.limits)),
            },
        );
        page.map_err(|error| Refused::internal(request, format!("the inbox can't be shown: {error}")))
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
    if let Some(inbox) = &pages.pushes {
        pushes::routes(config, Arc::clone(inbox));
    }
    if let Some(desk) = &pages.tokens {
        tokens::routes(config, Arc::clone(desk));
    }
    config
        .app_data(web::Data::from(pages))
        .service(get("/sandbox/messages").route(reads().to(messages)))
        .service(get("/sandbox/inbox").route(reads().to(inbox)))
        .service(get("/sandbox/inbox.css").route(reads().to(style)));
}

fn answer(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        // A button's request names this page as where it comes from.
        .insert_header((REFERRER_POLICY, "same-origin"))
        .insert_header((
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'none'",
        ));
    response
}

async fn messages(pages: web::Data<SandboxPages>, request: HttpRequest) -> Result<HttpResponse, Refused> {
    pages.hosts.check(&request)?;
    let messages: Vec<MessageJson> = pages.inbox.messages().into_iter().map(Into::into).collect();
    Ok(answer(StatusCode::OK).json(messages))
}

async fn inbox(pages: web::Data<SandboxPages>, request: HttpRequest) -> Result<HttpResponse, Refused> {
    pages.hosts.check(&request)?;
    let page = pages.page(&request, None).await?;
    Ok(answer(StatusCode::OK).content_type(HTML).body(page))
}

async fn style(pages: web::Data<SandboxPages>, request: HttpRequest) -> Result<HttpResponse, Refused> {
    pages.hosts.check(&request)?;
    Ok(answer(StatusCode::OK).content_type("text/css; charset=utf-8").body(STYLE))
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
