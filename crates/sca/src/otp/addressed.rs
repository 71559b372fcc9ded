//! Who a front asks a code for, and what that counts against.

use data_adapter_core::{
    AdapterError, CodeDelivery, CodeMessage, CodeRequest, OperationContext, OrganizationId, PhoneNumber,
    UserId,
};
use jiff::Timestamp;

use super::delivery::{Letter, Recipient};
use super::engine::OtpEngine;
use super::sending::{SendRates, Sending};

/// What a front says of whom a code is for, be it made here or there.
#[derive(Clone, Copy)]
pub(super) struct Address<'a> {
    user: Option<&'a UserId>,
    barred: Option<&'a UserId>,
    organization: Option<&'a OrganizationId>,
    phone: Option<&'a PhoneNumber>,
    operation: &'a OperationContext,
}

impl<'a> From<&'a CodeRequest> for Address<'a> {
    fn from(request: &'a CodeRequest) -> Self {
        let CodeRequest { user, barred, organization, phone, operation, .. } = request;
        Self {
            user: user.as_ref(),
            barred: barred.as_ref(),
            organization: organization.as_ref(),
            phone: phone.as_ref(),
            operation,
        }
    }
}

impl<'a> From<&'a CodeMessage> for Address<'a> {
    fn from(message: &'a CodeMessage) -> Self {
        let CodeMessage { user, barred, organization, phone, operation, .. } = message;
        Self {
            user: user.as_ref(),
            barred: barred.as_ref(),
            organization: organization.as_ref(),
            phone: phone.as_ref(),
            operation,
        }
    }
}

impl OtpEngine {
    /// Who gets it; `None` when there is no such user.
    pub(super) async fn addressed(
        &self,
        address: Address<'_>,
        now: Timestamp,
    ) -> Result<Option<Recipient>, AdapterError> {
        let operation = &address.operation.id;
        let Some(id) = address.user else {
            let number = address.phone.and_then(|written| self.number(written, operation));
            return Ok(Some(Recipient::Fake(None, number)));
        };
        Ok(match self.user(id, address.organization).await? {
            None => None,
            Some(user) => Some(self.recipient(user, address.phone, operation, now).await?),
        })
    }

    /// What it counts against: nothing where the user can't be reached, who is told so each time.
    pub(super) fn rates_of(&self, address: Address<'_>, recipient: &Recipient) -> SendRates {
        let (number, is_fake) = match recipient {
            Recipient::Unreachable(_) => return SendRates::default(),
            Recipient::Fake(_, number) => (number.as_ref(), true),
            Recipient::Real(_, number) => (Some(number), false),
        };
        let user = recipient.user();
        self.send_rates(&Sending {
            operation: &address.operation.id,
            name: &address.operation.name,
            user: user.map(|user| &user.id).or(address.barred),
            organization: user.map(|user| &user.organization).or(address.organization),
            number,
            is_fake,
        })
    }

    /// Sends a code, or says that it was sent.
    pub(super) async fn deliver(&self, letter: &Letter<'_>, recipient: Recipient) -> CodeDelivery {
        match recipient {
            Recipient::Real(user, phone) => self.hand_over(letter, &user, phone).await,
            Recipient::Fake(..) => {
                self.seem_to_hand_over().await;
                CodeDelivery::Succeeded
            }
            Recipient::Unreachable(_) => CodeDelivery::Failed,
        }
    }
}
