use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use data_adapter_server::{Caller, Callers, CertificateNames, is_caller_name};
use serde::{Deserialize, Serialize};

use super::secret::{Secret, read_digest};
use super::{ServerSettings, TlsSettings, refuse};
use crate::failure::Failure;

/// `[callers]`: who may call.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CallerSettings {
    allow_anonymous: bool,
    allowed: Vec<AllowedCaller>,
}

/// `[[callers.allowed]]`
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct AllowedCaller {
    name: String,
    token_sha256: Option<Secret>,
    token_sha256_file: Option<PathBuf>,
    #[serde(default = "yes")]
    common_name: bool,
    #[serde(default)]
    dns_names: Vec<String>,
    #[serde(default)]
    uris: Vec<String>,
    #[serde(default)]
    paths: Vec<String>,
}

fn yes() -> bool {
    true
}

impl CallerSettings {
    pub(super) fn validate(&self, server: &ServerSettings, tls: &TlsSettings) -> Result<(), Failure> {
        self.allowed.iter().try_for_each(|caller| caller.validate(tls))?;
        if self.allow_anonymous && !self.allowed.is_empty() {
            return refuse(
                "callers.allow_anonymous",
                "and `callers.allowed` are both set, and so nobody can say who may call; keep one",
            );
        }
        if server.host.is_loopback() {
            return Ok(());
        }
        if self.allowed.is_empty() && !self.allow_anonymous {
            return refuse(
                "callers.allowed",
                "is missing, which it may be on a loopback address only: add a caller (`data-adapter caller-token` makes \
                 a token), or set `callers.allow_anonymous = true` if whoever reaches this address may call",
            );
        }
        if !tls.is_configured() && !server.behind_proxy {
            return refuse(
                "tls.certificate_file",
                "is missing, which it may be on a loopback address only: name a certificate and its key, or set \
                 `server.behind_proxy = true` if a proxy in front of this address speaks TLS",
            );
        }
        Ok(())
    }

    /// The name of each caller.
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.allowed.iter().map(|caller| &caller.name)
    }

    /// The SHA-256 of each caller's token.
    pub(super) fn digests(&self) -> Result<Vec<[u8; 32]>, Failure> {
        let tokens = self.allowed.iter().map(|caller| Ok(caller.caller()?.token_sha256));
        Ok(tokens.collect::<Result<Vec<_>, Failure>>()?.into_iter().flatten().collect())
    }

    pub(crate) fn callers(&self, context_paths: Vec<String>, tls: &TlsSettings) -> Result<Callers, Failure> {
        let allowed: Vec<Caller> =
            self.allowed.iter().map(AllowedCaller::caller).collect::<Result<_, _>>()?;
        let mut digests = BTreeSet::new();
        if let Some(twice) =
            allowed.iter().find(|caller| caller.token_sha256.is_some_and(|digest| !digests.insert(digest)))
        {
            let why = format!("gives `{}` the token of another caller; make one for each", twice.name);
            return refuse("callers.allowed", &why);
        }
        check_names(&allowed)?;
        Ok(Callers::new(allowed, context_paths, tls.client_certificate_required))
    }
}

impl AllowedCaller {
    fn validate(&self, tls: &TlsSettings) -> Result<(), Failure> {
        let name = &self.name;
        if !is_caller_name(name) {
            return refuse(
                "callers.allowed.name",
                "has to be 1 to 64 letters of English, digits, `-`, `_`, `.` or `@`",
            );
        }
        self.validate_names(tls)?;
        let has_certificate = tls.asks_clients() && (self.common_name || self.has_names());
        if self.token_sha256.is_none() && self.token_sha256_file.is_none() && !has_certificate {
            let why = format!("is missing for `{name}`; `data-adapter caller-token` makes one");
            return refuse("callers.allowed.token_sha256", &why);
        }
        if !self.paths.iter().all(|path| path.starts_with('/')) {
            let why = format!("of `{name}` have to begin with `/`, as in `/api/auth/sms`");
            return refuse("callers.allowed.paths", &why);
        }
        Ok(())
    }

    fn has_names(&self) -> bool {
        !self.dns_names.is_empty() || !self.uris.is_empty()
    }

    fn validate_names(&self, tls: &TlsSettings) -> Result<(), Failure> {
        let name = &self.name;
        if self.has_names() && !tls.asks_clients() {
            let why =
                format!("is missing, and so nobody is asked for a certificate with the names of `{name}`");
            return refuse("tls.client_ca_file", &why);
        }
        if let Some(wrong) = self.dns_names.iter().find(|name| !is_dns_name(name)) {
            let why = format!(
                "of `{name}` has `{wrong}`, which is no DNS name as it stands in a certificate: letters of English, digits, `-` and `.`, \
                 without wildcards; other letters are written as `xn--…`"
            );
            return refuse("callers.allowed.dns_names", &why);
        }
        if let Some(wrong) = self.uris.iter().find(|uri| !is_uri(uri)) {
            let why = format!(
                "of `{name}` has `{wrong}`, which is no URI such as `spiffe://bank.example/web-flow`"
            );
            return refuse("callers.allowed.uris", &why);
        }
        Ok(())
    }

    fn caller(&self) -> Result<Caller, Failure> {
        let key = "callers.allowed.token_sha256";
        Ok(Caller {
            name: self.name.clone(),
            token_sha256: read_digest(key, self.token_sha256.as_ref(), self.token_sha256_file.as_ref())?,
            certificate: CertificateNames {
                common_name: self.common_name,
                dns_names: self.dns_names.clone(),
                uris: self.uris.clone(),
            },
            paths: self.paths.clone(),
        })
    }
}

/// Refuses names of certificates that would be those of two callers, who could then not be told apart.
fn check_names(allowed: &[Caller]) -> Result<(), Failure> {
    // Authorities often write a DNS name as the common name too.
    let by_common_name = allowed.iter().filter(|caller| caller.certificate.common_name);
    let mut owners: BTreeMap<String, String> =
        by_common_name.map(|caller| (caller.name.to_ascii_lowercase(), caller.name.clone())).collect();
    let mut take = |key: &'static str, name: String, caller: &Caller| match owners.get(&name) {
        Some(owner) if *owner != caller.name => {
            let why = format!("has `{name}` for `{}`, and it is a name of `{owner}` already", caller.name);
            refuse(key, &why)
        }
        _ => {
            owners.insert(name, caller.name.clone());
            Ok(())
        }
    };
    for caller in allowed {
        let CertificateNames { dns_names, uris, .. } = &caller.certificate;
        let mut dns_names = dns_names.iter().map(|name| name.to_ascii_lowercase());
        dns_names.try_for_each(|name| take("callers.allowed.dns_names", name, caller))?;
        uris.iter().try_for_each(|uri| take("callers.allowed.uris", uri.clone(), caller))?;
    }
    Ok(())
}

/// Whether a text is the whole name of a host, as certificates have it.
fn is_dns_name(text: &str) -> bool {
    let is_label = |label: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(plain)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

/// Whether a text is a URI as far as it can be told without its scheme: a scheme, and visible ASCII behind it.
fn is_uri(text: &str) -> bool {
    let is_scheme = |scheme: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
        scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.bytes().all(plain)
    };
    let parts = text.split_once(':').filter(|(scheme, rest)| is_scheme(scheme) && !rest.is_empty());
    parts.is_some() && text.len() <= 2048 && text.bytes().all(|byte| byte.is_ascii_graphic())
}
