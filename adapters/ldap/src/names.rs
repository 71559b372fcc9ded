use crate::attribute::Attribute;
use crate::failure::Failure;
use crate::id::IdAttribute;
use crate::schema::Schema;
use crate::settings::LdapSettings;
use crate::template::Template;

/// A name of an attribute that the schema of the directory does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownAttribute {
    /// The setting that has it, such as `attributes.phone` or `organizations.RETAIL.filter`.
    pub setting: String,
    /// The name.
    pub attribute: String,
}

/// The attributes that the settings name, as a directory knows them.
pub(crate) struct Names {
    pub(crate) id: IdAttribute,
    pub(crate) given_name: Attribute,
    pub(crate) family_name: Attribute,
    pub(crate) phone: Attribute,
    pub(crate) language: Attribute,
    pub(crate) organization: Option<Attribute>,
    pub(crate) consumer_id: Option<Attribute>,
    /// With the names that the front reads.
    pub(crate) extras: Vec<(String, Attribute)>,
    /// What has to be asked for.
    pub(crate) wanted: Vec<String>,
    /// What the schema does not know; `None` where it is hidden.
    pub(crate) unknown: Option<Vec<UnknownAttribute>>,
    /// What entries have under another name, as can be told where the schema is hidden. Filters are for the server to resolve.
    pub(crate) unresolved: Vec<UnknownAttribute>,
}

impl Names {
    /// By the schema, or as they are written where it is hidden.
    pub(crate) fn new(settings: &LdapSettings, schema: Option<&Schema>) -> Self {
        let attributes = &settings.attributes;
        let resolve = |name: &str| {
            let resolved = schema.and_then(|schema| Attribute::resolve(name, schema));
            resolved.unwrap_or_else(|| Attribute::as_written(name))
        };
        let (id, format) = settings.id();
        let extras = attributes.extras.iter().map(|(front, name)| (front.clone(), resolve(name)));
        let mut names = Self {
            id: IdAttribute { attribute: resolve(id), format },
            given_name: resolve(&attributes.given_name),
            family_name: resolve(&attributes.family_name),
            phone: resolve(&attributes.phone),
            language: resolve(&attributes.language),
            organization: attributes.organization.as_deref().map(resolve),
            consumer_id: attributes.consumer_id.as_deref().map(resolve),
            extras: extras.collect(),
            wanted: settings.lock_attributes().iter().map(|&name| name.to_owned()).collect(),
            unknown: schema.map(|schema| unknown(settings, schema)),
            unresolved: if schema.is_none() { unresolved(settings) } else { Vec::new() },
        };
        let beside_id: Vec<_> = names.beside_id().map(|(_, attribute)| attribute.asked.clone()).collect();
        names.wanted.push(names.id.attribute.asked.clone());
        names.wanted.extend(beside_id);
        names
    }

    /// The attributes that users may have beside the id, each after its setting.
    pub(crate) fn beside_id(&self) -> impl Iterator<Item = (String, &Attribute)> {
        let Self { given_name, family_name, phone, language, organization, consumer_id, extras, .. } = self;
        let names = [
            ("given_name", given_name),
            ("family_name", family_name),
            ("phone", phone),
            ("language", language),
        ];
        let organization = organization.iter().map(|attribute| ("organization", attribute));
        let consumer_id = consumer_id.iter().map(|attribute| ("consumer_id", attribute));
        let names = names.into_iter().chain(organization).chain(consumer_id);
        let names = names.map(|(key, attribute)| (format!("attributes.{key}"), attribute));
        names.chain(extras.iter().map(|(front, attribute)| (format!("attributes.extras.{front}"), attribute)))
    }

    /// Whether somebody can be found by this filter.
    ///
    /// # Errors
    ///
    /// When nobody can, since the schema does not know what identifies users or tells organizations apart, or an attribute
    /// that the filter asks about.
    pub(crate) fn can_find(&self, filter: &Template) -> Result<(), Failure> {
        let unknown = || self.unknown.iter().flatten();
        let is_needed = |setting: &str| matches!(setting, "attributes.id" | "attributes.organization");
        let needed = unknown().find(|unknown| is_needed(&unknown.setting));
        let in_filter = || {
            let is_known = |name: &str| unknown().all(|unknown| unknown.attribute != name);
            let fits = unknown().next().is_none() || filter.can_fit(is_known);
            let asked = if fits { Vec::new() } else { filter.attributes() };
            let asked_by = |key: &str| {
                unknown()
                    .find(|unknown| unknown.setting.starts_with(key) && asked.contains(&unknown.attribute))
            };
            asked_by("organizations.").or_else(|| asked_by("attributes.consumer_id"))
        };
        let Some(UnknownAttribute { setting, attribute }) = needed.or_else(in_filter) else { return Ok(()) };
        Err(Failure::Unusable(format!(
            "nobody is found: its schema does not know `{attribute}` of `{setting}`"
        )))
    }
}

/// Other names of attributes of RFC 2798, 4519 and 4524, in lower case; servers answer with the first one.
const ALIASES: [&str; 13] = [
    "commonname",
    "countryname",
    "domaincomponent",
    "gn",
    "homephonenumber",
    "localityname",
    "mobiletelephonenumber",
    "organizationalunitname",
    "organizationname",
    "pagertelephonenumber",
    "rfc822mailbox",
    "surname",
    "userid",
];

fn unresolved(settings: &LdapSettings) -> Vec<UnknownAttribute> {
    let is_other_name = |description: &str| {
        let name = description.split(';').next().unwrap_or_default().to_ascii_lowercase();
        name.starts_with(|first: char| first.is_ascii_digit()) || ALIASES.contains(&name.as_str())
    };
    let names = settings.names().into_iter();
    let unresolved = names.filter(|(key, name)| key.starts_with("attributes.") && is_other_name(name));
    unresolved.map(|(setting, attribute)| UnknownAttribute { setting, attribute }).collect()
}

fn unknown(settings: &LdapSettings, schema: &Schema) -> Vec<UnknownAttribute> {
    let names = settings.names().into_iter();
    let unknown = names.filter(|(_, name)| Attribute::resolve(name, schema).is_none());
    unknown.map(|(setting, attribute)| UnknownAttribute { setting, attribute }).collect()
}
