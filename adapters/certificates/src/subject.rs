use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::oid_registry::{OID_USERID, OID_X509_COMMON_NAME, OID_X509_SERIALNUMBER, Oid};

use crate::rejection::Reason;
use crate::settings::Subject;

impl Subject {
    /// The name in a certificate. With several nobody could say whose it is.
    pub(crate) fn name_in(self, certificate: &X509Certificate<'_>) -> Result<String, Reason> {
        let names = match self {
            Self::Uid => attributes(certificate, &OID_USERID),
            Self::SerialNumber => attributes(certificate, &OID_X509_SERIALNUMBER),
            Self::CommonName => attributes(certificate, &OID_X509_COMMON_NAME),
            Self::Email => emails(certificate)?,
        };
        match names.as_slice() {
            [Some(name)] if !name.is_empty() => Ok((*name).to_owned()),
            _ => Err(Reason::NoName),
        }
    }
}

/// The values of an attribute; `None` for one that is no text.
fn attributes<'a>(certificate: &'a X509Certificate<'_>, kind: &Oid<'static>) -> Vec<Option<&'a str>> {
    let attributes = certificate.subject().iter_attributes();
    let those = attributes.filter(|attribute| attribute.attr_type() == kind);
    those.map(|attribute| attribute.as_str().ok()).collect()
}

fn emails<'a>(certificate: &'a X509Certificate<'_>) -> Result<Vec<Option<&'a str>>, Reason> {
    let names = certificate.subject_alternative_name().map_err(|_| Reason::Malformed)?;
    let names = names.map(|names| names.value.general_names.as_slice()).unwrap_or_default();
    let email = |name: &'a GeneralName<'_>| {
        if let GeneralName::RFC822Name(email) = name { Some(Some(*email)) } else { None }
    };
    Ok(names.iter().filter_map(email).collect())
}
