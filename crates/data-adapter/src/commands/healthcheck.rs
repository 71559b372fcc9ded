use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use data_adapter_server::Proxies;
use tokio::io::{AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use super::print;
use crate::config::Settings;
use crate::failure::Failure;
use crate::runtime;

const DEADLINE: Duration = Duration::from_secs(5);

pub(super) fn check(settings: &Settings) -> Result<(), Failure> {
    let mut address = settings.server.address();
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    let url = format!("{}://{address}/health/live", settings.tls.scheme());
    let proxies = settings.server.proxies()?;
    // It fails when there is one already, which is as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let status = runtime::start()?.block_on(async {
        // Nothing secret is sent, and the certificate is not made out to the address that we ask at.
        let client = reqwest::Client::builder().tls_danger_accept_invalid_certs(true);
        let client = client.timeout(DEADLINE).no_proxy().build()?;
        let asked = if proxies.proxy_protocol { through_relay(address, proxies).await } else { address };
        let url = format!("{}://{asked}/health/live", settings.tls.scheme());
        Ok(client.get(&url).send().await?.status())
    });
    match status {
        Ok(status) if status.is_success() => print(&format!("{url} answers.")),
        Ok(status) => Err(Failure::Failed(format!("{url} answers with the status {status}."))),
        Err(error) => {
            let error: reqwest::Error = error;
            let why = if error.is_timeout() { "does not answer in time" } else { "can't be reached" };
            Err(Failure::Failed(format!("{url} {why}. Does the service run, and at this address?")))
        }
    }
}

/// Where a connection can be made that goes on to `address`, with what has to come before a request there. It is `address` itself
/// where there can be no such place.
async fn through_relay(address: SocketAddr, proxies: Proxies) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let Ok((listener, relay)) = listener.and_then(|listener| listener.local_addr().map(|at| (listener, at)))
    else {
        return address;
    };
    actix_web::rt::spawn(async move { relay_one(&listener, address, &proxies).await });
    relay
}

/// Hands one connection on. Where this machine is a trusted proxy, it says that it speaks for itself.
async fn relay_one(listener: &TcpListener, address: SocketAddr, proxies: &Proxies) -> io::Result<()> {
    let (mut client, _) = listener.accept().await?;
    let mut server = TcpStream::connect(address).await?;
    if proxies.trust(server.local_addr()?.ip()) {
        server.write_all(b"PROXY UNKNOWN\r\n").await?;
    }
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}
