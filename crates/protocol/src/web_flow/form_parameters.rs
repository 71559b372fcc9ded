use std::borrow::Cow;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::FormDataError;
use crate::json::Text;

/// A form whose parameters are told apart in the one pass that reads it. All is unparsed, in order, repeated members included.
pub(super) struct Form<'a>(Vec<(Cow<'a, str>, Member<'a>)>);

#[derive(Serialize)]
#[serde(untagged)]
enum Member<'a> {
    Parameters(Vec<&'a RawValue>),
    Other(&'a RawValue),
}

const PARAMETERS: &str = "parameters";

impl<'a> Form<'a> {
    /// The parameters. Where there are none, there is a list for them from now on.
    ///
    /// # Errors
    ///
    /// When there are two lists.
    pub(super) fn parameters(&mut self) -> Result<&mut Vec<&'a RawValue>, FormDataError> {
        if self.only(PARAMETERS)?.is_none() {
            self.0.push((PARAMETERS.into(), Member::Parameters(Vec::new())));
        }
        let mut lists = self.0.iter_mut().filter_map(|(_, member)| match member {
            Member::Parameters(list) => Some(list),
            Member::Other(_) => None,
        });
        lists.next().ok_or(FormDataError::Unreadable)
    }

    /// The entries of `config`; none when it is absent or `null`.
    ///
    /// # Errors
    ///
    /// When it is no list, or there are two.
    pub(super) fn config(&self) -> Result<Vec<&'a RawValue>, FormDataError> {
        let Some(Member::Other(config)) = self.only("config")? else { return Ok(Vec::new()) };
        Ok(serde_json::from_str::<Option<_>>(config.get())?.unwrap_or_default())
    }

    /// The only member of this name; `None` when there is none.
    fn only(&self, name: &str) -> Result<Option<&Member<'a>>, FormDataError> {
        let mut named = self.0.iter().filter(|(known, _)| known == name).map(|(_, member)| member);
        let first = named.next();
        if named.next().is_some() { Err(FormDataError::Unreadable) } else { Ok(first) }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Form<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FormVisitor;

        impl<'de> Visitor<'de> for FormVisitor {
            type Value = Form<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a form")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Form<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(Text(name)) = map.next_key()? {
                    let member = if name == PARAMETERS {
                        Member::Parameters(map.next_value::<Option<_>>()?.unwrap_or_default())
                    } else {
                        Member::Other(map.next_value()?)
                    };
                    members.push((name, member));
                }
                Ok(Form(members))
            }
        }

        deserializer.deserialize_map(FormVisitor)
    }
}

impl Serialize for Form<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, member)| (name, member)))
    }
}
