use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use data_adapter_core::{Clock, OrganizationId};
use data_adapter_factors::{
    FactorsSettings, KeySetFile, Programme, Programmes, PublicAlgorithm, SharedKey, TokenKeys, TokenParties,
    UserTokens,
};
use data_adapter_sca::{CLOCK_TOLERANCE, RateLimit, RateLimits};
use data_adapter_server::is_caller_name;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::secret::{Secret, read_digest, read_key};
use super::web_flow::check_path;
use super::{Choices, ENGINE, check_range, read_limits, refuse};
use crate::demo;
use crate::failure::Failure;
use crate::foundation::SandboxKey;

/// `[factors]`: how the Additional Factors API is answered, and to whom.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FactorsSection {
    pub(crate) enabled: bool,
    context_path: String,
    pub(crate) require_enrolled: bool,
    limits: String,
    enrolment_limits: String,
    tokens: TokenSettings,
    programmes: Vec<ProgrammeSettings>,
}

/// `[factors.tokens]`
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct TokenSettings {
    algorithm: AlgorithmName,
    key: Option<Secret>,
    key_file: Option<PathBuf>,
    jwks_file: Option<PathBuf>,
    issuer: String,
    audience: String,
    idle_seconds: u64,
    max_ahead_seconds: u64,
}

/// How tokens are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
enum AlgorithmName {
    #[serde(rename = "HS256")]
    Hs256,
    #[serde(rename = "EdDSA")]
    EdDsa,
    #[serde(rename = "ES256")]
    Es256,
    #[serde(rename = "RS256")]
    Rs256,
}

/// `[[factors.programmes]]`
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct ProgrammeSettings {
    id: String,
    api_key_sha256: Option<Secret>,
    api_key_sha256_file: Option<PathBuf>,
    organizations: Vec<String>,
}

impl Default for FactorsSection {
    fn default() -> Self {
        Self {
            enabled: false,
            context_path: "/multi".to_owned(),
            require_enrolled: false,
            limits: "10;w=60, 20;w=3600, 200;w=86400".to_owned(),
            enrolment_limits: "10;w=3600, 30;w=86400".to_owned(),
            tokens: TokenSettings::default(),
            programmes: Vec::new(),
        }
    }
}

impl Default for TokenSettings {
    fn default() -> Self {
        Self {
            algorithm: AlgorithmName::Hs256,
            key: None,
            key_file: None,
            jwks_file: None,
            issuer: String::new(),
            audience: String::new(),
            idle_seconds: 300,
            max_ahead_seconds: CLOCK_TOLERANCE.as_secs().cast_unsigned(),
        }
    }
}

impl FactorsSection {
    /// `codes` are who makes codes, by organization.
    pub(super) fn validate(&self, codes: &Choices<'_>) -> Result<(), Failure> {
        check_path("factors.context_path", &self.context_path)?;
        check_range("factors.tokens.idle_seconds", self.tokens.idle_seconds, 1..=300)?;
        let most = CLOCK_TOLERANCE.as_secs().cast_unsigned();
        check_range("factors.tokens.max_ahead_seconds", self.tokens.max_ahead_seconds, 0..=most)?;
        self.limits()?;
        self.enrolment_limits()?;
        self.programmes.iter().try_for_each(ProgrammeSettings::validate)?;
        if (self.enabled || self.require_enrolled) && !codes.all().all(|choice| choice.backend == ENGINE) {
            let key = if self.enabled { "factors.enabled" } else { "factors.require_enrolled" };
            return refuse(
                key,
                "is true, and codes are made by a back end of its own (`capabilities.sms_otp`), which knows no factors; leave codes \
                 to the engine",
            );
        }
        if !self.enabled {
            return Ok(());
        }
        if self.programmes.is_empty() {
            return refuse(
                "factors.programmes",
                "is empty, so that nobody could call; add one, or switch the API off",
            );
        }
        self.tokens.validate()
    }

    /// The name of each programme.
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.programmes.iter().map(|programme| &programme.id)
    }

    fn limits(&self) -> Result<RateLimits, Failure> {
        read_limits("factors.limits", &self.limits)
    }

    /// How often a user may be asked to prove a factor.
    pub(crate) fn enrolment_limits(&self) -> Result<Vec<RateLimit>, Failure> {
        Ok(read_limits("factors.enrolment_limits", &self.enrolment_limits)?.as_slice().to_vec())
    }

    pub(crate) fn programmes(&self) -> Result<Programmes, Failure> {
        let programmes: Vec<Programme> =
            self.programmes.iter().map(ProgrammeSettings::programme).collect::<Result<_, _>>()?;
        let mut digests = BTreeSet::new();
        match programmes.iter().find(|programme| !digests.insert(programme.api_key_sha256)) {
            None => Ok(Programmes::new(programmes)),
            Some(twice) => {
                let why = format!("gives `{}` the key of another programme; make one for each", twice.id);
                refuse("factors.programmes", &why)
            }
        }
    }

    /// Who reads tokens. Where no key is given it is that of the `sandbox`.
    pub(crate) fn tokens(
        &self,
        sandbox: Option<&SandboxKey>,
        clock: Arc<dyn Clock>,
    ) -> Result<UserTokens, Failure> {
        let TokenSettings { issuer, audience, .. } = &self.tokens;
        let parties = TokenParties { issuer: issuer.clone(), audience: audience.clone() };
        let tokens = UserTokens::new(self.tokens.keys(sandbox)?, parties, clock);
        Ok(tokens.issued_ahead_by(self.tokens_ahead()))
    }

    /// How far ahead the clock may be by which tokens are issued.
    pub(crate) fn tokens_ahead(&self) -> SignedDuration {
        SignedDuration::from_secs(self.tokens.max_ahead_seconds.cast_signed())
    }

    /// Whether tokens can be made that another process reads.
    pub(crate) fn has_signing_key(&self) -> bool {
        self.tokens.key.is_some() || self.tokens.key_file.is_some()
    }

    pub(crate) fn settings(&self, is_demo: bool) -> Result<FactorsSettings, Failure> {
        Ok(FactorsSettings {
            context_path: self.context_path.clone(),
            limits: self.limits()?,
            session_idle: SignedDuration::from_secs(self.tokens.idle_seconds.cast_signed()),
            is_demo,
        })
    }
}

impl TokenSettings {
    fn validate(&self) -> Result<(), Failure> {
        for (key, value) in [("issuer", &self.issuer), ("audience", &self.audience)] {
            if value.is_empty() {
                let why = "is missing: a token that says another, or none, is nobody's";
                return refuse(&format!("factors.tokens.{key}"), why);
            }
        }
        let (has_key, has_set) = (self.key.is_some() || self.key_file.is_some(), self.jwks_file.is_some());
        match (self.algorithm, has_key, has_set) {
            (AlgorithmName::Hs256, _, true) => {
                refuse("factors.tokens.jwks_file", "is of no use with `factors.tokens.algorithm = \"HS256\"`")
            }
            (AlgorithmName::EdDsa | AlgorithmName::Es256 | AlgorithmName::Rs256, true, _) => {
                let why = "is of no use with this `factors.tokens.algorithm`; name a file of public keys, `jwks_file`";
                refuse("factors.tokens.key", why)
            }
            (AlgorithmName::EdDsa | AlgorithmName::Es256 | AlgorithmName::Rs256, false, false) => refuse(
                "factors.tokens.jwks_file",
                "is missing: a JSON Web Key Set with the public keys of the issuer",
            ),
            (AlgorithmName::Hs256, _, false)
            | (AlgorithmName::EdDsa | AlgorithmName::Es256 | AlgorithmName::Rs256, false, true) => Ok(()),
        }
    }

    fn keys(&self, sandbox: Option<&SandboxKey>) -> Result<TokenKeys, Failure> {
        let algorithm = match self.algorithm {
            AlgorithmName::Hs256 => return Ok(TokenKeys::Shared(self.shared_key(sandbox)?)),
            AlgorithmName::EdDsa => PublicAlgorithm::EdDsa,
            AlgorithmName::Es256 => PublicAlgorithm::Es256,
            AlgorithmName::Rs256 => PublicAlgorithm::Rs256,
        };
        let path = self.jwks_file.clone().unwrap_or_default();
        let shown = path.display().to_string();
        let unusable = |error| Failure::Configuration(format!("`factors.tokens.jwks_file` {shown}: {error}"));
        Ok(TokenKeys::Public(KeySetFile::open(path, algorithm).map_err(unusable)?))
    }

    fn shared_key(&self, sandbox: Option<&SandboxKey>) -> Result<SharedKey, Failure> {
        if sandbox.is_none() && self.key.as_ref().is_some_and(|key| key.is(demo::USER_TOKEN_KEY)) {
            return refuse("factors.tokens.key", "is that of the demo, which everybody knows");
        }
        let given = read_key("factors.tokens.key", self.key.as_ref(), self.key_file.as_ref())?;
        let Some(mut key) = given.or_else(|| sandbox.map(|key| Zeroizing::new(key.to_vec()))) else {
            return refuse("factors.tokens.key", "is missing; `openssl rand -base64 32` makes one");
        };
        SharedKey::new(std::mem::take(&mut key))
            .map_err(|error| Failure::Configuration(format!("`factors.tokens.key` can't be used: {error}")))
    }
}

impl ProgrammeSettings {
    fn validate(&self) -> Result<(), Failure> {
        let id = &self.id;
        if !is_caller_name(id) {
            return refuse(
                "factors.programmes.id",
                "has to be 1 to 64 letters of English, digits, `-`, `_`, `.` or `@`",
            );
        }
        let mut organizations = BTreeSet::new();
        if self.organizations.is_empty() || !self.organizations.iter().all(|id| organizations.insert(id)) {
            let why = format!("of `{id}` has to name the organizations whose users it sees, each once");
            return refuse("factors.programmes.organizations", &why);
        }
        Ok(())
    }

    fn programme(&self) -> Result<Programme, Failure> {
        let key = "factors.programmes.api_key_sha256";
        let digest = read_digest(key, self.api_key_sha256.as_ref(), self.api_key_sha256_file.as_ref())?;
        let Some(api_key_sha256) = digest else {
            let why =
                format!("is missing for `{}`; `data-adapter caller-token` makes a key and its hash", self.id);
            return refuse(key, &why);
        };
        let organizations = self.organizations.iter().map(OrganizationId::new).collect();
        Ok(Programme { id: self.id.clone(), api_key_sha256, organizations })
    }
}
