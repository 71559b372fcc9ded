use data_adapter_protocol::web_flow::{Dialect, Limits};
use serde::{Deserialize, Serialize};

use super::{check_range, refuse};
use crate::failure::Failure;

/// `[web_flow]`: how the PowerAuth Data Adapter API is answered.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WebFlowSection {
    dialect: DialectName,
    pub(crate) context_path: String,
    pub(crate) environment: String,
    limits: LimitSettings,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
enum DialectName {
    #[serde(rename = "0.22")]
    V0_22,
}

/// `[web_flow.limits]`: how many characters texts may have.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct LimitSettings {
    username: usize,
    user_id: usize,
    password: usize,
    encrypted_password: usize,
    organization_id: usize,
    operation_name: usize,
    operation_id: usize,
    operation_data: usize,
    message_id: usize,
    language: usize,
    text: usize,
}

impl Default for WebFlowSection {
    fn default() -> Self {
        Self {
            dialect: DialectName::V0_22,
            context_path: "/powerauth-data-adapter".to_owned(),
            environment: "ENV1".to_owned(),
            limits: LimitSettings::default(),
        }
    }
}

impl Default for LimitSettings {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            username: limits.username,
            user_id: limits.user_id,
            password: limits.password,
            encrypted_password: limits.encrypted_password,
            organization_id: limits.organization_id,
            operation_name: limits.operation_name,
            operation_id: limits.operation_id,
            operation_data: limits.operation_data,
            message_id: limits.message_id,
            language: limits.language,
            text: limits.text,
        }
    }
}

impl WebFlowSection {
    pub(super) fn validate(&self) -> Result<(), Failure> {
        let path = &self.context_path;
        let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.".contains(c);
        if !path.is_empty() && (!path.starts_with('/') || path.ends_with('/') || !path.chars().all(plain)) {
            return refuse("web_flow.context_path", "has to be empty, or like `/powerauth-data-adapter`");
        }
        let limits = self.limits();
        let lengths = [
            ("username", limits.username),
            ("user_id", limits.user_id),
            ("password", limits.password),
            ("encrypted_password", limits.encrypted_password),
            ("organization_id", limits.organization_id),
            ("operation_name", limits.operation_name),
            ("operation_id", limits.operation_id),
            ("operation_data", limits.operation_data),
            ("message_id", limits.message_id),
            ("language", limits.language),
            ("text", limits.text),
        ];
        lengths.iter().try_for_each(|(name, length)| {
            check_range(&format!("web_flow.limits.{name}"), *length as u64, 1..=65536)
        })
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self.dialect {
            DialectName::V0_22 => Dialect::V0_22,
        }
    }

    pub(crate) fn limits(&self) -> Limits {
        let limits = &self.limits;
        Limits {
            username: limits.username,
            user_id: limits.user_id,
            password: limits.password,
            encrypted_password: limits.encrypted_password,
            organization_id: limits.organization_id,
            operation_name: limits.operation_name,
            operation_id: limits.operation_id,
            operation_data: limits.operation_data,
            message_id: limits.message_id,
            language: limits.language,
            text: limits.text,
        }
    }
}
