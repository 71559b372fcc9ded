use serde::Serialize;
use utoipa::ToSchema;

use super::{PendingRequest, ResponseCode, ScaRes, SdkDevice};

/// What every answer ends with that is no error.
#[derive(Debug, Serialize, ToSchema)]
pub struct Envelope {
    /// The code in words, in the language of the request.
    #[serde(rename = "Description")]
    pub description: String,
    /// What became of it.
    #[serde(rename = "ResponseCode")]
    pub code: ResponseCode,
    /// When, with milliseconds and without a zone.
    #[serde(rename = "ResponseDateTime")]
    pub at: String,
    /// What the caller called it; `null` where it did not.
    #[serde(rename = "ClientRequestReference")]
    #[schema(required)]
    pub reference: Option<String>,
    /// The number of this answer, which no other one has. Later ones have greater ones.
    #[serde(rename = "RequestID")]
    pub number: i64,
}

/// The answer to `logout` and `DeRegisterSDKDevice`.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlainResponse {
    /// Of all answers.
    #[serde(flatten)]
    pub envelope: Envelope,
}

/// The answer to `PostLoginDetails` and `RegenerateSCA`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScaResponse {
    /// The SCA request that there is now; `null` where there is none.
    #[serde(rename = "SCARes")]
    #[schema(required)]
    pub sca: Option<ScaRes>,
    /// Of all answers.
    #[serde(flatten)]
    pub envelope: Envelope,
}

/// The answer to `Authorize`.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuthorizeResponse {
    /// The number of this answer once more.
    #[serde(rename = "ReferenceID")]
    pub reference: i64,
    /// The SCA request that was named, in upper case.
    #[serde(rename = "SCAReferenceNumber")]
    #[schema(min_length = 36, max_length = 36)]
    pub sca_reference: String,
    /// The SCA request as it is now; `null` where there is none.
    #[serde(rename = "SCARes")]
    #[schema(required)]
    pub sca: Option<ScaRes>,
    /// Of all answers.
    #[serde(flatten)]
    pub envelope: Envelope,
}

/// The answer to `GetSCAPendingRequest`.
#[derive(Debug, Serialize, ToSchema)]
pub struct PendingResponse {
    /// Those that wait, oldest first.
    #[serde(rename = "SCAPendingRequests")]
    pub requests: Vec<PendingRequest>,
    /// Of all answers.
    #[serde(flatten)]
    pub envelope: Envelope,
}

/// The answer to `ListSDKDevices`.
#[derive(Debug, Serialize, ToSchema)]
pub struct DevicesResponse {
    /// Those that are registered, oldest first.
    #[serde(rename = "SDKDevicesList")]
    pub devices: Vec<SdkDevice>,
    /// Of all answers.
    #[serde(flatten)]
    pub envelope: Envelope,
}
