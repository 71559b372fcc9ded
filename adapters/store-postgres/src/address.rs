//! Where a database is: `postgres://user@host:port,host:port/database?sslmode=verify-full`.

use data_adapter_reach::is_loopback;
use percent_encoding::percent_decode_str;

use crate::SettingsError;

/// One server that may hold the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host {
    /// A name or an address, an IPv6 address without brackets; or the folder of a Unix socket.
    pub(crate) name: String,
    pub(crate) port: u16,
}

impl Host {
    /// Whether it is the folder of a Unix socket.
    pub(crate) fn is_socket(&self) -> bool {
        self.name.starts_with('/')
    }

    /// Whether nothing that is sent there leaves this machine.
    fn is_here(&self) -> bool {
        self.is_socket() || is_loopback(&self.name)
    }
}

/// Where a database is. Nothing in it is secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) hosts: Vec<Host>,
    pub(crate) user: String,
    pub(crate) database: String,
    /// Whether the servers are spoken to over TLS only, and have to show a certificate for their names.
    pub(crate) is_tls: bool,
}

const SHAPE: &str = "has to be like `postgres://user@host:5432,host:5432/database`, or `postgres://user@%2Fvar%2Frun%2Fpostgresql/database` \
     for a Unix socket";

impl Address {
    const PORT: u16 = 5432;

    /// Reads a URL. The reasons do not show it: somebody may have put a password in it. `key` is what operators know it by, and
    /// `allow_clear_text` says whether it may be spoken to over a network without TLS.
    pub(crate) fn parse(key: &'static str, url: &str, allow_clear_text: bool) -> Result<Self, SettingsError> {
        let refuse = |why: &str| SettingsError::new(key, why);
        let rest = ["postgres://", "postgresql://"].iter().find_map(|scheme| url.strip_prefix(scheme));
        let (rest, query) =
            rest.ok_or_else(|| refuse(SHAPE)).map(|rest| rest.split_once('?').unwrap_or((rest, "")))?;
        let (authority, database) = rest.split_once('/').ok_or_else(|| refuse(SHAPE))?;
        let (user, hosts) = authority.rsplit_once('@').ok_or_else(|| refuse(SHAPE))?;
        if user.contains(':') {
            return Err(refuse("has a password in it, which may not be there: use `password_file`"));
        }
        let user = decoded(user).filter(|user| !user.is_empty());
        let database = decoded(database).filter(|database| !database.is_empty() && !database.contains('/'));
        let (Some(user), Some(database)) = (user, database) else { return Err(refuse(SHAPE)) };
        let hosts: Option<Vec<_>> = hosts.split(',').map(host).collect();
        let hosts = hosts.ok_or_else(|| refuse(SHAPE))?;
        let is_tls = is_tls(query, &hosts).map_err(refuse)?;
        let has_socket = hosts.iter().any(Host::is_socket);
        if is_tls && has_socket {
            return Err(refuse("asks for TLS over a Unix socket, where there is none: leave `sslmode` out"));
        }
        if !is_tls && !allow_clear_text && !hosts.iter().all(Host::is_here) {
            return Err(refuse(
                "would send the password and everything else unencrypted: use `sslmode=verify-full`, or where the network is a \
                 tunnel or a line of its own, say `allow_clear_text = true`",
            ));
        }
        Ok(Self { hosts, user, database, is_tls })
    }
}

/// Whether a query asks for TLS, or says nothing of it where a host is elsewhere.
fn is_tls(query: &str, hosts: &[Host]) -> Result<bool, &'static str> {
    let mut is_tls = None;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        is_tls = match pair {
            _ if is_tls.is_some() => return Err("has more than one `sslmode`"),
            "sslmode=verify-full" => Some(true),
            "sslmode=disable" => Some(false),
            _ if pair.starts_with("sslmode=") => {
                return Err(
                    "has an `sslmode` that is neither `verify-full` nor `disable`: others do not look whose certificate it is",
                );
            }
            _ => return Err("has more behind the `?` than `sslmode`: settings have keys of their own"),
        };
    }
    Ok(is_tls.unwrap_or_else(|| !hosts.iter().all(Host::is_here)))
}

fn host(text: &str) -> Option<Host> {
    let (name, port) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map(|(name, port)| (name.to_owned(), port))?,
        None => {
            let end = text.find(':').unwrap_or(text.len());
            (decoded(&text[..end])?, &text[end..])
        }
    };
    let port = match port.strip_prefix(':') {
        Some(port) => port.parse().ok()?,
        None if port.is_empty() => Address::PORT,
        None => return None,
    };
    (!name.is_empty()).then_some(Host { name, port })
}

fn decoded(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Address, String> {
        Address::parse("url", url, false).map_err(|error| error.to_string())
    }

    fn hosts(url: &str) -> Vec<(String, u16)> {
        let address = parse(url).expect("it is a URL of a database");
        address.hosts.into_iter().map(|host| (host.name, host.port)).collect()
    }

    #[test]
    fn a_database_is_where_its_url_says() {
        let address = parse("postgres://data%40adapter@db.bank.test/codes").unwrap();
        assert_eq!((address.user.as_str(), address.database.as_str()), ("data@adapter", "codes"));
        assert!(address.is_tls, "it is elsewhere");
        assert_eq!(
            hosts("postgresql://u@one.test:5433,[2001:db8::1]:99,10.0.0.3/d?sslmode=verify-full"),
            [("one.test".to_owned(), 5433), ("2001:db8::1".to_owned(), 99), ("10.0.0.3".to_owned(), 5432)]
        );
        assert_eq!(hosts("postgres://u@%2Frun%2Fpostgresql:5433/d"), [("/run/postgresql".to_owned(), 5433)]);
    }

    #[test]
    fn what_stays_on_this_machine_may_go_without_tls() {
        for url in ["postgres://u@localhost/d", "postgres://u@[::1]:5433/d", "postgres://u@%2Frun/d"] {
            assert!(!parse(url).unwrap().is_tls, "{url}");
        }
        assert!(parse("postgres://u@localhost/d?sslmode=verify-full").unwrap().is_tls);
    }

    #[test]
    fn nothing_goes_over_a_network_without_tls_unless_that_is_said() {
        let url = "postgres://u@localhost,db.bank.test/d?sslmode=disable";
        assert!(parse(url).unwrap_err().contains("allow_clear_text"));
        assert!(!Address::parse("url", url, true).unwrap().is_tls);
        assert!(parse("postgres://u@localhost,db.bank.test/d").unwrap().is_tls, "one is elsewhere");
    }

    #[test]
    fn what_is_no_url_of_a_database_is_refused_without_being_shown() {
        for (url, why) in [
            ("postgres://db.test/d", "has to be like"),
            ("postgres://u@db.test", "has to be like"),
            ("postgres://u@db.test/", "has to be like"),
            ("postgres://@db.test/d", "has to be like"),
            ("postgres://u@/d", "has to be like"),
            ("postgres://u@db.test:no/d", "has to be like"),
            ("postgres://u@db.test,/d", "has to be like"),
            ("postgres://u@[::1/d", "has to be like"),
            ("mysql://u@db.test/d", "has to be like"),
            ("postgres://u:hush@db.test/d", "password_file"),
            ("postgres://u@db.test/d?sslmode=require", "neither `verify-full` nor `disable`"),
            ("postgres://u@db.test/d?password=hush", "more behind the `?`"),
            ("postgres://u@db.test/d?sslmode=disable&sslmode=verify-full", "more than one"),
            ("postgres://u@%2Frun/d?sslmode=verify-full", "over a Unix socket"),
        ] {
            let refusal = parse(url).unwrap_err();
            assert!(refusal.starts_with("`url` ") && refusal.contains(why), "{url}: {refusal}");
            assert!(!refusal.contains("hush"), "{refusal}");
        }
    }
}
