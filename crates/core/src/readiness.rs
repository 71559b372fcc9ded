use async_trait::async_trait;

use crate::{AdapterError, OrganizationId};

/// Tells whether the system behind can be reached.
#[async_trait]
pub trait Readiness: Send + Sync {
    /// Asks the system behind for something that costs it little and changes nothing. Called every few seconds; the caller
    /// sets a deadline.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it did not answer as it does to real requests: the network, or the credentials of
    /// this program.
    async fn check(&self) -> Result<(), AdapterError>;

    /// The same step by step, for whoever sets the back end up: each step on the way in order, and after one that failed
    /// those that need it as left out. A back end that does not override it has one step, [`check`](Self::check).
    async fn steps(&self) -> Vec<Step> {
        let outcome = self.check().await;
        let outcome = outcome.map(|()| "it answers".to_owned()).map_err(|error| error.to_string());
        vec![Step::new("the system behind", outcome)]
    }

    /// Settings with a name that the system behind did not know when it was asked last, by their keys in the section of the
    /// back end. Requests are answered, but not with what was meant. Empty where there are none, or nothing is known.
    fn unknown_settings(&self) -> Vec<String> {
        Vec::new()
    }

    /// The organizations that it is configured for: users of others are never found. `None` where that is not known.
    fn organizations(&self) -> Option<Vec<OrganizationId>> {
        None
    }
}

/// Something that a back end needs, and what became of it when it was tried. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    name: String,
    outcome: Result<String, String>,
    is_left_out: bool,
}

impl Step {
    /// What was tried, in a few words, and what was found, or else what is wrong and what to do about it.
    #[must_use]
    pub fn new(name: impl Into<String>, outcome: Result<String, String>) -> Self {
        Self { name: name.into(), outcome, is_left_out: false }
    }

    /// One that went well, with what was found; empty when there is nothing to tell.
    #[must_use]
    pub fn fine(name: impl Into<String>, found: impl Into<String>) -> Self {
        Self::new(name, Ok(found.into()))
    }

    /// One that failed, with what is wrong and what to do about it.
    #[must_use]
    pub fn wrong(name: impl Into<String>, why: impl Into<String>) -> Self {
        Self::new(name, Err(why.into()))
    }

    /// One that was not tried, with the reason. It is not fine.
    #[must_use]
    pub fn left_out(name: impl Into<String>, why: impl Into<String>) -> Self {
        Self { is_left_out: true, ..Self::wrong(name, why) }
    }

    /// Whether it was not tried.
    #[must_use]
    pub fn is_left_out(&self) -> bool {
        self.is_left_out
    }

    /// What was tried.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What was found.
    ///
    /// # Errors
    ///
    /// What is wrong, and what to do about it, or why it was not tried.
    pub fn outcome(&self) -> Result<&str, &str> {
        self.outcome.as_deref().map_err(String::as_str)
    }
}
