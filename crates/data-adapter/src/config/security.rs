use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use data_adapter_core::{BindingKind, OperationName, OrganizationId};
use data_adapter_sca::CodeCarrier;
use data_adapter_security::{Partner, SecuritySettings, TokenKey};
use data_adapter_server::is_caller_name;
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::secret::{Secret, read_key, read_text};
use super::web_flow::check_path;
use super::{Choices, ENGINE, OperationSettings, PUBLIC, check_range, refuse};
use crate::demo;
use crate::failure::Failure;
use crate::foundation::SandboxKey;

/// `[security]`: how the Security API is answered, and to whom.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SecuritySection {
    pub(crate) enabled: bool,
    pub(crate) context_path: String,
    time_zone: String,
    require_session: bool,
    session_seconds: u64,
    login_operation: String,
    token_key: Option<Secret>,
    token_key_file: Option<PathBuf>,
    partners: Vec<PartnerSettings>,
}

/// `[[security.partners]]`
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct PartnerSettings {
    username: String,
    password_hash: Option<Secret>,
    password_hash_file: Option<PathBuf>,
    scheme_code: Option<String>,
    organizations: Vec<String>,
    #[serde(default)]
    delivery: Delivery,
}

/// Who brings codes to consumers.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Delivery {
    /// This program, by SMS.
    #[default]
    Sms,
    /// The partner.
    Partner,
}

impl Default for SecuritySection {
    fn default() -> Self {
        Self {
            enabled: false,
            context_path: String::new(),
            time_zone: "UTC".to_owned(),
            require_session: false,
            session_seconds: 300,
            login_operation: "login".to_owned(),
            token_key: None,
            token_key_file: None,
            partners: Vec::new(),
        }
    }
}

impl SecuritySection {
    /// The name of each partner.
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.partners.iter().map(|partner| &partner.username)
    }

    /// `codes` are who makes codes, by organization.
    pub(super) fn validate(
        &self,
        codes: &Choices<'_>,
        operations: &BTreeMap<String, OperationSettings>,
    ) -> Result<(), Failure> {
        check_path("security.context_path", &self.context_path)?;
        check_range("security.session_seconds", self.session_seconds, 1..=300)?;
        self.time_zone()?;
        self.partners.iter().try_for_each(PartnerSettings::validate)?;
        if !self.enabled {
            return Ok(());
        }
        if self.partners.is_empty() {
            return refuse(
                "security.partners",
                "is empty, so that nobody could log in; add one, or switch the API off",
            );
        }
        if !codes.all().all(|choice| choice.backend == ENGINE) {
            return refuse(
                "security.enabled",
                "is true, and codes are made by a back end of its own (`capabilities.sms_otp`), of which this API could tell \
                 nothing; leave codes to the engine, or switch the API off",
            );
        }
        match operations.get(&self.login_operation) {
            Some(operation) if operation.binds_more() => {
                refuse("security.login_operation", "names an operation that binds more than a login has")
            }
            Some(operation) if operation.binding() == BindingKind::Operation => Ok(()),
            Some(_) => refuse("security.login_operation", "names an operation that is a payment"),
            None => refuse("security.login_operation", "names none of `operations`"),
        }
    }

    /// Refuses what everybody knows from the demo, unless it is for the `sandbox`.
    pub(super) fn check_secrets(&self, sandbox: bool) -> Result<(), Failure> {
        if sandbox {
            return Ok(());
        }
        if self.token_key.as_ref().is_some_and(|key| key.is(demo::TOKEN_KEY)) {
            let why = format!("is the demo's, {PUBLIC}; `openssl rand -base64 32` makes one");
            return refuse("security.token_key", &why);
        }
        let known = self.partners.iter().find(|partner| partner.has_demo_password());
        known.map_or(Ok(()), |PartnerSettings { username, .. }| {
            let why = format!(
                "of `{username}` is of a password of the demo, {PUBLIC}; `data-adapter hash-password` makes one"
            );
            refuse("security.partners.password_hash", &why)
        })
    }

    fn time_zone(&self) -> Result<TimeZone, Failure> {
        let wanted = "is no time zone that is known here, such as `Europe/Riga`";
        TimeZone::get(&self.time_zone).or_else(|_| refuse("security.time_zone", wanted))
    }

    /// The key of tokens. Where none is given it is that of the `sandbox`; real tokens need one that outlives the process.
    pub(crate) fn token_key(&self, sandbox: Option<&SandboxKey>) -> Result<TokenKey, Failure> {
        let given = read_key("security.token_key", self.token_key.as_ref(), self.token_key_file.as_ref())?;
        match given.or_else(|| sandbox.map(|key| Zeroizing::new(key.to_vec()))) {
            Some(mut key) => TokenKey::new(std::mem::take(&mut key)).map_err(|error| {
                Failure::Configuration(format!("`security.token_key` can't be used: {error}"))
            }),
            None => refuse("security.token_key", "is missing; `openssl rand -base64 32` makes one"),
        }
    }

    pub(crate) fn partners(&self) -> Result<Vec<Partner>, Failure> {
        self.partners.iter().map(PartnerSettings::partner).collect()
    }

    pub(crate) fn settings(&self, is_demo: bool) -> Result<SecuritySettings, Failure> {
        Ok(SecuritySettings {
            context_path: self.context_path.clone(),
            time_zone: self.time_zone()?,
            require_session: self.require_session,
            session_idle: SignedDuration::from_secs(self.session_seconds.cast_signed()),
            login_operation: OperationName::new(&self.login_operation),
            is_demo,
        })
    }
}

/// How short the document of the API lets a username be.
const SHORTEST_NAME: usize = 8;
/// How long it lets the code of a scheme be.
const LONGEST_SCHEME: usize = 6;

impl PartnerSettings {
    fn validate(&self) -> Result<(), Failure> {
        let name = &self.username;
        if name.len() < SHORTEST_NAME || !is_caller_name(name) {
            return refuse(
                "security.partners.username",
                "has to be 8 to 64 letters of English, digits, `-`, `_`, `.` or `@`",
            );
        }
        if self.scheme_code.as_ref().is_some_and(|code| !(1..=LONGEST_SCHEME).contains(&code.chars().count()))
        {
            let why = format!("of `{name}` has to have 1 to {LONGEST_SCHEME} characters, or to be left out");
            return refuse("security.partners.scheme_code", &why);
        }
        let mut organizations = BTreeSet::new();
        if self.organizations.is_empty() || !self.organizations.iter().all(|id| organizations.insert(id)) {
            let why = format!("of `{name}` has to name the organizations whose consumers it sees, each once");
            return refuse("security.partners.organizations", &why);
        }
        Ok(())
    }

    fn has_demo_password(&self) -> bool {
        self.password_hash
            .as_ref()
            .is_some_and(|hash| demo::PARTNER_HASHES.iter().any(|known| hash.is(known)))
    }

    fn partner(&self) -> Result<Partner, Failure> {
        let key = "security.partners.password_hash";
        let hash = read_text(key, self.password_hash.as_ref(), self.password_hash_file.as_ref())?;
        let Some((hash, _)) = hash else {
            let why = format!("is missing for `{}`; `data-adapter hash-password` makes one", self.username);
            return refuse(key, &why);
        };
        Ok(Partner {
            username: self.username.clone(),
            password_hash: hash.trim().into(),
            scheme: self.scheme_code.clone(),
            organizations: self.organizations.iter().map(OrganizationId::new).collect(),
            carrier: match self.delivery {
                Delivery::Sms => CodeCarrier::Sms,
                Delivery::Partner => CodeCarrier::Caller,
            },
        })
    }
}
