use serde::Serialize;
use utoipa::ToSchema;

/// `GET /api/service/status`
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceStatusResponse<'a> {
    /// `powerauth-data-adapter`, whoever answers.
    pub application_name: &'static str,
    /// The name for people.
    pub application_display_name: &'static str,
    /// The environment, from the configuration.
    pub application_environment: &'a str,
    /// The version of the program.
    pub version: &'static str,
    /// When it was built, as `yyyy-MM-dd'T'HH:mm:ss.SSS+0000`.
    pub build_time: &'a str,
    /// Now, in the same form.
    pub timestamp: String,
}
