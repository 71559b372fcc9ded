//! Settings from the environment: `DATA_ADAPTER__`, then the parts of a key with `__` between them.

use std::ffi::OsString;

use config::{Config, ConfigError, Map, Source, Value, ValueKind};

use super::load::FILE_VARIABLE;
use super::schema::Place;
use super::suggestion::{Leaves, find, nearest};
use crate::failure::Failure;

const PREFIX: &str = "DATA_ADAPTER__";
const SEPARATOR: &str = "__";
/// Kubernetes gives the variables of a Service named `data-adapter` the same beginning, so that it alone means nothing.
const SHARED_PREFIX: &str = "DATA_ADAPTER_";

/// The tables whose keys are names that the user chose; `*` is any such name. A variable changes what has such a name in the
/// file, and adds none.
const NAMED_BY_THE_USER: [&[&str]; 11] = [
    &["backends"],
    &["backends", "*", "attributes", "extras"],
    &["backends", "*", "organizations"],
    &["consent", "forms"],
    &["consent", "forms", "*", "text"],
    &["login_operations", "clients"],
    &["operations"],
    &["operations", "*", "mapping"],
    &["organizations"],
    &["sms", "autofill"],
    &["sms", "senders"],
];

/// The variables that are settings.
#[derive(Clone, Debug, Default)]
pub(super) struct Environment(Vec<Variable>);

#[derive(Clone)]
struct Variable {
    name: String,
    value: String,
    key: Vec<String>,
}

/// The value may be a secret.
impl std::fmt::Debug for Variable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

impl Environment {
    /// Takes those of `variables` that are settings, as changes to `file`, which has the defaults too.
    ///
    /// # Errors
    ///
    /// A variable that names nothing in the file where it has to, or more than one thing, or what another one names as well.
    pub(super) fn read(
        variables: impl Iterator<Item = (OsString, OsString)>,
        file: &Config,
    ) -> Result<Self, Failure> {
        let table = file.clone().try_deserialize().map_err(|error| super::load::unusable(&error))?;
        let file = file.collect().map_err(|error| super::load::unusable(&error))?;
        let mut settings: Vec<Variable> = Vec::new();
        for (name, value) in variables {
            if !name.as_encoded_bytes().starts_with(PREFIX.as_bytes()) {
                continue;
            }
            let name = name
                .into_string()
                .or_else(|name| refuse(&name.to_string_lossy(), "has a name that is not UTF-8"))?;
            let Ok(value) = value.into_string() else {
                return refuse(&name, "has a value that is not UTF-8");
            };
            let key = find_key(&name, &file)?;
            check_key(&name, &key, &table)?;
            let overlaps = |other: &&Variable| other.key.starts_with(&key) || key.starts_with(&other.key);
            if let Some(other) = settings.iter().find(overlaps) {
                return refuse(&name, &format!("and {} set the same; keep one", other.name));
            }
            settings.push(Variable { name, value, key });
        }
        Ok(Self(settings))
    }

    /// What is wrong, with the variable that is to blame, where one is: that of the key that the text begins with, or below it
    /// where that is no setting.
    pub(super) fn blame(&self, why: String) -> String {
        let Some((wrong, rest)) = why.strip_prefix('`').and_then(|text| text.split_once('`')) else {
            return why;
        };
        let is_to_blame = |variable: &&Variable| {
            let key = variable.key.join(".");
            let below = key.strip_prefix(wrong).is_some_and(|below| below.starts_with('.'));
            key == wrong || below && rest.starts_with(" is no setting")
        };
        match self.0.iter().find(is_to_blame) {
            Some(Variable { name, .. }) => format!("the environment variable {name}: {why}"),
            None => why,
        }
    }
}

impl Source for Environment {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        let mut root = Map::new();
        for Variable { name, value, key } in &self.0 {
            let origin = format!("the environment variable {name}");
            let value = Value::new(Some(&origin), value.as_str());
            insert(&mut root, key, value);
        }
        Ok(root)
    }
}

/// No key is the beginning of another one: that was refused.
fn insert(table: &mut Map<String, Value>, key: &[String], value: Value) {
    let [first, rest @ ..] = key else { return };
    if rest.is_empty() {
        table.insert(first.clone(), value);
        return;
    }
    let inner = table.entry(first.clone()).or_insert_with(|| Map::<String, Value>::new().into());
    if let ValueKind::Table(inner) = &mut inner.kind {
        insert(inner, rest, value);
    }
}

/// The key that a variable means: its parts as the file writes them, where it has them.
fn find_key(name: &str, file: &Map<String, Value>) -> Result<Vec<String>, Failure> {
    let mut key: Vec<String> = Vec::new();
    let mut table = Some(file);
    for part in name.trim_start_matches(PREFIX).split(SEPARATOR) {
        let found = find_part(name, part, &key, table)?;
        table = table.and_then(|table| {
            if let ValueKind::Table(inner) = &table.get(&found)?.kind { Some(inner) } else { None }
        });
        key.push(found);
    }
    Ok(key)
}

fn find_part(
    name: &str,
    part: &str,
    key: &[String],
    table: Option<&Map<String, Value>>,
) -> Result<String, Failure> {
    let mut names: Vec<&str> = table.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    let alike: Vec<&str> = names.iter().copied().filter(|other| is_alike(part, other)).collect();
    let place = key.join(".");
    match alike[..] {
        [one] => Ok(one.to_owned()),
        [] if is_named_by_the_user(key) => {
            let there = match &names[..] {
                [] => "is empty".to_owned(),
                names => format!("has only {}", names.join(", ")),
            };
            refuse(name, &format!("has nothing to change: there is no {part}, `{place}` {there}"))
        }
        [] => Ok(part.to_lowercase()),
        _ => refuse(name, &format!("means more than one of `{place}` in the file: {}", alike.join(", "))),
    }
}

/// Whether a variable can set what is at a key; it can set one value.
fn check_key(name: &str, key: &[String], file: &toml::Table) -> Result<(), Failure> {
    let parts: Vec<&str> = key.iter().map(String::as_str).collect();
    let place = key.join(".");
    match find(&parts) {
        Some(Place::Value | Place::Words(_)) => Ok(()),
        Some(Place::List) => {
            refuse(name, &format!("is no setting: `{place}` is a list, which only the file has"))
        }
        Some(Place::Table(_) | Place::Names) => {
            refuse(name, &format!("is no setting: `{place}` is a table, of which a variable sets one key"))
        }
        None => {
            let leaves = Leaves::of(file);
            let advice =
                leaves.meant(name.trim_start_matches(PREFIX)).map(|key| format!("; {} is", name_of(key)));
            refuse(name, &format!("is no setting{}", advice.unwrap_or_default()))
        }
    }
}

/// The variable for a key.
pub(super) fn name_of(key: &[String]) -> String {
    let parts: Vec<_> = key.iter().map(|part| part.to_uppercase().replace(['-', '.'], "_")).collect();
    format!("{PREFIX}{}", parts.join(SEPARATOR))
}

/// A variable has neither hyphens nor, by custom, small letters.
fn is_alike(part: &str, name: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().replace('-', "_");
    plain(part) == plain(name)
}

fn is_named_by_the_user(table: &[String]) -> bool {
    let fits = |pattern: &&[&str]| {
        let pairs = || pattern.iter().zip(table);
        pattern.len() == table.len() && pairs().all(|(expected, part)| *expected == "*" || expected == part)
    };
    NAMED_BY_THE_USER.iter().any(fits)
}

/// A warning for each variable that was perhaps meant to be a setting: `DATA_ADAPTER_OTP_DIGITS`, where there is `otp.digits`,
/// or to name the file. `configuration` is the one in effect.
pub(super) fn near_misses<'a>(
    names: impl Iterator<Item = &'a str>,
    configuration: &toml::Table,
) -> Vec<String> {
    let leaves = Leaves::of(configuration);
    let warnings = names.filter_map(|name| {
        let rest = name.strip_prefix(SHARED_PREFIX).filter(|rest| !rest.starts_with('_'))?;
        let advice = if name == FILE_VARIABLE {
            return None;
        } else if begins_with_a_section(rest, configuration) {
            leaves.meant(rest).map(|key| format!("; {} would be one", name_of(key))).unwrap_or_default()
        } else {
            let file = FILE_VARIABLE.trim_start_matches(SHARED_PREFIX).to_owned();
            nearest(rest, &[file])?;
            format!("; {FILE_VARIABLE} names the file")
        };
        Some(format!("the environment variable {name} is no setting and is ignored{advice}"))
    });
    warnings.collect()
}

fn begins_with_a_section(rest: &str, configuration: &toml::Table) -> bool {
    let begins = |section: &String| {
        rest.strip_prefix(&section.to_uppercase()).is_some_and(|key| !key.trim_start_matches('_').is_empty())
    };
    configuration.keys().any(begins)
}

fn refuse<T>(name: &str, why: &str) -> Result<T, Failure> {
    Err(Failure::Configuration(format!("the environment variable {name} {why}")))
}

#[cfg(test)]
mod tests;
