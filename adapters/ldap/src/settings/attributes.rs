use std::collections::BTreeMap;

use serde::Deserialize;

use super::{SettingsError, refuse};

/// How the value of an attribute is written as the id of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IdFormat {
    /// As it is.
    Text,
    /// 16 bytes as the tools of Active Directory show them, the first three groups from the last byte to the first (MS-DTYP,
    /// 2.3.4.3): `6a8fadec-d7de-42d8-9a5e-46026c99bc54`.
    Guid,
}

/// The names of attributes.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AttributeSettings {
    /// What identifies a user for good; every user has exactly one. `None` for that of the preset, or else `entryUUID`.
    pub id: Option<String>,
    /// How the value is written as an id; `None` for what goes with the attribute of the preset, or else text.
    pub id_format: Option<IdFormat>,
    /// First name.
    pub given_name: String,
    /// Last name.
    pub family_name: String,
    /// Where codes go. A user with several values has none: which of them is meant is not for a guess.
    pub phone: String,
    /// The language of messages.
    pub language: String,
    /// The ids of the organizations that the user belongs to; a user without the one that is asked for is not found in it.
    /// `None` where `base` and `filter` tell organizations apart.
    pub organization: Option<String>,
    /// The number that the Security API knows users by whose ids are no such numbers; every user has one value at most. `None`
    /// where users without such an id are no consumers.
    pub consumer_id: Option<String>,
    /// What else the front is told of a user: names as the front reads them, with the attribute of each. Of several values the
    /// first counts.
    pub extras: BTreeMap<String, String>,
}

impl Default for AttributeSettings {
    fn default() -> Self {
        Self {
            id: None,
            id_format: None,
            given_name: "givenName".to_owned(),
            family_name: "sn".to_owned(),
            phone: "mobile".to_owned(),
            language: "preferredLanguage".to_owned(),
            organization: None,
            consumer_id: None,
            extras: BTreeMap::new(),
        }
    }
}

impl AttributeSettings {
    pub(super) fn validate(&self) -> Result<(), SettingsError> {
        let id = self.id.iter().map(|name| ("attributes.id".to_owned(), name.as_str()));
        match self.names().into_iter().chain(id).find(|(_, name)| !is_attribute(name)) {
            Some((key, _)) => refuse(
                &key,
                "is no name of an attribute: letters of English, digits and `-`, or an OID, and options after `;`",
            ),
            None => Ok(()),
        }
    }

    /// Every name but that of the id, each with its key.
    pub(super) fn names(&self) -> Vec<(String, &str)> {
        let names = [
            ("attributes.given_name", &self.given_name),
            ("attributes.family_name", &self.family_name),
            ("attributes.phone", &self.phone),
            ("attributes.language", &self.language),
        ];
        let organization = self.organization.iter().map(|name| ("attributes.organization", name));
        let consumer_id = self.consumer_id.iter().map(|name| ("attributes.consumer_id", name));
        let names = names.into_iter().chain(organization).chain(consumer_id);
        let names = names.map(|(key, name)| (key.to_owned(), name.as_str()));
        let extras =
            self.extras.iter().map(|(front, name)| (format!("attributes.extras.{front}"), name.as_str()));
        names.chain(extras).collect()
    }
}

/// An attribute description of RFC 4512, 2.5.
fn is_attribute(description: &str) -> bool {
    let is_key = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let mut parts = description.split(';');
    let name = parts.next().unwrap_or_default();
    let is_descriptor = is_key(name) && name.starts_with(|first: char| first.is_ascii_alphabetic());
    let is_number = |part: &str| !part.is_empty() && part.chars().all(|digit| digit.is_ascii_digit());
    (is_descriptor || name.split('.').all(is_number)) && parts.all(is_key)
}
