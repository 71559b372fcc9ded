use std::ffi::OsString;
use std::path::{Path, PathBuf};

use config::builder::DefaultState;
use config::{Config, ConfigBuilder, ConfigError, File, FileFormat};

use super::Settings;
use super::environment::{Environment, near_misses};
use super::suggestion::{nearest, unknown_field};
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
    let sections = toml::Table::try_from(Settings::default()).unwrap_or_default();
    let sections: Vec<&str> = sections.keys().map(String::as_str).chain(["backends"]).collect();
    let mut warnings = near_misses(names.iter().map(String::as_str), &sections);
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
    let settings: Settings =
        with_flags(Config::builder().add_source(file).add_source(environment.clone()), flags)
            .and_then(|builder| builder.build()?.try_deserialize())
            .map_err(|error| {
                environment.blame(&error).map_or_else(|| unusable(&error), Failure::Configuration)
            })?;
    settings.validate()?;
    Ok(settings)
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
    Failure::Configuration(format!("the configuration can't be used: {}", describe(error)))
}

/// What is wrong and where, without the value: it may be a secret in the wrong place.
pub(crate) fn describe(error: &ConfigError) -> String {
    if let ConfigError::At { error, key: Some(key), .. } = error {
        let (why, what) = (describe(error), error.to_string());
        return match why.strip_prefix('`') {
            Some(rest) if unknown_field(&what).is_some() => format!("`{key}.{rest}"),
            _ if why.starts_with("is none of") => format!("`{key}` {why}"),
            _ => format!("{why}, in `{key}`"),
        };
    }
    if let ConfigError::Type { expected, key, .. } = error {
        let key = key.as_deref().unwrap_or("a key");
        return format!("`{key}` has a value of the wrong type, expected {expected}");
    }
    let message = error.to_string();
    if let Some((unknown, names)) = unknown_field(&message) {
        let advice = nearest(&unknown, &names).map(|right| format!("; `{right}` is one"));
        let all =
            || if names.is_empty() { String::new() } else { format!("; there are `{}`", names.join("`, `")) };
        return format!("`{unknown}` is no setting{}", advice.unwrap_or_else(all));
    }
    match message.split_once(", expected") {
        Some((problem, expected)) if problem.starts_with("invalid") => {
            format!("a value is of the wrong type, expected{expected}")
        }
        _ => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_the_wrong_type_is_not_shown() {
        let variable = ("DATA_ADAPTER__OTP__PREVIOUS_KEYS".into(), "s3cret".into());
        let refusal = load_with(&Flags::default(), [variable].into_iter()).unwrap_err().to_string();
        assert!(refusal.contains("previous_keys") && !refusal.contains("s3cret"), "{refusal}");
    }
}
