//! The configuration: defaults, then a TOML file, then the environment, then flags. One file per section.

mod admin;
mod anti_fraud;
mod audit;
mod backends;
mod callers;
mod capabilities;
mod certificates;
mod consent;
mod environment;
mod factors;
mod health;
mod load;
mod log;
mod login_operations;
mod metrics;
mod names;
mod operations;
mod otp;
mod password;
mod push;
mod sandbox;
mod schema;
mod scope;
mod secret;
mod security;
mod server;
mod sms;
mod store;
mod suggestion;
mod swagger_ui;
mod telemetry;
mod texts;
mod tls;
mod web_flow;
mod written;

use std::collections::{BTreeMap, HashSet};

use data_adapter_admin::AdminSettings;
use data_adapter_core::OperationName;
use data_adapter_sca::RateLimits;
use serde::{Deserialize, Serialize};

pub(crate) use admin::AdminSection;
pub(crate) use anti_fraud::AntiFraudSettings;
pub(crate) use audit::AuditSettings;
use backends::CommonKeys;
use environment::Environment;

pub(crate) use backends::{BackendSettings, BackendsSection, COMMON_KEYS};
pub(crate) use callers::CallerSettings;
pub(crate) use capabilities::{
    Capability, CapabilitySettings, Choice, Choices, ENGINE, OrganizationSettings,
};
pub(crate) use certificates::CertificatesSection;
pub(crate) use consent::ConsentSettings;
pub(crate) use factors::FactorsSection;
pub(crate) use health::HealthSettings;
pub(crate) use load::{FILE_VARIABLE, Flags, control_socket, describe, load, warnings};
#[cfg(test)]
pub(crate) use load::{load_text, load_with_variables};
pub(crate) use log::{LogFormat, LogSettings};
pub(crate) use login_operations::LoginOperationsSection;
pub(crate) use metrics::MetricsSettings;
use names::Names;
pub(crate) use operations::OperationSettings;
pub(crate) use otp::OtpSettings;
pub(crate) use password::PasswordSettings;
pub(crate) use push::{PushProvider, PushSettings};
pub(crate) use sandbox::SandboxSettings;
pub(crate) use scope::{Again, load_again};
pub(crate) use security::SecuritySection;
pub(crate) use server::ServerSettings;
pub(crate) use sms::{MadeGateway, SmsAdapter, SmsSettings};
pub(crate) use store::{StoreKind, StoreSettings};
pub(crate) use swagger_ui::SwaggerUiSettings;
pub(crate) use telemetry::TelemetrySettings;
pub(crate) use texts::TextsSettings;
pub(crate) use tls::TlsSettings;
pub(crate) use web_flow::WebFlowSection;
pub(crate) use written::{Digest, Snapshot, Written};

use crate::backends::Registry;
use crate::failure::Failure;

/// Everything that can be configured.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) server: ServerSettings,
    pub(crate) callers: CallerSettings,
    pub(crate) tls: TlsSettings,
    pub(crate) web_flow: WebFlowSection,
    pub(crate) security: SecuritySection,
    pub(crate) factors: FactorsSection,
    pub(crate) admin: AdminSection,
    pub(crate) store: StoreSettings,
    pub(crate) sandbox: SandboxSettings,
    pub(crate) swagger_ui: SwaggerUiSettings,
    pub(crate) otp: OtpSettings,
    pub(crate) password: PasswordSettings,
    pub(crate) sms: SmsSettings,
    pub(crate) push: PushSettings,
    #[serde(skip_serializing)]
    pub(crate) backends: BackendsSection,
    pub(crate) capabilities: CapabilitySettings,
    pub(crate) organizations: BTreeMap<String, OrganizationSettings>,
    pub(crate) anti_fraud: AntiFraudSettings,
    pub(crate) certificates: CertificatesSection,
    pub(crate) texts: TextsSettings,
    pub(crate) log: LogSettings,
    pub(crate) audit: AuditSettings,
    pub(crate) health: HealthSettings,
    pub(crate) metrics: MetricsSettings,
    pub(crate) telemetry: TelemetrySettings,
    pub(crate) operations: BTreeMap<String, OperationSettings>,
    pub(crate) login_operations: LoginOperationsSection,
    pub(crate) consent: ConsentSettings,
    /// The variables that some of it comes from.
    #[serde(skip)]
    environment: Environment,
    /// All that was written of it.
    #[serde(skip)]
    written: Written,
}

impl Settings {
    /// How it was written.
    pub(crate) fn written(&self) -> &Written {
        &self.written
    }

    /// Checks what no type can.
    fn validate(&self) -> Result<(), Failure> {
        self.server.validate()?;
        self.web_flow.validate()?;
        self.check_apis()?;
        self.store.validate()?;
        let codes = self.capabilities.choices(&self.organizations, Capability::SmsOtp);
        self.sandbox.validate(&self.server)?;
        self.check_sending(codes.name_engine())?;
        self.security.check_secrets(self.sandbox.enabled)?;
        self.security.validate(&codes, &self.operations)?;
        self.factors.validate(&codes)?;
        self.tls.validate()?;
        self.callers.validate(&self.server, &self.tls)?;
        self.admin.validate(&self.operations)?;
        self.check_names()?;
        self.otp.validate()?;
        self.password.validate()?;
        self.sms.validate()?;
        self.sms.check_countries(!self.sandbox.enabled && codes.name_engine())?;
        self.push.validate()?;
        let judges = self.capabilities.choices(&self.organizations, Capability::AntiFraud);
        self.anti_fraud.validate(judges.name_engine())?;
        self.certificates.validate(&self.certificate_choices())?;
        self.audit.validate()?;
        self.health.validate()?;
        self.metrics.validate()?;
        self.telemetry.validate()?;
        self.operations.iter().try_for_each(|(name, operation)| operation.validate(name))?;
        self.consent.validate(&self.operations)
    }

    /// No two callers have one name.
    fn check_names(&self) -> Result<(), Failure> {
        let mut names = Names::default();
        names.take("callers.allowed.name", self.callers.names())?;
        names.take("security.partners.username", self.security.names())?;
        names.take("factors.programmes.id", self.factors.names())?;
        names.take("admin.operators.name", self.admin.names())
    }

    /// Names the variable that is to blame for a failure, where one is.
    pub(crate) fn blame(&self, failure: Failure) -> Failure {
        match failure {
            Failure::Configuration(why) => Failure::Configuration(self.environment.blame(why)),
            Failure::Failed(_) => failure,
        }
    }

    /// Without an API there is nothing to serve.
    fn check_apis(&self) -> Result<(), Failure> {
        let apis = [self.web_flow.enabled, self.security.enabled, self.factors.enabled, self.admin.enabled];
        if apis.contains(&true) {
            return Ok(());
        }
        refuse(
            "web_flow.enabled",
            "is false, and no other API is on: there would be nothing to serve; switch one on",
        )
    }

    /// Codes that are made here have to be sent from here: from the sandbox none, and from elsewhere all. `makes_codes` says
    /// whether any are.
    fn check_sending(&self, makes_codes: bool) -> Result<(), Failure> {
        match (self.sandbox.enabled, self.sms.has_gateways()) {
            (true, true) => refuse(
                "sms.gateways",
                "has gateways while the sandbox is on, which shows every code on a page and sends none; set \
                 `sandbox.enabled = false` to send codes, or leave the gateways out to explore",
            ),
            (false, true) if !makes_codes => refuse(
                "sms.gateways",
                "has gateways that nothing would be sent by, since no code is made here (`capabilities.sms_otp`); leave them out",
            ),
            (false, false) if makes_codes => refuse(
                "sandbox.enabled",
                "is off and no SMS gateway is configured, so that no code could be sent: add one by `[[sms.gateways]]`, set \
                 `sandbox.enabled = true` to explore, or leave codes to a back end by `capabilities.sms_otp`",
            ),
            _ => Ok(()),
        }
    }

    /// How the admin API is answered.
    pub(crate) fn admin_settings(&self) -> Result<AdminSettings, Failure> {
        let partners = self.security.names().cloned().collect();
        let (callers, ahead) = (self.callers.digests()?, self.factors.tokens_ahead());
        self.admin.settings(&self.operations, callers, partners, ahead, self.sandbox.enabled)
    }

    /// Who checks certificates.
    pub(crate) fn certificate_choices(&self) -> Choices<'_> {
        self.capabilities.choices(&self.organizations, Capability::Certificates)
    }

    /// The operations whose form gets the user's bank accounts.
    pub(crate) fn decorated_operations(&self) -> HashSet<OperationName> {
        let decorated = self.operations.iter().filter(|(_, operation)| operation.bank_accounts);
        decorated.map(|(name, _)| OperationName::new(name)).collect()
    }

    /// The configuration as TOML, without its secrets.
    pub(crate) fn show(&self, registry: &Registry) -> Result<String, Failure> {
        let mut shown = toml::Table::try_from(self).map_err(|error| unshowable(&error))?;
        shown.insert("backends".to_owned(), self.backends.show(registry)?.into());
        toml::to_string_pretty(&shown).map_err(|error| unshowable(&error))
    }
}

/// Why a secret of the demo is refused outside of the sandbox.
const PUBLIC: &str = "which everybody knows, and `sandbox.enabled` is false";

fn unshowable(error: &toml::ser::Error) -> Failure {
    Failure::Failed(format!("the configuration can't be shown: {error}"))
}

/// Refuses a value, by the name of its key.
fn refuse<T>(key: &str, why: &str) -> Result<T, Failure> {
    Err(Failure::Configuration(format!("`{key}` {why}")))
}

/// Reads how often something may be done.
fn read_limits(key: &str, text: &str) -> Result<RateLimits, Failure> {
    text.parse().or_else(|error| refuse(key, &format!("{error}")))
}

/// Refuses a number out of a range.
fn check_range(key: &str, value: u64, range: std::ops::RangeInclusive<u64>) -> Result<(), Failure> {
    if range.contains(&value) {
        return Ok(());
    }
    refuse(key, &format!("has to be from {} to {}", range.start(), range.end()))
}

#[cfg(test)]
mod reference;
#[cfg(test)]
mod tests;
