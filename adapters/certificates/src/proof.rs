use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use data_adapter_core::{OperationContext, Possession, signed_text};
use webpki::EndEntityCert;

use crate::algorithms::ALGORITHMS;
use crate::rejection::Reason;

/// What shows that the key of a certificate belongs to who sent it.
pub(crate) enum Proof {
    /// A TLS handshake with the front.
    Tls,
    /// A signature, in base64, of a text.
    Signature { signature: String, text: String },
}

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

impl Proof {
    pub(crate) fn new(possession: &Possession, operation: &OperationContext) -> Self {
        match possession {
            Possession::Tls => Self::Tls,
            Possession::Signature(signature) => {
                Self::Signature { signature: signature.clone(), text: signed_text(operation) }
            }
        }
    }

    /// The request does not say how the text was signed: any way that fits the key will do.
    pub(crate) fn check(&self, certificate: &EndEntityCert<'_>) -> Result<(), Reason> {
        let Self::Signature { signature, text } = self else { return Ok(()) };
        let base64: String = signature.split_ascii_whitespace().collect();
        let signature = BASE64.decode(base64).map_err(|_| Reason::WrongSignature)?;
        let text = text.as_bytes();
        let mut algorithms = ALGORITHMS.iter();
        let fits =
            algorithms.any(|algorithm| certificate.verify_signature(*algorithm, text, &signature).is_ok());
        fits.then_some(()).ok_or(Reason::WrongSignature)
    }
}
