use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};

use crate::setting::SettingError;

/// Where secrets may go: by TLS, or on this machine. The URL may have been written with a secret in it, so that no error repeats
/// it.
///
/// # Errors
///
/// Why `url`, the setting `key`, is not such a URL.
pub fn service_url(key: &'static str, url: &str) -> Result<Url, SettingError> {
    let refuse = |why: &str| Err(SettingError::new(key, why));
    let Ok(parsed) = Url::parse(url) else {
        return refuse("is not a URL that begins with https:// or http://");
    };
    if !parsed.username().is_empty() || parsed.password().is_some() || parsed.query().is_some() {
        return refuse(
            "has credentials or a query in it, which `config show` would print; there are settings for both",
        );
    }
    match (parsed.scheme(), parsed.host_str()) {
        ("https", Some(_)) | ("http", Some("localhost" | "127.0.0.1" | "[::1]")) => Ok(parsed),
        ("http", Some(_)) => refuse("has to begin with https:// on another machine than this one"),
        _ => refuse("is not a URL that begins with https:// or http://"),
    }
}

/// The URL of a proxy, with its credentials if it wants some.
///
/// # Errors
///
/// Why `url`, the setting `key`, can't be one.
pub fn proxy_url(key: &'static str, url: &SecretString) -> Result<Url, SettingError> {
    match Url::parse(url.expose_secret()) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url),
        Ok(_) => Err(SettingError::new(key, "has to begin with http:// or https://, and to name a host")),
        Err(_) => Err(SettingError::new(key, "is not a URL")),
    }
}
