//! Goes to a server step by step, and says in words of operators what is wrong on the way, and what to do about it. For back
//! ends that have a server behind them, whatever it speaks.

mod certificate;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use data_adapter_core::Step;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

pub use certificate::{refused_by_server, refused_certificate};

/// Looks `host` up and connects to it: two steps, of which the second is left out when the first fails. Each may take as long as `patience`. An IPv6
/// address may be in brackets.
pub async fn steps_to(host: &str, port: u16, patience: Duration) -> Vec<Step> {
    let (name, connection) = (format!("name {host}"), format!("connection to {host}, port {port}"));
    let addresses = match addresses(host, port, patience).await {
        Ok(addresses) => addresses,
        Err(why) => {
            return vec![
                Step::wrong(name, why),
                Step::left_out(connection, "there is no address to connect to"),
            ];
        }
    };
    let shown: Vec<_> = addresses.iter().map(|address| address.ip().to_string()).collect();
    let found = Step::fine(name, shown.join(", "));
    let outcome = connect(&addresses, patience).await;
    vec![found, Step::new(connection, outcome)]
}

/// Whether nothing that is sent to `host` leaves this machine. An IPv6 address may be in brackets.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.map_or_else(|_| host.eq_ignore_ascii_case("localhost"), |address| address.is_loopback())
}

async fn addresses(host: &str, port: u16, patience: Duration) -> Result<Vec<SocketAddr>, String> {
    const ADVICE: &str = "look at its spelling in the URL, and at the name servers of this machine";
    let host = host.trim_start_matches('[').trim_end_matches(']');
    match timeout(patience, lookup_host((host, port))).await {
        Err(_) => Err(format!("no name server answers within {} ms: {ADVICE}", patience.as_millis())),
        Ok(Err(error)) => Err(format!("it has no address ({error}): {ADVICE}")),
        Ok(Ok(found)) => {
            let found: Vec<_> = found.collect();
            if found.is_empty() { Err(format!("it has no address: {ADVICE}")) } else { Ok(found) }
        }
    }
}

async fn connect(addresses: &[SocketAddr], patience: Duration) -> Result<String, String> {
    match timeout(patience, TcpStream::connect(addresses)).await {
        Err(_) => Err(format!(
            "nothing answers within {} ms: look at the port, and at the firewalls on the way",
            patience.as_millis()
        )),
        Ok(Err(error)) => Err(format!("{error}: look at the port, and at whether the server runs")),
        Ok(Ok(stream)) => Ok(stream.peer_addr().map(|peer| peer.ip().to_string()).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    fn names(steps: &[Step]) -> Vec<(&str, bool)> {
        steps.iter().map(|step| (step.name(), step.outcome().is_ok())).collect()
    }

    #[test]
    fn this_machine_is_known_by_each_of_its_names() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "::1", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.bank.test", "10.0.0.1", "[2001:db8::1]", "::", "0.0.0.0", ""] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[tokio::test]
    async fn a_server_that_is_there_is_found_and_connected_to() {
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = server.local_addr().unwrap().port();
        let steps = steps_to("127.0.0.1", port, PATIENCE).await;
        let connection = format!("connection to 127.0.0.1, port {port}");
        assert_eq!(names(&steps), [("name 127.0.0.1", true), (connection.as_str(), true)]);
    }

    #[tokio::test]
    async fn a_port_without_a_server_is_said_to_be_that() {
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = server.local_addr().unwrap().port();
        drop(server);
        let steps = steps_to("127.0.0.1", port, PATIENCE).await;
        let why = steps[1].outcome().unwrap_err();
        assert!(why.contains("whether the server runs"), "{why}");
    }

    #[tokio::test]
    async fn a_name_without_an_address_is_the_last_step_that_is_tried() {
        let steps = steps_to("nowhere.invalid", 636, PATIENCE).await;
        assert_eq!(
            names(&steps),
            [("name nowhere.invalid", false), ("connection to nowhere.invalid, port 636", false)]
        );
        assert_eq!(steps.iter().map(Step::is_left_out).collect::<Vec<_>>(), [false, true]);
        let why = steps[0].outcome().unwrap_err();
        assert!(why.contains("name server"), "{why}");
    }
}
