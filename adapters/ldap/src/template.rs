use std::ops::RangeInclusive;

use ldap3::asn1::{ASNTag as _, PL, StructureTag};
use ldap3::{ldap_escape, parse_filter};

/// A search filter with a place for one value.
#[derive(Clone, Debug)]
pub(crate) struct Template(String);

/// What stands for a name that was typed.
pub(crate) const USERNAME: &str = "{username}";
/// What stands for the id of a user.
pub(crate) const ID: &str = "{id}";

impl Template {
    /// Takes a filter in which `placeholder` stands for the value.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in words that go after its key.
    pub(crate) fn new(filter: &str, placeholder: &str) -> Result<Self, String> {
        let template = Self(filter.replace(placeholder, PLACE));
        if !template.0.contains(PLACE) {
            return Err(format!("has no `{placeholder}`"));
        }
        if template.0.contains(['{', '}']) {
            return Err(format!("has another placeholder than `{placeholder}`"));
        }
        if !filter.starts_with('(') || parse_filter(template.fill("value")).is_err() {
            return Err("is not a search filter in parentheses (RFC 4515)".to_owned());
        }
        Ok(template)
    }

    /// The attributes that it asks about, as they are written.
    pub(crate) fn attributes(&self) -> Vec<String> {
        parse_filter(self.fill("value")).map_or_else(|_| Vec::new(), |filter| asked(filter.into_structure()))
    }

    /// Whether an entry can fit it on a server that knows these attributes: what asks about another one is neither true nor
    /// false (RFC 4511, 4.5.1.7).
    pub(crate) fn can_fit(&self, is_known: impl Fn(&str) -> bool) -> bool {
        parse_filter(self.fill("value"))
            .is_ok_and(|filter| Outcomes::of(filter.into_structure(), &is_known).is_true)
    }

    /// The filter for one value, whatever is in it.
    pub(crate) fn fill(&self, value: &str) -> String {
        self.0.replace(PLACE, &ldap_escape(value))
    }

    /// The filter for any value.
    pub(crate) fn any(&self) -> String {
        self.0.replace(PLACE, "*")
    }

    /// The filter for a value that is no text (RFC 4515, 3).
    pub(crate) fn fill_bytes(&self, value: &[u8]) -> String {
        let escaped: String = value.iter().map(|byte| format!("\\{byte:02x}")).collect();
        self.0.replace(PLACE, &escaped)
    }
}

const AND: u64 = 0;
const NOT: u64 = 2;
const AND_TO_NOT: RangeInclusive<u64> = AND..=NOT;

/// What a filter can be for entries; neither where it is always undefined.
#[derive(Clone, Copy)]
struct Outcomes {
    is_true: bool,
    is_false: bool,
}

impl Outcomes {
    fn of(filter: StructureTag, is_known: &impl Fn(&str) -> bool) -> Self {
        let id = filter.id;
        match filter.payload {
            PL::C(parts) if AND_TO_NOT.contains(&id) => {
                let parts: Vec<_> = parts.into_iter().map(|part| Self::of(part, is_known)).collect();
                let (is_true, is_false) = (|part: &Self| part.is_true, |part: &Self| part.is_false);
                match id {
                    AND => Self { is_true: parts.iter().all(is_true), is_false: parts.iter().any(is_false) },
                    NOT => Self { is_true: parts.iter().all(is_false), is_false: parts.iter().all(is_true) },
                    _ => Self { is_true: parts.iter().any(is_true), is_false: parts.iter().all(is_false) },
                }
            }
            payload @ (PL::P(_) | PL::C(_)) => {
                let is_defined = asked(StructureTag { payload, ..filter }).iter().all(|name| is_known(name));
                Self { is_true: is_defined, is_false: is_defined }
            }
        }
    }
}

/// The attributes that a filter asks about (RFC 4511, 4.5.1.7).
fn asked(filter: StructureTag) -> Vec<String> {
    const EXTENSIBLE: u64 = 9;
    const TYPE: u64 = 2;
    let name = |name| String::from_utf8(name).ok();
    match filter.payload {
        PL::C(parts) if AND_TO_NOT.contains(&filter.id) => parts.into_iter().flat_map(asked).collect(),
        PL::C(parts) => {
            let is_type = |part: &StructureTag| filter.id != EXTENSIBLE || part.id == TYPE;
            let described = parts.into_iter().find(is_type).and_then(StructureTag::expect_primitive);
            described.and_then(name).into_iter().collect()
        }
        // That an attribute is there.
        PL::P(described) => name(described).into_iter().collect(),
    }
}

/// No filter can hold it unescaped.
const PLACE: &str = "\0";

/// Users by id among those that have any username: `(uid={username})` becomes `(uid=*)` beside the condition on the id.
/// Without the first part an id would find what a username never does, such as the account of a service.
pub(crate) fn default_id_filter(username_filter: &str, id_attribute: &str) -> String {
    format!("(&{}({id_attribute}={ID}))", username_filter.replace(USERNAME, "*"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_filled_in_stays_one_value() {
        let template = Template::new("(&(objectClass=person)(uid={username}))", USERNAME).unwrap();
        assert_eq!(template.fill("user1234"), "(&(objectClass=person)(uid=user1234))");
        assert_eq!(template.fill("*)(uid=*"), r"(&(objectClass=person)(uid=\2a\29\28uid=\2a))");
        assert_eq!(template.fill("\\2a\0"), r"(&(objectClass=person)(uid=\5c2a\00))");
        assert_eq!(template.fill("{username}{id}"), "(&(objectClass=person)(uid={username}{id}))");
    }

    #[test]
    fn a_filter_that_is_none_is_refused_with_the_reason() {
        let why = |filter| Template::new(filter, USERNAME).unwrap_err();
        assert!(why("(uid=user)").contains("{username}"));
        assert!(why("(uid={username})(sn={id})").contains("another placeholder"));
        for broken in ["uid={username}", "(uid={username}", "((uid={username}))", "(&(uid={username}))x"] {
            assert!(why(broken).contains("RFC 4515"), "{broken}");
        }
    }

    #[test]
    fn a_filter_says_which_attributes_it_asks_about() {
        let filter = "(&(objectClass=person)(!(l=*))(|(uid={username})(cn;lang-cs=*{username}*)(1.2.3>=0))(sn~=x)\
                      (ou:dn:2.4.6:={username})(:caseExactMatch:=x))";
        let template = Template::new(filter, USERNAME).unwrap();
        assert_eq!(template.attributes(), ["objectClass", "l", "uid", "cn;lang-cs", "1.2.3", "sn", "ou"]);
    }

    #[test]
    fn nobody_fits_a_filter_that_an_unknown_attribute_leaves_undefined() {
        let can_fit = |filter: &str| {
            Template::new(filter, USERNAME).expect("a filter").can_fit(|name| !name.starts_with("no"))
        };
        for filter in [
            "(no={username})",
            "(&(objectClass=person)(nope={username}))",
            "(&(uid={username})(!(no=x)))",
            "(&(uid={username})(no=*))",
            "(|(no={username})(nope=*))",
            "(&(uid={username})(!(|(no=x)(uid=y))))",
            "(no:dn:2.4.6:={username})",
        ] {
            assert!(!can_fit(filter), "{filter}");
        }
        for filter in [
            "(uid={username})",
            "(|(uid={username})(no={username}))",
            "(&(uid={username})(!(&(no=x)(uid=y))))",
            "(&(uid={username})(:caseExactMatch:=x))",
        ] {
            assert!(can_fit(filter), "{filter}");
        }
    }

    #[test]
    fn an_id_is_searched_for_among_those_who_have_a_username() {
        let filter = default_id_filter("(&(objectClass=person)(uid={username}))", "entryUUID");
        assert_eq!(filter, "(&(&(objectClass=person)(uid=*))(entryUUID={id}))");
    }
}
