//! What a client's certificate says of whose it is.

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;

/// What is known of a client's certificate, which was verified when the connection was made. One whose names can't be read has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ClientCertificate {
    /// The common name of its subject; `None` when there is none, or more than one.
    pub(crate) common_name: Option<String>,
    /// The DNS names of its `subjectAltName`, as they stand there.
    pub(crate) dns_names: Vec<String>,
    /// The URIs of its `subjectAltName`, as they stand there. A SPIFFE ID is the only one, or it is none.
    pub(crate) uris: Vec<String>,
}

impl ClientCertificate {
    pub(crate) fn read(der: impl AsRef<[u8]>) -> Self {
        let certificate = X509Certificate::from_der(der.as_ref()).ok();
        certificate.and_then(|(_, certificate)| Self::of(&certificate)).unwrap_or_default()
    }

    /// `None` when one of its names can't be read: what it says then is not for us to guess.
    fn of(certificate: &X509Certificate<'_>) -> Option<Self> {
        let mut of = Self { common_name: common_name(certificate), ..Self::default() };
        let names = certificate.subject_alternative_name().ok()?;
        for name in names.iter().flat_map(|extension| &extension.value.general_names) {
            if let GeneralName::DNSName(name) = name {
                of.dns_names.push(ascii(name)?);
            } else if let GeneralName::URI(uri) = name {
                of.uris.push(ascii(uri)?);
            } else if let GeneralName::Invalid(..) = name {
                return None;
            }
        }
        if of.uris.len() > 1 {
            of.uris.retain(|uri| !is_spiffe(uri));
        }
        Some(of)
    }
}

fn common_name(certificate: &X509Certificate<'_>) -> Option<String> {
    let mut names = certificate.subject().iter_common_name();
    match (names.next(), names.next()) {
        (Some(name), None) => name.as_str().ok().map(str::to_owned),
        _ => None,
    }
}

/// Both are written in ASCII, and the parser takes more.
fn ascii(name: &str) -> Option<String> {
    name.is_ascii().then(|| name.to_owned())
}

/// X509-SVID has one URI, or is to be rejected.
fn is_spiffe(uri: &str) -> bool {
    uri.split_once(':').is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("spiffe"))
}
