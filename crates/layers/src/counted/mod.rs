//! Counts what becomes of codes and passwords, and the blocks that follow, whoever makes and checks them.

mod authentication;
mod blocks;
mod codes;
mod factors;
mod requests;
mod restrictions;
mod sms_otp;

pub use authentication::CountedAuthentication;
pub use blocks::BlockCounter;
pub use factors::CountedFactors;
pub use requests::CountedScaRequests;
pub use sms_otp::CountedSmsOtp;

#[cfg(test)]
mod tests;
