//! What every answer has in common.

use actix_web::HttpResponse;
use data_adapter_protocol::security::{
    Envelope, PlainResponse, ResponseCode, ScaRes, ScaResponse, SecurityRequest,
};

use crate::dates::without_zone;
use crate::error::{Answer, ApiError};
use crate::extract::Asked;
use crate::state::Security;
use crate::texts::Words;

impl Security {
    /// The texts in the language of a request.
    pub(crate) fn words<T: SecurityRequest>(&self, asked: &Asked<T>) -> Words<'_> {
        Words::new(&self.parts.texts, asked.request.culture().unwrap_or_default())
    }

    /// What an answer ends with.
    pub(crate) fn envelope<T: SecurityRequest>(
        &self,
        asked: &Asked<T>,
        code: ResponseCode,
    ) -> Result<Envelope, ApiError> {
        Ok(Envelope {
            description: self.words(asked).code(code)?,
            code,
            at: without_zone(self.parts.clock.now(), &self.settings.time_zone),
            reference: asked.request.reference().map(str::to_owned),
            number: asked.number,
        })
    }

    /// An answer with nothing else.
    pub(crate) fn plain<T: SecurityRequest>(&self, asked: &Asked<T>, code: ResponseCode) -> Answer {
        Ok(HttpResponse::Ok().json(PlainResponse { envelope: self.envelope(asked, code)? }))
    }

    /// An answer with the SCA request that there is now.
    pub(crate) fn with_sca<T: SecurityRequest>(
        &self,
        asked: &Asked<T>,
        code: ResponseCode,
        sca: Option<ScaRes>,
    ) -> Answer {
        Ok(HttpResponse::Ok().json(ScaResponse { sca, envelope: self.envelope(asked, code)? }))
    }
}
