use serde::Serialize;
use utoipa::ToSchema;

use super::ScaRes;

/// An SCA request that waits to be approved.
#[derive(Debug, Serialize, ToSchema)]
pub struct PendingRequest {
    /// What is approved: the title, and of a payment its amount, currency and payee.
    #[serde(rename = "Description")]
    pub description: String,
    /// The request itself.
    #[serde(flatten)]
    pub sca: ScaRes,
}
