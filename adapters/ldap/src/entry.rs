use ldap3::ResultEntry;
use ldap3::asn1::StructureTag;

use crate::attribute::Attribute;

/// One entry of the directory. It has no `Debug`: it holds phone numbers.
pub(crate) struct Entry {
    pub(crate) dn: String,
    attributes: Vec<(String, Vec<Vec<u8>>)>,
}

impl Entry {
    /// Reads what the server sent; `None` when it is no entry.
    pub(crate) fn parse(entry: ResultEntry) -> Option<Self> {
        const SEARCH_RESULT_ENTRY: u64 = 4;
        let mut parts = entry.0.match_id(SEARCH_RESULT_ENTRY)?.expect_constructed()?.into_iter();
        let dn = text(parts.next()?)?;
        let attributes =
            parts.next()?.expect_constructed()?.into_iter().map(attribute).collect::<Option<_>>()?;
        Some(Self { dn, attributes })
    }

    /// The values of an attribute that are texts.
    pub(crate) fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self.attributes.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name));
        texts(named.flat_map(|(_, values)| values))
    }

    /// The values of an attribute of the settings that are texts.
    pub(crate) fn all<'a>(&'a self, attribute: &'a Attribute) -> impl Iterator<Item = &'a str> {
        texts(self.values(attribute))
    }

    /// The first one, in the order of the server.
    pub(crate) fn first<'a>(&'a self, attribute: &'a Attribute) -> Option<&'a str> {
        self.all(attribute).next()
    }

    /// The value of an attribute that has one only.
    pub(crate) fn only<'a>(&'a self, attribute: &'a Attribute) -> Option<&'a str> {
        let mut values = self.all(attribute);
        values.next().filter(|_| values.next().is_none())
    }

    /// The value of an attribute that has one only, whatever it is.
    pub(crate) fn only_bytes<'a>(&'a self, attribute: &'a Attribute) -> Option<&'a [u8]> {
        let mut values = self.values(attribute);
        values.next().filter(|_| values.next().is_none()).map(Vec::as_slice)
    }

    /// Those of attributes below it count where it has none itself.
    fn values<'a>(&'a self, attribute: &'a Attribute) -> impl Iterator<Item = &'a Vec<u8>> {
        let is_there = self.attributes.iter().any(|(description, _)| attribute.is(description));
        let is_meant = move |description: &str| {
            if is_there { attribute.is(description) } else { attribute.covers(description) }
        };
        let meant = self.attributes.iter().filter(move |(description, _)| is_meant(description));
        meant.flat_map(|(_, values)| values)
    }
}

fn texts<'a>(values: impl Iterator<Item = &'a Vec<u8>>) -> impl Iterator<Item = &'a str> {
    values.filter_map(|value| std::str::from_utf8(value).ok()).filter(|value| !value.is_empty())
}

fn attribute(attribute: StructureTag) -> Option<(String, Vec<Vec<u8>>)> {
    let mut parts = attribute.expect_constructed()?.into_iter();
    let name = text(parts.next()?)?;
    let values = parts.next()?.expect_constructed()?;
    Some((name, values.into_iter().map(StructureTag::expect_primitive).collect::<Option<_>>()?))
}

fn text(tag: StructureTag) -> Option<String> {
    String::from_utf8(tag.expect_primitive()?).ok()
}

#[cfg(test)]
impl Entry {
    /// An entry for tests of what is made of one.
    pub(crate) fn of(attributes: &[(&str, &str)]) -> Self {
        let attributes =
            attributes.iter().map(|(name, value)| ((*name).to_owned(), vec![value.as_bytes().to_vec()]));
        Self { dn: "uid=user".to_owned(), attributes: attributes.collect() }
    }

    /// An entry with one value that is no text.
    pub(crate) fn of_bytes(name: &str, value: &[u8]) -> Self {
        Self { dn: "uid=user".to_owned(), attributes: vec![(name.to_owned(), vec![value.to_vec()])] }
    }
}
