use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, Authentication, AuthenticationOutcome, Capabilities, Clock, Credentials, OrganizationId,
    Password, PasswordCheck, Random, Readiness, Restriction, Step, SystemClock, SystemRandom, User, UserId,
    UserLookup, UsernameQuery, prepared_password,
};
use secrecy::{ExposeSecret as _, SecretString};

use crate::directory::{Directory, Request};
use crate::failure::Failure;
use crate::names::UnknownAttribute;
use crate::people::{People, Person};
use crate::settings::{LdapSettings, Reservation, SettingsError};
use crate::steps;
use crate::verdict::{Verdict, judge};

/// Users and authentication from a directory. It connects when it is asked something, and again after every failure.
pub struct LdapBackend {
    directory: Directory,
    people: People,
    decoy_dn: String,
    must_change: Reservation,
    grace_logins: Reservation,
}

impl LdapBackend {
    /// Takes the settings, and reads the authorities that they name. It connects to nothing, so that a directory that is
    /// down does not keep the service from starting.
    ///
    /// # Errors
    ///
    /// The first setting that can't be used.
    pub fn new(settings: &LdapSettings) -> Result<Self, SettingsError> {
        Self::with_clock(settings, Arc::new(SystemClock))
    }

    /// The same with another clock, which says when the lock of an account is over.
    ///
    /// # Errors
    ///
    /// The first setting that can't be used.
    pub fn with_clock(settings: &LdapSettings, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        settings.validate()?;
        let people = People::new(settings, clock)?;
        let decoy_dn = settings.decoy_dn.clone().unwrap_or_else(|| nobodys_dn(&people));
        let directory = Directory::new(settings)?;
        let (must_change, grace_logins) = (settings.must_change, settings.grace_logins);
        Ok(Self { directory, people, decoy_dn, must_change, grace_logins })
    }

    /// What it can do: find users and check their clear passwords.
    #[must_use]
    pub fn capabilities(self: Arc<Self>) -> Capabilities {
        Capabilities {
            users: Some(Arc::clone(&self) as _),
            authentication: Some(PasswordCheck::Bare(Arc::clone(&self) as _)),
            readiness: Some(self),
            ..Capabilities::default()
        }
    }

    /// The names of attributes in the settings that the schema of the directory does not know; `None` where it hides its
    /// schema from the service. The directory is asked, unless it was before.
    ///
    /// # Errors
    ///
    /// When the directory does not answer.
    pub async fn unknown_attributes(&self) -> Result<Option<Vec<UnknownAttribute>>, AdapterError> {
        let request = self.directory.request();
        let names = request.in_time(self.people.names(&request)).await?;
        Ok(names.unknown.clone())
    }

    async fn outcome(
        &self,
        request: &Request<'_>,
        credentials: &Credentials,
        password: &SecretString,
    ) -> Result<AuthenticationOutcome, Failure> {
        let Credentials { user, organization, .. } = credentials;
        let person = self.people.by_id(request, user, organization.as_ref()).await?;
        let usable = person.as_ref().filter(|person| person.restriction.is_none());
        let dn = usable.map_or(self.decoy_dn.as_str(), |person| &person.dn);
        let verdict = judge(&request.bind(dn, password).await?)?;
        Ok(match person {
            None => AuthenticationOutcome::Failed { remaining_attempts: None },
            Some(Person { user, restriction: Some(restriction), .. }) => AuthenticationOutcome::Restricted {
                user: user.id,
                restriction,
                password_is_right: false,
                remaining_attempts: None,
            },
            Some(Person { user, restriction: None, .. }) => self.outcome_of(verdict, user),
        })
    }

    /// What becomes of a user whose own entry was bound to.
    fn outcome_of(&self, verdict: Verdict, user: User) -> AuthenticationOutcome {
        match verdict {
            Verdict::Right => AuthenticationOutcome::succeeded(user),
            Verdict::RightBut(restriction) if self.tolerates(restriction) => {
                AuthenticationOutcome::Succeeded { user, tolerated: Some(restriction) }
            }
            Verdict::RightBut(restriction) => AuthenticationOutcome::restricted(user.id, restriction),
            Verdict::Wrong => AuthenticationOutcome::Failed { remaining_attempts: None },
            Verdict::Restricted { restriction, password_is_right, remaining_attempts } => {
                let user = user.id;
                AuthenticationOutcome::Restricted { user, restriction, password_is_right, remaining_attempts }
            }
        }
    }

    fn tolerates(&self, restriction: Restriction) -> bool {
        match restriction {
            Restriction::MustChangePassword => self.must_change == Reservation::Allow,
            Restriction::PasswordExpired => self.grace_logins == Reservation::Allow,
            Restriction::Disabled
            | Restriction::Locked
            | Restriction::OutOfDate
            | Restriction::OutsideHours
            | Restriction::Unspecified => false,
        }
    }
}

/// An entry that nobody can have made.
fn nobodys_dn(people: &People) -> String {
    let random: &dyn Random = &SystemRandom;
    let number = u128::from_be_bytes(random.bytes());
    let base = people.bases().next().unwrap_or_default();
    format!("cn=nobody-{number:032x},{base}")
}

/// An empty password makes a bind that says nothing about who it is from, and succeeds on many servers (RFC 4513, 5.1.2).
/// Some servers read a password up to the first NUL only.
fn can_be_checked(password: &SecretString) -> bool {
    let password = password.expose_secret();
    !password.is_empty() && !password.contains('\0')
}

/// The prepared form of a password, as RFC 4513, 5.1.3 asks for by the profile that RFC 8265 has replaced. It is the only one
/// that is sent: the server counts each. What has none goes as it was typed: the server may have it from before.
fn to_be_sent(typed: &SecretString) -> SecretString {
    prepared_password(typed).unwrap_or_else(|_| typed.clone())
}

#[async_trait]
impl UserLookup for LdapBackend {
    async fn by_username(&self, query: &UsernameQuery) -> Result<Option<User>, AdapterError> {
        let request = self.directory.request();
        let search = self.people.by_username(&request, &query.username, &query.organization);
        Ok(request.in_time(search).await?.map(|person| person.user))
    }

    async fn by_id(
        &self,
        id: &UserId,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        let request = self.directory.request();
        let search = self.people.by_id(&request, id, organization);
        Ok(request.in_time(search).await?.map(|person| person.user))
    }

    async fn by_consumer_id(
        &self,
        consumer: i32,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        let request = self.directory.request();
        let search = self.people.by_consumer_id(&request, consumer, organization);
        Ok(request.in_time(search).await?.map(|person| person.user))
    }
}

#[async_trait]
impl Authentication for LdapBackend {
    async fn authenticate(&self, credentials: &Credentials) -> Result<AuthenticationOutcome, AdapterError> {
        let Password::Clear(password) = &credentials.password else {
            return Err(AdapterError::InvalidInput(
                "an encrypted password came through undecrypted".to_owned(),
            ));
        };
        if !can_be_checked(password) {
            return Ok(AuthenticationOutcome::Failed { remaining_attempts: None });
        }
        let (request, sent) = (self.directory.request(), to_be_sent(password));
        Ok(request.in_time(self.outcome(&request, credentials, &sent)).await?)
    }
}

#[async_trait]
impl Readiness for LdapBackend {
    /// Reads the entries that users are searched for under, as the service. Nobody is found where the schema does not know
    /// what identifies users, or what a filter needs.
    async fn check(&self) -> Result<(), AdapterError> {
        let request = self.directory.request();
        let probe = async {
            for base in self.people.bases() {
                request.probe(base).await?;
            }
            let names = self.people.names(&request).await?;
            self.people.organizations().try_for_each(|(_, organization)| {
                names.can_find(&organization.filters.by_username)?;
                names.can_find(&organization.filters.by_id)
            })
        };
        Ok(request.in_time(probe).await?)
    }

    async fn steps(&self) -> Vec<Step> {
        steps::all(&self.directory, &self.people).await
    }

    fn organizations(&self) -> Option<Vec<OrganizationId>> {
        Some(self.people.organizations().map(|(id, _)| OrganizationId::new(id)).collect())
    }

    fn unknown_settings(&self) -> Vec<String> {
        self.people.unknown().into_iter().map(|unknown| unknown.setting).collect()
    }
}
