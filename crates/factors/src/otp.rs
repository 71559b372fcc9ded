use actix_web::web;
use data_adapter_core::User;
use data_adapter_protocol::factors::OtpChannel;
use data_adapter_sca::CallUnderWay;
use secrecy::ExposeSecret as _;

use crate::error::Answer;
use crate::extract::{Asked, AskedToVerify};
use crate::once::{Call, once};
use crate::outcome::{enrolled, verified};
use crate::state::{AdditionalFactors, FactorsParts};

pub(crate) async fn enrol(state: web::Data<AdditionalFactors>, asked: Asked) -> Answer {
    let channel: OtpChannel = asked.channel()?;
    let call = Call { operation: "enrol_otp", channel: channel.name(), content: b"", sends: true };
    once(&state, &asked, &call, async |parts, user, call| {
        Ok(enrolled(parts.factors.enrol_otp(&user, call).await?))
    })
    .await
}

pub(crate) async fn verify(state: web::Data<AdditionalFactors>, asked: AskedToVerify) -> Answer {
    let AskedToVerify { asked, request } = asked;
    let channel: OtpChannel = asked.channel()?;
    let code = request.code.clone();
    let content = request.code.expose_secret().as_bytes();
    let call = Call { operation: "verify_otp", channel: channel.name(), content, sends: false };
    let work = async move |parts: FactorsParts, user: User, _: Option<&CallUnderWay>| {
        Ok(verified(parts.factors.verify_otp(&user, &code).await?))
    };
    once(&state, &asked, &call, work).await
}
