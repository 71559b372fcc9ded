//! Who may call: several callers by name, each with a token or a certificate of its own, each for some paths if wished.

mod certificate;

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::body::BoxBody;
use actix_web::dev::ServiceRequest;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::middleware::Next;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use data_adapter_core::CallContext;
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};

pub use certificate::CertificateNames;

use crate::api::is_under;
use crate::connection::Connection;
use crate::openapi::{Access, Certificates};
use crate::ops::{METRICS, is_health};
use crate::refusal::Refusal;
use crate::refused::refuse;
use crate::shell::{Answer, Shell};
use crate::tls::{CertificateFault, ClientCertificate};

const LONGEST_NAME: usize = 64;

/// A caller who may be let in.
#[derive(Clone)]
pub struct Caller {
    /// What the log and the audit log call it.
    pub name: String,
    /// The SHA-256 of its token; `None` for a caller who shows a certificate. A hash that is slow on purpose would add
    /// nothing here: tokens are 256 random bits, which nobody guesses, unlike a password.
    pub token_sha256: Option<[u8; 32]>,
    /// What its certificate may be known by.
    pub certificate: CertificateNames,
    /// The beginnings of the paths it may use, without the context path; empty for all.
    pub paths: Vec<String>,
}

/// All callers who may be let in.
pub struct Callers {
    allowed: Vec<Caller>,
    context_paths: Vec<String>,
    certificate_required: bool,
    has_open_metrics: bool,
    watcher: Option<Arc<dyn DenialWatcher>>,
}

/// Why a request goes no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// It does not say who asks, or not truly: 401.
    Unauthorized,
    /// Its caller may not use the path: 403. [`CallContext::caller`] names it.
    Forbidden,
    /// It asks for what can't be: 400, or another status that says why. [`CallContext::caller`] names its caller.
    Invalid,
}

/// Hears of every request and every client certificate that is turned away.
pub trait DenialWatcher: Send + Sync {
    /// Is told before the answer leaves, within the request, and must not wait for anything.
    ///
    /// `peer` is where the request comes from, as far as trusted proxies tell; `path` is the pattern of a route, `None` where there is
    /// none.
    fn denied(&self, denial: Denial, peer: Option<IpAddr>, path: Option<&str>);

    /// Is told of a client certificate that ends the handshake, before there is a request, and must not wait for anything.
    fn refused(&self, fault: CertificateFault, peer: Option<IpAddr>);
}

/// What came in an `Authorization` header, hashed.
struct Credential {
    /// The hash of the name, when one came with it.
    name: Option<[u8; 32]>,
    token: [u8; 32],
}

impl Callers {
    /// Lets `allowed` in, at paths under each of `context_paths` as at those without. An empty list lets in whoever asks, unless
    /// `certificate_required`, which asks everybody for a client certificate first.
    #[must_use]
    pub fn new(allowed: Vec<Caller>, context_paths: Vec<String>, certificate_required: bool) -> Self {
        Self { allowed, context_paths, certificate_required, has_open_metrics: false, watcher: None }
    }

    /// Tells `watcher` of each request that is turned away.
    #[must_use]
    pub fn watched_by(self, watcher: Arc<dyn DenialWatcher>) -> Self {
        Self { watcher: Some(watcher), ..self }
    }

    /// How callers may say who they are, where clients are asked for a certificate or not.
    #[must_use]
    pub fn access(&self, asks_for_certificates: bool) -> Access {
        let certificates = match (self.certificate_required, asks_for_certificates, self.allowed.is_empty()) {
            (true, _, _) => Certificates::Required,
            (false, true, false) => Certificates::InPlaceOfToken,
            (false, false, _) | (false, true, true) => Certificates::Unused,
        };
        Access { tokens: self.allowed.iter().any(|caller| caller.token_sha256.is_some()), certificates }
    }

    /// Asks nobody who they are at `/metrics`.
    #[must_use]
    pub fn with_open_metrics(self) -> Self {
        Self { has_open_metrics: true, ..self }
    }

    /// The caller with these headers and this verified certificate; `Ok(None)` when anybody may call.
    fn identify(
        &self,
        headers: &HeaderMap,
        certificate: Option<&ClientCertificate>,
    ) -> Result<Option<&Caller>, Denial> {
        self.check_certificate(certificate)?;
        if self.allowed.is_empty() {
            return Ok(None);
        }
        let caller = if headers.contains_key(AUTHORIZATION) {
            Credential::read(headers).and_then(|credential| self.by_credential(&credential))
        } else {
            certificate.and_then(|certificate| self.by_certificate(certificate))
        };
        caller.map(Some).ok_or(Denial::Unauthorized)
    }

    /// What is asked of everybody, whoever asks for more.
    fn check_certificate(&self, certificate: Option<&ClientCertificate>) -> Result<(), Denial> {
        if self.certificate_required && certificate.is_none() { Err(Denial::Unauthorized) } else { Ok(()) }
    }

    /// Names the caller to the log, and says whether it gets any further.
    fn admit(&self, request: &ServiceRequest, path: &str) -> Result<(), Denial> {
        let certificate = certificate_of(request);
        match self.identify(request.headers(), certificate)? {
            Some(caller) => {
                name_caller(&caller.name);
                self.check_path(caller, path)
            }
            None => {
                let name = certificate.and_then(|certificate| certificate.common_name.as_deref());
                name.filter(|name| is_caller_name(name)).into_iter().for_each(name_caller);
                Ok(())
            }
        }
    }

    /// Who of several callers asks, once admitted; `None` where there is one only, or nobody is named.
    fn one_of_several(&self) -> Option<Arc<CallContext>> {
        let call = CallContext::current().filter(|call| call.caller().is_some());
        call.filter(|_| self.allowed.len() != 1)
    }

    /// Tells of a request that is turned away.
    pub(crate) fn tell(&self, denial: Denial, request: &HttpRequest) {
        if let Some(watcher) = &self.watcher {
            let peer = CallContext::current().and_then(|call| call.peer());
            watcher.denied(denial, peer, request.match_pattern().as_deref());
        }
    }

    /// Tells of a client certificate that ends a handshake.
    pub(crate) fn refused_certificate(&self, fault: CertificateFault, peer: Option<IpAddr>) {
        if let Some(watcher) = &self.watcher {
            watcher.refused(fault, peer);
        }
    }

    fn check_path(&self, caller: &Caller, path: &str) -> Result<(), Denial> {
        if caller.may_use(self.without_context(path)) { Ok(()) } else { Err(Denial::Forbidden) }
    }

    fn without_context<'a>(&self, path: &'a str) -> &'a str {
        let context = self.context_paths.iter().find(|context| is_under(path, context));
        context.map_or(path, |context| &path[context.len()..])
    }

    /// Looks at every caller to the end, so that the time tells neither which names there are nor how much of a token is
    /// right.
    fn by_credential(&self, credential: &Credential) -> Option<&Caller> {
        let none = u32::MAX;
        let mut found = none;
        for (index, caller) in (0_u32..).zip(&self.allowed) {
            let has_token = Choice::from(u8::from(caller.token_sha256.is_some()));
            let is_token = caller.token_sha256.unwrap_or_default().ct_eq(&credential.token);
            let is_name =
                credential.name.map_or(Choice::from(1), |name| name.ct_eq(&hash(caller.name.as_bytes())));
            found.conditional_assign(&index, has_token & is_token & is_name);
        }
        self.allowed.get(usize::try_from(found).ok()?)
    }
}

/// The certificate that a request came with; `None` when it came without.
fn certificate_of(request: &ServiceRequest) -> Option<&ClientCertificate> {
    request.conn_data::<Arc<Connection>>().and_then(|connection| connection.certificate())
}

/// Names the caller to the log and the audit.
pub(crate) fn name_caller(name: &str) {
    if let Some(call) = CallContext::current() {
        call.set_caller(name);
    }
}

impl Caller {
    fn may_use(&self, path: &str) -> bool {
        self.paths.is_empty() || (is_plain(path) && self.paths.iter().any(|allowed| is_under(path, allowed)))
    }
}

impl Credential {
    /// `Basic base64(name:token)` or `Bearer token`, once.
    fn read(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(AUTHORIZATION);
        let (Some(value), None) = (values.next(), values.next()) else { return None };
        let (scheme, rest) = value.to_str().ok()?.split_once(' ')?;
        let rest = rest.trim();
        if scheme.eq_ignore_ascii_case("bearer") {
            return Some(Self { name: None, token: hash(rest.as_bytes()) });
        }
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let pair = STANDARD.decode(rest).ok()?;
        let colon = pair.iter().position(|byte| *byte == b':')?;
        Some(Self { name: Some(hash(&pair[..colon])), token: hash(&pair[colon + 1..]) })
    }
}

/// Whether a text may be the name of a caller: up to 64 letters of English, digits, `-`, `_`, `.` and `@`, so that it can
/// stand anywhere in a log.
#[must_use]
pub fn is_caller_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.@".contains(c);
    (1..=LONGEST_NAME).contains(&name.len()) && name.chars().all(plain)
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Whether no segment of the path can mean another path to anybody behind or before us.
fn is_plain(path: &str) -> bool {
    let strange = |c: char| c == '%' || c == '\\' || c == ';' || c.is_control();
    path.strip_prefix('/').is_some_and(|rest| {
        !path.contains(strange) && rest.split('/').all(|segment| !matches!(segment, "" | "." | ".."))
    })
}

/// Lets callers in. Nobody has to say who they are for `/health/*`, nor for Swagger UI and the start page
/// where they are on, nor for `/metrics` where that is open; and an API may ask by itself.
pub(crate) async fn check(shell: &Shell, request: ServiceRequest, route: Next<BoxBody>) -> Answer {
    let Shell { callers, limit, apis, swagger_ui, start_page, .. } = shell;
    // What the router matches, with percent-encoding resolved as it resolves it.
    let path = request.match_info().as_str();
    let is_open = is_health(path)
        || swagger_ui.as_ref().is_some_and(|ui| ui.has(path))
        || start_page.as_ref().is_some_and(|page| page.has(path))
        || (callers.has_open_metrics && path == METRICS);
    let admitted = match apis.at(path) {
        _ if is_open => Ok(()),
        Some(api) if api.asks_callers() => callers.check_certificate(certificate_of(&request)),
        _ => callers.admit(&request, path),
    };
    if let Err(denial) = admitted {
        callers.tell(denial, request.request());
        let refusal = match denial {
            Denial::Unauthorized => Refusal::Unauthorized,
            Denial::Forbidden => Refusal::Forbidden,
            Denial::Invalid => Refusal::Unreadable,
        };
        return Ok(refuse(request, refusal));
    }
    let _share = match callers.one_of_several().as_deref().and_then(CallContext::caller) {
        Some(caller) if !is_open => match limit.enter_for(("caller", caller)).await {
            Some(share) => Some(share),
            None => return Ok(refuse(request, Refusal::Overloaded)),
        },
        _ => None,
    };
    route.call(request).await
}

#[cfg(test)]
mod tests;
