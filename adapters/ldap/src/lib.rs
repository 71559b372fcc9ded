//! Users and authentication from an LDAP directory, such as OpenLDAP, 389 Directory Server or Active Directory.
//!
//! A user is searched for over a pool of connections that are bound as the service. A password is checked by a bind as the
//! user, over a connection that can do nothing but bind, and that is bound as nobody before it is used again. So no search
//! ever runs with the rights of a user, and the answer to one bind can't be taken for that to another.
//!
//! Three rules hold everywhere:
//!
//! - A wrong password is an outcome, and so is an account that may not be used. A server that is down, slow or refuses the service is [`AdapterError::Remote`].
//! - What a person typed reaches a filter only escaped by RFC 4515, and never a DN: the DN to bind as is the one that the
//!   search found.
//! - Referrals are not followed: an entry on a server that the configuration does not name is not found.
//!
//! `docs/ldap.md` describes the settings.
//!
//! [`AdapterError::Remote`]: data_adapter_core::AdapterError::Remote

mod account;
mod attribute;
mod backend;
mod binds;
mod connection;
mod directory;
mod entry;
mod failure;
mod id;
mod names;
mod people;
mod policy;
mod pool;
mod resolver;
mod schema;
mod servers;
mod settings;
mod socket;
mod steps;
mod template;
mod time;
mod tls;
mod verdict;

pub use backend::LdapBackend;
pub use names::UnknownAttribute;
pub use settings::{
    AttributeSettings, IdFormat, LdapSettings, OrganizationSettings, Preset, Reservation, SettingsError,
};
