use async_trait::async_trait;
use data_adapter_core::{AdapterError, OrganizationId, User, UserId, UserLookup, UsernameQuery};
use data_adapter_protocol::web_flow::{UserDetail, UserInfoRequest, UserLookupRequest};

use crate::RestBackend;
use crate::convert::{context, user};
use crate::endpoint::Endpoint;
use crate::refusal::Refusal;

#[async_trait]
impl UserLookup for RestBackend {
    /// A blank name or organization is nobody's, and the API refuses it: nobody is asked then.
    async fn by_username(&self, query: &UsernameQuery) -> Result<Option<User>, AdapterError> {
        if is_blank(&query.username) || is_blank(query.organization.as_str()) {
            return Ok(None);
        }
        let endpoint = Endpoint::UserLookup;
        let request = UserLookupRequest {
            username: query.username.clone(),
            organization_id: query.organization.to_string(),
            client_certificate: None,
            operation_context: context(&query.operation)?,
        };
        match self.upstream.ask::<_, UserDetail>(endpoint, request, &[]).await {
            Ok(detail) => Ok(Some(user(endpoint, detail, &query.organization)?)),
            Err(refusal) => refusal.user_or_error(),
        }
    }

    /// The API needs an organization: without one it is asked about `default_organization`, and
    /// [`AdapterError::InvalidInput`] where there is none either.
    async fn by_id(
        &self,
        id: &UserId,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        let organization = self.organization(organization)?;
        if is_blank(id.as_str()) || is_blank(organization.as_str()) {
            return Ok(None);
        }
        let endpoint = Endpoint::UserInfo;
        let request = UserInfoRequest { user_id: id.to_string(), organization_id: organization.to_string() };
        match self.upstream.ask::<_, UserDetail>(endpoint, request, &[]).await {
            Ok(detail) if detail.id != id.as_str() => {
                Err(Refusal::malformed(endpoint, "it is about another user").into())
            }
            Ok(detail) => Ok(Some(user(endpoint, detail, &organization)?)),
            Err(refusal) => refusal.user_or_error(),
        }
    }

    /// The API knows no number beside the id: only users whose ids are such numbers are found.
    async fn by_consumer_id(
        &self,
        consumer: i32,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        self.by_id(&UserId::of_consumer(consumer), organization).await
    }
}

/// Whether the API refuses it as empty.
pub(crate) fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// Whether the API refuses it before anything is checked: a front that reads JSON strictly lets no NUL through.
pub(crate) fn is_unspeakable(text: &str) -> bool {
    is_blank(text) || text.contains('\0')
}
