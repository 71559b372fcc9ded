use std::fmt;

use data_adapter_core::Amount;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount in the configuration: an integer, or a decimal number in quotes. A number with a point is refused, since it is
/// rounded before anybody sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExactAmount(pub(crate) Amount);

impl Serialize for ExactAmount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ExactAmount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Written)
    }
}

struct Written;

impl Visitor<'_> for Written {
    type Value = ExactAmount;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer such as 100, or a decimal number in quotes such as \"99.90\"")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<ExactAmount, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<ExactAmount, E> {
        text.parse().map(ExactAmount).map_err(E::custom)
    }
}
