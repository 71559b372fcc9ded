//! `[sms]`, a file for each part of it.

mod gateways;
mod limits;
mod options;
mod smpp;

use std::collections::{BTreeMap, BTreeSet};

use data_adapter_sca::{PhoneNumbers, SmsOptions};
use serde::{Deserialize, Serialize};

use super::{check_range, refuse};
use crate::failure::Failure;
use gateways::GatewaySettings;
use limits::SmsLimits;

/// `[sms]`: where codes go.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SmsSettings {
    default_region: Option<String>,
    countries: Vec<String>,
    resend_delay_seconds: u64,
    timeout_ms: u64,
    limits: SmsLimits,
    senders: BTreeMap<String, String>,
    autofill: BTreeMap<String, String>,
    gateways: Vec<GatewaySettings>,
}

impl Default for SmsSettings {
    fn default() -> Self {
        Self {
            default_region: None,
            countries: Vec::new(),
            resend_delay_seconds: 20,
            timeout_ms: 5_000,
            limits: SmsLimits::default(),
            senders: BTreeMap::new(),
            autofill: BTreeMap::new(),
            gateways: Vec::new(),
        }
    }
}

impl SmsSettings {
    pub(super) fn validate(&self) -> Result<(), Failure> {
        self.numbers()?;
        self.options()?;
        self.validate_limits()?;
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

    /// What goes with the texts of messages.
    pub(crate) fn options(&self) -> Result<SmsOptions, Failure> {
        let senders = options::senders(&self.senders)?;
        Ok(SmsOptions { senders, autofill: options::autofill(&self.autofill)? })
    }

    /// Reads the numbers that systems behind and fronts have.
    pub(crate) fn numbers(&self) -> Result<PhoneNumbers, Failure> {
        PhoneNumbers::of_region(self.default_region.as_deref())
            .or_else(|error| refuse("sms.default_region", &error.to_string()))
    }
}
