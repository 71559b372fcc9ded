use data_adapter_sca::PhoneNumbers;
use serde::{Deserialize, Serialize};

use super::refuse;
use crate::failure::Failure;

/// `[sms]`: where codes go.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SmsSettings {
    default_region: Option<String>,
}

impl SmsSettings {
    /// Reads the numbers that systems behind and fronts have.
    pub(crate) fn numbers(&self) -> Result<PhoneNumbers, Failure> {
        PhoneNumbers::of_region(self.default_region.as_deref())
            .or_else(|error| refuse("sms.default_region", &error.to_string()))
    }
}
