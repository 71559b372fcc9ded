use std::collections::BTreeMap;
use std::sync::Arc;

use data_adapter_core::{
    AccountStatus, Clock, Extras, Language, OrganizationId, PhoneNumber, Restriction, User, UserId,
};
use jiff::SignedDuration;

use crate::account;
use crate::directory::Request;
use crate::entry::Entry;
use crate::failure::Failure;
use crate::names::{Names, UnknownAttribute};
use crate::resolver::Resolver;
use crate::settings::{Filters, LdapSettings, SettingsError};

/// Finds users, and makes what the core calls a user of entries.
pub(crate) struct People {
    organizations: BTreeMap<OrganizationId, Organization>,
    resolver: Resolver,
    lockout: SignedDuration,
    clock: Arc<dyn Clock>,
}

/// Where the users of one organization are.
pub(crate) struct Organization {
    pub(crate) base: String,
    pub(crate) filters: Filters,
}

/// What somebody is looked up by whom no one typed the name of.
#[derive(Clone, Copy)]
enum Key<'a> {
    Id(&'a UserId),
    /// The number beside the id.
    Consumer(&'a UserId),
}

/// A user and where in the directory they are.
pub(crate) struct Person {
    pub(crate) user: User,
    pub(crate) dn: String,
    /// The consumer id beside the id, as it is written.
    number: Option<String>,
    /// Why the account may not be used, as far as the entry tells.
    pub(crate) restriction: Option<Restriction>,
}

impl People {
    pub(crate) fn new(settings: &LdapSettings, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        let organizations = settings.organizations.iter().map(|(id, organization)| {
            let filters = settings.filters(id, organization)?;
            Ok((OrganizationId::new(id), Organization { base: organization.base.clone(), filters }))
        });
        Ok(Self {
            organizations: organizations.collect::<Result<_, _>>()?,
            resolver: Resolver::new(settings),
            lockout: SignedDuration::from_secs(settings.lockout_seconds.into()),
            clock,
        })
    }

    pub(crate) fn organizations(&self) -> impl Iterator<Item = (&str, &Organization)> {
        self.organizations.iter().map(|(id, organization)| (id.as_str(), organization))
    }

    /// Where users are searched for, the first of all organizations first.
    pub(crate) fn bases(&self) -> impl Iterator<Item = &str> {
        self.organizations.values().map(|organization| organization.base.as_str())
    }

    /// How the directory calls the attributes of the settings.
    pub(crate) async fn names(&self, request: &Request<'_>) -> Result<Arc<Names>, Failure> {
        self.resolver.names(request).await
    }

    /// What its schema did not know when it was read last.
    pub(crate) fn unknown(&self) -> Vec<UnknownAttribute> {
        self.resolver.unknown()
    }

    pub(crate) async fn by_username(
        &self,
        request: &Request<'_>,
        username: &str,
        id: &OrganizationId,
    ) -> Result<Option<Person>, Failure> {
        let Some(organization) = self.organizations.get(id) else { return Ok(None) };
        if username.is_empty() {
            return Ok(None);
        }
        let by_username = &organization.filters.by_username;
        let filter = by_username.fill(username);
        let names = self.names(request).await?;
        names.can_find(by_username)?;
        let entry = request.find(&organization.base, &filter, &names.wanted).await?;
        entry.filter(|entry| is_in(&names, entry, id)).map(|entry| self.person(&names, entry, id)).transpose()
    }

    /// Looks in one organization, or in all of them.
    pub(crate) async fn by_id(
        &self,
        request: &Request<'_>,
        id: &UserId,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<Person>, Failure> {
        self.by_key(request, Key::Id(id), organization).await
    }

    /// The same by the id that the number is, and by the number beside another id; both searches are always made.
    pub(crate) async fn by_consumer_id(
        &self,
        request: &Request<'_>,
        consumer: i32,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<Person>, Failure> {
        let id = UserId::of_consumer(consumer);
        let by_id = self.by_key(request, Key::Id(&id), organization).await?;
        let by_number = self.by_key(request, Key::Consumer(&id), organization).await;
        let Some(person) = by_id else { return by_number };
        if matches!(by_number, Ok(Some(_))) {
            tracing::warn!(
                "a consumer id is the id of one entry and that of another beside its id: the first counts"
            );
        }
        Ok(Some(person))
    }

    async fn by_key(
        &self,
        request: &Request<'_>,
        key: Key<'_>,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<Person>, Failure> {
        let mut found: Option<Person> = None;
        for candidate in self.organizations.keys().filter(|id| organization.is_none_or(|only| only == *id)) {
            let Some(person) = self.by_key_in(request, key, candidate).await? else { continue };
            if found.as_ref().is_some_and(|other| other.dn != person.dn) {
                return Err(Failure::UnusableEntry("one id is that of several entries".to_owned()));
            }
            found.get_or_insert(person);
        }
        Ok(found)
    }

    async fn by_key_in(
        &self,
        request: &Request<'_>,
        key: Key<'_>,
        organization_id: &OrganizationId,
    ) -> Result<Option<Person>, Failure> {
        let Some(organization) = self.organizations.get(organization_id) else { return Ok(None) };
        let names = self.names(request).await?;
        let Filters { by_id, by_consumer_id, .. } = &organization.filters;
        let filter = match (key, by_consumer_id) {
            (Key::Id(id), _) => {
                names.can_find(by_id)?;
                names.id.filter(by_id, id.as_str())
            }
            (Key::Consumer(number), Some(by_consumer_id)) => {
                names.can_find(by_consumer_id)?;
                Some(by_consumer_id.fill(number.as_str()))
            }
            (Key::Consumer(_), None) => None,
        };
        let Some(filter) = filter else { return Ok(None) };
        let entry = request.find(&organization.base, &filter, &names.wanted).await?;
        let entry = entry.filter(|entry| is_in(&names, entry, organization_id));
        // Directories compare without regard to case and spaces. Whoever has two ids has two counters of failures.
        let is_meant = |person: &Person| match key {
            Key::Id(id) => person.user.id == *id,
            Key::Consumer(number) => {
                person.user.id.consumer().is_none() && person.number.as_deref() == Some(number.as_str())
            }
        };
        let person = entry.map(|entry| self.person(&names, entry, organization_id)).transpose()?;
        Ok(person.filter(is_meant))
    }

    fn person(&self, names: &Names, entry: Entry, organization: &OrganizationId) -> Result<Person, Failure> {
        let Some(id) = names.id.read(&entry) else {
            let why = format!("an entry has no `{}`, or several, and so no id", names.id.attribute.asked);
            return Err(Failure::UnusableEntry(why));
        };
        let number =
            names.consumer_id.as_ref().and_then(|attribute| entry.only(attribute)).map(str::to_owned);
        let restriction = account::restriction(&entry, self.clock.now(), self.lockout);
        let user = User {
            id: UserId::new(id),
            organization: organization.clone(),
            given_name: entry.first(&names.given_name).map(str::to_owned),
            family_name: entry.first(&names.family_name).map(str::to_owned),
            phone: entry.only(&names.phone).map(PhoneNumber::new),
            language: entry.first(&names.language).map(Language::new),
            status: if restriction.is_some() { AccountStatus::Blocked } else { AccountStatus::Active },
            extras: extras(names, &entry),
        };
        Ok(Person { user, dn: entry.dn, number, restriction })
    }
}

fn is_in(names: &Names, entry: &Entry, organization: &OrganizationId) -> bool {
    let attribute = names.organization.as_ref();
    attribute.is_none_or(|attribute| entry.all(attribute).any(|value| value == organization.as_str()))
}

fn extras(names: &Names, entry: &Entry) -> Extras {
    let named = names.extras.iter();
    named.filter_map(|(front, attribute)| Some((front.clone(), entry.first(attribute)?.to_owned()))).collect()
}
