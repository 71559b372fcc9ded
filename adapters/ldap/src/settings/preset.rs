use serde::Deserialize;

use super::IdFormat;

/// What kind of directory it is: what fills in for settings that are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Preset {
    /// A domain controller of Active Directory, Samba's included.
    #[serde(rename = "active-directory")]
    ActiveDirectory,
    /// OpenLDAP, with `inetOrgPerson` (RFC 2798) and the overlay `ppolicy`.
    #[serde(rename = "openldap")]
    OpenLdap,
    /// 389 Directory Server, from which Red Hat Directory Server is made.
    #[serde(rename = "389ds")]
    DirectoryServer389,
}

impl Preset {
    /// Whom a person means by the name they type.
    pub(super) fn filter(self) -> &'static str {
        match self {
            Self::ActiveDirectory => {
                "(&(objectCategory=person)(objectClass=user)(sAMAccountName={username}))"
            }
            Self::OpenLdap => "(&(objectClass=inetOrgPerson)(uid={username}))",
            // Its own tools make users who are an nsPerson, and no person.
            Self::DirectoryServer389 => "(&(|(objectClass=person)(objectClass=nsPerson))(uid={username}))",
        }
    }

    /// What identifies a user for good, and how it is written.
    pub(super) fn id(self) -> (&'static str, IdFormat) {
        match self {
            Self::ActiveDirectory => ("objectGUID", IdFormat::Guid),
            Self::OpenLdap => ("entryUUID", IdFormat::Text),
            // Entries from before version 2 have no entryUUID.
            Self::DirectoryServer389 => ("nsUniqueId", IdFormat::Text),
        }
    }

    /// The attributes that say whether an account may be used.
    pub(super) fn lock_attributes(self) -> &'static [&'static str] {
        match self {
            // The computed one knows when a lock is over, which `lockoutTime` does not.
            Self::ActiveDirectory => {
                &["userAccountControl", "msDS-User-Account-Control-Computed", "accountExpires"]
            }
            Self::OpenLdap => &["pwdAccountLockedTime", "pwdStartTime", "pwdEndTime", "shadowExpire"],
            Self::DirectoryServer389 => &["nsAccountLock", "accountUnlockTime", "shadowExpire"],
        }
    }
}
