use serde_json::Value;

/// Whether a media type is one of JSON.
#[must_use]
pub fn is_json(content_type: &str) -> bool {
    content_type.split(';').next().is_some_and(|kind| kind.trim().ends_with("json"))
}

/// Whether what a template made is JSON.
///
/// # Errors
///
/// What is wrong, to be read after what the template is called.
pub fn check_json(text: &str) -> Result<(), String> {
    let read: Result<Value, _> = serde_json::from_str(text);
    read.map(drop)
        .map_err(|_| "does not make JSON: `| tojson` writes a value with what it needs around it".to_owned())
}
