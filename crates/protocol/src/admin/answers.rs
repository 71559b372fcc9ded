use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use super::values::{DeliveryStatusName, FactorName, ScaMethod, UserFactor};

/// The answer to `POST /admin/sca-requests`
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScaRequestCreated {
    /// What the request is called by everybody.
    #[schema(min_length = 36, max_length = 36)]
    pub sca_reference_number: String,
    /// From when on it is too old.
    #[schema(format = DateTime)]
    pub expires_at: String,
    /// Whether the message left. Where it did not, the request is open all the same, and a partner can have it sent again.
    pub delivered: bool,
}

/// The answer to `GET /admin/users/{userId}`
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserAnswer {
    /// The user's id.
    pub user_id: String,
    /// Whether the directory knows the user. Where it does not, this is what was left behind.
    pub known: bool,
    /// What of theirs is blocked.
    pub blocks: Vec<BlockEntry>,
    /// On which devices they are asked, oldest first.
    pub devices: Vec<DeviceEntry>,
    /// What they have been asked to approve and have not answered, oldest first.
    pub challenges: Vec<ChallengeEntry>,
}

/// The answer to `GET /admin/blocks`
#[derive(Debug, Serialize, ToSchema)]
pub struct BlocksAnswer {
    /// Every block there is now, by user.
    pub blocks: Vec<BlockEntry>,
}

/// A block.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BlockEntry {
    /// The user's id, or the name of a partner.
    pub user_id: String,
    /// What they got wrong too often.
    pub factor: FactorName,
    /// How many failures are counted. A block that was ordered, because a code was asked for too often, counts as if all that are
    /// allowed had been made.
    pub failures: u32,
    /// When it ends.
    #[schema(format = DateTime)]
    pub until: String,
}

/// A device that a user is asked on.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceEntry {
    /// Its number.
    pub sdk_device_reference_id: i64,
    /// What its owner calls it.
    pub device_name: String,
    /// What it is.
    pub device_type: String,
    /// The version of its operating system.
    pub os_version: String,
    /// Since when it is registered.
    #[schema(format = DateTime)]
    pub registered_at: String,
}

/// The answer to `POST /admin/users/{userId}/devices`
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceRegistered {
    /// The number of the device.
    pub sdk_device_reference_id: i64,
}

/// The answer to `GET /admin/challenges`
#[derive(Debug, Serialize, ToSchema)]
pub struct ChallengesAnswer {
    /// Everything that waits for an answer, oldest first.
    pub challenges: Vec<ChallengeEntry>,
}

/// What a user was asked to approve. There is no code in it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChallengeEntry {
    /// What the request is called by everybody; to Web Flow its `messageId`, in small letters.
    pub sca_reference_number: String,
    /// Who was asked; absent where it is nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub user_id: Option<String>,
    /// The user's organization, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub organization_id: Option<String>,
    /// The operation that it approves.
    pub operation_id: String,
    /// The name of the operation.
    pub operation_name: String,
    /// How it is approved.
    #[serde(rename = "type")]
    pub method: ScaMethod,
    /// What it is about in a few words, where that was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub title: Option<String>,
    /// More about it, where that was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub description: Option<String>,
    /// Of a payment, with the digits that it came with.
    #[serde(
        skip_serializing_if = "Option::is_none",
        with = "rust_decimal::serde::arbitrary_precision_option"
    )]
    #[schema(value_type = f64, required = false)]
    pub amount: Option<Decimal>,
    /// Of a payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub currency: Option<String>,
    /// The payee's account, of a payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub payee: Option<String>,
    /// What is known of the message with its code, where a gateway took one that tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub delivery: Option<DeliveryEntry>,
    /// When it was asked.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// From when on it is too late.
    #[schema(format = DateTime)]
    pub expires_at: String,
}

/// What is known of a message. There is neither a number nor a text in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryEntry {
    /// What became of it.
    pub status: DeliveryStatusName,
    /// The gateway that took it, by its id in the configuration.
    pub gateway: String,
    /// Why it did not arrive, in the gateway's own short code, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reason: Option<String>,
}

/// The answer to an unblocking.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnblockAnswer {
    /// What had failures, which are forgotten now, and so has no block any more; empty where there were none.
    pub lifted: Vec<FactorName>,
}

/// The answer to `POST /admin/users/{userId}/sessions/end`
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionsEnded {
    /// How many sessions those were.
    pub ended: u64,
}

/// The answer to `GET /admin/users/{userId}/consents`
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentsAnswer {
    /// What the user said, oldest first.
    pub consents: Vec<ConsentEntry>,
    /// What `after` is for the next of them; absent where these are the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next: Option<u64>,
}

/// What a user said to a consent form.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConsentEntry {
    /// Which of the user's it is, from 1.
    #[schema(minimum = 1)]
    pub number: u64,
    /// Who said it.
    pub user_id: String,
    /// Their organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub organization_id: Option<String>,
    /// For which operation.
    pub operation_id: String,
    /// To which application; absent where the operation named none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub client_id: Option<String>,
    /// The scopes that it asked for; absent where the operation named none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub scopes: Option<Vec<String>>,
    /// The name of the operation that the form belongs to.
    pub form: String,
    /// The version of the texts that were shown.
    pub version: String,
    /// Their language.
    pub language: String,
    /// When.
    #[schema(format = DateTime)]
    pub given_at: String,
    /// What was ticked and what was not.
    pub options: Vec<ConsentChoice>,
    /// Until when it stands for others that the same application asks for; absent where it stands for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, nullable = false)]
    pub remembered_until: Option<String>,
    /// When the user withdrew it; absent where they did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, nullable = false)]
    pub withdrawn_at: Option<String>,
}

/// The answer to `POST /admin/users/{userId}/consents/withdraw`
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentsWithdrawn {
    /// How many consents were withdrawn now.
    pub withdrawn: u64,
}

/// One option of a consent form.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentChoice {
    /// Which one.
    pub id: String,
    /// Whether it was ticked.
    pub checked: bool,
}

impl From<UserFactor> for FactorName {
    fn from(factor: UserFactor) -> Self {
        match factor {
            UserFactor::Code => Self::Code,
            UserFactor::Password => Self::Password,
        }
    }
}
