use std::path::{Path, PathBuf};

use config::{Config, Environment, File, FileFormat};

use super::Settings;
use crate::demo;
use crate::failure::Failure;

const DEFAULTS: &str = include_str!("defaults.toml");

/// What the command line says about the configuration.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flags {
    pub(crate) file: Option<PathBuf>,
    pub(crate) host: Option<String>,
    pub(crate) port: Option<u16>,
}

/// Reads the configuration of this process.
pub(crate) fn load(flags: &Flags) -> Result<Settings, Failure> {
    load_with(flags, Environment::with_prefix("DATA_ADAPTER"))
}

/// Reads the configuration with an environment of its own.
pub(super) fn load_with(flags: &Flags, environment: Environment) -> Result<Settings, Failure> {
    let file = match &flags.file {
        Some(path) => read(path)?,
        None => demo::CONFIGURATION.to_owned(),
    };
    let environment = environment.prefix_separator("__").separator("__");
    let mut builder = Config::builder()
        .add_source(File::from_str(DEFAULTS, FileFormat::Toml))
        .add_source(File::from_str(&file, FileFormat::Toml))
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

fn unusable(error: &config::ConfigError) -> Failure {
    Failure::Configuration(format!("the configuration can't be used: {error}"))
}
