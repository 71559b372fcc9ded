use secrecy::SecretString;
use utoipa::ToSchema;

use super::reader::{SecurityRequest, differs};
use super::{Category, Culture, FactorOption, LogoutReason, ScaType};
use crate::json::Reader;

/// How many characters an SCA reference number has.
const REFERENCE_LENGTH: usize = 36;

/// `POST /security/logout`
#[derive(Debug, ToSchema)]
pub struct LogoutRequest {
    /// Why the token is given back.
    #[schema(rename = "LogoutReason")]
    pub reason: Option<LogoutReason>,
    /// What the caller calls this request. It comes back as it came.
    #[schema(rename = "ClientRequestReference", max_length = 50, pattern = r"^[^\x00]*$")]
    pub reference: Option<String>,
    /// The language of the answer; English where it is absent.
    #[schema(rename = "CultureID", value_type = Option<Culture>)]
    pub culture: Option<Culture>,
}

/// `POST /security/GetSCAPendingRequest` and `POST /security/ListSDKDevices`
#[derive(Debug, ToSchema)]
pub struct ConsumerRequest {
    /// Whose requests or devices.
    #[schema(rename = "ConsumerID")]
    pub consumer: i32,
    /// What the caller calls this request. It comes back as it came.
    #[schema(rename = "ClientRequestReference", max_length = 50, pattern = r"^[^\x00]*$")]
    pub reference: Option<String>,
    /// The language of the answer; English where it is absent.
    #[schema(rename = "CultureID", value_type = Option<Culture>)]
    pub culture: Option<Culture>,
}

/// `POST /security/DeRegisterSDKDevice`
#[derive(Debug, ToSchema)]
pub struct DeregisterRequest {
    /// Whose device.
    #[schema(rename = "ConsumerID")]
    pub consumer: i32,
    /// Which one.
    #[schema(rename = "SDKDeviceReferenceID")]
    pub device: i64,
    /// What the caller calls this request. It comes back as it came.
    #[schema(rename = "ClientRequestReference", max_length = 50, pattern = r"^[^\x00]*$")]
    pub reference: Option<String>,
    /// The language of the answer; English where it is absent.
    #[schema(rename = "CultureID", value_type = Option<Culture>)]
    pub culture: Option<Culture>,
}

/// `POST /security/PostLoginDetails`
#[derive(Debug, ToSchema)]
pub struct PostLoginRequest {
    /// Who logs in.
    #[schema(rename = "ConsumerID")]
    pub consumer: i32,
    /// The first factor, which the partner has checked.
    #[schema(rename = "SCAOptionID1FA")]
    pub first: Option<FactorOption>,
    /// The second one, where the partner has checked it too. It is of another category than the first.
    #[schema(rename = "SCAOptionID2FA")]
    pub second: Option<FactorOption>,
    /// Whether the second factor is asked for here: on the consumer's device, or by a code.
    #[schema(rename = "DoSecondFactor", value_type = Option<bool>)]
    pub do_second: bool,
    /// What the caller calls this request. It comes back as it came.
    #[schema(rename = "ClientRequestReference", max_length = 50, pattern = r"^[^\x00]*$")]
    pub reference: Option<String>,
    /// The language of the answer; English where it is absent.
    #[schema(rename = "CultureID", value_type = Option<Culture>)]
    pub culture: Option<Culture>,
}

/// `POST /security/Authorize`
#[derive(Debug, ToSchema)]
pub struct AuthorizeRequest {
    /// Which request, in any case of letters.
    #[schema(rename = "SCAReferenceNumber", min_length = 36, max_length = 36, pattern = r"^[^\x00]*$")]
    pub sca: String,
    /// Whether it is to be cancelled.
    #[schema(rename = "CancelRequest", value_type = Option<bool>)]
    pub cancel: bool,
    /// The encrypted code; `None` where there is none. It is nothing to show.
    #[schema(rename = "SCAIdentification", value_type = Option<String>, max_length = 50, pattern = r"^[^\x00]*$")]
    pub identification: Option<SecretString>,
    /// The first factor of a client managed request.
    #[schema(rename = "FirstFactorSCAOptionType")]
    pub first: Option<FactorOption>,
    /// The second one. It is of another category than the first.
    #[schema(rename = "SecondFactorSCAOptionType")]
    pub second: Option<FactorOption>,
    /// What the caller calls this request. It comes back as it came.
    #[schema(rename = "ClientRequestReference", max_length = 50, pattern = r"^[^\x00]*$")]
    pub reference: Option<String>,
    /// The language of the answer; English where it is absent.
    #[schema(rename = "CultureID", value_type = Option<Culture>)]
    pub culture: Option<Culture>,
}

/// `POST /security/RegenerateSCA`
#[derive(Debug, ToSchema)]
pub struct RegenerateRequest {
    /// Which request, in any case of letters.
    #[schema(rename = "SCAReferenceNumber", min_length = 36, max_length = 36, pattern = r"^[^\x00]*$")]
    pub sca: String,
    /// How it is approved.
    #[schema(rename = "SCAType")]
    pub kind: ScaType,
    /// What the caller calls this request. It comes back as it came.
    #[schema(rename = "ClientRequestReference", max_length = 50, pattern = r"^[^\x00]*$")]
    pub reference: Option<String>,
    /// The language of the answer; English where it is absent.
    #[schema(rename = "CultureID", value_type = Option<Culture>)]
    pub culture: Option<Culture>,
}

/// What every request has.
macro_rules! common_members {
    () => {
        fn reference(&self) -> Option<&str> {
            self.reference.as_deref()
        }

        fn culture(&self) -> Option<Culture> {
            self.culture
        }
    };
}

impl SecurityRequest for LogoutRequest {
    fn read(body: &mut Reader<'_>) -> Self {
        Self { reason: body.optional("LogoutReason"), reference: body.reference(), culture: body.culture() }
    }

    common_members!();
}

impl SecurityRequest for ConsumerRequest {
    fn read(body: &mut Reader<'_>) -> Self {
        Self {
            consumer: body.required("ConsumerID", 0),
            reference: body.reference(),
            culture: body.culture(),
        }
    }

    common_members!();
}

impl SecurityRequest for DeregisterRequest {
    fn read(body: &mut Reader<'_>) -> Self {
        Self {
            consumer: body.required("ConsumerID", 0),
            device: body.required("SDKDeviceReferenceID", 0),
            reference: body.reference(),
            culture: body.culture(),
        }
    }

    common_members!();
}

impl SecurityRequest for PostLoginRequest {
    fn read(body: &mut Reader<'_>) -> Self {
        let consumer = body.required("ConsumerID", 0);
        let (first, second) = body.factors("SCAOptionID1FA", "SCAOptionID2FA");
        let do_second = body.optional("DoSecondFactor").unwrap_or_default();
        // What is asked for here is something that the consumer has.
        if do_second && first.is_some_and(|first| first.category() == Category::Possession) {
            body.refuse("DoSecondFactor", differs("SCAOptionID1FA", Category::Possession));
        }
        Self { consumer, first, second, do_second, reference: body.reference(), culture: body.culture() }
    }

    common_members!();
}

impl SecurityRequest for AuthorizeRequest {
    fn read(body: &mut Reader<'_>) -> Self {
        let (first, second) = body.factors("FirstFactorSCAOptionType", "SecondFactorSCAOptionType");
        Self {
            sca: body.required_text("SCAReferenceNumber", REFERENCE_LENGTH),
            cancel: body.optional("CancelRequest").unwrap_or_default(),
            identification: body.text("SCAIdentification", 0..=50).map(Into::into),
            first,
            second,
            reference: body.reference(),
            culture: body.culture(),
        }
    }

    common_members!();
}

impl SecurityRequest for RegenerateRequest {
    fn read(body: &mut Reader<'_>) -> Self {
        Self {
            sca: body.required_text("SCAReferenceNumber", REFERENCE_LENGTH),
            kind: body.required("SCAType", ScaType::ClientManaged),
            reference: body.reference(),
            culture: body.culture(),
        }
    }

    common_members!();
}

#[cfg(test)]
mod tests;
