//! The names of whoever calls, of whichever kind.

use std::collections::BTreeMap;

use super::refuse;
use crate::failure::Failure;

/// Who has which name, by the key of the settings that says so. The log, the audit log and the store of sessions name a caller by it
/// alone, so that nobody has that of another.
#[derive(Default)]
pub(super) struct Names<'a>(BTreeMap<&'a str, &'static str>);

impl<'a> Names<'a> {
    /// Takes the names of all of a kind.
    pub(super) fn take(
        &mut self,
        key: &'static str,
        names: impl Iterator<Item = &'a String>,
    ) -> Result<(), Failure> {
        for name in names {
            match self.0.insert(name, key) {
                None => {}
                Some(other) if other == key => return refuse(key, &format!("has `{name}` twice")),
                Some(other) => {
                    let why =
                        format!("has `{name}`, and so has `{other}`; logs could not tell one from the other");
                    return refuse(key, &why);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::config::load_text;

    /// How each kind of caller is written, and the key of its name.
    const KINDS: [(&str, &str); 4] = [
        ("callers.allowed.name", "[[callers.allowed]]\nname = \"some.body\"\ntoken_sha256 = \"HASH\"\n"),
        (
            "security.partners.username",
            "[[security.partners]]\nusername = \"some.body\"\npassword_hash = \"x\"\norganizations = [\"A\"]\n",
        ),
        (
            "factors.programmes.id",
            "[[factors.programmes]]\nid = \"some.body\"\napi_key_sha256 = \"HASH\"\norganizations = [\"A\"]\n",
        ),
        ("admin.operators.name", "[[admin.operators]]\nname = \"some.body\"\ntoken_sha256 = \"HASH\"\n"),
    ];

    /// Why these are refused, beside an operator whom nobody else is called like.
    fn refusal(callers: &[&str]) -> Option<String> {
        let operator = KINDS[3].1.replace("some.body", "ann");
        let callers = format!("{operator}{}", callers.concat()).replace("HASH", &"a".repeat(64));
        let settings = format!("sandbox.enabled = true\nadmin.enabled = true\n{callers}");
        load_text(&settings).err().map(|failure| failure.to_string())
    }

    #[test]
    fn no_two_callers_have_one_name_of_whichever_kind_they_are() {
        for (index, (key, caller)) in KINDS.into_iter().enumerate() {
            assert_eq!(refusal(&[caller]), None);
            assert_eq!(refusal(&[caller, caller]), Some(format!("`{key}` has `some.body` twice")));
            for (other, another) in &KINDS[index + 1..] {
                let refused = refusal(&[caller, another]).expect("two have one name");
                assert!(
                    refused.starts_with(&format!("`{other}` has `some.body`, and so has `{key}`")),
                    "{refused}"
                );
            }
        }
    }
}
