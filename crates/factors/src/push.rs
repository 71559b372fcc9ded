use actix_web::{HttpResponse, web};
use data_adapter_protocol::factors::PushChannel;
use data_adapter_sca::FactorChannel;

use crate::error::Answer;
use crate::extract::Asked;
use crate::once::{Call, once};
use crate::outcome::{enrolled, unlinked};
use crate::state::AdditionalFactors;

pub(crate) async fn enrol(state: web::Data<AdditionalFactors>, asked: Asked) -> Answer {
    let channel: PushChannel = asked.channel()?;
    let call = Call { operation: "enrol_push", channel: channel.name(), content: b"", sends: true };
    let channel = core(channel);
    once(&state, &asked, &call, async move |parts, user, call| {
        Ok(enrolled(parts.factors.enrol_push(&user, channel, call).await?))
    })
    .await
}

pub(crate) async fn unlink(state: web::Data<AdditionalFactors>, asked: Asked) -> Answer {
    let channel = core(asked.channel()?);
    unlinked(state.parts.factors.unlink(&asked.user, channel).await?)?;
    Ok(HttpResponse::NoContent().finish())
}

fn core(channel: PushChannel) -> FactorChannel {
    match channel {
        PushChannel::Authy => FactorChannel::Authy,
        PushChannel::Biometric => FactorChannel::Biometric,
    }
}
