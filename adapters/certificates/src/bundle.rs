use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use crate::rejection::Reason;

/// The certificates that came: that of the user, and behind it those of intermediate authorities.
pub(crate) struct Bundle {
    pub(crate) leaf: CertificateDer<'static>,
    pub(crate) intermediates: Vec<CertificateDer<'static>>,
}

impl Bundle {
    /// More than any chain has. Each one more costs time.
    const MOST: usize = 8;

    /// What is in a text of PEM. Front servers indent its lines when they put it into a header.
    pub(crate) fn parse(pem: &str) -> Result<Self, Reason> {
        let pem = pem.lines().map(str::trim).collect::<Vec<_>>().join("\n");
        let found = CertificateDer::pem_slice_iter(pem.as_bytes()).take(Self::MOST + 1);
        let mut found = found.collect::<Result<Vec<_>, _>>().map_err(|_| Reason::Malformed)?.into_iter();
        let leaf = found.next().ok_or(Reason::Malformed)?;
        let intermediates: Vec<_> = found.collect();
        if intermediates.len() >= Self::MOST {
            return Err(Reason::TooMany);
        }
        Ok(Self { leaf, intermediates })
    }
}
