use std::process::ExitCode;

use data_adapter_core::AdapterError;
use thiserror::Error;

/// Why the program stops, in a sentence that says what to do.
#[derive(Debug, Error)]
pub enum Failure {
    /// The configuration can't be used.
    #[error("{0}")]
    Configuration(String),
    /// Something else.
    #[error("{0}")]
    Failed(String),
}

impl Failure {
    /// 78 for the configuration (`EX_CONFIG` of sysexits.h), 1 for anything else. Usage errors are 2.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Configuration(_) => ExitCode::from(78),
            Self::Failed(_) => ExitCode::FAILURE,
        }
    }
}

impl From<AdapterError> for Failure {
    fn from(error: AdapterError) -> Self {
        Self::Failed(error.to_string())
    }
}
