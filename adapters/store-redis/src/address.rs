//! Where the servers are: `redis-cluster://user@host:port,host:port`.

use data_adapter_reach::is_loopback;
use percent_encoding::percent_decode_str;

use crate::SettingsError;
use crate::link::Node;

/// How servers stand to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Arrangement {
    /// There is one.
    Single,
    /// Sentinels say which of them is the primary of a service.
    Sentinel { service: String },
    /// Each of several primaries has some of the keys.
    Cluster,
}

/// Where the servers are. Nothing in it is secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) arrangement: Arrangement,
    /// Those to ask first: servers or sentinels.
    pub(crate) nodes: Vec<Node>,
    pub(crate) user: Option<String>,
    /// Whether all are spoken to over TLS only, and have to show a certificate for their names.
    pub(crate) is_tls: bool,
}

const SHAPE: &str = "has to be like `rediss://user@host:6379`, `rediss-cluster://user@host:6379,host:6379` or \
     `rediss-sentinel://user@host:26379,host:26379/service`, each with `redis` instead of `rediss` where there is no TLS";

fn refuse(why: &str) -> SettingsError {
    SettingsError::new("url", why)
}

impl Address {
    const PORT: u16 = 6379;
    const SENTINEL_PORT: u16 = 26_379;

    /// Reads a URL. The reasons do not show it: somebody may have put a password in it. `allow_clear_text` says whether it may be
    /// spoken over a network without TLS.
    pub(crate) fn parse(url: &str, allow_clear_text: bool) -> Result<Self, SettingsError> {
        let (scheme, rest) = url.split_once("://").ok_or_else(|| refuse(SHAPE))?;
        let is_tls = scheme.starts_with("rediss");
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let kind = scheme.strip_prefix("rediss").or_else(|| scheme.strip_prefix("redis"));
        let (arrangement, port) = match kind.ok_or_else(|| refuse(SHAPE))? {
            "-sentinel" => (Arrangement::Sentinel { service: decoded(path)? }, Self::SENTINEL_PORT),
            "" if path.is_empty() => (Arrangement::Single, Self::PORT),
            "-cluster" if path.is_empty() => (Arrangement::Cluster, Self::PORT),
            _ => return Err(refuse(SHAPE)),
        };
        let (user, hosts) = match authority.rsplit_once('@') {
            Some((user, _)) if user.contains(':') => {
                return Err(refuse("has a password in it, which may not be there: use `password_file`"));
            }
            Some((user, hosts)) => (Some(decoded(user)?), hosts),
            None => (None, authority),
        };
        let nodes: Option<Vec<_>> = hosts.split(',').map(|host| Node::parse(host, port)).collect();
        let nodes = nodes.ok_or_else(|| refuse(SHAPE))?;
        if arrangement == Arrangement::Single && nodes.len() > 1 {
            return Err(refuse("has several hosts: say `redis-sentinel` or `redis-cluster` what they are"));
        }
        if !is_tls && !allow_clear_text && !nodes.iter().all(|node| is_loopback(&node.host)) {
            return Err(refuse(
                "would send the password and everything else unencrypted: use `rediss`, or where the network is a tunnel or a line \
                 of its own, say `allow_clear_text = true`",
            ));
        }
        Ok(Self { arrangement, nodes, user, is_tls })
    }
}

/// A name as it is meant, which may not be empty.
fn decoded(text: &str) -> Result<String, SettingsError> {
    let decoded = percent_decode_str(text).decode_utf8().ok().filter(|decoded| !decoded.is_empty());
    decoded.map(Into::into).ok_or_else(|| refuse(SHAPE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Address, String> {
        Address::parse(url, false).map_err(|error| error.to_string())
    }

    fn nodes(url: &str) -> Vec<String> {
        parse(url).expect("it is a URL").nodes.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn servers_are_where_their_url_says() {
        let single = parse("rediss://data%40adapter@redis.bank.test").unwrap();
        assert_eq!((single.arrangement, single.is_tls), (Arrangement::Single, true));
        assert_eq!(single.user.as_deref(), Some("data@adapter"));
        assert_eq!(nodes("redis://localhost"), ["localhost:6379"]);
        assert_eq!(nodes("redis-cluster://127.0.0.1:7000,[::1]:7001"), ["127.0.0.1:7000", "[::1]:7001"]);
        let sentinel = parse("rediss-sentinel://u@one.test,two.test:26380/main%20one").unwrap();
        assert_eq!(sentinel.arrangement, Arrangement::Sentinel { service: "main one".to_owned() });
        let nodes: Vec<_> = sentinel.nodes.iter().map(ToString::to_string).collect();
        assert_eq!(nodes, ["one.test:26379", "two.test:26380"]);
        assert_eq!(parse("redis-cluster://localhost").unwrap().arrangement, Arrangement::Cluster);
    }

    #[test]
    fn nothing_goes_over_a_network_without_tls_unless_that_is_said() {
        let url = "redis-cluster://localhost,redis.bank.test";
        assert!(parse(url).unwrap_err().contains("allow_clear_text"));
        assert!(!Address::parse(url, true).unwrap().is_tls);
    }

    #[test]
    fn what_is_no_url_of_redis_is_refused_without_being_shown() {
        for (url, why) in [
            ("redis.bank.test", "has to be like"),
            ("http://localhost", "has to be like"),
            ("redis-ring://localhost", "has to be like"),
            ("redis://", "has to be like"),
            ("redis://localhost:none", "has to be like"),
            ("redis://localhost/1", "has to be like"),
            ("redis://@localhost", "has to be like"),
            ("redis-sentinel://localhost", "has to be like"),
            ("redis://localhost,127.0.0.1", "several hosts"),
            ("redis://user:hush@localhost", "password_file"),
            ("redis://:hush@localhost", "password_file"),
        ] {
            let refusal = parse(url).unwrap_err();
            assert!(refusal.contains(why), "{url}: {refusal}");
            assert!(!refusal.contains("hush"), "{refusal}");
        }
    }
}
