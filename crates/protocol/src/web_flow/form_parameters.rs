use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::FormDataError;
use crate::json::Text;

/// A form whose parameters are told apart in the one pass that reads it. All is unparsed, in order, repeated members included; `C`
/// is what is put among its parameters.
pub(super) struct Form<'a, C>(Vec<(Cow<'a, str>, Member<'a, C>)>);

#[derive(Serialize)]
#[serde(untagged)]
enum Member<'a, C> {
    Parameters(Vec<Parameter<'a, C>>),
    Other(&'a RawValue),
}

/// What a form shows.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Parameter<'a, C> {
    Known(&'a RawValue),
    New(C),
}

const PARAMETERS: &str = "parameters";

impl<'a, C> Form<'a, C> {
    /// The parameters. Where there are none, there is a list for them from now on.
    ///
    /// # Errors
    ///
    /// When there are two lists.
    pub(super) fn parameters(&mut self) -> Result<&mut Vec<Parameter<'a, C>>, FormDataError> {
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
    fn only(&self, name: &str) -> Result<Option<&Member<'a, C>>, FormDataError> {
        let mut named = self.0.iter().filter(|(known, _)| known == name).map(|(_, member)| member);
        let first = named.next();
        if named.next().is_some() { Err(FormDataError::Unreadable) } else { Ok(first) }
    }
}

impl<'de: 'a, 'a, C> Deserialize<'de> for Parameter<'a, C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer).map(Self::Known)
    }
}

impl<'de: 'a, 'a, C> Deserialize<'de> for Form<'a, C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FormVisitor<C>(PhantomData<C>);

        impl<'de, C> Visitor<'de> for FormVisitor<C> {
            type Value = Form<'de, C>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a form")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Form<'de, C>, A::Error> {
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

        deserializer.deserialize_map(FormVisitor(PhantomData))
    }
}

impl<C: Serialize> Serialize for Form<'_, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, member)| (name, member)))
    }
}
