use uuid::Uuid;

use crate::attribute::Attribute;
use crate::entry::Entry;
use crate::settings::IdFormat;
use crate::template::Template;

/// The attribute that identifies a user, and how its value is written.
pub(crate) struct IdAttribute {
    pub(crate) attribute: Attribute,
    pub(crate) format: IdFormat,
}

impl IdAttribute {
    /// The id of whoever the entry is; `None` for an entry that has none, or several.
    pub(crate) fn read(&self, entry: &Entry) -> Option<String> {
        match self.format {
            IdFormat::Text => entry.only(&self.attribute).map(str::to_owned),
            IdFormat::Guid => {
                let bytes = entry.only_bytes(&self.attribute)?.try_into().ok()?;
                Some(Uuid::from_bytes_le(bytes).hyphenated().to_string())
            }
        }
    }

    /// The filter for whoever has the id; `None` for what can't be one.
    pub(crate) fn filter(&self, by_id: &Template, id: &str) -> Option<String> {
        match self.format {
            IdFormat::Text => (!id.is_empty()).then(|| by_id.fill(id)),
            IdFormat::Guid => {
                let guid = Uuid::try_parse(id).ok()?;
                Some(by_id.fill_bytes(&guid.to_bytes_le()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::ID;

    /// As a domain controller sent it, and as its administrators read it.
    const BYTES: [u8; 16] =
        [0xec, 0xad, 0x8f, 0x6a, 0xde, 0xd7, 0xd8, 0x42, 0x9a, 0x5e, 0x46, 0x02, 0x6c, 0x99, 0xbc, 0x54];
    const TEXT: &str = "6a8fadec-d7de-42d8-9a5e-46026c99bc54";

    fn guid() -> IdAttribute {
        IdAttribute { attribute: Attribute::as_written("objectGUID"), format: IdFormat::Guid }
    }

    #[test]
    fn a_guid_is_written_as_the_tools_of_active_directory_show_it() {
        assert_eq!(guid().read(&Entry::of_bytes("objectguid", &BYTES)).as_deref(), Some(TEXT));
        for wrong in [&BYTES[1..], &[&BYTES[..], b"0"].concat()] {
            assert_eq!(guid().read(&Entry::of_bytes("objectguid", wrong)), None);
        }
    }

    #[test]
    fn a_guid_is_searched_for_by_its_bytes_and_what_is_none_not_at_all() {
        let by_id = Template::new("(objectGUID={id})", ID).unwrap();
        let bytes = r"\ec\ad\8f\6a\de\d7\d8\42\9a\5e\46\02\6c\99\bc\54";
        assert_eq!(guid().filter(&by_id, TEXT), Some(format!("(objectGUID={bytes})")));
        for wrong in ["", "*", "12345678", &TEXT[1..], "6a8fadec-d7de-42d8-9a5e-46026c99bc5*"] {
            assert_eq!(guid().filter(&by_id, wrong), None, "{wrong}");
        }
    }
}
