use std::path::{Path, PathBuf};

use config::{Config, ConfigError, Environment, File, FileFormat};

use super::Settings;
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
    check_names(std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()))?;
    load_with(flags, Environment::with_prefix("DATA_ADAPTER"))
}

/// Reads the configuration with an environment of its own.
pub(super) fn load_with(flags: &Flags, environment: Environment) -> Result<Settings, Failure> {
    let file = match &flags.file {
        Some(path) => read(path)?,
        None => demo::CONFIGURATION.to_owned(),
    };
    read_all(&file, flags, environment)
}

/// Reads a configuration alone.
#[cfg(test)]
pub(crate) fn load_text(file: &str) -> Result<Settings, Failure> {
    let environment = Environment::with_prefix("DATA_ADAPTER").source(Some(config::Map::new()));
    read_all(file, &Flags::default(), environment)
}

fn read_all(file: &str, flags: &Flags, environment: Environment) -> Result<Settings, Failure> {
    let environment = environment.prefix_separator("__").separator("__");
    let mut builder = Config::builder()
        .add_source(File::from_str(DEFAULTS, FileFormat::Toml))
        .add_source(File::from_str(file, FileFormat::Toml))
        .add_source(environment);
    if let Some(host) = &flags.host {
        builder = builder.set_override("server.host", host.as_str()).map_err(|error| unusable(&error))?;
    }
    if let Some(port) = flags.port {
        builder = builder.set_override("server.port", port).map_err(|error| unusable(&error))?;
    }
    let settings: Settings =
        builder.build().and_then(Config::try_deserialize).map_err(|error| unusable(&error))?;
    settings.validate()?;
    Ok(settings)
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

fn unusable(error: &ConfigError) -> Failure {
    Failure::Configuration(format!("the configuration can't be used: {}", describe(error)))
}

/// What is wrong and where, without the value: it may be a secret in the wrong place.
pub(crate) fn describe(error: &ConfigError) -> String {
    if let ConfigError::At { error, key: Some(key), .. } = error {
        return format!("{}, in `{key}`", describe(error));
    }
    if let ConfigError::Type { expected, key, .. } = error {
        let key = key.as_deref().unwrap_or("a key");
        return format!("`{key}` has a value of the wrong type, expected {expected}");
    }
    let message = error.to_string();
    match message.split_once(", expected") {
        Some((problem, expected)) if problem.starts_with("invalid") => {
            format!("a value is of the wrong type, expected{expected}")
        }
        _ => message,
    }
}

/// A variable that looks like a setting, and is none, is a mistake that nobody would notice.
fn check_names(names: impl Iterator<Item = String>) -> Result<(), Failure> {
    for name in names {
        if name.starts_with("DATA_ADAPTER_") && !name.starts_with("DATA_ADAPTER__") && name != FILE_VARIABLE {
            return Err(Failure::Configuration(format!(
                "the environment variable {name} is no setting; names have two underscores, as in \
                 DATA_ADAPTER__SERVER__PORT"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_with_one_underscore_too_few_is_refused_by_name() {
        let check = |name: &str| check_names([name.to_owned()].into_iter());
        let refusal = check("DATA_ADAPTER_SERVER__PORT").unwrap_err().to_string();
        assert!(refusal.contains("DATA_ADAPTER_SERVER__PORT"), "{refusal}");
        for fine in ["DATA_ADAPTER__SERVER__PORT", FILE_VARIABLE, "PATH"] {
            assert!(check(fine).is_ok(), "{fine}");
        }
    }

    #[test]
    fn a_value_of_the_wrong_type_is_not_shown() {
        let source = [("DATA_ADAPTER__OTP__PREVIOUS_KEYS".to_owned(), "s3cret".to_owned())];
        let environment = Environment::with_prefix("DATA_ADAPTER").source(Some(source.into()));
        let refusal = load_with(&Flags::default(), environment).unwrap_err().to_string();
        assert!(refusal.contains("previous_keys") && !refusal.contains("s3cret"), "{refusal}");
    }
}
