use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};

use crate::assemble::{Assembled, assemble, open_store};
use crate::config::Settings;
use crate::failure::Failure;
use crate::{demo, logging};

pub(super) fn serve(settings: &Settings) -> Result<(), Failure> {
    logging::start(&settings.log)?;
    actix_web::rt::System::new().block_on(run(settings))?;
    tracing::info!("stopped");
    Ok(())
}

async fn run(settings: &Settings) -> Result<(), Failure> {
    let Assembled { parts, housekeeping } = assemble(settings, open_store(settings).await?)?;
    let listener = listen(settings.server.address())?;
    let address = listener.local_addr().unwrap_or_else(|_| settings.server.address());
    tracing::info!("listening on http://{address}");
    if settings.sandbox.enabled {
        demo::welcome(address, settings);
    }
    let housekeeping = actix_web::rt::spawn(housekeeping.run());
    let served = data_adapter_server::serve(listener, &settings.server.http(), parts).await;
    housekeeping.abort();
    served.map_err(|error| Failure::Failed(format!("the server stopped: {error}")))
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
