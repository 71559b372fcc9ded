//! Which settings there are, by what the types of the settings ask a deserializer for.

use std::cell::Cell;

use serde::de::value::{Error, MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error as _, IntoDeserializer, Visitor};

/// What is at a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A table with these keys.
    Table(&'static [&'static str]),
    /// A table whose keys are names that the user chooses.
    Names,
    /// A list.
    List,
    /// One of these words.
    Words(&'static [&'static str]),
    /// Any other value.
    Value,
}

/// What is at a key of `T`, given as its parts; an index is a part as well. `None` where nothing is.
pub(super) fn place<T: DeserializeOwned>(key: &[&str]) -> Option<Place> {
    let found = Cell::new(None);
    // It ends in an error always: there is no value.
    drop(T::deserialize(Probe { key, found: &found }));
    found.get()
}

/// The parts of a key as errors name it: `rules`, `0` and `label` of `rules[0].label`.
pub(super) fn parts(key: &str) -> Vec<&str> {
    key.split(['.', '[', ']']).filter(|part| !part.is_empty()).collect()
}

/// Goes down one key and notes what is asked for at its end.
struct Probe<'p> {
    key: &'p [&'p str],
    found: &'p Cell<Option<Place>>,
}

impl<'p> Probe<'p> {
    fn end<T>(&self, place: Place) -> Result<T, Error> {
        if self.key.is_empty() {
            self.found.set(Some(place));
        }
        Err(Error::custom("there is no value"))
    }

    /// The first part, and what goes on behind it.
    fn split(&self) -> Option<(&'p str, Self)> {
        let (first, key) = self.key.split_first()?;
        Some((first, Self { key, found: self.found }))
    }
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        self.end(Place::Value)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.split() {
            Some((first, rest)) if fields.contains(&first) => {
                visitor.visit_map(MapDeserializer::new(std::iter::once((first, rest))))
            }
            _ => self.end(Place::Table(fields)),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.split() {
            Some(entry) => visitor.visit_map(MapDeserializer::new(std::iter::once(entry))),
            None => self.end(Place::Names),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.split() {
            Some((_, rest)) => visitor.visit_seq(SeqDeserializer::new(std::iter::once(rest))),
            None => self.end(Place::List),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        words: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        self.end(Place::Words(words))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple
        tuple_struct identifier ignored_any
    }
}

impl IntoDeserializer<'_, Error> for Probe<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    fn at(key: &str) -> Option<Place> {
        place::<Settings>(&parts(key))
    }

    #[test]
    fn each_key_of_the_settings_is_what_its_type_asks_for() {
        assert_eq!(at("consent.html"), Some(Place::Words(&["web-flow", "strict"])));
        assert_eq!(at("server.port"), Some(Place::Value));
        assert_eq!(at("server.host"), Some(Place::Value));
        assert_eq!(at("otp.key"), Some(Place::Value));
        assert_eq!(at("server.trusted_proxies"), Some(Place::List));
        assert_eq!(at("server.trusted_proxies[0]"), Some(Place::Value));
        assert_eq!(at("operations"), Some(Place::Names));
        assert_eq!(at("operations.login.binds"), Some(Place::Words(&["operation", "payment"])));
        assert_eq!(at("anti_fraud.rules[0].label"), Some(Place::Value));
        assert!(matches!(at("server"), Some(Place::Table(keys)) if keys.contains(&"port")));
        for none in ["server.prot", "server.port.number", "port", "consent.html.strict"] {
            assert_eq!(at(none), None, "{none}");
        }
    }
}
