//! `[sms]`, a file for each part of it.

mod gateways;
mod http;
mod limits;
mod options;
mod smpp;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use data_adapter_sca::{PhoneNumbers, SmsOptions};
use data_adapter_sms::Patience;
use serde::{Deserialize, Serialize};

use super::{check_range, refuse};
use crate::failure::Failure;
use gateways::GatewaySettings;
pub(crate) use gateways::{MadeGateway, SmsAdapter};
use limits::SmsLimits;

/// `[sms]`: where codes go.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SmsSettings {
    default_region: Option<String>,
    countries: Vec<String>,
    resend_delay_seconds: u64,
    timeout_ms: u64,
    skip_after: u32,
    skip_seconds: u64,
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
            skip_after: 3,
            skip_seconds: 30,
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
        if self.gateways.iter().any(GatewaySettings::is_smpp) {
            options::check_ascii(&self.senders)?;
        }
        self.validate_limits()?;
        check_range("sms.timeout_ms", self.timeout_ms, 500..=60_000)?;
        check_range("sms.skip_after", self.skip_after.into(), 1..=100)?;
        check_range("sms.skip_seconds", self.skip_seconds, 1..=3_600)?;
        self.gateways()?;
        self.gateways.iter().try_for_each(|gateway| gateway.check_timeout(self.timeout_ms))
    }

    /// Whether there is a gateway.
    pub(super) fn has_gateways(&self) -> bool {
        !self.gateways.is_empty()
    }

    /// The gateways in their order, none of which was called yet.
    pub(crate) fn gateways(&self) -> Result<Vec<MadeGateway>, Failure> {
        let mut ids = BTreeSet::new();
        if let Some(twice) = self.gateways.iter().find(|gateway| !ids.insert(&gateway.id)) {
            return refuse("sms.gateways", &format!("has two gateways with the id `{}`", twice.id));
        }
        self.gateways.iter().map(GatewaySettings::made).collect()
    }

    /// Whether a gateway calls back.
    pub(crate) fn has_callbacks(&self) -> bool {
        self.gateways.iter().any(GatewaySettings::calls_back)
    }

    /// How long all gateways together have to take a message.
    pub(crate) fn deadline(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    /// How long failures of a gateway are put up with.
    pub(crate) fn patience(&self) -> Patience {
        Patience { failures: self.skip_after, pause: Duration::from_secs(self.skip_seconds) }
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
