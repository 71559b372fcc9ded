use std::borrow::Cow;

use thiserror::Error;

/// A setting that can't be used, without anything secret that is in it.
#[derive(Debug, Error)]
#[error("`{key}` {why}")]
pub struct SettingError {
    key: Cow<'static, str>,
    why: String,
}

impl SettingError {
    /// That the setting with this key can't be used; `why` is read after the key.
    pub fn new(key: impl Into<Cow<'static, str>>, why: impl Into<String>) -> Self {
        Self { key: key.into(), why: why.into() }
    }

    /// What operators know the setting by, within its section.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What is wrong, to be read after the key.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }
}
