use ldap3::ResultEntry;
use ldap3::asn1::StructureTag;

/// One entry of the directory. It has no `Debug`: it holds phone numbers.
pub(crate) struct Entry {
    pub(crate) dn: String,
    attributes: Vec<(String, Vec<Vec<u8>>)>,
}

impl Entry {
    /// Reads what the server sent; `None` when it is no entry, or one without a name.
    pub(crate) fn parse(entry: ResultEntry) -> Option<Self> {
        const SEARCH_RESULT_ENTRY: u64 = 4;
        let mut parts = entry.0.match_id(SEARCH_RESULT_ENTRY)?.expect_constructed()?.into_iter();
        let dn = text(parts.next()?)?;
        let attributes =
            parts.next()?.expect_constructed()?.into_iter().map(attribute).collect::<Option<_>>()?;
        (!dn.is_empty()).then_some(Self { dn, attributes })
    }

    /// The values of an attribute that are texts.
    pub(crate) fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        self.values(name)
            .filter_map(|value| std::str::from_utf8(value).ok())
            .filter(|value| !value.is_empty())
    }

    /// The first value, in the order of the server.
    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        self.texts(name).next()
    }

    /// The value of an attribute that has one only.
    pub(crate) fn only(&self, name: &str) -> Option<&str> {
        let mut values = self.texts(name);
        values.next().filter(|_| values.next().is_none())
    }

    /// The value of an attribute that has one only, whatever it is.
    pub(crate) fn only_bytes(&self, name: &str) -> Option<&[u8]> {
        let mut values = self.values(name);
        values.next().filter(|_| values.next().is_none()).map(Vec::as_slice)
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &Vec<u8>> {
        let named = self.attributes.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name));
        named.flat_map(|(_, values)| values)
    }
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
