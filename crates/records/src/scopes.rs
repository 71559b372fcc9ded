use std::collections::BTreeSet;

use crate::Unreadable;

/// Scopes of a client, as stores have them: `["aisp", "pisp"]`, in order, each once, so that the same scopes are the same text.
#[must_use]
pub fn write_scopes(scopes: &BTreeSet<String>) -> String {
    serde_json::json!(scopes).to_string()
}

/// Scopes of a client, from a store.
///
/// # Errors
///
/// [`Unreadable`] when they are none.
pub fn read_scopes(json: &str) -> Result<BTreeSet<String>, Unreadable> {
    serde_json::from_str(json).map_err(|error| Unreadable::new("scopes of a client", &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_scopes_are_the_same_text() {
        let scopes: BTreeSet<_> = ["pisp", "aisp", "pisp"].map(str::to_owned).into();
        assert_eq!(write_scopes(&scopes), r#"["aisp","pisp"]"#);
        assert_eq!(read_scopes(r#"["aisp","pisp"]"#), Ok(scopes));
        assert!(read_scopes("{}").is_err());
    }
}
