use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Instant;

use data_adapter_sca::Store;
use data_adapter_server::{Apis, Current, HttpSettings, Metrics, Parts, Tls, Tracer};

use crate::assemble::{Assembled, assemble, build_info, open_store};
use crate::audit::Hangups;
use crate::backends::Registry;
use crate::config::Settings;
use crate::failure::Failure;
use crate::telemetry::Telemetry;
use crate::{audit, config, demo, logging, runtime, supervisor};

pub(super) fn serve(settings: &Settings, registry: &Registry) -> Result<(), Failure> {
    logging::start(&settings.log)?;
    runtime::end_by_panics();
    for warning in config::warnings(settings) {
        tracing::warn!("{warning}");
    }
    allow_files(&settings.server.http()?)?;
    runtime::start()?.block_on(run(settings, registry))?;
    tracing::info!("stopped");
    Ok(())
}

async fn run(settings: &Settings, registry: &Registry) -> Result<(), Failure> {
    let hangups = Hangups::new()?;
    let tls = settings.tls.load()?;
    let telemetry = Telemetry::start(settings)?;
    let store = open_store(settings)?;
    let tracer = telemetry.as_ref().map(Telemetry::tracer);
    let served = run_over(settings, registry, hangups, tls, Arc::clone(&store), tracer).await;
    store.close().await;
    let since = served?;
    if let Some(telemetry) = telemetry {
        let last = since + settings.server.http()?.shutdown_timeout;
        telemetry.stop(last.saturating_duration_since(Instant::now())).await;
    }
    Ok(())
}

/// Returns since when it took no new requests.
async fn run_over(
    settings: &Settings,
    registry: &Registry,
    hangups: Hangups,
    tls: Option<Tls>,
    store: Arc<dyn Store>,
    tracer: Option<Arc<dyn Tracer>>,
) -> Result<Instant, Failure> {
    // What is made before this is not counted.
    let metrics = settings.metrics.enabled.then(|| Metrics::install(build_info())).transpose();
    let metrics = metrics.map_err(|error| Failure::Failed(error.to_string()))?;
    let auditor = audit::open(settings, &store).await?;
    let Assembled { parts, housekeeping, gateways } = assemble(settings, registry, store, auditor.as_ref())?;
    let parts = Parts { metrics: metrics.clone(), tracer, ..parts };
    let listener = listen(settings.server.address())?;
    let address = listener.local_addr().unwrap_or_else(|_| settings.server.address());
    let http = settings.server.http()?;
    gateways.start();
    let housekeeping = actix_web::rt::spawn(housekeeping.run());
    let sorting = metrics.map(|metrics| actix_web::rt::spawn(metrics.sort()));
    let catching_up = auditor.clone().map(|auditor| actix_web::rt::spawn(audit::catch_up(auditor)));
    let hangups = actix_web::rt::spawn(hangups.run(auditor));
    let tls = tls.map(Arc::new);
    let reloads = tls.clone().map(|tls| actix_web::rt::spawn(async move { tls.watch().await }));
    let (apis, has_start_page) = (parts.apis.clone(), parts.start_page.is_some());
    let current = Current::new(parts);
    let served = data_adapter_server::serve(listener, &http, tls.as_deref(), &current);
    // Polled in this order: whoever reads where it listens may stop it at once, and the server knows by then how it is stopped.
    let (served, ()) =
        tokio::join!(biased; served, async { announce(settings, address, &apis, has_start_page) });
    gateways.stop().await;
    housekeeping.abort();
    if let Some(sorting) = sorting {
        sorting.abort();
    }
    hangups.abort();
    if let Some(catching_up) = catching_up {
        catching_up.abort();
    }
    if let Some(reloads) = reloads {
        reloads.abort();
    }
    served.map_err(|error| Failure::Failed(format!("the server stopped: {error}")))
}

/// Says that the service listens, where, and what is there.
fn announce(settings: &Settings, address: SocketAddr, apis: &Apis, has_start_page: bool) {
    supervisor::tell_ready();
    tracing::info!("listening on {}://{address}", settings.tls.scheme());
    for api in apis.iter() {
        tracing::info!(path = format!("{}/", api.path()), "here is the {}", api.name());
    }
    if has_start_page {
        tracing::info!("open {}://{address}/ in a browser to see what is here", settings.tls.scheme());
    }
    if settings.sandbox.enabled {
        demo::welcome(address, settings);
    }
}

/// Makes sure that as many connections as the configuration allows can be open, if the system lets us. Where there is not even
/// room for what the program opens at its start, and for a few connections, it does not begin.
fn allow_files(http: &HttpSettings) -> Result<(), Failure> {
    /// The store, the audit log, the runtime, the systems behind.
    const OWN: u64 = 64;
    const EACH_WORKER: u64 = 4;
    let least = OWN + EACH_WORKER * http.workers as u64;
    // One for each connection, and some for the store and whatever else is open.
    let wanted = http.accepted_connections() as u64 + 256;
    match rlimit::increase_nofile_limit(wanted) {
        Ok(allowed) if allowed >= wanted => {}
        Ok(allowed) if allowed < least => {
            return Err(Failure::Failed(format!(
                "the system allows {allowed} open files, and {least} are the least to start with; raise the limit (`ulimit -Hn`, \
                 `LimitNOFILE`)"
            )));
        }
        Ok(allowed) => tracing::warn!(
            allowed,
            wanted,
            "too few files may be open for `server.max_connections`; raise the limit (`ulimit -Hn`, `LimitNOFILE`) or lower \
             the setting"
        ),
        Err(error) => tracing::warn!(%error, "the limit of open files can't be raised"),
    }
    Ok(())
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the kinds of I/O errors are open-ended")]
fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    data_adapter_server::listen(address).map_err(|error| {
        let (host, port) = (address.ip(), address.port());
        Failure::Failed(match error.kind() {
            ErrorKind::AddrInUse => format!(
                "port {port} on {host} is in use by another program; stop that one, or choose another port with --port \
                 or DATA_ADAPTER__SERVER__PORT"
            ),
            ErrorKind::PermissionDenied => {
                format!("port {port} on {host} needs more rights than this process has; choose one above 1023")
            }
            ErrorKind::AddrNotAvailable => {
                format!("{host} is not an address of this machine; choose another with --host or `server.host`")
            }
            _ => format!("{address} can't be listened on: {error}"),
        })
    })
}
