use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{
    AccountStatus, AdapterError, Authentication, AuthenticationOutcome, Credentials, Extras, OrganizationId,
    Password, Subject, User,
};
use data_adapter_hashing::{Demand, Verifier};

use super::{Partner, Partners};

/// Checks the passwords of partners. The user of the credentials is the partner's name, and the organization the scheme that it
/// names. One whom there is not costs what a wrong password costs.
pub struct PartnerPasswords {
    partners: Arc<Partners>,
    verifier: Arc<Verifier>,
}

impl PartnerPasswords {
    /// How many passwords are checked at once: partners log in once in a few hours.
    const AT_ONCE: usize = 2;

    /// Checks those of `partners`. `verifier` is told what that takes, and has to be started before the first one.
    #[must_use]
    pub fn new(partners: Arc<Partners>, verifier: Arc<Verifier>) -> Self {
        verifier.demand(Demand {
            cost: partners.hashes.cost(),
            at_once: Self::AT_ONCE,
            is_one_organization: false,
        });
        Self { partners, verifier }
    }
}

impl Partner {
    /// Whether it may log in for this scheme.
    fn has_scheme(&self, named: Option<&OrganizationId>) -> bool {
        self.scheme.as_deref().is_none_or(|scheme| named.is_some_and(|named| named.as_str() == scheme))
    }

    /// As whoever counts failures knows it.
    fn as_user(&self) -> User {
        User {
            id: self.username.clone().into(),
            organization: OrganizationId::new(self.scheme.as_deref().unwrap_or_default()),
            given_name: None,
            family_name: None,
            phone: None,
            language: None,
            status: AccountStatus::Active,
            extras: Extras::default(),
        }
    }
}

#[async_trait]
impl Authentication for PartnerPasswords {
    async fn authenticate(&self, credentials: &Credentials) -> Result<AuthenticationOutcome, AdapterError> {
        let Password::Clear(password) = &credentials.password else {
            return Err(AdapterError::InvalidInput("the password of a partner comes in clear".to_owned()));
        };
        let (username, scheme) = (credentials.user.as_str(), credentials.organization.as_ref());
        let partner = self.partners.by_username(username);
        // All names that no partner has wait in one line: anybody can invent some.
        let subject = Subject::new(("partner", partner.as_ref().map(|partner| &partner.username)));
        let fits = self.partners.hashes.fits(&self.verifier, subject, username, password.clone()).await?;
        Ok(match partner.filter(|partner| fits && partner.has_scheme(scheme)) {
            Some(partner) => AuthenticationOutcome::succeeded(partner.as_user()),
            None => AuthenticationOutcome::Failed { remaining_attempts: None },
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use data_adapter_core::{OperationContext, OperationId, OperationName, SystemRandom};
    use data_adapter_hashing::PasswordHashing;
    use data_adapter_sca::CodeCarrier;
    use futures::future::join_all;

    use super::*;

    const PASSWORD: &str = "Partner#2026";

    fn credentials(username: &str) -> Credentials {
        Credentials {
            user: username.to_owned().into(),
            is_nobody: false,
            organization: None,
            password: Password::Clear(PASSWORD.into()),
            operation: OperationContext {
                id: OperationId::new(""),
                name: OperationName::new("security_login"),
                data: None,
                external_transaction: None,
                form_data: None,
                application: None,
            },
        }
    }

    fn passwords() -> PartnerPasswords {
        let partner = Partner {
            username: "demopartner".to_owned(),
            password_hash: PasswordHashing.hash(&PASSWORD.into(), &SystemRandom).unwrap().into(),
            scheme: None,
            organizations: Vec::new(),
            carrier: CodeCarrier::Sms,
        };
        let verifier = Arc::new(Verifier::default());
        let partners = Arc::new(Partners::new(vec![partner]).unwrap());
        let passwords = PartnerPasswords::new(partners, Arc::clone(&verifier));
        verifier.start().unwrap();
        passwords
    }

    #[actix_web::test]
    async fn a_partner_does_not_wait_for_names_that_somebody_invents() {
        let passwords = passwords();
        let done = AtomicUsize::new(0);
        let invented = join_all((0..60).map(|number| {
            let (passwords, done) = (&passwords, &done);
            async move {
                let outcome = passwords.authenticate(&credentials(&format!("invented{number}"))).await;
                assert!(matches!(outcome, Ok(AuthenticationOutcome::Failed { .. })), "{outcome:?}");
                done.fetch_add(1, Ordering::Relaxed)
            }
        }));
        let known = async {
            let outcome = passwords.authenticate(&credentials("demopartner")).await.unwrap();
            assert!(matches!(outcome, AuthenticationOutcome::Succeeded { .. }), "{outcome:?}");
            done.load(Ordering::Relaxed)
        };
        let (_, before) = futures::join!(invented, known);
        assert!(before < 15, "{before} came before");
    }
}
