mod attributes;
mod preset;
mod reservation;

use std::collections::BTreeMap;
use std::path::PathBuf;

use data_adapter_reach::is_loopback;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use thiserror::Error;
use url::Url;

pub use attributes::{AttributeSettings, IdFormat};
pub use preset::Preset;
pub use reservation::Reservation;

use crate::account;
use crate::template::{ID, Template, USERNAME, default_id_filter};

/// What a directory is asked, where and how.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LdapSettings {
    /// What kind of directory it is, which fills in for filters, ids and lock attributes that are left out; `None` for one
    /// that is described in full.
    #[serde(default)]
    pub preset: Option<Preset>,
    /// The servers, the one to prefer first: `ldaps://host`, or `ldap://host`, each with a port if it is not 636 or 389.
    pub urls: Vec<String>,
    /// Whether to change over to TLS on `ldap://` before anything else is said (RFC 4511, 4.14). Without it such a URL
    /// has to be on a loopback address.
    #[serde(default)]
    pub start_tls: bool,
    /// The authorities that the servers' certificates are verified by, in PEM; `None` for those of the system. It is read
    /// once.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// Who searches.
    pub bind_dn: String,
    /// The password of `bind_dn`. `None` is refused by [`validate`](Self::validate): the program puts the secret of a file
    /// here.
    #[serde(default)]
    pub bind_password: Option<SecretString>,
    /// How many connections search, and how many more check passwords, from 1 to 1024.
    #[serde(default = "default_pool_size")]
    pub pool_size: usize,
    /// How long a connection may be without use and still be used again, in seconds, from 1 to 3600. One that checks passwords
    /// may for ten seconds at most.
    #[serde(default = "default_idle")]
    pub idle_seconds: u64,
    /// After how long without a word the system probes whether the other side of a connection is there, in seconds, from 1
    /// to 3600.
    #[serde(default = "default_idle")]
    pub keepalive_seconds: u64,
    /// How long connecting to one server may take, TLS included, in milliseconds, from 1 to 60000.
    #[serde(default = "default_step_timeout")]
    pub connect_timeout_ms: u64,
    /// How long one bind may take, in milliseconds, from 1 to 60000.
    #[serde(default = "default_step_timeout")]
    pub bind_timeout_ms: u64,
    /// How long one search may take, in milliseconds, from 1 to 60000.
    #[serde(default = "default_step_timeout")]
    pub search_timeout_ms: u64,
    /// How long a request may take in all, with every wait and every server that is tried, in milliseconds, from 1 to
    /// 60000.
    #[serde(default = "default_timeout")]
    pub timeout_ms: u64,
    /// How long the directory locks an account after wrong passwords, in seconds: `pwdLockoutDuration` of the password
    /// policy, or the lockout duration of Active Directory. Zero is until an administrator unlocks it.
    #[serde(default)]
    pub lockout_seconds: u32,
    /// An entry whose password is checked in place of that of an unknown user or a blocked account, so that the answer
    /// takes as long; `None` for one that does not exist.
    #[serde(default)]
    pub decoy_dn: Option<String>,
    /// Whether a temporary password lets its user in, of whom the directory wants a new one.
    #[serde(default)]
    pub must_change: Reservation,
    /// Whether an expired password lets its user in for as often as the directory still takes it.
    #[serde(default)]
    pub grace_logins: Reservation,
    /// Where the users of each organization are, by its id.
    pub organizations: BTreeMap<String, OrganizationSettings>,
    /// What is where in the entry of a user.
    #[serde(default)]
    pub attributes: AttributeSettings,
}

/// Where the users of one organization are.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganizationSettings {
    /// The DN that they are searched for under, at any depth.
    pub base: String,
    /// Who is meant by a name that was typed: a search filter (RFC 4515) with `{username}`; `None` for that of the preset.
    #[serde(default)]
    pub filter: Option<String>,
    /// Who is meant by an id: a search filter with `{id}`; `None` for whoever has the id and any username by `filter`.
    #[serde(default)]
    pub id_filter: Option<String>,
}

/// Whom the users of one organization are found by.
pub(crate) struct Filters {
    pub(crate) by_username: Template,
    pub(crate) by_id: Template,
    /// `None` where no attribute holds consumer ids.
    pub(crate) by_consumer_id: Option<Template>,
}

fn default_pool_size() -> usize {
    8
}

fn default_idle() -> u64 {
    60
}

fn default_step_timeout() -> u64 {
    2_000
}

fn default_timeout() -> u64 {
    5_000
}

/// A setting that can't be used. Neither part shows a secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{key}` {reason}")]
pub struct SettingsError {
    /// Which, as a path such as `organizations.RETAIL.filter`.
    pub key: String,
    /// Why, in words that go after the key.
    pub reason: String,
}

impl SettingsError {
    pub(crate) fn new(key: &str, reason: &str) -> Self {
        Self { key: key.to_owned(), reason: reason.to_owned() }
    }
}

fn refuse<T>(key: &str, reason: &str) -> Result<T, SettingsError> {
    Err(SettingsError::new(key, reason))
}

impl LdapSettings {
    /// Checks what no type can, without asking a server.
    ///
    /// # Errors
    ///
    /// The first setting that can't be used.
    pub fn validate(&self) -> Result<(), SettingsError> {
        self.parsed_urls()?;
        self.service_password()?;
        self.check_numbers()?;
        if self.decoy_dn.as_ref().is_some_and(String::is_empty) {
            return refuse("decoy_dn", "is empty; leave it out for an entry that does not exist");
        }
        self.attributes.validate()?;
        self.check_id_format()?;
        if self.organizations.is_empty() {
            return refuse("organizations", "has none: add `organizations.ID` with a `base` and a `filter`");
        }
        self.organizations.iter().try_for_each(|(id, organization)| {
            self.filters(id, organization)?;
            if organization.base.is_empty() {
                return refuse(&format!("organizations.{id}.base"), "is empty");
            }
            Ok(())
        })
    }

    /// Who searches, and the password. An empty one would make the server take the service for nobody in particular.
    pub(crate) fn service_password(&self) -> Result<&SecretString, SettingsError> {
        if self.bind_dn.is_empty() {
            return refuse("bind_dn", "is empty");
        }
        match &self.bind_password {
            Some(password) if !password.expose_secret().is_empty() => Ok(password),
            Some(_) => refuse("bind_password", "is empty"),
            None => refuse("bind_password", "is missing; give it, or `bind_password_file`"),
        }
    }

    fn check_numbers(&self) -> Result<(), SettingsError> {
        if !(1..=1024).contains(&self.pool_size) {
            return refuse("pool_size", "has to be from 1 to 1024");
        }
        let timeouts = [
            ("connect_timeout_ms", self.connect_timeout_ms),
            ("bind_timeout_ms", self.bind_timeout_ms),
            ("search_timeout_ms", self.search_timeout_ms),
            ("timeout_ms", self.timeout_ms),
        ];
        if let Some((key, _)) = timeouts.into_iter().find(|(_, value)| !(1..=60_000).contains(value)) {
            return refuse(key, "has to be from 1 to 60000");
        }
        let times = [("idle_seconds", self.idle_seconds), ("keepalive_seconds", self.keepalive_seconds)];
        match times.into_iter().find(|(_, value)| !(1..=3_600).contains(value)) {
            Some((key, _)) => refuse(key, "has to be from 1 to 3600"),
            None => Ok(()),
        }
    }

    pub(crate) fn parsed_urls(&self) -> Result<Vec<Url>, SettingsError> {
        let urls: Vec<Url> = self.urls.iter().map(|url| self.parse_url(url)).collect::<Result<_, _>>()?;
        if urls.is_empty() {
            return refuse("urls", "is empty");
        }
        if (1..urls.len()).any(|last| urls[..last].contains(&urls[last])) {
            return refuse("urls", "names a server twice");
        }
        Ok(urls)
    }

    /// The reasons do not show the URL: somebody may have put a password in it.
    fn parse_url(&self, text: &str) -> Result<Url, SettingsError> {
        const SHAPE: &str =
            "has to hold URLs like `ldaps://host` or `ldap://host:389`, without anything after that";
        let Ok(url) = Url::parse(text) else { return refuse("urls", SHAPE) };
        let is_bare = url.username().is_empty()
            && url.password().is_none()
            && matches!(url.path(), "" | "/")
            && url.query().is_none()
            && url.fragment().is_none();
        let host = url.host_str().filter(|host| !host.is_empty() && is_bare);
        let Some(host) = host.filter(|_| matches!(url.scheme(), "ldap" | "ldaps")) else {
            return refuse("urls", SHAPE);
        };
        let is_tls = url.scheme() == "ldaps" || self.start_tls;
        if is_tls && host.starts_with('[') {
            return refuse("urls", "names a server by an IPv6 address: with TLS, use its name");
        }
        if !is_tls && !is_loopback(host) {
            return refuse(
                "urls",
                "would send passwords unencrypted: use `ldaps://`, or `start_tls = true` with `ldap://`, on any other \
                 than a loopback address",
            );
        }
        Ok(url)
    }
}

impl LdapSettings {
    /// The attribute that identifies a user, and how its value is written.
    pub(crate) fn id(&self) -> (&str, IdFormat) {
        let AttributeSettings { id, id_format, .. } = &self.attributes;
        let (usual, usual_format) = self.preset.map_or(("entryUUID", IdFormat::Text), Preset::id);
        match id {
            Some(id) => (id, id_format.unwrap_or(IdFormat::Text)),
            None => (usual, id_format.unwrap_or(usual_format)),
        }
    }

    /// The attributes that say whether an account may be used.
    pub(crate) fn lock_attributes(&self) -> &'static [&'static str] {
        self.preset.map_or(&account::ATTRIBUTES, Preset::lock_attributes)
    }

    /// The filters of one organization.
    pub(crate) fn filters(
        &self,
        id: &str,
        organization: &OrganizationSettings,
    ) -> Result<Filters, SettingsError> {
        let refuse = |key: &str, why: &str| SettingsError::new(&format!("organizations.{id}.{key}"), why);
        let usual = self.preset.map(Preset::filter);
        let Some(filter) = organization.filter.as_deref().or(usual) else {
            return Err(refuse("filter", "is missing; give it, or a `preset` that has one"));
        };
        let by_username = Template::new(filter, USERNAME).map_err(|why| refuse("filter", &why))?;
        let id_filter = organization.id_filter.clone();
        let id_filter = id_filter.unwrap_or_else(|| default_id_filter(filter, self.id().0));
        let by_id = Template::new(&id_filter, ID).map_err(|why| refuse("id_filter", &why))?;
        let by_consumer_id = self.attributes.consumer_id.as_deref().map(|attribute| {
            let filter = default_id_filter(filter, attribute);
            Template::new(&filter, ID).map_err(|why| SettingsError::new("attributes.consumer_id", &why))
        });
        Ok(Filters { by_username, by_id, by_consumer_id: by_consumer_id.transpose()? })
    }

    /// The names of attributes that the settings have, each with its key.
    pub(crate) fn names(&self) -> Vec<(String, String)> {
        let id = ("attributes.id".to_owned(), self.id().0.to_owned());
        let attributes = self.attributes.names().into_iter().map(|(key, name)| (key, name.to_owned()));
        let filters = self.organizations.iter().filter_map(|(id, organization)| {
            let Filters { by_username, by_id, .. } = self.filters(id, organization).ok()?;
            let by_id = organization.id_filter.is_some().then_some(("id_filter", by_id));
            let filters = std::iter::once(("filter", by_username)).chain(by_id);
            Some(filters.map(move |(key, filter)| (format!("organizations.{id}.{key}"), filter)))
        });
        let in_filters = filters.flatten().flat_map(|(key, filter)| {
            filter.attributes().into_iter().map(move |name| (key.clone(), name)).collect::<Vec<_>>()
        });
        std::iter::once(id).chain(attributes).chain(in_filters).collect()
    }

    fn check_id_format(&self) -> Result<(), SettingsError> {
        match self.id() {
            (id, IdFormat::Text) if id.eq_ignore_ascii_case("objectGUID") => {
                refuse("attributes.id_format", "has to be `guid` for `objectGUID`, which is no text")
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
