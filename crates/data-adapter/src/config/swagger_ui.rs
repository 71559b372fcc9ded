use serde::{Deserialize, Serialize};

/// `[swagger_ui]`: the API to try out in a browser.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SwaggerUiSettings {
    enabled: Option<bool>,
}

impl SwaggerUiSettings {
    /// Whether it is on; as the sandbox is, unless the configuration says otherwise.
    pub(crate) fn is_enabled(&self, sandbox: bool) -> bool {
        self.enabled.unwrap_or(sandbox)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_on_where_the_sandbox_is_unless_told_otherwise() {
        let default = SwaggerUiSettings::default();
        assert!(default.is_enabled(true) && !default.is_enabled(false));
        let (on, off) =
            (SwaggerUiSettings { enabled: Some(true) }, SwaggerUiSettings { enabled: Some(false) });
        assert!(on.is_enabled(false) && !off.is_enabled(true));
    }
}
