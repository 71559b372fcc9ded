//! The names that browsers may use for this machine, so that a page of someone else can't read codes by pointing its name here.

use std::net::IpAddr;

use actix_web::HttpRequest;

use crate::refusal::Refusal;
use crate::refused::Refused;

/// `localhost`, IP addresses, and these.
pub(super) struct Hosts(Vec<String>);

impl Hosts {
    /// `names` come without a port.
    pub(super) fn new(names: Vec<String>) -> Self {
        Self(names)
    }

    /// Refuses a request that names another host.
    pub(super) fn check(&self, request: &HttpRequest) -> Result<(), Refused> {
        let host = request.headers().get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
        let name = without_port(host);
        let known = name.eq_ignore_ascii_case("localhost")
            || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
            || self.0.iter().any(|host| host.eq_ignore_ascii_case(name));
        if known { Ok(()) } else { Err(Refused::new(request, Refusal::ForbiddenHost)) }
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if !name.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_of_a_host_does_not_count() {
        for (host, name) in
            [("localhost:8080", "localhost"), ("[::1]:80", "[::1]"), ("[::1]", "[::1]"), ("a", "a")]
        {
            assert_eq!(without_port(host), name);
        }
    }
}
