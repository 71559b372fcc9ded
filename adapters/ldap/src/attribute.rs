use crate::schema::Schema;

/// An attribute that the settings name, and how a server may call it in an entry: by any name of its type, and with options
/// (RFC 4512, 2.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    /// What the server is asked for.
    pub(crate) asked: String,
    /// In lower case, as everything below.
    names: Vec<String>,
    /// Those of types below this one.
    names_below: Vec<String>,
    options: Vec<String>,
}

impl Attribute {
    /// By the name as it is written, where no schema says more.
    pub(crate) fn as_written(description: &str) -> Self {
        let (name, options) = parts(description);
        Self { asked: description.to_owned(), names: vec![name], names_below: Vec::new(), options }
    }

    /// By the schema; `None` where it knows no such attribute.
    pub(crate) fn resolve(description: &str, schema: &Schema) -> Option<Self> {
        let (name, options) = parts(description);
        let found = schema.find(&name)?;
        let lower = |name: &str| name.to_ascii_lowercase();
        let asked = std::iter::once(found.name()).chain(options.iter().map(String::as_str));
        Some(Self {
            asked: asked.collect::<Vec<_>>().join(";"),
            names: found.all_names().map(lower).collect(),
            names_below: schema.names_below(found).into_iter().map(lower).collect(),
            options,
        })
    }

    /// Whether `description` is this attribute, with these options and no others.
    pub(crate) fn is(&self, description: &str) -> bool {
        let (name, options) = parts(description);
        self.names.contains(&name) && self.options.len() == options.len() && self.has_options_of(&options)
    }

    /// Whether `description` is this attribute or one below it: of a type below, or with more options.
    pub(crate) fn covers(&self, description: &str) -> bool {
        let (name, options) = parts(description);
        (self.names.contains(&name) || self.names_below.contains(&name)) && self.has_options_of(&options)
    }

    fn has_options_of(&self, others: &[String]) -> bool {
        self.options.iter().all(|option| others.contains(option))
    }
}

/// The type and the options of `givenName;lang-cs`, in lower case.
fn parts(description: &str) -> (String, Vec<String>) {
    let mut parts = description.split(';').map(str::to_ascii_lowercase);
    (parts.next().unwrap_or_default(), parts.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> Schema {
        let types = ["( 1.1 NAME 'name' )", "( 1.2 NAME ( 'sn' 'surname' ) SUP name )"];
        Schema::parse(types.into_iter()).expect("there are types")
    }

    #[test]
    fn an_attribute_is_known_by_each_name_of_its_type() {
        for written in ["sn", "SurName", "1.2"] {
            let attribute = Attribute::resolve(written, &schema()).expect("it is known");
            assert_eq!(attribute.asked, "sn");
            assert!(["sn", "SN", "surname", "1.2"].into_iter().all(|name| attribute.is(name)), "{written}");
            assert!(!attribute.covers("name") && !attribute.covers("1.1"));
        }
        assert_eq!(Attribute::resolve("given", &schema()), None);
    }

    #[test]
    fn an_attribute_covers_those_below_it_and_is_none_of_them() {
        let attribute = Attribute::resolve("name", &schema()).expect("it is known");
        for below in ["surname", "1.2", "name;lang-cs", "SN;Lang-CS;x-bank"] {
            assert!(attribute.covers(below) && !attribute.is(below), "{below}");
        }
    }

    #[test]
    fn options_are_wanted_in_any_order_and_case() {
        let attribute = Attribute::resolve("surname;lang-CS;x-bank", &schema()).expect("it is known");
        assert_eq!(attribute.asked, "sn;lang-cs;x-bank");
        assert!(attribute.is("sn;X-Bank;lang-cs"));
        for other in ["sn", "sn;lang-cs", "sn;lang-en;x-bank", "name;lang-cs;x-bank"] {
            assert!(!attribute.covers(other), "{other}");
        }
    }

    #[test]
    fn without_a_schema_an_attribute_is_what_is_written() {
        let attribute = Attribute::as_written("Mobile");
        assert_eq!(attribute.asked, "Mobile");
        assert!(attribute.is("mobile") && attribute.covers("mobile;x-home") && !attribute.covers("phone"));
    }
}
