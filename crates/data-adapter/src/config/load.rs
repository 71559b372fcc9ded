use std::ffi::OsString;
use std::path::{Path, PathBuf};

use config::builder::DefaultState;
use config::{Config, ConfigBuilder, ConfigError, File, FileFormat};
use serde::de::DeserializeOwned;

use super::Settings;
use super::environment::{Environment, near_misses};
use super::schema::{Place, parts, place};
use super::suggestion::{nearest, unknown_field};
use super::written::Written;
use crate::demo;
use crate::failure::Failure;

const DEFAULTS: &str = include_str!("defaults.toml");

/// Names the configuration file.
pub(crate) const FILE_VARIABLE: &str = "DATA_ADAPTER_CONFIG";

/// What the command line says about the configuration.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flags {
    pub(crate) file: Option<PathBuf>,
    pub(crate) host: Option<String>,
    pub(crate) port: Option<u16>,
}

/// Reads the configuration of this process.
pub(crate) fn load(flags: &Flags) -> Result<Settings, Failure> {
    load_with(flags, std::env::vars_os())
}

/// What to tell about variables of this process and files of texts that are ignored, but look as if they were meant to count.
pub(crate) fn warnings(settings: &Settings) -> Vec<String> {
    let names: Vec<String> = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect();
    let mut configuration = toml::Table::try_from(settings).unwrap_or_default();
    configuration.insert("backends".to_owned(), settings.backends.tables().into());
    let mut warnings = near_misses(names.iter().map(String::as_str), &configuration);
    warnings.extend(settings.texts.warnings());
    warnings
}

/// Reads the configuration with an environment of its own.
pub(super) fn load_with(
    flags: &Flags,
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Settings, Failure> {
    let file = match &flags.file {
        Some(path) => read(path)?,
        None => demo::CONFIGURATION.to_owned(),
    };
    read_all(&file, flags, variables)
}

/// Reads a configuration alone.
#[cfg(test)]
pub(crate) fn load_text(file: &str) -> Result<Settings, Failure> {
    load_with_variables(file, std::iter::empty())
}

/// Reads a configuration and an environment.
#[cfg(test)]
pub(crate) fn load_with_variables(
    file: &str,
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Settings, Failure> {
    read_all(file, &Flags::default(), variables)
}

fn read_all(
    file: &str,
    flags: &Flags,
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Settings, Failure> {
    let file = Config::builder()
        .add_source(File::from_str(DEFAULTS, FileFormat::Toml))
        .add_source(File::from_str(file, FileFormat::Toml))
        .build()
        .map_err(|error| unusable(&error))?;
    let environment = Environment::read(variables, &file)?;
    let all = with_flags(Config::builder().add_source(file).add_source(environment.clone()), flags);
    let written = all.and_then(|all| Written::of(&all.build()?)).map_err(|error| unusable(&error))?;
    Settings::of(written, environment)
}

impl Settings {
    /// What was written, of which some came from the environment.
    pub(super) fn of(written: Written, environment: Environment) -> Result<Self, Failure> {
        let config = Config::builder().add_source(written.clone()).build();
        let read = config.and_then(Config::try_deserialize);
        let mut settings: Self =
            read.map_err(|error| Failure::Configuration(environment.blame(describe::<Self>(&error, &[]))))?;
        settings.environment = environment;
        settings.written = written;
        settings.validate().map_err(|failure| settings.blame(failure))?;
        Ok(settings)
    }
}

/// Where the service that runs with this configuration is asked to read it again, whatever else is wrong with it; `None` where it is
/// not.
pub(crate) fn control_socket(flags: &Flags) -> Result<Option<PathBuf>, Failure> {
    if let Some(named) = std::env::var_os("DATA_ADAPTER__SERVER__CONTROL_SOCKET") {
        return Ok(Some(named.into()));
    }
    let Some(file) = &flags.file else { return Ok(None) };
    let table: toml::Table = toml::from_str(&read(file)?).unwrap_or_default();
    let named = table.get("server").and_then(|server| server.get("control_socket")?.as_str());
    Ok(named.map(PathBuf::from))
}

fn with_flags(
    mut builder: ConfigBuilder<DefaultState>,
    flags: &Flags,
) -> Result<ConfigBuilder<DefaultState>, ConfigError> {
    if let Some(host) = &flags.host {
        builder = builder.set_override("server.host", host.as_str())?;
    }
    if let Some(port) = flags.port {
        builder = builder.set_override("server.port", port)?;
    }
    Ok(builder)
}

/// The text of a file that is TOML. Its own errors would show the line, and so perhaps a secret.
fn read(path: &Path) -> Result<String, Failure> {
    let refuse =
        |why: String| Failure::Configuration(format!("the configuration file {}", path.display()) + &why);
    let text = std::fs::read_to_string(path).map_err(|error| refuse(format!(" can't be read: {error}")))?;
    if let Err(error) = toml::from_str::<toml::Table>(&text) {
        let start = error.span().map_or(0, |span| span.start);
        let line = text.get(..start).unwrap_or_default().matches('\n').count() + 1;
        return Err(refuse(format!(" is not valid TOML at line {line}: {}", error.message())));
    }
    Ok(text)
}

pub(super) fn unusable(error: &ConfigError) -> Failure {
    Failure::Configuration(describe::<Settings>(error, &[]))
}

/// What is wrong with what should have been a `T`, the key first and without the value: it may be a secret in the wrong place.
/// `more` are keys beside those of `T`.
pub(crate) fn describe<T: DeserializeOwned>(error: &ConfigError, more: &[&str]) -> String {
    if let ConfigError::NotFound(key) = error {
        return format!("`{}` is missing", dotted(key));
    }
    let (key, message) = if let ConfigError::At { error, key: Some(key), .. } = error {
        (dotted(key), error.to_string())
    } else if let ConfigError::Type { expected, key, .. } = error {
        (key.as_deref().map(dotted).unwrap_or_default(), format!("invalid type, expected {expected}"))
    } else {
        (String::new(), error.to_string())
    };
    if let Some((unknown, mut names)) = unknown_field(&message) {
        let table = if key.is_empty() { key } else { format!("{key}.") };
        if table.is_empty() {
            names.extend(more.iter().map(|name| (*name).to_owned()));
        }
        let advice = nearest(&unknown, &names).map(|right| format!("; `{right}` is one"));
        let all =
            || if names.is_empty() { String::new() } else { format!("; there are `{}`", names.join("`, `")) };
        return format!("`{table}{unknown}` is no setting{}", advice.unwrap_or_else(all));
    }
    let is_of_a_library = ["invalid type", "invalid value", "invalid length", "enum ", "value of enum "]
        .iter()
        .any(|start| message.starts_with(start));
    let why = match place::<T>(&parts(&key)) {
        _ if !is_of_a_library => format!(": {message}"),
        Some(Place::Words(words)) => {
            format!(" is none of what it can be: {}", listed(words))
        }
        Some(Place::Table(_) | Place::Names) => " has to be a table".to_owned(),
        Some(Place::List) => " has to be a list".to_owned(),
        Some(Place::Value) | None => match message.split_once(", expected ") {
            Some((_, expected)) if !expected.starts_with("struct ") => {
                format!(" has a value of the wrong type, expected {expected}")
            }
            _ => " has a value that is not allowed".to_owned(),
        },
    };
    match (key.is_empty(), is_of_a_library) {
        (true, true) => format!("a value{why}"),
        (true, false) => message,
        (false, _) => format!("`{key}`{why}"),
    }
}

/// `a`, `b` or `c`.
fn listed(words: &[&str]) -> String {
    let (last, others) = words.split_last().unwrap_or((&"", &[]));
    match others {
        [] => format!("`{last}`"),
        _ => format!("`{}` or `{last}`", others.join("`, `")),
    }
}

/// A key as people write it: `rules[0].label` for the `rules[0]label` of the library.
fn dotted(key: &str) -> String {
    match key.split_once(']') {
        None => key.to_owned(),
        Some((first, rest)) if rest.is_empty() || rest.starts_with(['.', '[']) => {
            format!("{first}]{}", dotted(rest))
        }
        Some((first, rest)) => format!("{first}].{}", dotted(rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_with_its_key_and_what_is_allowed() {
        for (text, why) in [
            ("consent.html = \"Strict\"", "`consent.html` is none of what it can be: `web-flow` or `strict`"),
            ("consent.html = 1", "`consent.html` is none of what it can be: `web-flow` or `strict`"),
            (
                "operations.login.binds = \"foo\"",
                "`operations.login.binds` is none of what it can be: `operation` or `payment`",
            ),
            ("web_flow.dialect = \"1.0\"", "`web_flow.dialect` is none of what it can be: `0.22` or `1`"),
            ("log.format = \"text\"", "`log.format` is none of what it can be: `human` or `json`"),
            ("server = 1", "`server` has to be a table"),
            ("server.trusted_proxies = 1", "`server.trusted_proxies` has to be a list"),
            ("server.prot = 1", "`server.prot` is no setting; `port` is one"),
            ("srever.port = 1", "`srever` is no setting; `server` is one"),
            (
                "[[callers.allowed]]\nname = \"a\"\npathes = []",
                "`callers.allowed[0].pathes` is no setting; `paths` is one",
            ),
        ] {
            assert_eq!(load_text(text).map(drop).unwrap_err().to_string(), why, "{text}");
        }
    }

    #[test]
    fn a_value_of_the_wrong_type_is_not_shown() {
        let variable = ("DATA_ADAPTER__OTP__PREVIOUS_KEYS".into(), "s3cret".into());
        let refusal = load_with(&Flags::default(), [variable].into_iter()).unwrap_err().to_string();
        assert!(refusal.contains("previous_keys") && !refusal.contains("s3cret"), "{refusal}");
    }
}
