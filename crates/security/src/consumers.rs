//! Whom a partner may see.

use data_adapter_core::{AdapterError, MessageId, OrganizationId, User, UserId};
use data_adapter_protocol::security::Problem;
use data_adapter_sca::ScaRequest;

use crate::error::ApiError;
use crate::partners::Partner;
use crate::state::Security;

/// A request and whom it is about.
pub(crate) struct Owned {
    pub(crate) request: ScaRequest,
    pub(crate) user: User,
}

impl Security {
    /// The consumer with this number. One of another partner and one whom there is not are told alike, after the same work.
    pub(crate) async fn consumer(&self, partner: &Partner, consumer: i32) -> Result<User, ApiError> {
        let mut found = None;
        for organization in &partner.organizations {
            let user = self.parts.users.by_consumer_id(consumer, Some(organization)).await?;
            found = one_of(found, user)?;
        }
        found.ok_or_else(|| Problem::of("ConsumerID", "is that of no consumer of this partner").into())
    }

    /// The open request with this number, in any case of letters; `None` where there is none, its user is none of the partner's, or
    /// another partner asked for it.
    pub(crate) async fn owned(&self, partner: &Partner, sca: &str) -> Result<Option<Owned>, ApiError> {
        let request = self.parts.requests.find(&MessageId::new(sca.to_ascii_lowercase())).await?;
        // Nobody is looked up too, so that another partner's request takes as long as none.
        let nobody = UserId::new("nobody");
        let user = request.as_ref().map_or(&nobody, |request| &request.user);
        let mut found = None;
        for organization in &partner.organizations {
            found = one_of(found, self.by_id(user, organization).await?)?;
        }
        let owned = request.zip(found).filter(|(request, _)| is_for(request, partner));
        Ok(owned.map(|(request, user)| Owned { request, user }))
    }

    async fn by_id(
        &self,
        user: &UserId,
        organization: &OrganizationId,
    ) -> Result<Option<User>, AdapterError> {
        self.parts.users.by_id(user, Some(organization)).await
    }
}

/// Whether a partner may go on with a request, as far as it depends on who asked for it.
pub(crate) fn is_for(request: &ScaRequest, partner: &Partner) -> bool {
    request.asker.as_ref().is_none_or(|asker| asker.name == partner.username)
}

/// The one of two that there is. Two who are not the same can't both be meant.
fn one_of(one: Option<User>, other: Option<User>) -> Result<Option<User>, AdapterError> {
    match (one, other) {
        (Some(one), Some(other)) if one.id != other.id => {
            Err(AdapterError::Unanswerable("users of two organizations have one consumer id".to_owned()))
        }
        (one, other) => Ok(one.or(other)),
    }
}
