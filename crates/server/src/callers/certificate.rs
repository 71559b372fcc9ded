//! Which caller a client certificate is of.

use super::{Caller, Callers};
use crate::tls::ClientCertificate;

/// The names in a certificate by which a caller is known. A certificate with any one of them is the caller's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CertificateNames {
    /// Whether the name of the caller is one of them, as the common name of the subject.
    pub common_name: bool,
    /// DNS names of the `subjectAltName`, in letters of either case. None stands for others: there are no wildcards.
    pub dns_names: Vec<String>,
    /// URIs of the `subjectAltName`, byte for byte.
    pub uris: Vec<String>,
}

impl Callers {
    /// The one whose certificate this is; `None` when it is nobody's, and when it is that of several: no name goes before another.
    pub(super) fn by_certificate(&self, certificate: &ClientCertificate) -> Option<&Caller> {
        let mut named = self.allowed.iter().filter(|caller| caller.is_named_by(certificate));
        let (caller, another) = (named.next()?, named.next());
        if let Some(another) = another {
            let (one, other) = (&caller.name, &another.name);
            tracing::warn!(
                one,
                other,
                "a client certificate has the names of two callers, and is taken for neither"
            );
        }
        another.is_none().then_some(caller)
    }
}

impl Caller {
    fn is_named_by(&self, certificate: &ClientCertificate) -> bool {
        let CertificateNames { common_name, dns_names, uris } = &self.certificate;
        let has_dns_name =
            |name: &String| certificate.dns_names.iter().any(|of| of.eq_ignore_ascii_case(name));
        (*common_name && certificate.common_name.as_ref() == Some(&self.name))
            || dns_names.iter().any(has_dns_name)
            || uris.iter().any(|uri| certificate.uris.contains(uri))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Denial;
    use super::*;
    use actix_web::http::header::HeaderMap;

    fn caller(name: &str, common_name: bool, dns_names: &[&str], uris: &[&str]) -> Caller {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let certificate = CertificateNames { common_name, dns_names: owned(dns_names), uris: owned(uris) };
        Caller { name: name.to_owned(), token_sha256: None, certificate, paths: Vec::new() }
    }

    /// Who is let in with a certificate of these names.
    fn named(common_name: Option<&str>, dns_names: &[&str], uris: &[&str]) -> Result<String, Denial> {
        let callers = vec![
            caller(
                "web-flow",
                true,
                &["web-flow.bank.test", "wf.bank.test"],
                &["spiffe://bank.test/web-flow"],
            ),
            caller("texting", false, &["texting.bank.test"], &["urn:bank:Texting"]),
            caller("old", true, &[], &[]),
        ];
        let callers = Callers::new(callers, Vec::new(), false);
        let of = caller("", true, dns_names, uris).certificate;
        let (dns_names, uris) = (of.dns_names, of.uris);
        let certificate = ClientCertificate { common_name: common_name.map(str::to_owned), dns_names, uris };
        let caller = callers.identify(&HeaderMap::new(), Some(&certificate))?;
        Ok(caller.expect("there are callers").name.clone())
    }

    #[test]
    fn any_name_of_a_caller_is_enough_beside_names_of_nobody() {
        for (common_name, dns_names, uris) in [
            (Some("web-flow"), &[][..], &[][..]),
            (None, &["web-flow.bank.test"][..], &[][..]),
            (Some("x"), &["other.test", "WF.Bank.TEST"], &["urn:other"]),
            (Some("web-flow"), &["wf.bank.test"], &["spiffe://bank.test/web-flow"]),
            (Some("texting"), &[], &["spiffe://bank.test/web-flow"]),
        ] {
            assert_eq!(
                named(common_name, dns_names, uris),
                Ok("web-flow".to_owned()),
                "{dns_names:?} {uris:?}"
            );
        }
        assert_eq!(named(None, &[], &["urn:bank:Texting"]), Ok("texting".to_owned()));
        assert_eq!(named(Some("old"), &["other.test"], &[]), Ok("old".to_owned()));
    }

    #[test]
    fn what_only_looks_like_a_name_is_none() {
        for (common_name, dns_names, uris) in [
            (None, &[][..], &[][..]),
            (Some("texting"), &[], &[]),
            (Some("texting.bank.test"), &[], &[]),
            (Some("urn:bank:Texting"), &[], &[]),
            (Some("OLD"), &[], &[]),
            (None, &["web-flow"], &[]),
            (None, &["old"], &["old"]),
            (None, &["*.bank.test", "bank.test", "a.web-flow.bank.test", "web-flow.bank.test."], &[]),
            (None, &["web-flow.bank.test\0.evil.test", "spiffe://bank.test/web-flow"], &[]),
            (
                None,
                &[],
                &["spiffe://bank.test/web-flow/", "spiffe://bank.test/Web-Flow", "web-flow.bank.test"],
            ),
            (None, &[], &["urn:bank:texting", "URN:bank:Texting", "urn:bank:%54exting"]),
        ] {
            let refused = named(common_name, dns_names, uris);
            assert_eq!(refused, Err(Denial::Unauthorized), "{common_name:?} {dns_names:?} {uris:?}");
        }
    }

    #[test]
    fn a_certificate_of_two_callers_is_that_of_neither() {
        for (common_name, dns_names, uris) in [
            (None, &["web-flow.bank.test", "texting.bank.test"][..], &[][..]),
            (Some("old"), &["texting.bank.test"], &[]),
            (Some("web-flow"), &[], &["urn:bank:Texting"]),
        ] {
            let refused = named(common_name, dns_names, uris);
            assert_eq!(refused, Err(Denial::Unauthorized), "{common_name:?} {dns_names:?} {uris:?}");
        }
    }
}
