use crate::Unreadable;

/// Options of a form, each an id with a yes or no, as stores have them: `[["CONSENT_INIT", true], …]`.
#[must_use]
pub fn write_options(options: &[(&str, bool)]) -> String {
    serde_json::json!(options).to_string()
}

/// Options from a store.
///
/// # Errors
///
/// [`Unreadable`] when they are none.
pub fn read_options(json: &str) -> Result<Vec<(String, bool)>, Unreadable> {
    serde_json::from_str(json).map_err(|error| Unreadable::new("options of a form", &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_as_they_were_written() {
        let json = write_options(&[("CONSENT_INIT", true), ("\"", false)]);
        assert_eq!(json, r#"[["CONSENT_INIT",true],["\"",false]]"#);
        assert_eq!(
            read_options(&json),
            Ok(vec![("CONSENT_INIT".to_owned(), true), ("\"".to_owned(), false)])
        );
        assert!(read_options("{}").is_err());
    }
}
