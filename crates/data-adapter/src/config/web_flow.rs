use data_adapter_protocol::web_flow::{Dialect, Limits};
use serde::{Deserialize, Serialize};

use super::{check_range, refuse};
use crate::failure::Failure;

/// `[web_flow]`: how the PowerAuth Data Adapter API is answered.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WebFlowSection {
    pub(crate) enabled: bool,
    dialect: DialectName,
    pub(crate) context_path: String,
    pub(crate) other_context_path: String,
    pub(crate) environment: String,
    limits: LimitSettings,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
enum DialectName {
    #[serde(rename = "0.22")]
    V0_22,
    #[serde(rename = "1")]
    V1,
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
    certificate: usize,
    text: usize,
}

impl Default for WebFlowSection {
    fn default() -> Self {
        Self {
            enabled: true,
            dialect: DialectName::V0_22,
            context_path: "/powerauth-data-adapter".to_owned(),
            other_context_path: String::new(),
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
            certificate: limits.certificate,
            text: limits.text,
        }
    }
}

impl WebFlowSection {
    pub(super) fn validate(&self) -> Result<(), Failure> {
        check_path("web_flow.context_path", &self.context_path)?;
        check_path("web_flow.other_context_path", &self.other_context_path)?;
        if self.context_paths().len() == 2 && self.overlap() {
            return refuse("web_flow.other_context_path", "has to lie apart from `web_flow.context_path`");
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
            ("certificate", limits.certificate),
            ("text", limits.text),
        ];
        lengths.iter().try_for_each(|(name, length)| {
            check_range(&format!("web_flow.limits.{name}"), *length as u64, 1..=65536)
        })
    }

    /// Where the API is served besides `/`, in either dialect; nowhere while it is off.
    pub(crate) fn context_paths(&self) -> Vec<String> {
        let paths = [&self.context_path, &self.other_context_path];
        paths.into_iter().filter(|path| self.enabled && !path.is_empty()).cloned().collect()
    }

    /// Whether one of the two paths lies below the other.
    fn overlap(&self) -> bool {
        let (one, other) = (format!("{}/", self.context_path), format!("{}/", self.other_context_path));
        one.starts_with(&other) || other.starts_with(&one)
    }

    fn dialect(&self) -> Dialect {
        match self.dialect {
            DialectName::V0_22 => Dialect::V0_22,
            DialectName::V1 => Dialect::V1,
        }
    }

    pub(crate) fn limits(&self) -> Limits {
        let limits = &self.limits;
        Limits {
            dialect: self.dialect(),
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
            certificate: limits.certificate,
            text: limits.text,
        }
    }
}

/// The first parts of paths at the root that a context path would hide.
const TAKEN: [&str; 3] = ["api", "authentication_factors", "swagger-ui"];

pub(super) fn check_path(key: &str, path: &str) -> Result<(), Failure> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.".contains(c);
    let Some(rest) = path.strip_prefix('/') else {
        return if path.is_empty() { Ok(()) } else { refuse(key, WANTED) };
    };
    let mut parts = rest.split('/');
    if !rest.chars().all(plain) || parts.clone().any(|part| matches!(part, "" | "." | "..")) {
        return refuse(key, WANTED);
    }
    match parts.next() {
        Some(first) if TAKEN.contains(&first) => {
            refuse(key, &format!("must not begin with `/{first}`, which it would hide at the root"))
        }
        _ => Ok(()),
    }
}

const WANTED: &str = "has to be empty, or like `/powerauth-data-adapter`";
