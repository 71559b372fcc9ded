use std::future::ready;
use std::sync::Arc;

use data_adapter_core::{
    Certificate, CertificateAuthentication, CertificateCredentials, CertificateQuery, OrganizationId,
    Possession, User, UserId,
};

use crate::build::operation;
use crate::people::{Account, Accounts, NOBODY, nowhere};
use crate::suite::{Rule, Suite, rules};

/// Checks the rules of a [`CertificateAuthentication`] whose users are `accounts`, with certificates of which none is
/// theirs.
///
/// # Panics
///
/// When rules are broken, with the names of all of them.
pub async fn certificate_contract(certificates: Arc<dyn CertificateAuthentication>, accounts: &Accounts) {
    let mut suite = Suite::new("certificate");
    let bench = Bench { certificates, accounts: accounts.clone() };
    suite.check(RULES, || ready(bench.clone())).await;
    suite.end();
}

static RULES: &[Rule<Bench>] = &rules! {
    owners:
        what_is_no_certificate_is_nobodys,
        a_certificate_of_an_authority_that_is_not_trusted_is_nobodys,
        a_certificate_is_nobodys_in_an_organization_that_does_not_exist;
    verified:
        what_is_no_certificate_is_not_right_however_it_is_shown,
        a_certificate_of_an_authority_that_is_not_trusted_is_not_right,
        a_certificate_is_not_right_for_nobody;
};

/// Signed by itself.
const STRANGER: &str = include_str!("stranger.pem");

/// Much like a certificate, and none.
const NO_CERTIFICATES: [&str; 6] = [
    "",
    " ",
    "no certificate",
    "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "-----BEGIN CERTIFICATE-----\n!\n",
];

#[derive(Clone)]
struct Bench {
    certificates: Arc<dyn CertificateAuthentication>,
    accounts: Accounts,
}

impl Bench {
    async fn owner(&self, pem: &str, organization: &OrganizationId) -> Option<User> {
        let query = CertificateQuery {
            certificate: Certificate::new(pem),
            organization: organization.clone(),
            operation: operation("op", "login"),
        };
        let owner = self.certificates.owner(&query).await;
        owner.expect("the back end answers; a certificate that is nobody's is no error")
    }

    fn organization(&self) -> &OrganizationId {
        &self.accounts.active.organization
    }

    /// Whether it is right for this user in any of the ways to show it.
    async fn is_right(&self, pem: &str, user: &UserId, organization: Option<&OrganizationId>) -> bool {
        let signature = |text: &str| Possession::Signature(text.to_owned());
        let mut is_right = false;
        for possession in [Possession::Tls, signature(""), signature("c2lnbmF0dXJl"), signature("no base64!")]
        {
            let credentials = CertificateCredentials {
                user: user.clone(),
                organization: organization.cloned(),
                certificate: Certificate::new(pem),
                account: data_adapter_core::AccountStatus::Active,
                possession,
                operation: operation("op", "authorize_payment"),
            };
            let verified = self.certificates.verify(&credentials).await;
            is_right |= verified.expect("the back end answers; a certificate that is wrong is no error");
        }
        is_right
    }

    fn all(&self) -> impl Iterator<Item = &Account> {
        self.accounts.all().map(|(account, _)| account)
    }
}

mod owners {
    use super::{Bench, NO_CERTIFICATES, STRANGER, nowhere};

    pub(super) async fn what_is_no_certificate_is_nobodys(bench: Bench) {
        for pem in NO_CERTIFICATES {
            assert_eq!(bench.owner(pem, bench.organization()).await, None, "{pem:?}");
        }
    }

    pub(super) async fn a_certificate_of_an_authority_that_is_not_trusted_is_nobodys(bench: Bench) {
        assert_eq!(bench.owner(STRANGER, bench.organization()).await, None);
    }

    pub(super) async fn a_certificate_is_nobodys_in_an_organization_that_does_not_exist(bench: Bench) {
        assert_eq!(bench.owner(STRANGER, &nowhere()).await, None);
    }
}

mod verified {
    use super::{Bench, NO_CERTIFICATES, NOBODY, STRANGER, UserId};

    pub(super) async fn what_is_no_certificate_is_not_right_however_it_is_shown(bench: Bench) {
        for account in bench.all() {
            for pem in NO_CERTIFICATES {
                assert!(!bench.is_right(pem, &account.id, Some(&account.organization)).await, "{pem:?}");
            }
        }
    }

    pub(super) async fn a_certificate_of_an_authority_that_is_not_trusted_is_not_right(bench: Bench) {
        for account in bench.all() {
            assert!(
                !bench.is_right(STRANGER, &account.id, Some(&account.organization)).await,
                "{}",
                account.id
            );
            assert!(!bench.is_right(STRANGER, &account.id, None).await, "{}, anywhere", account.id);
        }
    }

    pub(super) async fn a_certificate_is_not_right_for_nobody(bench: Bench) {
        for id in NOBODY {
            assert!(
                !bench.is_right(STRANGER, &UserId::new(id), Some(bench.organization())).await,
                "`{id:?}`"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use data_adapter_core::{AdapterError, UserLookup as _};
    use data_adapter_sca::NoCertificates;

    use super::*;
    use crate::Directory;

    fn accounts() -> Accounts {
        let account = |id: &str| Account {
            username: id.to_owned(),
            id: UserId::new(id),
            organization: OrganizationId::new(Directory::ORGANIZATION),
            password: Directory::PASSWORD.into(),
        };
        Accounts {
            active: account(Directory::PAYER),
            blocked: Some(account(Directory::BLOCKED)),
            consumer: None,
        }
    }

    #[tokio::test]
    async fn whoever_takes_no_certificate_keeps_the_contract() {
        certificate_contract(Arc::new(NoCertificates), &accounts()).await;
    }

    /// Believes whatever looks like a certificate.
    struct Credulous(Directory);

    #[async_trait]
    impl CertificateAuthentication for Credulous {
        async fn owner(&self, query: &CertificateQuery) -> Result<Option<User>, AdapterError> {
            let looks_right = query.certificate.as_str().contains("MIIB");
            let id = UserId::new(Directory::PAYER);
            if looks_right { self.0.by_id(&id, Some(&query.organization)).await } else { Ok(None) }
        }

        async fn verify(&self, credentials: &CertificateCredentials) -> Result<bool, AdapterError> {
            Ok(credentials.possession == Possession::Tls && credentials.certificate.as_str().contains("MIIB"))
        }
    }

    #[tokio::test]
    async fn whoever_believes_what_looks_like_a_certificate_breaks_it() {
        let suite = tokio::spawn(async {
            certificate_contract(Arc::new(Credulous(Directory::default())), &accounts()).await;
        });
        let panic = suite.await.expect_err("the contract is broken").into_panic();
        let report = panic.downcast::<String>().expect("a report");
        let broken: Vec<_> = report.lines().filter_map(|line| line.strip_prefix("- ")).collect();
        assert_eq!(broken.len(), 5, "{report}");
        assert!(!report.contains("in an organization"), "that rule is kept: {report}");
    }
}
