use serde::Deserialize;

use super::IdFormat;

/// What kind of directory it is: what fills in for settings that are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Preset {
    /// A domain controller of Active Directory, Samba's included.
    ActiveDirectory,
    /// OpenLDAP, with `inetOrgPerson` (RFC 2798) and the overlay `ppolicy`.
    OpenLdap,
    /// 389 Directory Server, from which Red Hat Directory Server is made.
    DirectoryServer389,
}

/// The library of the configuration does not say what there is.
impl TryFrom<String> for Preset {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.as_str() {
            "active-directory" => Ok(Self::ActiveDirectory),
            "openldap" => Ok(Self::OpenLdap),
            "389ds" => Ok(Self::DirectoryServer389),
            _ => Err("is none of what it can be: `active-directory`, `openldap` or `389ds`"),
        }
    }
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
