//! The Solaris Security API V2, as partners call it.
//!
//! `null` is absent and unknown members are ignored, everywhere. All that is wrong with a body is told at once, by the names of
//! its members and never by their values.

mod answers;
mod devices;
mod errors;
mod factors;
mod login;
mod numbered;
mod pending;
mod reader;
mod requests;
mod sca;
mod values;

pub use crate::json::{Problem, Problems};
pub use answers::{
    AuthorizeResponse, DevicesResponse, Envelope, PendingResponse, PlainResponse, ScaResponse,
};
pub use devices::SdkDevice;
pub use errors::{ErrorItem, Errors, LoginError};
pub use factors::{Category, FactorOption};
pub use login::{GrantType, LoginForm, LoginResponse, TOKEN_SECONDS};
pub use pending::PendingRequest;
pub use reader::{SecurityRequest, read};
pub use requests::{
    AuthorizeRequest, ConsumerRequest, DeregisterRequest, LogoutRequest, PostLoginRequest, RegenerateRequest,
};
pub use sca::ScaRes;
pub use values::{Culture, LogoutReason, ResponseCode, ScaType};
