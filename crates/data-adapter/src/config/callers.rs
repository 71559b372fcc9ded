use std::collections::BTreeSet;
use std::path::PathBuf;

use data_adapter_server::{Caller, Callers, is_caller_name};
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
    #[serde(default)]
    paths: Vec<String>,
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
        if self.token_sha256.is_none() && self.token_sha256_file.is_none() && !tls.asks_clients() {
            let why = format!("is missing for `{name}`; `data-adapter caller-token` makes one");
            return refuse("callers.allowed.token_sha256", &why);
        }
        if !self.paths.iter().all(|path| path.starts_with('/')) {
            let why = format!("of `{name}` have to begin with `/`, as in `/api/auth/sms`");
            return refuse("callers.allowed.paths", &why);
        }
        Ok(())
    }

    fn caller(&self) -> Result<Caller, Failure> {
        let key = "callers.allowed.token_sha256";
        Ok(Caller {
            name: self.name.clone(),
            token_sha256: read_digest(key, self.token_sha256.as_ref(), self.token_sha256_file.as_ref())?,
            paths: self.paths.clone(),
        })
    }
}
