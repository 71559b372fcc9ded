//! What a certificate says by itself, without a question to anybody.

use std::time::Duration;

use data_adapter_core::Certificate;
use jiff::Timestamp;
use rustls_pki_types::UnixTime;
use webpki::{
    EndEntityCert, Error, ExpirationPolicy, KeyUsage, RevocationOptionsBuilder, UnknownStatusPolicy,
    VerifiedPath,
};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::algorithms::ALGORITHMS;
use crate::authorities::{Authorities, may_sign_certificates};
use crate::bundle::Bundle;
use crate::leaf::{check_key, check_usage};
use crate::proof::Proof;
use crate::rejection::{Reason, Rejection};
use crate::revocation::RevocationFiles;
use crate::settings::{CertificateSettings, SettingsError, Subject};

/// Knows which certificates are valid.
pub(crate) struct Inspector {
    authorities: Authorities,
    revoked: RevocationFiles,
    unlisted: UnknownStatusPolicy,
    subject: Subject,
}

impl Inspector {
    pub(crate) fn new(settings: &CertificateSettings, now: Timestamp) -> Result<Self, SettingsError> {
        let unlisted = match settings.accept_issuers_without_crl {
            true => UnknownStatusPolicy::Allow,
            false => UnknownStatusPolicy::Deny,
        };
        Ok(Self {
            authorities: Authorities::read(&settings.ca_file, now)?,
            revoked: RevocationFiles::open(&settings.crl_files, now)?,
            unlisted,
            subject: settings.subject,
        })
    }

    /// Whom a certificate names that is valid, and whose key was shown. Reads files that have changed, and so may block.
    pub(crate) fn name_in(
        &self,
        certificate: &Certificate,
        proof: &Proof,
        now: Timestamp,
    ) -> Result<String, Rejection> {
        let bundle = Bundle::parse(certificate.as_str())?;
        let leaf = EndEntityCert::try_from(&bundle.leaf)?;
        self.check_chain(&leaf, &bundle, now)?;
        let (_, details) = X509Certificate::from_der(&bundle.leaf).map_err(|_| Reason::Malformed)?;
        check_usage(&details, proof)?;
        check_key(&details)?;
        proof.check(&leaf)?;
        Ok(self.subject.name_in(&details)?)
    }

    fn check_chain(
        &self,
        leaf: &EndEntityCert<'_>,
        bundle: &Bundle,
        now: Timestamp,
    ) -> Result<(), Rejection> {
        let lists = self.revoked.current(now).map_err(Rejection::remote)?;
        let lists: Vec<_> = lists.iter().map(|list| &list.list).collect();
        // There is none to build without a list.
        let revocation = RevocationOptionsBuilder::new(&lists).ok().map(|options| {
            let options = options.with_expiration_policy(ExpirationPolicy::Enforce);
            options.with_status_policy(self.unlisted).build()
        });
        let seconds = u64::try_from(now.as_second()).unwrap_or_default();
        leaf.verify_for_usage(
            ALGORITHMS,
            &self.authorities.at(now),
            &bundle.intermediates,
            UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
            KeyUsage::client_auth(),
            revocation,
            Some(&check_intermediates),
        )?;
        Ok(())
    }
}

/// The library looks at the basic constraints of authorities, and not at what else their keys may be used for.
fn check_intermediates(path: &VerifiedPath<'_>) -> Result<(), Error> {
    let may_sign = path.intermediate_certificates().all(|intermediate| {
        let der = intermediate.der();
        X509Certificate::from_der(&der).is_ok_and(|(_, certificate)| may_sign_certificates(&certificate))
    });
    may_sign.then_some(()).ok_or(Error::EndEntityUsedAsCa)
}
