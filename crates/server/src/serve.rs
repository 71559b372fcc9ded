//! The HTTP server: what the one of actix-web does, over streams that hang up on clients who are too slow for it.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_http::error::DispatchError;
use actix_http::{HttpService, KeepAlive, Protocol};
use actix_server::Server;
use actix_service::{IntoServiceFactory as _, ServiceFactoryExt as _, fn_service, map_config};
use actix_tls::accept::{TlsError, max_concurrent_tls_connect};
use actix_web::dev::AppConfig;

use crate::app::{Parts, app};
use crate::connection::{Connections, Refuser, Stream};
use crate::current::Current;
use crate::limits::{self, RequestLimit};
use crate::ops::MetricsPage;
use crate::proxies::{Arrived, Proxies, arrivals};
use crate::router::routers;
use crate::stop::{QuitSignal, StopSignals, Stopping};
use crate::tls::{RefusedCertificates, Shaken, Tls, handshakes};

/// How long a client may take to hang up after the last answer.
const DISCONNECT: Duration = Duration::from_secs(1);

/// Connections that the kernel keeps until they are accepted, at most; `net.core.somaxconn` bounds it too. The 128 of the
/// standard library are fewer than come at once after a restart, and what does not fit is dropped without a word.
const BACKLOG: i32 = 4096;

/// How the server listens.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// Threads that answer requests.
    pub workers: usize,
    /// How long an idle connection is kept.
    pub keep_alive: Duration,
    /// How long a client may take to send the head of a request.
    pub header_timeout: Duration,
    /// How long requests are still answered as before after SIGTERM, while `/health/ready` says that nothing is ready.
    pub drain: Duration,
    /// How long requests under way may take after that.
    pub shutdown_timeout: Duration,
    /// Connections that are answered at once; those over it get 503.
    pub max_connections: usize,
    /// Over so many open connections, idle ones are closed after five seconds.
    pub max_idle_connections: usize,
    /// Requests that are answered at once; those over it get 503.
    pub max_requests: usize,
    /// Bytes of bodies that are held at once; requests that would need more get 503.
    pub max_body_bytes_held: usize,
    /// Who is in front.
    pub proxies: Proxies,
}

impl HttpSettings {
    /// Connections that are accepted at once: some more than are answered, so that the others can be told so.
    #[must_use]
    pub fn accepted_connections(&self) -> usize {
        self.max_connections + (self.max_connections / 8).max(64)
    }
}

/// Takes an address.
///
/// # Errors
///
/// When it can't be had, such as a port that is in use.
pub fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    // Once more, since the standard library takes no number.
    rustix::net::listen(&listener, BACKLOG)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Answers requests with what is in `current` until the process is told to stop and [`drain`](HttpSettings::drain) is over, and then
/// those that are under way. Speaks HTTPS with `tls`, HTTP without. Returns since when it took no new requests. The metrics are those
/// that `current` begins with.
///
/// # Errors
///
/// When the listener can't be served, or signals can't be handled.
pub async fn serve(
    listener: TcpListener,
    settings: &HttpSettings,
    tls: Option<&Tls>,
    current: &Current,
) -> std::io::Result<Instant> {
    let settings = settings.clone();
    let per_worker = settings.accepted_connections().div_ceil(settings.workers);
    // Else a few hundred clients that are slow to shake hands would keep everybody else waiting.
    max_concurrent_tls_connect(per_worker);
    let (stopping, mut quit) = (Stopping::default(), QuitSignal::new()?);
    let drained = StopSignals::new()?.drained(settings.drain, stopping.clone());
    let server = Server::build()
        .workers(settings.workers)
        .max_concurrent_connections(per_worker)
        .shutdown_signal(drained)
        .shutdown_timeout(settings.shutdown_timeout.as_secs());
    let closing = server.graceful_shutdown_signal();
    let limit = RequestLimit::with_bodies(settings.max_requests, settings.max_body_bytes_held);
    let connections = Connections::new(
        settings.max_connections,
        settings.max_idle_connections,
        settings.keep_alive,
        settings.header_timeout,
        Refuser::new(current.clone()),
    );
    let header_timeout = settings.header_timeout;
    let accepting = closing.clone();
    let closed = closing.clone();
    let closes = actix_web::rt::spawn(async move {
        closed.notified().await;
        Instant::now()
    });
    let page = |metrics| Arc::new(MetricsPage::new(metrics, Arc::clone(&limit), Arc::clone(&connections)));
    let page = current.now().metrics.clone().map(page);
    let proxies = Arc::new(settings.proxies);
    let trusted = Arc::clone(&proxies);
    let make = move |parts: Parts| {
        let (trusted, limit) = (Arc::clone(&trusted), Arc::clone(&limit));
        let app = app(parts, trusted, limit, page.clone(), stopping.clone()).into_factory();
        let stopping = stopping.clone();
        let app = app.map_err(|error: actix_web::Error| error.error_response());
        let app = app.map(move |response| limits::note_last(response, &stopping));
        map_config(app, |()| AppConfig::default())
    };
    let routed = current.clone();
    let http = move || {
        let closing = closing.clone();
        HttpService::build()
            .graceful_shutdown_signal(move || {
                let closing = closing.clone();
                async move { closing.notified().await }
            })
            // The stream knows better when nothing comes, and has a time-out for every head, not only the first.
            .keep_alive(KeepAlive::Os)
            .client_request_timeout(Duration::ZERO)
            .client_disconnect_timeout(DISCONNECT)
            .on_connect_ext(|stream: &Stream, data| {
                data.insert(stream.connection());
            })
            .finish(routers(routed.clone(), make.clone()))
    };
    let refused = Arc::new(RefusedCertificates::new(current.clone()));
    let told_of = Arc::clone(&refused);
    let refusals = actix_web::rt::spawn(tell_of_refused(Arc::clone(&refused)));
    let server = match tls {
        None => server.listen("http", listener, move || {
            let (connections, accepting) = (Arc::clone(&connections), accepting.clone());
            let streams = fn_service(move |arrived: Arrived| {
                let stream = Stream::plain(arrived, &connections);
                let closing = accepting.clone();
                async move {
                    let is_there = tokio::select! { there = stream.first_head() => there, () = closing.notified() => true };
                    if !is_there {
                        stream.give_up().await;
                        return Err(DispatchError::SlowRequestTimeout);
                    }
                    let peer = stream.peer();
                    Ok((stream, Protocol::Http1, peer))
                }
            });
            arrivals(&proxies, header_timeout).map_err(DispatchError::from).and_then(streams).and_then(http())
        })?,
        Some(tls) => {
            let mut config = tls.server_config();
            config.alpn_protocols = vec![b"http/1.1".to_vec()];
            server.listen("https", listener, move || {
                let connections = Arc::clone(&connections);
                let shaken = handshakes(config.clone(), header_timeout, Arc::clone(&refused))
                    .map_err(TlsError::into_service_error)
                    .map(move |shaken: Shaken| {
                        let stream = Stream::tls(shaken, &connections);
                        let peer = stream.peer();
                        (stream, Protocol::Http1, peer)
                    });
                let arrivals = arrivals(&proxies, header_timeout).map_err(TlsError::Tls);
                arrivals.and_then(shaken).and_then(http().map_err(TlsError::Service))
            })?
        }
    };
    let served = tokio::select! { served = server.run() => served, () = quit.sent() => Ok(()) };
    refusals.abort();
    told_of.tell_more();
    closes.abort();
    let since = closes.await.unwrap_or_else(|_| Instant::now());
    served.map(|()| since)
}

/// Goes on until the task is dropped.
async fn tell_of_refused(refused: Arc<RefusedCertificates>) {
    const EVERY: Duration = Duration::from_secs(60);
    let mut minutes = tokio::time::interval(EVERY);
    loop {
        minutes.tick().await;
        refused.tell_more();
    }
}
