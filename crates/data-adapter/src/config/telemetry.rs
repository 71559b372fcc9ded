use std::path::PathBuf;
#[cfg(feature = "opentelemetry")]
use std::time::Duration;

use reqwest::Url;
use reqwest::header::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use super::secret::{Secret, read_text};
use super::{check_range, refuse};
use crate::failure::Failure;

/// `[telemetry]`: traces, exported by OpenTelemetry.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TelemetrySettings {
    /// Empty for no traces.
    endpoint: String,
    pub(crate) service_name: String,
    /// The share of traces to record among those that begin here.
    pub(crate) sampling_ratio: f64,
    timeout_ms: u64,
    auth_header: String,
    auth_value: Option<Secret>,
    auth_value_file: Option<PathBuf>,
}

impl Default for TelemetrySettings {
    fn default() -> Self {
        Self {
            endpoint: String::new(),
            service_name: "data-adapter".to_owned(),
            sampling_ratio: 1.0,
            timeout_ms: 10_000,
            auth_header: "Authorization".to_owned(),
            auth_value: None,
            auth_value_file: None,
        }
    }
}

impl TelemetrySettings {
    pub(super) fn validate(&self) -> Result<(), Failure> {
        if self.service_name.trim().is_empty() {
            return refuse("telemetry.service_name", "is empty; it is what a trace calls this service");
        }
        if !(0.0..=1.0).contains(&self.sampling_ratio) {
            return refuse("telemetry.sampling_ratio", "has to be from 0 to 1");
        }
        check_range("telemetry.timeout_ms", self.timeout_ms, 100..=60_000)?;
        if HeaderName::from_bytes(self.auth_header.as_bytes()).is_err() {
            return refuse("telemetry.auth_header", "is not the name of a header");
        }
        let has_auth = self.auth_value.is_some() || self.auth_value_file.is_some();
        let Some(endpoint) = self.endpoint()? else {
            if has_auth {
                let why = "is set, but nothing is exported; set `telemetry.endpoint` as well";
                return refuse("telemetry.auth_value", why);
            }
            return Ok(());
        };
        if has_auth && endpoint.scheme() == "http" && !is_this_machine(&endpoint) {
            let why = "has to begin with https:// on another machine than this one: `telemetry.auth_value` goes there";
            return refuse("telemetry.endpoint", why);
        }
        if !cfg!(feature = "opentelemetry") {
            let why = "is set, but this program was built without the feature `opentelemetry`; build it with `make build \
                       FEATURES=opentelemetry`, or leave the setting out";
            return refuse("telemetry.endpoint", why);
        }
        Ok(())
    }

    /// Where spans go; `None` when nowhere.
    pub(crate) fn endpoint(&self) -> Result<Option<Url>, Failure> {
        if self.endpoint.is_empty() {
            return Ok(None);
        }
        let key = "telemetry.endpoint";
        let url = match Url::parse(&self.endpoint) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => url,
            Ok(_) | Err(_) => return refuse(key, "is not a URL that begins with https:// or http://"),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return refuse(key, "has credentials in it; `telemetry.auth_value` is for them");
        }
        if url.path() == "/" {
            return refuse(key, "has no path; that of a collector is /v1/traces");
        }
        Ok(Some(url))
    }

    /// How long an export may take.
    #[cfg(feature = "opentelemetry")]
    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    /// The header to show to the collector, which no `Debug` shows; `None` without one.
    pub(crate) fn auth(&self) -> Result<Option<(HeaderName, HeaderValue)>, Failure> {
        let (value, file) = (self.auth_value.as_ref(), self.auth_value_file.as_ref());
        let Some((text, source)) = read_text("telemetry.auth_value", value, file)? else { return Ok(None) };
        let name = HeaderName::from_bytes(self.auth_header.as_bytes());
        match (name, HeaderValue::from_str(text.trim())) {
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(true);
                Ok(Some((name, value)))
            }
            _ => refuse(&source, "has characters that no header can carry"),
        }
    }
}

fn is_this_machine(url: &Url) -> bool {
    matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}
