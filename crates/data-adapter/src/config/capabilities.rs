use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The name of what makes codes, asks for consent and all else that needs no back end.
pub(crate) const ENGINE: &str = "engine";

/// `[capabilities]`: who answers what, by the NAME of a `[backends.NAME]`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CapabilitySettings {
    users: String,
    authentication: String,
    operations: String,
    sms_otp: String,
    consent: String,
    setup: String,
    certificates: String,
    anti_fraud: String,
}

/// `[organizations.ID]`: who answers for one organization; `None` is who answers for all others.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct OrganizationSettings {
    users: Option<String>,
    authentication: Option<String>,
    operations: Option<String>,
    sms_otp: Option<String>,
    consent: Option<String>,
    setup: Option<String>,
    certificates: Option<String>,
    anti_fraud: Option<String>,
}

/// Something that a back end can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Capability {
    Users,
    Authentication,
    Operations,
    SmsOtp,
    Consent,
    Setup,
    Certificates,
    AntiFraud,
}

/// Who answers, by name, with the key that says so.
#[derive(Debug)]
pub(crate) struct Choice<'a> {
    pub(crate) key: String,
    pub(crate) backend: &'a str,
}

/// Who answers usually, and who for which organization.
#[derive(Debug)]
pub(crate) struct Choices<'a> {
    pub(crate) usual: Choice<'a>,
    pub(crate) special: Vec<(&'a str, Choice<'a>)>,
}

impl Default for CapabilitySettings {
    fn default() -> Self {
        let memory = || "memory".to_owned();
        Self {
            users: memory(),
            authentication: memory(),
            operations: memory(),
            sms_otp: ENGINE.to_owned(),
            consent: ENGINE.to_owned(),
            setup: ENGINE.to_owned(),
            certificates: ENGINE.to_owned(),
            anti_fraud: ENGINE.to_owned(),
        }
    }
}

impl Capability {
    pub(crate) const ALL: [Self; 8] = [
        Self::Users,
        Self::Authentication,
        Self::Operations,
        Self::SmsOtp,
        Self::Consent,
        Self::Setup,
        Self::Certificates,
        Self::AntiFraud,
    ];

    /// Its key.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Authentication => "authentication",
            Self::Operations => "operations",
            Self::SmsOtp => "sms_otp",
            Self::Consent => "consent",
            Self::Setup => "setup",
            Self::Certificates => "certificates",
            Self::AntiFraud => "anti_fraud",
        }
    }
}

impl CapabilitySettings {
    fn get(&self, capability: Capability) -> &str {
        match capability {
            Capability::Users => &self.users,
            Capability::Authentication => &self.authentication,
            Capability::Operations => &self.operations,
            Capability::SmsOtp => &self.sms_otp,
            Capability::Consent => &self.consent,
            Capability::Setup => &self.setup,
            Capability::Certificates => &self.certificates,
            Capability::AntiFraud => &self.anti_fraud,
        }
    }

    /// Who answers, by the settings of the organizations as well.
    pub(crate) fn choices<'a>(
        &'a self,
        organizations: &'a BTreeMap<String, OrganizationSettings>,
        capability: Capability,
    ) -> Choices<'a> {
        let name = capability.name();
        let special = organizations.iter().filter_map(|(id, settings)| {
            let backend = settings.get(capability)?;
            Some((id.as_str(), Choice { key: format!("organizations.{id}.{name}"), backend }))
        });
        Choices {
            usual: Choice { key: format!("capabilities.{name}"), backend: self.get(capability) },
            special: special.collect(),
        }
    }
}

impl OrganizationSettings {
    fn get(&self, capability: Capability) -> Option<&str> {
        let backend = match capability {
            Capability::Users => &self.users,
            Capability::Authentication => &self.authentication,
            Capability::Operations => &self.operations,
            Capability::SmsOtp => &self.sms_otp,
            Capability::Consent => &self.consent,
            Capability::Setup => &self.setup,
            Capability::Certificates => &self.certificates,
            Capability::AntiFraud => &self.anti_fraud,
        };
        backend.as_deref()
    }
}

impl<'a> Choices<'a> {
    /// Every choice, the usual one first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Choice<'a>> {
        std::iter::once(&self.usual).chain(self.special.iter().map(|(_, choice)| choice))
    }

    /// Whether anything is left to the engine.
    pub(crate) fn name_engine(&self) -> bool {
        self.all().any(|choice| choice.backend == ENGINE)
    }
}
