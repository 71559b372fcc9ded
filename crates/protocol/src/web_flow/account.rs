//! What later versions of Web Flow say of a user beside who they are.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{null_as_default, schema};
use crate::json::name_or_default;

/// Whether an account may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccountStatus {
    /// It may.
    Active,
    /// It may not.
    NotActive,
}

/// How a user can be reached.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserContact {
    /// `PHONE`, or something that is not used here.
    #[serde(default, deserialize_with = "name_or_default")]
    #[schema(value_type = Option<String>)]
    pub contact_type: ContactType,
    /// The number or the address.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(value_type = Option<schema::Word>)]
    pub contact_value: String,
    /// Whether it is the one to use among several of a kind.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(value_type = Option<bool>)]
    pub primary: bool,
}

/// A text that names a person or speaks for them, such as a certificate. Its `Debug` shows only its length.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Withheld(pub String);

impl Withheld {
    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Withheld {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Withheld({} bytes)", self.0.len())
    }
}

/// What a contact is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ContactType {
    /// A phone number.
    Phone,
    /// An e-mail address.
    Email,
    /// Anything else.
    #[default]
    #[serde(other)]
    Other,
}

impl std::fmt::Debug for UserContact {
    /// Without the number or address.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "UserContact({:?})", self.contact_type)
    }
}

/// The number that a message goes to: the primary phone, else the first one. `None` when no contact is a phone.
#[must_use]
pub fn phone(contacts: &[UserContact]) -> Option<&str> {
    let mut phones = contacts.iter().filter(|contact| {
        contact.contact_type == ContactType::Phone && !contact.contact_value.trim().is_empty()
    });
    let first = phones.clone().next();
    phones.find(|contact| contact.primary).or(first).map(|contact| contact.contact_value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contacts(json: &str) -> Vec<UserContact> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_primary_phone_is_taken_before_the_first_one_and_nothing_that_is_no_phone() {
        let mail = r#"{"contactName":"e","contactType":"EMAIL","contactValue":"a@b.example","primary":true}"#;
        let first = r#"{"contactType":"PHONE","contactValue":"+420111","primary":false}"#;
        let primary = r#"{"contactType":"PHONE","contactValue":"+420222","primary":true}"#;
        assert_eq!(phone(&contacts(&format!("[{mail},{first},{primary}]"))), Some("+420222"));
        assert_eq!(phone(&contacts(&format!("[{mail},{first}]"))), Some("+420111"));
        assert_eq!(phone(&contacts(&format!("[{mail}]"))), None);
        let odd =
            r#"[{"contactType":"PIGEON","contactValue":"x"},{"contactType":"PHONE","contactValue":null},{}]"#;
        assert_eq!(phone(&contacts(odd)), None);
    }

    #[test]
    fn a_contact_is_not_printed_with_its_number() {
        let printed = format!("{:?}", contacts(r#"[{"contactType":"PHONE","contactValue":"+420111"}]"#));
        assert!(!printed.contains("420111"), "{printed}");
    }
}
