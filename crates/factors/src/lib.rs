//! The Additional Factors API, which web and mobile applications call on behalf of a user: what the user is reached by for strong
//! customer authentication.
//!
//! Three questions are asked of every request: which programme it comes from ([`Programmes`]), whose token it shows
//! ([`UserTokens`]), and whether that user is the programme's and has a session. What is done goes through one capability,
//! [`Factors`](data_adapter_sca::Factors).

mod api;
mod error;
mod extract;
mod limits;
mod list;
mod once;
mod openapi;
mod otp;
mod outcome;
mod programmes;
mod push;
mod settings;
mod state;
mod tokens;

pub use openapi::{document, document_file};
pub use programmes::{Programme, Programmes};
pub use settings::FactorsSettings;
pub use state::{AdditionalFactors, FactorsParts};
pub use tokens::{
    KeySetError, KeySetFile, LONGEST_LIFE, PublicAlgorithm, SharedKey, SharedKeyError, TokenKeys,
    TokenParties, UserTokens,
};
