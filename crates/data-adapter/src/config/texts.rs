use std::path::PathBuf;

use data_adapter_sca::Texts;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// `[texts]`: what people read.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TextsSettings {
    folder: Option<PathBuf>,
}

impl TextsSettings {
    pub(crate) fn texts(&self) -> Result<Texts, Failure> {
        let texts = Texts::built_in();
        let texts = match &self.folder {
            None => texts,
            Some(folder) => texts.and_then(|texts| texts.with_folder(folder)),
        };
        texts.map_err(|error| Failure::Configuration(format!("`texts.folder`: {error}")))
    }
}
