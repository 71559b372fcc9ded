//! Shares out what there is only so much of: connections of a pool, threads that hash, calls to a system behind. One user, or
//! one organization, that asks for all of it gets its share; the rest of what it asks waits in a line of its own, and others
//! are served as if it were alone.
//!
//! Whoever asks goes through three gates, one after the other: that of its subject, that of its organization, and that of the
//! slots. At each it waits behind those before it. So at the last gate there are never more of one subject, or of one
//! organization, than its share.

mod line;

use std::sync::Arc;

use data_adapter_core::Subject;
use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use line::{Lines, Place};

/// How much there is, and how much of it for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// How many may be served at once.
    pub slots: usize,
    /// How many of one organization.
    pub of_organization: usize,
    /// How many of one subject: a user, an operation.
    pub of_subject: usize,
    /// How many more of one subject may wait.
    pub waiting: usize,
}

/// Why somebody is not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Too many wait who ask about the same.
    #[error("too many calls about one user or operation wait for each other")]
    Subject,
    /// Its organization has its share.
    #[error("one organization has all that one may have")]
    Organization,
    /// All slots are taken.
    #[error("everything is taken")]
    Full,
}

/// Slots, shared out fairly.
#[derive(Clone)]
pub struct Shares {
    slots: Arc<Semaphore>,
    organizations: Arc<Lines>,
    subjects: Arc<Lines>,
}

/// A slot, until it is dropped.
#[derive(Debug)]
pub struct Share {
    _slot: OwnedSemaphorePermit,
    _organization: Place,
    _subject: Place,
}

impl Sizes {
    /// A quarter of the requests that are answered at once by default.
    const WAITING: usize = 256;

    /// A quarter for one subject, and three quarters for one organization, of so many slots; at least one for each.
    #[must_use]
    pub fn of(slots: usize) -> Self {
        let quarter = (slots / 4).max(1);
        Self {
            slots,
            of_organization: (slots.saturating_sub(quarter)).max(1),
            of_subject: quarter,
            waiting: Self::WAITING,
        }
    }

    /// A quarter for one subject, where all are of one organization.
    #[must_use]
    pub fn of_users(slots: usize) -> Self {
        Self { of_organization: slots.max(1), ..Self::of(slots) }
    }

    /// Three quarters of so many for each subject, and at least one; nobody waits, and nothing else bounds them.
    #[must_use]
    pub fn one_of_several(slots: usize) -> Self {
        let of_subject = Self::of(slots).of_organization;
        Self { waiting: 0, ..Self::of_each(of_subject) }
    }

    /// So many at once of each subject, and no other bound.
    #[must_use]
    pub fn of_each(of_subject: usize) -> Self {
        let slots = Semaphore::MAX_PERMITS;
        Self { slots, of_organization: slots, of_subject, waiting: Self::WAITING }
    }
}

impl Shares {
    /// Shares out what `sizes` say. Nothing is there for a subject before it comes, or after it is gone.
    #[must_use]
    pub fn new(sizes: Sizes) -> Self {
        let Sizes { slots, of_organization, of_subject, waiting } = sizes;
        Self {
            slots: Arc::new(Semaphore::new(slots)),
            organizations: Lines::new(of_organization, usize::MAX),
            subjects: Lines::new(of_subject, of_subject.saturating_add(waiting)),
        }
    }

    /// Waits for a slot.
    ///
    /// # Errors
    ///
    /// [`Refusal::Subject`], at once, when too many of this subject wait already.
    pub async fn acquire(&self, subject: Subject) -> Result<Share, Refusal> {
        let own = self.subjects.join(subject.id()).ok_or(Refusal::Subject)?.reach().await;
        let organization = self.organizations.join(subject.organization()).ok_or(Refusal::Organization)?;
        let organization = organization.reach().await;
        let slot = Arc::clone(&self.slots).acquire_owned().await.map_err(|_| Refusal::Full)?;
        Ok(Share { _slot: slot, _organization: organization, _subject: own })
    }

    /// Waits behind those who ask about the same, and for nobody else.
    ///
    /// # Errors
    ///
    /// When too many of this subject wait already; and, when it is its turn, if its organization has its share or all slots are
    /// taken.
    pub async fn enter(&self, subject: Subject) -> Result<Share, Refusal> {
        let own = self.subjects.join(subject.id()).ok_or(Refusal::Subject)?.reach().await;
        let organization = self.organizations.join(subject.organization()).ok_or(Refusal::Organization)?;
        let organization = organization.now().ok_or(Refusal::Organization)?;
        let slot = Arc::clone(&self.slots).try_acquire_owned().map_err(|_| Refusal::Full)?;
        Ok(Share { _slot: slot, _organization: organization, _subject: own })
    }

    /// How many slots are free.
    #[must_use]
    pub fn free(&self) -> usize {
        self.slots.available_permits()
    }
}

#[cfg(test)]
mod tests;
