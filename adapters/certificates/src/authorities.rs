use std::ops::RangeInclusive;
use std::path::Path;

use jiff::Timestamp;
use rustls_pki_types::{CertificateDer, TrustAnchor};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::settings::SettingsError;

/// Who vouches for certificates of users.
pub(crate) struct Authorities(Vec<Authority>);

struct Authority {
    anchor: TrustAnchor<'static>,
    /// When it vouches for anybody, in seconds of Unix time.
    validity: RangeInclusive<i64>,
}

impl Authorities {
    /// Those in a file of PEM. One that is out of date is worth a warning: there may be others.
    pub(crate) fn read(file: &Path, now: Timestamp) -> Result<Self, SettingsError> {
        let refuse = |why: &str| SettingsError::new("ca_file", format!("{} {why}", file.display()));
        let certificates = data_adapter_pem::certificates(file)
            .map_err(|error| SettingsError::new("ca_file", error.to_string()))?;
        let authorities = certificates.iter().map(Authority::new).collect::<Result<Vec<_>, _>>();
        let authorities = authorities.map_err(refuse)?;
        for authority in authorities.iter().filter(|authority| !authority.is_valid_at(now)) {
            let (from, until) = (authority.validity.start(), authority.validity.end());
            tracing::warn!(file = %file.display(), from, until, "an authority is expired or not yet valid");
        }
        Ok(Self(authorities))
    }

    /// Those that vouch for anybody at this time.
    pub(crate) fn at(&self, now: Timestamp) -> Vec<TrustAnchor<'static>> {
        let valid = self.0.iter().filter(|authority| authority.is_valid_at(now));
        valid.map(|authority| authority.anchor.clone()).collect()
    }
}

impl Authority {
    fn new(der: &CertificateDer<'_>) -> Result<Self, &'static str> {
        const UNREADABLE: &str = "holds a certificate that can't be read";
        let (_, certificate) = X509Certificate::from_der(der).map_err(|_| UNREADABLE)?;
        if !certificate.is_ca() || !may_sign_certificates(&certificate) {
            return Err("holds a certificate that is not one of an authority");
        }
        let anchor = webpki::anchor_from_trusted_cert(der).map_err(|_| UNREADABLE)?.to_owned();
        let validity = certificate.validity();
        Ok(Self { anchor, validity: validity.not_before.timestamp()..=validity.not_after.timestamp() })
    }

    fn is_valid_at(&self, now: Timestamp) -> bool {
        self.validity.contains(&now.as_second())
    }
}

/// Whether a certificate that says what it may be used for says so of signing others (RFC 5280, 4.2.1.3).
pub(crate) fn may_sign_certificates(certificate: &X509Certificate<'_>) -> bool {
    certificate.key_usage().is_ok_and(|usage| usage.is_none_or(|usage| usage.value.key_cert_sign()))
}
