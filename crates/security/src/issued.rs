use data_adapter_core::CodeDelivery;
use data_adapter_protocol::security::{ResponseCode, ScaRes, SecurityRequest};
use data_adapter_sca::IssuedRequest;

use crate::error::ApiError;
use crate::extract::Asked;
use crate::sca_res::sca_res;
use crate::state::Security;

impl Security {
    /// A request that was made or renewed, with its code encrypted where the partner brings it to the consumer. One whose message
    /// could not be sent is open, and can be regenerated.
    pub(crate) fn issued<T: SecurityRequest>(
        &self,
        asked: &Asked<T>,
        issued: &IssuedRequest,
    ) -> Result<(ResponseCode, ScaRes), ApiError> {
        let key = self.parts.tokens.security_key(&asked.token);
        let identification = issued.code.as_ref().map(|code| key.encrypt(code));
        let sca = sca_res(&issued.request, &self.words(asked), &self.settings.time_zone, identification)?;
        let code = match issued.delivery {
            CodeDelivery::Succeeded => ResponseCode::Success,
            CodeDelivery::Failed | CodeDelivery::Stopped(_) => ResponseCode::NotSent,
        };
        Ok((code, sca))
    }
}
