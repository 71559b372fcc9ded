//! Runs the imagined core banking on port 8090, or the one that is named: `example-core-banking 8091`.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};

use example_core_banking::CoreBanking;

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::args().nth(1).map_or(Ok(8090), |port| port.parse());
    let port = port.map_err(std::io::Error::other)?;
    let core = CoreBanking::start_at(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
    writeln!(std::io::stdout(), "core banking answers at {}, token {}", core.url(), CoreBanking::TOKEN)?;
    core.run().await
}
