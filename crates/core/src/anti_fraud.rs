use std::net::IpAddr;

use async_trait::async_trait;

use crate::{AdapterError, Json, OperationParty, Payment};

/// The step about which an anti-fraud system is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FraudAction {
    /// A login begins.
    LoginInit,
    /// A login was authenticated, or failed to be.
    LoginAuth,
    /// The user leaves.
    Logout,
    /// An approval begins.
    ApprovalInit,
    /// An operation was approved, or failed to be.
    ApprovalAuth,
}

impl FraudAction {
    /// Every step, in the order in which they come.
    pub const ALL: [Self; 5] =
        [Self::LoginInit, Self::LoginAuth, Self::Logout, Self::ApprovalInit, Self::ApprovalAuth];

    /// What settings, the audit log and systems behind call it, such as `login_init`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LoginInit => "login_init",
            Self::LoginAuth => "login_auth",
            Self::Logout => "logout",
            Self::ApprovalInit => "approval_init",
            Self::ApprovalAuth => "approval_auth",
        }
    }
}

/// What is known about a step.
#[derive(Clone, Debug)]
pub struct FraudQuery {
    /// Who, in which operation; the user is `None` before the login.
    pub party: OperationParty,
    /// Which step.
    pub action: FraudAction,
    /// What is paid to whom; `None` when the operation is no payment.
    pub payment: Option<Payment>,
    /// The anti-fraud system that the front means, in its words; `None` when it names none.
    pub system: Option<String>,
    /// Where the person is; `None` when the front does not know.
    pub client_ip: Option<IpAddr>,
    /// How often this action took place in this operation, counted from one.
    pub step: u32,
    /// The name that was typed; `None` when none was.
    pub username: Option<String>,
    /// What the person authenticated with, in Web Flow's words, such as `OTP_KEY`.
    pub instruments: Vec<String>,
    /// How the step ended, in Web Flow's words, such as `CONFIRMED`; `None` while it has not.
    pub step_result: Option<String>,
    /// Why the operation ended, in Web Flow's words, such as `DONE`; `None` while it has not.
    pub termination: Option<String>,
    /// What the front measured, an object; `None` when nothing.
    pub extras: Option<Json>,
}

/// What a person has to show. Both are asked unless an anti-fraud system says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequiredFactors {
    /// A one-time code.
    pub sms_otp: bool,
    /// A password.
    pub password: bool,
}

impl RequiredFactors {
    /// Both: the strictest that can be asked.
    pub const ALL: Self = Self { sms_otp: true, password: true };

    /// Whether nothing would be asked: no decision may say so, since Web Flow then approves the step by itself, a login
    /// included.
    #[must_use]
    pub fn is_empty(self) -> bool {
        !(self.sms_otp || self.password)
    }
}

/// What an anti-fraud system says about a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FraudDecision {
    /// The factors to ask for, at least one; `None` leaves it to the front, which asks for both.
    pub factors: Option<RequiredFactors>,
    /// How the system calls the case, for the record; `None` when it does not.
    pub label: Option<String>,
    /// More for the record, an object; `None` when there is nothing.
    pub extras: Option<Json>,
}

impl FraudDecision {
    /// What is answered when the system could not be asked in time: all factors, and a label that says why.
    #[must_use]
    pub fn strictest(label: impl Into<String>) -> Self {
        Self { factors: Some(RequiredFactors::ALL), label: Some(label.into()), extras: None }
    }
}

/// Judges how risky a step is (transaction risk analysis, RTS on SCA, Art. 2 and 18).
#[async_trait]
pub trait AntiFraud: Send + Sync {
    /// What to ask of the person. Web Flow asks for what is answered to [`FraudAction::LoginInit`] and
    /// [`FraudAction::ApprovalInit`]; of the other steps it tells, and keeps the label.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the system behind could not be asked.
    async fn assess(&self, query: &FraudQuery) -> Result<FraudDecision, AdapterError>;
}
