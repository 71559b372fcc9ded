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
            ("DATA_ADAPTER__ORGANIZATIONS__SOHO__USERS", "there is no SOHO, `organizations` has only SME"),
            (
                "DATA_ADAPTER__BACKENDS__LDAP__URLS",
                "there is no LDAP, `backends` has only core-banking, memory",
            ),
            (
                "DATA_ADAPTER__BACKENDS__MEMORY__ORGANIZATIONS__SME__BASE",
                "there is no SME, `backends.memory.organizations` is empty",
            ),
            ("DATA_ADAPTER__CONSENT__FORMS__LOGIN__VERSION", "there is no LOGIN, `consent.forms` is empty"),
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
            ("SERVER__PROT", "; DATA_ADAPTER__SERVER__PORT is"),
            ("SERVRE__PORT", "; DATA_ADAPTER__SERVER__PORT is"),
            ("OTP__COLOUR", "is no setting"),
            ("ORGANIZATIONS__SME__USRES", "; DATA_ADAPTER__ORGANIZATIONS__SME__USERS is"),
            ("SERVER_PORT", "; DATA_ADAPTER__SERVER__PORT is"),
            ("OTP_KEY", "; DATA_ADAPTER__OTP__KEY is"),
            ("AUDIT_FILE", "; DATA_ADAPTER__AUDIT__FILE is"),
            ("SANDBOX_ENABLED", "; DATA_ADAPTER__SANDBOX__ENABLED is"),
            ("WEB_FLOW_DIALECT", "; DATA_ADAPTER__WEB_FLOW__DIALECT is"),
            ("WEB__FLOW__LIMITS__USERNAME", "; DATA_ADAPTER__WEB_FLOW__LIMITS__USERNAME is"),
            ("TLS__CERT_FILE", "; DATA_ADAPTER__TLS__CERTIFICATE_FILE is"),
            ("PORT", "is no setting"),
            ("VERSION", "is no setting"),
            (
                "BACKENDS_CORE_BANKING_CALLS_DEADLINE_MS",
                "; DATA_ADAPTER__BACKENDS__CORE_BANKING__CALLS__DEADLINE_MS is",
            ),
            ("SERVER", "is no setting: `server` is a table, of which a variable sets one key"),
            (
                "ORGANIZATIONS__SME",
                "is no setting: `organizations.SME` is a table, of which a variable sets one key",
            ),
            (
                "SERVER__TRUSTED_PROXIES",
                "is no setting: `server.trusted_proxies` is a list, which only the file has",
            ),
        ] {
            let name = format!("DATA_ADAPTER__{name}");
            let message = refusal(FILE, &name);
            assert!(message.contains(&name) && message.ends_with(right), "{message}");
            assert!(!message.contains("s3cret"), "{message}");
        }
    }

    #[test]
    fn a_variable_with_a_wrong_value_is_named_and_nothing_of_the_program() {
        for (name, value, why) in [
            ("OTP__DIGITS", "4", "`otp.digits` has to be from"),
            ("SERVER__PORT", "http", "`server.port` has a value of the wrong type, expected"),
            ("CONSENT__HTML", "Strict", "`consent.html` is none of what it can be: `web-flow` or `strict`"),
            (
                "BACKENDS__CORE_BANKING__CALLS__DEADLINE_MS",
                "x",
                "`backends.core-banking.calls.deadline_ms` has a value",
            ),
            (
                "BACKENDS__CORE_BANKING__CALLS__DEADLINE_MS",
                "1",
                "`backends.core-banking.calls.deadline_ms` has to be",
            ),
            (
                "BACKENDS__CORE_BANKING__CALL__DEADLINE_MS",
                "1000",
                "`backends.core-banking.call` is no setting; `calls` is one",
            ),
        ] {
            let name = format!("DATA_ADAPTER__{name}");
            let loaded = load(FILE, &[(&name, value)]);
            let connected = loaded.and_then(|settings| {
                let connected =
                    crate::backends::connect("core-banking", &settings, &crate::backends::builtin());
                connected.map_err(|failure| settings.blame(failure))
            });
            let message = connected.map(drop).unwrap_err().to_string();
            assert!(message.starts_with(&format!("the environment variable {name}: {why}")), "{message}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_not_utf_8_is_refused() {
        use std::os::unix::ffi::OsStringExt as _;
        let name = OsString::from_vec(b"DATA_ADAPTER__SERVER__PORT\xff".to_vec());
        let refused = load_with_variables(FILE, std::iter::once((name, "1".into())));
        let message = refused.map(drop).unwrap_err().to_string();
        assert!(message.contains("DATA_ADAPTER__SERVER__PORT") && message.contains("not UTF-8"), "{message}");
        let other = OsString::from_vec(b"OTHER\xff".to_vec());
        assert!(load_with_variables(FILE, std::iter::once((other, "1".into()))).is_ok());
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
        let configuration: toml::Table = format!("server = {{}}\notp = {{}}\n{FILE}").parse().unwrap();
        let warned = |names: &[&str]| near_misses(names.iter().copied(), &configuration);
        assert_eq!(warned(&of_kubernetes), [""; 0]);
        assert_eq!(warned(&["DATA_ADAPTER_CONFIG", "DATA_ADAPTER__SERVER__PORT"]), [""; 0]);
        for (name, end) in [
            ("DATA_ADAPTER_OTP_DIGITS", "ignored; DATA_ADAPTER__OTP__DIGITS would be one"),
            ("DATA_ADAPTER_SERVER__PORT", "ignored; DATA_ADAPTER__SERVER__PORT would be one"),
            (
                "DATA_ADAPTER_BACKENDS_MEMORY_DEMO_USERS",
                "ignored; DATA_ADAPTER__BACKENDS__MEMORY__DEMO_USERS would be one",
            ),
            ("DATA_ADAPTER_OTP_COLOUR", "is ignored"),
            ("DATA_ADAPTER_CONFG", "ignored; DATA_ADAPTER_CONFIG names the file"),
            ("DATA_ADAPTER_CONFIG_FILE", "ignored; DATA_ADAPTER_CONFIG names the file"),
            ("DATA_ADAPTER_CFONIG", "ignored; DATA_ADAPTER_CONFIG names the file"),
        ] {
            assert!(warned(&[name])[0].ends_with(end), "{:?}", warned(&[name]));
        }
    }
}
