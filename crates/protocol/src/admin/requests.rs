use utoipa::ToSchema;

use super::values::{ScaMethod, UserFactor};
use crate::json::{Problems, Reader, read_members};

/// A request that came as JSON.
pub trait AdminRequest: Sized {
    /// Reads the members. What stands for one that is not usable does not matter: its problem is noted.
    fn read(body: &mut Reader<'_>) -> Self;
}

/// Reads the body of a request.
///
/// # Errors
///
/// All that is wrong with it.
pub fn read<T: AdminRequest>(body: &[u8]) -> Result<T, Problems> {
    read_members(body, T::read)
}

/// `POST /admin/sca-requests`
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct CreateScaRequest {
    /// Who has to approve it.
    #[schema(rename = "consumerId")]
    pub consumer: i32,
    /// How.
    #[schema(rename = "type")]
    pub method: ScaMethod,
    /// What it is about in a few words: letters, digits, punctuation and single blanks. The message with the code shows it, unless
    /// it is a payment.
    #[schema(min_length = 1, max_length = 100)]
    pub title: String,
    /// More about it.
    #[schema(max_length = 500)]
    pub description: Option<String>,
    /// Of a payment: more than zero, with at most 28 digits, and kept as it is written. A payment has `currency` and `payee` as well;
    /// nothing else has any of the three.
    #[schema(value_type = Option<f64>, exclusive_minimum = 0)]
    pub amount: Option<String>,
    /// Of a payment: three capital letters, or what the configuration allows besides.
    #[schema(min_length = 1, max_length = 256)]
    pub currency: Option<String>,
    /// The payee's account, of a payment: letters, digits, punctuation and single blanks.
    #[schema(min_length = 1, max_length = 256)]
    pub payee: Option<String>,
}

/// `POST /admin/users/{userId}/unblock`
#[derive(Debug, Default, ToSchema)]
pub struct UnblockRequest {
    /// What to lift; without it both.
    pub factor: Option<UserFactor>,
}

/// `POST /admin/users/{userId}/consents/withdraw`
#[derive(Debug, Default, ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct WithdrawConsentsRequest {
    /// Only consents to the form of the operation of this name.
    #[schema(min_length = 1, max_length = 256)]
    pub form: Option<String>,
    /// Only consents to the application of this id.
    #[schema(rename = "clientId", min_length = 1, max_length = 256)]
    pub client: Option<String>,
}

/// `POST /admin/users/{userId}/devices`
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct RegisterDeviceRequest {
    /// What its owner calls it: letters, digits, punctuation and single blanks, as in all three.
    #[schema(rename = "deviceName", min_length = 1, max_length = 100)]
    pub name: String,
    /// What it is, such as `iPhone 15`.
    #[schema(rename = "deviceType", min_length = 1, max_length = 50)]
    pub kind: String,
    /// The version of its operating system.
    #[schema(min_length = 1, max_length = 50)]
    pub os_version: String,
}

impl AdminRequest for CreateScaRequest {
    fn read(body: &mut Reader<'_>) -> Self {
        let request = Self {
            consumer: body.required("consumerId", 0),
            method: body.required("type", ScaMethod::Otp),
            title: body.filled_text("title", 1..=LONGEST_TITLE),
            description: body.text("description", 0..=500),
            amount: body.number("amount"),
            currency: body.text("currency", 1..=LONGEST_TEXT),
            payee: body.text("payee", 1..=LONGEST_TEXT),
        };
        all_or_none(body, ["amount", "currency", "payee"]);
        request
    }
}

/// How many characters a currency or a payee may have.
pub const LONGEST_TEXT: usize = 256;

/// How many characters a title may have.
pub const LONGEST_TITLE: usize = 100;

/// Notes each of these that is missing, where any is there.
fn all_or_none(body: &mut Reader<'_>, names: [&'static str; 3]) {
    let (missing, there): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| body.is_absent(name));
    for name in missing.into_iter().filter(|_| !there.is_empty()) {
        body.refuse(name, "is missing, as a payment has all of amount, currency and payee");
    }
}

impl AdminRequest for UnblockRequest {
    fn read(body: &mut Reader<'_>) -> Self {
        Self { factor: body.optional("factor") }
    }
}

impl AdminRequest for WithdrawConsentsRequest {
    fn read(body: &mut Reader<'_>) -> Self {
        Self { form: body.text("form", 1..=LONGEST_TEXT), client: body.text("clientId", 1..=LONGEST_TEXT) }
    }
}

impl AdminRequest for RegisterDeviceRequest {
    fn read(body: &mut Reader<'_>) -> Self {
        Self {
            name: body.filled_text("deviceName", 1..=100),
            kind: body.filled_text("deviceType", 1..=50),
            os_version: body.filled_text("osVersion", 1..=50),
        }
    }
}
