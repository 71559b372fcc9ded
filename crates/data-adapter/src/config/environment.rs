//! Settings from the environment: `DATA_ADAPTER__`, then the parts of a key with `__` between them.

use std::ffi::OsString;

use config::{Config, ConfigError, Map, Source, Value, ValueKind};

use super::suggestion::{nearest, unknown_field};
use crate::failure::Failure;

const PREFIX: &str = "DATA_ADAPTER__";
const SEPARATOR: &str = "__";
/// Kubernetes gives the variables of a Service named `data-adapter` the same beginning, so that it alone means nothing.
const SHARED_PREFIX: &str = "DATA_ADAPTER_";

/// The tables whose keys are names that the user chose; `*` is any such name. A variable changes what has such a name in the
/// file, and adds none.
const NAMED_BY_THE_USER: [&[&str]; 9] = [
    &["backends"],
    &["backends", "*", "attributes", "extras"],
    &["backends", "*", "organizations"],
    &["consent", "forms"],
    &["consent", "forms", "*", "text"],
    &["login_operations", "clients"],
    &["operations"],
    &["operations", "*", "mapping"],
    &["organizations"],
];

/// The variables that are settings.
#[derive(Clone, Debug)]
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
        let file = file.collect().map_err(|error| super::load::unusable(&error))?;
        let mut settings: Vec<Variable> = Vec::new();
        for (name, value) in variables {
            let Some(name) = name.into_string().ok().filter(|name| name.starts_with(PREFIX)) else {
                continue;
            };
            let Ok(value) = value.into_string() else {
                return refuse(&name, "has a value that is not UTF-8");
            };
            let key = find_key(&name, &file)?;
            let overlaps = |other: &&Variable| other.key.starts_with(&key) || key.starts_with(&other.key);
            if let Some(other) = settings.iter().find(overlaps) {
                return refuse(&name, &format!("and {} set the same; keep one", other.name));
            }
            settings.push(Variable { name, value, key });
        }
        Ok(Self(settings))
    }

    /// The variable that is to blame for an error, and what it should be called; `None` where none is.
    pub(super) fn blame(&self, error: &ConfigError) -> Option<String> {
        let (unknown, alternatives) = unknown_field(&error.to_string())?;
        let Variable { name, key, .. } = self.0.iter().find(|variable| variable.key.contains(&unknown))?;
        let advice = nearest(&unknown, &alternatives).map(|right| {
            let parts = key.iter().map(|part| if *part == unknown { right } else { part }.to_uppercase());
            format!("; {PREFIX}{} is", parts.collect::<Vec<_>>().join(SEPARATOR))
        });
        Some(format!("the environment variable {name} is no setting{}", advice.unwrap_or_default()))
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
            let there = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            refuse(
                name,
                &format!("changes what is not in the file: `{place}` there has {there}, but no {part}"),
            )
        }
        [] => Ok(part.to_lowercase()),
        _ => refuse(name, &format!("means more than one of `{place}` in the file: {}", alike.join(", "))),
    }
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

/// A warning for each variable that was perhaps meant to be a setting: `DATA_ADAPTER_OTP_DIGITS`, where `sections` has `otp`.
pub(super) fn near_misses<'a>(names: impl Iterator<Item = &'a str>, sections: &[&str]) -> Vec<String> {
    let warnings = names.filter_map(|name| {
        let rest = name.strip_prefix(SHARED_PREFIX).filter(|rest| !rest.starts_with('_'))?;
        let mut begins = sections.iter().filter_map(|section| {
            let key = rest.strip_prefix(&section.to_uppercase())?.trim_start_matches('_');
            (!key.is_empty()).then(|| format!("{PREFIX}{}{SEPARATOR}{key}", section.to_uppercase()))
        });
        let meant = begins.next()?;
        Some(format!("the environment variable {name} is no setting and is ignored; {meant} would be"))
    });
    warnings.collect()
}

fn refuse<T>(name: &str, why: &str) -> Result<T, Failure> {
    Err(Failure::Configuration(format!("the environment variable {name} {why}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Settings, load_with_variables};

    const FILE: &str = "\
        sandbox.enabled = true\n\
        [backends.core-banking]\nkind = \"memory\"\ndemo_users = true\n\
        [backends.memory]\ndemo_users = true\n\
        [organizations.SME]\nusers = \"memory\"\n";

    fn load(file: &str, pairs: &[(&str, &str)]) -> Result<Settings, Failure> {
        load_with_variables(file, pairs.iter().map(|(name, value)| (name.into(), value.into())))
    }

    fn refusal(file: &str, name: &str) -> String {
        load(file, &[(name, "s3cret")]).unwrap_err().to_string()
    }

    #[test]
    fn names_of_the_file_are_matched_in_any_case_and_with_an_underscore_for_a_hyphen() {
        let pairs = [
            ("DATA_ADAPTER__ORGANIZATIONS__SME__USERS", "core-banking"),
            ("DATA_ADAPTER__BACKENDS__CORE_BANKING__CALLS__DEADLINE_MS", "1234"),
        ];
        let settings = load(FILE, &pairs).unwrap();
        assert_eq!(settings.organizations.keys().collect::<Vec<_>>(), ["SME"]);
        let shown = format!("{:?}", settings.organizations);
        assert!(shown.contains("core-banking"), "{shown}");
        let deadline = settings.backends.get("core-banking").unwrap().unwrap().calls;
        assert!(format!("{deadline:?}").contains("1234"), "{deadline:?}");
    }

    #[test]
    fn a_name_that_the_file_does_not_have_is_refused_with_those_that_it_has() {
        for (name, place) in [
            ("DATA_ADAPTER__ORGANIZATIONS__SOHO__USERS", "`organizations` there has SME, but no SOHO"),
            ("DATA_ADAPTER__BACKENDS__LDAP__URLS", "`backends` there has core-banking, memory, but no LDAP"),
            ("DATA_ADAPTER__BACKENDS__MEMORY__ORGANIZATIONS__SME__BASE", "there has none, but no SME"),
            ("DATA_ADAPTER__CONSENT__FORMS__LOGIN__VERSION", "`consent.forms` there has none, but no LOGIN"),
        ] {
            let message = refusal(FILE, name);
            assert!(message.contains(name) && message.contains(place), "{message}");
            assert!(!message.contains("s3cret"), "{message}");
        }
    }

    #[test]
    fn a_name_that_fits_two_of_the_file_is_refused_with_both() {
        let file = format!("{FILE}[organizations.sme]\nusers = \"memory\"\n");
        let message = refusal(&file, "DATA_ADAPTER__ORGANIZATIONS__SME__USERS");
        assert!(
            message.contains("more than one of `organizations`") && message.contains("SME, sme"),
            "{message}"
        );
    }

    #[test]
    fn two_variables_for_one_setting_are_refused() {
        let pairs = [
            ("DATA_ADAPTER__ORGANIZATIONS__SME__USERS", "memory"),
            ("DATA_ADAPTER__organizations__sme__users", "core-banking"),
        ];
        let message = load(FILE, &pairs).unwrap_err().to_string();
        assert!(message.contains("keep one"), "{message}");
    }

    #[test]
    fn a_variable_that_is_no_setting_is_refused_with_the_nearest_right_name() {
        for (name, right) in [
            ("DATA_ADAPTER__SERVER__PROT", "; DATA_ADAPTER__SERVER__PORT is"),
            ("DATA_ADAPTER__SERVRE__PORT", "; DATA_ADAPTER__SERVER__PORT is"),
            ("DATA_ADAPTER__OTP__COLOUR", "DATA_ADAPTER__OTP__COLOUR is no setting"),
            ("DATA_ADAPTER__ORGANIZATIONS__SME__USRES", "; DATA_ADAPTER__ORGANIZATIONS__SME__USERS is"),
        ] {
            let message = refusal(FILE, name);
            assert!(message.contains(name) && message.contains(right), "{message}");
            assert!(!message.contains("s3cret"), "{message}");
        }
    }

    #[test]
    fn variables_that_only_share_the_beginning_are_ignored_and_near_misses_warned_of() {
        let of_kubernetes = [
            "DATA_ADAPTER_PORT",
            "DATA_ADAPTER_PORT_8080_TCP_ADDR",
            "DATA_ADAPTER_SERVICE_HOST",
            "DATA_ADAPTER_SERVICE_PORT_HTTP",
        ];
        let pairs = of_kubernetes.map(|name| (name, "tcp://10.0.0.1:8080"));
        assert!(load(FILE, &pairs).is_ok());
        assert_eq!(near_misses(of_kubernetes.into_iter(), &["server", "otp"]), [""; 0]);
        let near = near_misses(
            ["DATA_ADAPTER_OTP_DIGITS", "DATA_ADAPTER_SERVER__PORT"].into_iter(),
            &["server", "otp"],
        );
        assert!(near[0].contains("DATA_ADAPTER__OTP__DIGITS would be"), "{near:?}");
        assert!(near[1].contains("DATA_ADAPTER__SERVER__PORT would be"), "{near:?}");
    }
}
