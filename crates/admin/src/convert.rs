//! What operators read of what is kept.

use data_adapter_core::OptionChoice;
use data_adapter_protocol::admin::{
    BlockEntry, ChallengeEntry, ConsentChoice, ConsentEntry, DeliveryEntry, DeliveryStatusName, DeviceEntry,
    FactorName, ScaMethod, UserFactor,
};
use data_adapter_sca::{
    ApprovalMethod, Block, Challenge, Delivery, DeliveryStatus, Device, Factor, KeptConsent, Waiting,
};
use jiff::Timestamp;

/// A time in UTC, with its milliseconds.
pub(crate) fn time(time: Timestamp) -> String {
    format!("{time:.3}")
}

pub(crate) fn block(block: &Block) -> BlockEntry {
    BlockEntry {
        user_id: block.user.to_string(),
        factor: factor_name(block.factor),
        failures: block.failures,
        until: time(block.until),
    }
}

pub(crate) fn factor_name(factor: Factor) -> FactorName {
    match factor {
        Factor::Code => FactorName::Code,
        Factor::Password => FactorName::Password,
        Factor::Partner => FactorName::Partner,
    }
}

pub(crate) fn factor(factor: UserFactor) -> Factor {
    match factor {
        UserFactor::Code => Factor::Code,
        UserFactor::Password => Factor::Password,
    }
}

pub(crate) fn device(device: Device) -> DeviceEntry {
    let Device { id, device } = device;
    DeviceEntry {
        sdk_device_reference_id: id,
        device_name: device.name,
        device_type: device.kind,
        os_version: device.os_version,
        registered_at: time(device.registered_at),
    }
}

pub(crate) fn waiting(Waiting { challenge, delivery }: Waiting) -> ChallengeEntry {
    let Challenge { message, step, method, presentation, organization, created_at, expires_at, .. } =
        challenge;
    let payment = presentation.binding.payment;
    ChallengeEntry {
        sca_reference_number: message.as_str().to_uppercase(),
        user_id: step.user.map(|user| user.to_string()),
        organization_id: organization.map(|organization| organization.to_string()),
        operation_id: step.operation.to_string(),
        operation_name: step.name.to_string(),
        method: method_name(method),
        title: presentation.title,
        description: presentation.description,
        amount: payment.as_ref().map(|payment| payment.amount.decimal()),
        currency: payment.as_ref().map(|payment| payment.currency.clone()),
        payee: payment.map(|payment| payment.account),
        delivery: delivery.map(entry),
        created_at: time(created_at),
        expires_at: time(expires_at),
    }
}

fn entry(delivery: Delivery) -> DeliveryEntry {
    let status = match delivery.status {
        DeliveryStatus::HandedOver => DeliveryStatusName::HandedOver,
        DeliveryStatus::Delivered => DeliveryStatusName::Delivered,
        DeliveryStatus::Undelivered => DeliveryStatusName::Undelivered,
    };
    DeliveryEntry { status, gateway: delivery.gateway, reason: delivery.reason }
}

fn method_name(method: ApprovalMethod) -> ScaMethod {
    match method {
        ApprovalMethod::ClientManaged => ScaMethod::Client,
        ApprovalMethod::Otp => ScaMethod::Otp,
        ApprovalMethod::Push => ScaMethod::Push,
    }
}

pub(crate) fn method(method: ScaMethod) -> ApprovalMethod {
    match method {
        ScaMethod::Client => ApprovalMethod::ClientManaged,
        ScaMethod::Otp => ApprovalMethod::Otp,
        ScaMethod::Push => ApprovalMethod::Push,
    }
}

/// A consent as operators read it. `number` says which of the user's it is, from 1.
#[must_use]
pub fn consent(number: u64, KeptConsent { consent: record, withdrawn_at }: KeptConsent) -> ConsentEntry {
    let choice = |OptionChoice { id, checked }| ConsentChoice { id, checked };
    ConsentEntry {
        number,
        user_id: record.user.to_string(),
        organization_id: record.organization.map(|organization| organization.to_string()),
        operation_id: record.operation.to_string(),
        client_id: record.client.as_ref().map(|client| client.id.clone()),
        scopes: record.client.map(|client| client.scopes.into_iter().collect()),
        form: record.form.to_string(),
        version: record.version,
        language: record.language.to_string(),
        given_at: time(record.given_at),
        options: record.options.into_iter().map(choice).collect(),
        remembered_until: record.remembered_until.map(time),
        withdrawn_at: withdrawn_at.map(time),
    }
}
