use std::collections::BTreeMap;
use std::time::Duration;

use config::{Map, Value, ValueKind};
use data_adapter_layers::{CacheSettings, GuardSettings};
use serde::{Deserialize, Serialize};

use super::{describe, unshowable};
use crate::backends::Registry;
use crate::failure::Failure;

/// `[backends]`: one section for each back end. Which keys there are is for its kind to say.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct BackendsSection(BTreeMap<String, Map<String, Value>>);

/// `[backends.NAME]`: what it has in common with all others, and the keys of its own.
pub(crate) struct BackendSettings {
    pub(crate) kind: String,
    pub(crate) calls: CallSettings,
    pub(crate) lookup_cache: LookupCacheSettings,
    pub(crate) own: Map<String, Value>,
}

/// The keys that every back end has.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CommonKeys {
    /// `None` for the name of the section.
    kind: Option<String>,
    calls: CallSettings,
    lookup_cache: LookupCacheSettings,
}

/// The names of [`CommonKeys`].
pub(crate) const COMMON_KEYS: [&str; 3] = ["kind", "calls", "lookup_cache"];

/// `[backends.NAME.calls]`: how much is expected of it.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CallSettings {
    deadline_ms: u64,
    max_concurrent: usize,
    breaker_failures: u32,
    breaker_open_ms: u64,
}

/// `[backends.NAME.lookup_cache]`: how long its users are remembered.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LookupCacheSettings {
    /// Zero is not at all.
    seconds: u64,
    capacity: u64,
}

impl Default for CallSettings {
    fn default() -> Self {
        Self { deadline_ms: 10_000, max_concurrent: 256, breaker_failures: 10, breaker_open_ms: 5_000 }
    }
}

impl Default for LookupCacheSettings {
    fn default() -> Self {
        Self { seconds: 0, capacity: 10_000 }
    }
}

impl BackendsSection {
    /// The section with this name; `None` when there is none.
    pub(crate) fn get(&self, name: &str) -> Result<Option<BackendSettings>, Failure> {
        let Some(keys) = self.0.get(name) else { return Ok(None) };
        let settings = BackendSettings::new(name, keys.clone());
        settings.map(Some).map_err(|why: String| Self::refusal(name, &why))
    }

    /// Puts the name of the section before the key that `why` begins with.
    pub(crate) fn refusal(name: &str, why: &str) -> Failure {
        Failure::Configuration(match why.strip_prefix('`') {
            Some(key) => format!("`backends.{name}.{key}"),
            None => format!("`[backends.{name}]` can't be used: {why}"),
        })
    }

    /// The names of all sections.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// All sections as they are, secrets included.
    pub(super) fn tables(&self) -> toml::Table {
        let table = |keys: &Map<String, Value>| to_toml(&Value::new(None, ValueKind::Table(keys.clone())));
        self.0.iter().map(|(name, keys)| (name.clone(), table(keys))).collect()
    }

    /// All sections as TOML, without the secrets that their kinds name.
    pub(super) fn show(&self, registry: &Registry) -> Result<toml::Table, Failure> {
        let names = self.0.keys().filter_map(|name| Some((name, self.get(name).transpose()?)));
        names.map(|(name, section)| Ok((name.clone(), section?.show(registry)?.into()))).collect()
    }
}

impl BackendSettings {
    fn new(name: &str, mut keys: Map<String, Value>) -> Result<Self, String> {
        let common: Map<String, Value> =
            COMMON_KEYS.iter().filter_map(|key| keys.remove_entry(*key)).collect();
        let CommonKeys { kind, calls, lookup_cache } = Value::new(None, ValueKind::Table(common))
            .try_deserialize()
            .map_err(|error| describe::<CommonKeys>(&error, &[]))?;
        calls.check()?;
        lookup_cache.check()?;
        Ok(Self { kind: kind.unwrap_or_else(|| name.to_owned()), calls, lookup_cache, own: keys })
    }

    /// Of a kind that nobody knows, everything may be a secret.
    fn show(&self, registry: &Registry) -> Result<toml::Table, Failure> {
        let kind = registry.find(&self.kind).ok();
        let is_visible = |key: &str| kind.is_some_and(|kind| !kind.is_secret(key));
        let own = self.own.iter().map(|(key, value)| {
            (key.clone(), if is_visible(key) { to_toml(value) } else { "[redacted]".into() })
        });
        let mut shown: toml::Table = own.collect();
        shown.insert("kind".to_owned(), self.kind.as_str().into());
        let common = |value: Result<toml::Value, _>| value.map_err(|error| unshowable(&error));
        shown.insert("calls".to_owned(), common(toml::Value::try_from(&self.calls))?);
        shown.insert("lookup_cache".to_owned(), common(toml::Value::try_from(&self.lookup_cache))?);
        Ok(shown)
    }
}

impl CallSettings {
    fn check(&self) -> Result<(), String> {
        in_range("calls.deadline_ms", self.deadline_ms, 10..=120_000)?;
        in_range("calls.max_concurrent", self.max_concurrent as u64, 1..=1_000_000)?;
        in_range("calls.breaker_failures", self.breaker_failures.into(), 1..=1_000_000)?;
        in_range("calls.breaker_open_ms", self.breaker_open_ms, 10..=600_000)
    }
}

impl LookupCacheSettings {
    fn check(&self) -> Result<(), String> {
        in_range("lookup_cache.seconds", self.seconds, 0..=3600)?;
        in_range("lookup_cache.capacity", self.capacity, 1..=10_000_000)
    }

    /// `None` when nothing is to be remembered.
    pub(crate) fn settings(&self) -> Option<CacheSettings> {
        let time_to_live = Duration::from_secs(self.seconds);
        (self.seconds > 0).then_some(CacheSettings { time_to_live, capacity: self.capacity })
    }
}

impl From<&CallSettings> for GuardSettings {
    fn from(calls: &CallSettings) -> Self {
        Self {
            deadline: Duration::from_millis(calls.deadline_ms),
            max_concurrent: calls.max_concurrent,
            breaker_failures: calls.breaker_failures,
            breaker_open: Duration::from_millis(calls.breaker_open_ms),
        }
    }
}

fn in_range(key: &str, value: u64, range: std::ops::RangeInclusive<u64>) -> Result<(), String> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(format!("`{key}` has to be from {} to {}", range.start(), range.end()))
}

fn to_toml(value: &Value) -> toml::Value {
    match &value.kind {
        ValueKind::Boolean(value) => (*value).into(),
        ValueKind::I64(value) => (*value).into(),
        ValueKind::Float(value) => (*value).into(),
        ValueKind::Table(table) => {
            toml::Value::Table(table.iter().map(|(key, value)| (key.clone(), to_toml(value))).collect())
        }
        ValueKind::Array(values) => values.iter().map(to_toml).collect::<Vec<_>>().into(),
        ValueKind::Nil
        | ValueKind::I128(_)
        | ValueKind::U64(_)
        | ValueKind::U128(_)
        | ValueKind::String(_) => value.to_string().into(),
    }
}
