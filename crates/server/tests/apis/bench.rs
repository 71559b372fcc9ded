//! Made-up APIs, a server that mounts them, and a client that sends what no library would.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::HeaderName;
use actix_web::{FromRequest as _, HttpRequest, HttpResponse, web};
use data_adapter_core::{AdapterError, SystemRandom};
use data_adapter_server::{
    Api, Apis, Body, BodyLimits, Caller, Callers, CertificateNames, Current, Denial, HttpSettings, Parts,
    Place, Proxies, ReadyChecks, Refusal, Refused, Visit, Walk, Wording, let_in, listen, method_not_allowed,
    serve, turn_away,
};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder, PathItem, PathsBuilder, ServerBuilder};

/// An API with one operation, which says how many bytes it was sent, and with errors in its own words. One that asks its callers
/// itself takes whoever says a name in `x-name` for that caller, and nobody else. It has no words for a wrong method, and
/// calls the id of a request `echo-ref` as well.
#[derive(Clone, Copy)]
pub(crate) struct Made {
    name: &'static str,
    path: &'static str,
    file: &'static str,
    ignores_case: bool,
    asks_callers: bool,
}

pub(crate) const OTHER: Made =
    Made { name: "other", path: "/other", file: "other.json", ignores_case: false, asks_callers: false };
pub(crate) const WITHIN: Made = Made { name: "within", path: "/other/within", file: "within.json", ..OTHER };
pub(crate) const ROOT: Made = Made { name: "root", path: "", file: "root.json", ..OTHER };
pub(crate) const ANY_CASE: Made =
    Made { name: "any case", path: "/Bank/any", file: "any.json", ignores_case: true, ..OTHER };
pub(crate) const ASKING: Made =
    Made { name: "asking", path: "/asking", file: "asking.json", asks_callers: true, ..OTHER };

impl Made {
    /// The same elsewhere.
    pub(crate) fn at(self, path: &'static str) -> Self {
        Self { path, ..self }
    }

    /// What it says of a refusal.
    pub(crate) fn words(&self, refusal: Refusal) -> String {
        format!("{} refuses: {refusal:?}", self.name)
    }
}

impl Api for Made {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> String {
        format!("The {} API", self.name)
    }

    fn path(&self) -> &str {
        self.path
    }

    fn ignores_case(&self) -> bool {
        self.ignores_case
    }

    fn asks_callers(&self) -> bool {
        self.asks_callers
    }

    fn routes(self: Arc<Self>, config: &mut web::ServiceConfig) {
        let echo = if self.asks_callers { web::post().to(echo_to_known) } else { web::post().to(echo) };
        let echo = web::resource("/echo").name("echo").route(echo);
        config.service(echo.default_service(web::to(|request| method_not_allowed(request, "POST"))));
    }

    fn wording(&self, refusal: Refusal) -> Wording {
        let has_words = !self.asks_callers || !matches!(refusal, Refusal::WrongMethod(_));
        let body = if has_words { self.words(refusal).into_bytes() } else { Vec::new() };
        Wording { content_type: "text/made", body }
    }

    fn longest_headers(&self) -> &'static [(&'static str, usize)] {
        if self.asks_callers { &[("echo-name", 8)] } else { &[] }
    }

    fn id_header(&self) -> Option<HeaderName> {
        self.asks_callers.then_some(HeaderName::from_static("echo-ref"))
    }

    fn operations(&self) -> &'static [&'static str] {
        &["echo"]
    }

    fn document_file(&self) -> &'static str {
        self.file
    }

    fn document(&self, place: &Place<'_>) -> OpenApi {
        let info = InfoBuilder::new().title(self.name).build();
        let servers = [ServerBuilder::new().url(place.api).build()];
        let paths = PathsBuilder::new().path("/echo/{id}", PathItem::default()).build();
        OpenApiBuilder::new().info(info).servers(Some(servers)).paths(paths).build()
    }

    fn walk(&self, visit: Visit) -> Result<Option<Walk>, AdapterError> {
        let html = format!("<p>{} has an inbox: {}</p>", self.name, visit.has_inbox);
        let modules = &[("walk.mjs", "/* a walk */")];
        Ok((!self.path.is_empty()).then_some(Walk { folder: self.name, html, modules }))
    }
}

async fn echo(body: Body) -> HttpResponse {
    HttpResponse::Ok().body(body.len().to_string())
}

/// The body is read while its caller has its share.
async fn echo_to_known(request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, Refused> {
    let name = request.headers().get("x-name").and_then(|name| name.to_str().ok());
    let Some(name) = name else {
        turn_away(&request, Denial::Unauthorized);
        return Ok(HttpResponse::Unauthorized().body("say your name"));
    };
    let _share = let_in(&request, name).await?;
    let body = Body::from_request(&request, &mut payload.into_inner()).await?;
    Ok(echo(body).await)
}

/// The bytes that a body may have.
pub(crate) const MOST: usize = 16;

/// How long one may take, and a head: more than what comes at once takes on any machine.
const TIMEOUT: Duration = Duration::from_secs(4);

/// A caller who may use `/allowed` and nothing else.
pub(crate) const TOKEN: &str = "the token of somebody";

pub(crate) fn somebody() -> Callers {
    let caller = Caller {
        name: "somebody".to_owned(),
        token_sha256: Some(Sha256::digest(TOKEN).into()),
        certificate: CertificateNames::default(),
        paths: vec!["/allowed".to_owned()],
    };
    Callers::new(vec![caller], Vec::new(), false)
}

pub(crate) fn parts(apis: impl IntoIterator<Item = Made>) -> Parts {
    let apis = apis.into_iter().map(|api| Arc::new(api) as Arc<dyn Api>);
    Parts {
        apis: Apis::new(apis.collect()).expect("paths of their own"),
        bodies: BodyLimits { max: MOST, timeout: TIMEOUT },
        sandbox: None,
        swagger_ui: None,
        start_page: None,
        callers: Arc::new(Callers::new(Vec::new(), Vec::new(), false)),
        ready: Arc::new(ReadyChecks::new(Vec::new(), Duration::from_secs(1))),
        metrics: None,
        tracer: None,
        random: Arc::new(SystemRandom),
    }
}

pub(crate) fn settings() -> HttpSettings {
    HttpSettings {
        workers: 1,
        keep_alive: Duration::from_secs(5),
        header_timeout: TIMEOUT,
        drain: Duration::ZERO,
        shutdown_timeout: Duration::from_secs(1),
        max_connections: 16,
        max_idle_connections: 16,
        max_requests: 16,
        max_body_bytes_held: 1024,
        proxies: Proxies::default(),
    }
}

/// Serves until the test ends.
pub(crate) async fn start(settings: HttpSettings, parts: Parts) -> SocketAddr {
    start_with(settings, &Current::new(parts)).await
}

/// The same with what may be replaced.
pub(crate) async fn start_with(settings: HttpSettings, current: &Current) -> SocketAddr {
    let current = current.clone();
    let listener = listen("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let address = listener.local_addr().expect("an address");
    actix_web::rt::spawn(async move { serve(listener, &settings, None, &current).await });
    address
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// In small letters.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// Whether it has this header, written as `name: value` in small letters.
    pub(crate) fn has(&self, header: &str) -> bool {
        self.head.lines().any(|line| line == header)
    }
}

/// Sends bytes, and reads until the server hangs up.
pub(crate) async fn send(address: SocketAddr, bytes: &[u8]) -> Answer {
    send_in_two(address, bytes, None).await
}

/// The same, with a rest that comes when the answer has begun.
pub(crate) async fn send_in_two(address: SocketAddr, bytes: &[u8], rest: Option<&[u8]>) -> Answer {
    let mut connection = TcpStream::connect(address).await.expect("a connection");
    connection.write_all(bytes).await.expect("it is read");
    if let Some(rest) = rest {
        connection.readable().await.expect("an answer");
        connection.write_all(rest).await.expect("it is read");
    }
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.expect("an answer");
    let answer = String::from_utf8(answer).expect("UTF-8");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
}

/// A request with `headers`, each with its line break, and a body.
pub(crate) async fn ask(address: SocketAddr, method: &str, path: &str, headers: &str, body: &str) -> Answer {
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}"
    );
    send(address, format!("{head}\r\n{body}").as_bytes()).await
}
