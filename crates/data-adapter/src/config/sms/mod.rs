//! `[sms]`, a file for each part of it.

mod gateways;

use std::collections::BTreeSet;

use data_adapter_sca::PhoneNumbers;
use serde::{Deserialize, Serialize};

use super::{check_range, refuse};
use crate::failure::Failure;
use gateways::GatewaySettings;

/// `[sms]`: where codes go.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SmsSettings {
    default_region: Option<String>,
    timeout_ms: u64,
    gateways: Vec<GatewaySettings>,
}

impl Default for SmsSettings {
    fn default() -> Self {
        Self { default_region: None, timeout_ms: 5_000, gateways: Vec::new() }
    }
}

impl SmsSettings {
    pub(super) fn validate(&self) -> Result<(), Failure> {
        self.numbers()?;
        check_range("sms.timeout_ms", self.timeout_ms, 500..=60_000)?;
        let mut ids = BTreeSet::new();
        for gateway in &self.gateways {
            gateway.validate()?;
            if !ids.insert(&gateway.id) {
                let why = format!("has two gateways with the id `{}`", gateway.id);
                return refuse("sms.gateways", &why);
            }
        }
        Ok(())
    }

    /// Reads the numbers that systems behind and fronts have.
    pub(crate) fn numbers(&self) -> Result<PhoneNumbers, Failure> {
        PhoneNumbers::of_region(self.default_region.as_deref())
            .or_else(|error| refuse("sms.default_region", &error.to_string()))
    }
}
