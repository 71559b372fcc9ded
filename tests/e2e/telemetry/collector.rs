//! What stands for a collector: it takes spans by OTLP over HTTP, and keeps them.

use std::net::{SocketAddr, TcpListener};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::resource::v1::Resource;
use prost::Message as _;

use super::span::Span;
use crate::support::PATIENCE;

/// A collector that runs.
pub(super) struct Collector {
    address: SocketAddr,
    taken: Data<Taken>,
    server: ServerHandle,
}

/// A request that it got.
#[derive(Clone)]
pub(super) struct Export {
    /// Its headers, one a line.
    pub(super) head: String,
    pub(super) body: Bytes,
}

#[derive(Default)]
struct Taken {
    exports: Mutex<Vec<Export>>,
    /// Whether it leaves requests without an answer.
    hangs: bool,
}

impl Collector {
    pub(super) async fn start() -> Self {
        Self::start_at("127.0.0.1:0".parse().expect("an address"), false).await
    }

    /// One that takes requests and never answers.
    pub(super) async fn hanging() -> Self {
        Self::start_at("127.0.0.1:0".parse().expect("an address"), true).await
    }

    pub(super) async fn start_at(address: SocketAddr, hangs: bool) -> Self {
        let listener = TcpListener::bind(address).expect("the port is free");
        let address = listener.local_addr().expect("an address");
        let taken = Data::new(Taken { hangs, ..Taken::default() });
        let data = taken.clone();
        let app = move || App::new().app_data(data.clone()).route("/v1/traces", web::post().to(take));
        let server = HttpServer::new(app).workers(1).disable_signals().shutdown_timeout(0);
        let server = server.listen(listener).expect("it listens").run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { address, taken, server: handle }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The `endpoint` of a program that exports to it.
    pub(super) fn endpoint(&self) -> String {
        format!("http://{}/v1/traces", self.address)
    }

    /// Every request so far.
    pub(super) fn exports(&self) -> Vec<Export> {
        self.taken.exports.lock().expect("nobody panics").clone()
    }

    /// Every span so far, in the order in which they ended.
    pub(super) fn spans(&self) -> Vec<Span> {
        self.exports().iter().flat_map(Export::spans).collect()
    }

    /// Waits until it has that many spans.
    pub(super) async fn wait_for(&self, spans: usize) {
        let since = Instant::now();
        while self.spans().len() < spans {
            assert!(since.elapsed() < PATIENCE, "{} spans in place of {spans}", self.spans().len());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub(super) async fn stop(self) {
        self.server.stop(false).await;
    }
}

impl Export {
    fn request(&self) -> ExportTraceServiceRequest {
        ExportTraceServiceRequest::decode(self.body.clone()).expect("OTLP in protobuf")
    }

    pub(super) fn spans(&self) -> Vec<Span> {
        let scopes = self.request().resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
        scopes.flat_map(|scope| scope.spans).map(Span).collect()
    }

    /// Who exports.
    pub(super) fn resource(&self) -> Resource {
        let resources = self.request().resource_spans;
        assert_eq!(resources.len(), 1, "one program is one resource");
        resources[0].resource.clone().expect("a resource")
    }
}

async fn take(request: HttpRequest, body: Bytes, taken: Data<Taken>) -> HttpResponse {
    let headers = request.headers().iter();
    let head =
        headers.map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes())));
    taken.exports.lock().expect("nobody panics").push(Export { head: head.collect(), body });
    if taken.hangs {
        std::future::pending::<()>().await;
    }
    HttpResponse::Ok().content_type("application/x-protobuf").finish()
}
