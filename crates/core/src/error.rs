use thiserror::Error;

/// Why a back end could not answer.
///
/// A wrong password, an unknown user and a wrong code are answers, not errors. The text of each variant is for the
/// log of the operator: the client never reads it. It must not contain a secret.
#[derive(Debug, Error)]
pub enum AdapterError {
    /// The system behind can't be reached, or lets nobody in who comes from here: no connection, credentials of this program
    /// that it refuses. It is so for everybody, and the circuit breaker counts each. The caller may try again later.
    #[error("the system behind can't be reached: {0}")]
    Unreachable(String),
    /// The system behind did not answer, or not in a way that can be understood, and nobody can tell whether it is so for
    /// others. The circuit breaker counts it once for each user or operation that was asked about. The caller may try again
    /// later.
    #[error("the system behind did not answer: {0}")]
    Remote(String),
    /// The system behind works, and has no usable answer about this one: two entries fit the name, a record lacks what it
    /// has to have. The caller reads the same as of [`Remote`](Self::Remote), and must not take it for a no. It is no outage:
    /// the circuit breaker never counts it, and others go on.
    #[error("the system behind has no usable answer about this one: {0}")]
    Unanswerable(String),
    /// The operation is unknown, or its data contradict each other. Trying again changes nothing.
    #[error("the operation context cannot be used: {0}")]
    InvalidOperationContext(String),
    /// The consent that was sent does not satisfy the form. Nothing was stored.
    #[error("the consent cannot be accepted: {0}")]
    InvalidConsentData(String),
    /// The request makes no sense to the back end. Trying again changes nothing.
    #[error("the request cannot be accepted: {0}")]
    InvalidInput(String),
    /// The back end reports a failed authentication as an error instead of an outcome. Prefer
    /// [`AuthenticationOutcome::Failed`](crate::AuthenticationOutcome::Failed): Web Flow counts only that one.
    #[error("the back end refused the authentication: {0}")]
    AuthenticationFailed(String),
    /// The back end reports a failed code as an error instead of an outcome. Prefer
    /// [`VerificationOutcome`](crate::VerificationOutcome): Web Flow counts only that one.
    #[error("the back end refused the authorization code: {0}")]
    SmsAuthorizationFailed(String),
    /// Something that should not happen did.
    #[error("internal error: {0}")]
    Internal(String),
}
