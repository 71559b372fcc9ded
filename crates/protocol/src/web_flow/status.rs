use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `GET /api/service/status`
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceStatusResponse<'a> {
    /// `powerauth-data-adapter`, whoever answers.
    pub application_name: Cow<'a, str>,
    /// The name for people.
    pub application_display_name: Cow<'a, str>,
    /// The environment, from the configuration.
    pub application_environment: Cow<'a, str>,
    /// The version of the program.
    pub version: Cow<'a, str>,
    /// When it was built, as `yyyy-MM-dd'T'HH:mm:ss.SSS+0000`.
    pub build_time: Cow<'a, str>,
    /// Now, in the same form.
    pub timestamp: Cow<'a, str>,
}
