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

    /// A warning for each file of the folder that holds no texts. Names that begin with a dot are those of tools, such as
    /// `..data` in a volume of Kubernetes.
    pub(super) fn warnings(&self) -> Vec<String> {
        let entries =
            self.folder.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
        let others = entries.filter(|entry| {
            let path = PathBuf::from(entry.file_name());
            !path.as_os_str().as_encoded_bytes().starts_with(b".")
                && path.extension().is_none_or(|extension| !extension.eq_ignore_ascii_case("ftl"))
        });
        let mut names: Vec<_> = others.map(|entry| entry.path().display().to_string()).collect();
        names.sort_unstable();
        let warn = |name| format!("`texts.folder`: {name} does not end in `.ftl` and is ignored");
        names.into_iter().map(warn).collect()
    }
}
