use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use super::print;
use crate::config::Settings;
use crate::failure::Failure;

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
    // It fails when there is one already, which is as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let status = actix_web::rt::System::new().block_on(async {
        // Nothing secret is sent, and the certificate is not made out to the address that we ask at.
        let client = reqwest::Client::builder().tls_danger_accept_invalid_certs(true);
        let client = client.timeout(DEADLINE).no_proxy().build()?;
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
