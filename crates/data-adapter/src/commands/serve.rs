use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Instant;

use actix_web::rt::spawn;
use data_adapter_server::{Apis, Current, HttpSettings, Metrics, Tls, Tracer};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::assemble::{Assembled, assemble, build_info, keeping};
use crate::audit::Hangups;
use crate::backends::Registry;
use crate::config::{Flags, Settings, Snapshot, load};
use crate::failure::Failure;
use crate::foundation::Foundation;
use crate::housekeeping::{Housekeeping, Keeping};
use crate::reload::{Control, Reloader};
use crate::stores::{Opened, open_store};
use crate::telemetry::Telemetry;
use crate::{audit, config, demo, logging, runtime, supervisor};

pub(super) fn serve(flags: &Flags, registry: &Registry) -> Result<(), Failure> {
    let settings = load(flags)?;
    start(flags, &settings, registry).map_err(|failure| settings.blame(failure))
}

fn start(flags: &Flags, settings: &Settings, registry: &Registry) -> Result<(), Failure> {
    logging::start(&settings.log)?;
    runtime::end_by_panics();
    for warning in config::warnings(settings) {
        tracing::warn!("{warning}");
    }
    allow_files(&settings.server.http()?)?;
    runtime::start()?.block_on(run(flags, settings, registry))?;
    tracing::info!("stopped");
    Ok(())
}

async fn run(flags: &Flags, settings: &Settings, registry: &Registry) -> Result<(), Failure> {
    let hangups = Hangups::new()?;
    let tls = settings.tls.load()?;
    let telemetry = Telemetry::start(settings)?;
    let opened = open_store(settings).await?;
    let store = Arc::clone(&opened.store);
    let tracer = telemetry.as_ref().map(Telemetry::tracer);
    let beginning = Beginning { flags, settings, registry, hangups, tls };
    let served = run_over(beginning, opened, tracer).await;
    store.close().await;
    let since = served?;
    if let Some(telemetry) = telemetry {
        let last = since + settings.server.http()?.shutdown_timeout;
        telemetry.stop(last.saturating_duration_since(Instant::now())).await;
    }
    Ok(())
}

/// What the service begins with.
struct Beginning<'a> {
    flags: &'a Flags,
    settings: &'a Settings,
    registry: &'a Registry,
    hangups: Hangups,
    tls: Option<Tls>,
}

/// Returns since when it took no new requests.
async fn run_over(
    beginning: Beginning<'_>,
    Opened { store, codes }: Opened,
    tracer: Option<Arc<dyn Tracer>>,
) -> Result<Instant, Failure> {
    let Beginning { flags, settings, registry, hangups, tls } = beginning;
    let keeping = watch::Sender::new(keeping(settings));
    // What is made before this is not counted.
    let metrics = settings.metrics.enabled.then(|| Metrics::install(build_info())).transpose();
    let metrics = metrics.map_err(|error| Failure::Failed(error.to_string()))?;
    let auditor = audit::open(settings, &store, keeping.subscribe()).await?;
    let foundation = &Foundation { codes, metrics, tracer, ..Foundation::new(store, auditor) };
    let Assembled { parts, shared, .. } = assemble(settings, registry, foundation, None)?;
    let control = settings.server.control_socket().map(Control::listen).transpose()?;
    let listener = listen(settings.server.address())?;
    let address = listener.local_addr().unwrap_or_else(|_| settings.server.address());
    let http = settings.server.http()?;
    shared.gateways.start();
    let tls = tls.map(Arc::new);
    let beside = beside(foundation, &keeping, tls.as_ref());
    let (apis, has_start_page) = (parts.apis.clone(), parts.start_page.is_some());
    let current = Current::new(parts);
    let running = Snapshot::of(settings);
    let watched = tls.clone();
    let mut reloader =
        Reloader { flags, registry, foundation, tls, current: current.clone(), keeping, running, shared };
    // It has the APIs until it has told of them, and no longer: they may be replaced.
    let announced = async move { announce(settings, address, &apis, has_start_page) };
    let served = async {
        let served = data_adapter_server::serve(listener, &http, watched.as_deref(), &current);
        // Polled in this order: whoever reads where it listens may stop it at once, and the server knows by then how it is stopped.
        tokio::join!(biased; served, announced).0
    };
    let served = tokio::select! {
        biased;
        served = served => served,
        never = reloader.run(hangups, control) => match never {},
    };
    reloader.shared.gateways.stop().await;
    beside.iter().for_each(JoinHandle::abort);
    served.map_err(|error| Failure::Failed(format!("the server stopped: {error}")))
}

/// What is done beside answering requests, until it is aborted.
fn beside(
    foundation: &Foundation,
    keeping: &watch::Sender<Keeping>,
    tls: Option<&Arc<Tls>>,
) -> Vec<JoinHandle<()>> {
    let (store, clock) = (Arc::clone(&foundation.store) as _, Arc::clone(&foundation.clock));
    let housekeeping = Housekeeping::new(store, clock, keeping.subscribe());
    let sorting = foundation.metrics.clone().map(|metrics| spawn(metrics.sort()));
    let catching_up = foundation.auditor.clone().map(|auditor| spawn(audit::catch_up(auditor)));
    let watching = tls.cloned().map(|tls| spawn(async move { tls.watch().await }));
    let others = [sorting, catching_up, watching].into_iter().flatten();
    [spawn(housekeeping.run())].into_iter().chain(others).collect()
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
