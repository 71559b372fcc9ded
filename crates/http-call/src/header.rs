use reqwest::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, HeaderValue, TRANSFER_ENCODING,
};

use crate::setting::SettingError;

/// What is said by the connection, the body or a setting of its own.
const OURS: [HeaderName; 8] = [
    AUTHORIZATION,
    CONTENT_TYPE,
    CONTENT_LENGTH,
    HOST,
    TRANSFER_ENCODING,
    CONNECTION,
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("traceparent"),
];

/// The name of a header that the configuration may say.
///
/// # Errors
///
/// Why `name`, in the setting `key`, is not one.
pub fn header_name(key: &'static str, name: &str) -> Result<HeaderName, SettingError> {
    let parsed: HeaderName = name
        .parse()
        .map_err(|_| SettingError::new(key, format!("has `{name}`, which is no name of a header")))?;
    if OURS.contains(&parsed) {
        return Err(SettingError::new(key, format!("has `{name}`, which is not for it to say")));
    }
    Ok(parsed)
}

/// The value of a header.
///
/// # Errors
///
/// That no header can carry `value`, in words that are read after the setting `key` and do not repeat it.
pub fn header_value(key: &'static str, name: &str, value: &str) -> Result<HeaderValue, SettingError> {
    value
        .parse()
        .map_err(|_| SettingError::new(key, format!("has a value of `{name}` that no header can carry")))
}
