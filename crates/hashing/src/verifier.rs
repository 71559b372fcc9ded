use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use data_adapter_core::{AdapterError, Subject, prepared_password};
use data_adapter_shares::{Shares, Sizes};
use secrecy::{ExposeSecret as _, SecretString};
use thiserror::Error;

use crate::memory::Memory;
use crate::slots::Slots;
use crate::stored_hash::{Cost, StoredHash};

/// What one who keeps hashes needs of a [`Verifier`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// That of the largest hash.
    pub cost: Cost,
    /// How many passwords are to be checked at once; each takes a core and the memory of the largest hash. Of several demands
    /// the largest number counts.
    pub at_once: usize,
    /// Whether everybody who is checked is of one organization, which may have all there is then, if nobody else has a demand.
    pub is_one_organization: bool,
}

impl Demand {
    fn and(self, other: Self) -> Self {
        Self {
            cost: self.cost.max(other.cost),
            at_once: self.at_once.max(other.at_once),
            is_one_organization: false,
        }
    }
}

/// The system does not give what it takes to check passwords.
#[derive(Debug, Error)]
#[error(
    "checking {at_once} passwords at once takes {at_once} threads with {mebibytes} MiB each, which the system refuses \
     ({reason})"
)]
pub struct NoRoom {
    at_once: usize,
    mebibytes: usize,
    reason: std::io::Error,
}

/// Verifies passwords off the async threads, a bounded number at once, of which nobody has more than their share.
#[derive(Default)]
pub struct Verifier {
    demand: Mutex<Option<Demand>>,
    running: OnceLock<Arc<Running>>,
}

struct Running {
    shares: Shares,
    /// As many as are shared out, each with as much memory as the largest hash needs.
    slots: Slots,
}

impl Verifier {
    /// How long a check takes at most: it waits in the queue, and then for the hash, which is done within seconds.
    pub const LONGEST_CHECK: Duration = Duration::from_secs(20);

    /// Longer than any queue that still makes sense to a person who waits.
    const QUEUE_DEADLINE: Duration = Duration::from_secs(10);

    /// Takes note of what is needed; only what is said before the start counts.
    pub fn demand(&self, demand: Demand) {
        let mut all = self.demand.lock().unwrap_or_else(PoisonError::into_inner);
        *all = Some(all.map_or(demand, |all| all.and(demand)));
    }

    /// Gets ready to check as many passwords at once as were demanded; nothing is reserved where nobody has a demand.
    ///
    /// # Errors
    ///
    /// [`NoRoom`] when the system has no memory for that, or no threads.
    pub fn start(&self) -> Result<(), NoRoom> {
        let Some(Demand { cost, at_once, is_one_organization }) = self.demanded() else { return Ok(()) };
        let at_once = at_once.max(1);
        let sizes = if is_one_organization { Sizes::of_users(at_once) } else { Sizes::of(at_once) };
        let mebibytes = cost.blocks().div_ceil(1024);
        let slots = Slots::start(at_once, cost.blocks());
        let slots = slots.map_err(|reason| NoRoom { at_once, mebibytes, reason })?;
        self.running.get_or_init(|| Arc::new(Running { shares: Shares::new(sizes), slots }));
        Ok(())
    }

    /// In place of [`start`](Self::start): checks passwords with what `other` has reserved, among those of whoever uses that. False
    /// when something else was demanded of it.
    pub fn go_on_from(&self, other: &Self) -> bool {
        let running = other.running.get().filter(|_| self.demanded() == other.demanded());
        running.is_some_and(|running| self.running.set(Arc::clone(running)).is_ok())
    }

    fn demanded(&self) -> Option<Demand> {
        *self.demand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the password fits.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be found out, whatever the reason. Only a hash that was computed and is
    /// another one makes a password wrong.
    pub(crate) async fn verify(
        &self,
        subject: Subject,
        password: SecretString,
        hash: Arc<StoredHash>,
    ) -> Result<bool, AdapterError> {
        let Some(Running { shares, slots }) = self.running.get().map(Arc::as_ref) else {
            return Err(AdapterError::Internal("a password is to be verified before the start".to_owned()));
        };
        let share = tokio::time::timeout(Self::QUEUE_DEADLINE, shares.acquire(subject));
        let Ok(Ok(share)) = share.await else {
            return Err(AdapterError::Remote("too many passwords wait to be verified".to_owned()));
        };
        let check = move |memory: &mut Memory| {
            let _share = share;
            fits(&hash, &password, memory)
        };
        let unfinished = || Err("the check came to no end".to_owned());
        let fits = slots.run(check).await.unwrap_or_else(unfinished);
        fits.map_err(|why| {
            tracing::error!(why, "a password could not be verified; the attempt does not count");
            AdapterError::Remote(format!("a password could not be verified: {why}"))
        })
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").finish_non_exhaustive()
    }
}

/// Whether a password fits in its prepared form, or as it was typed, for hashes of before there was one, and of what has
/// none. How often this hashes depends on what was typed alone: none of the two is left out because the other fits.
fn fits(hash: &StoredHash, typed: &SecretString, memory: &mut Memory) -> Result<bool, String> {
    let mut fits = |password: &SecretString| hash.fits(password, memory).map_err(|error| error.to_string());
    match prepared_password(typed) {
        Ok(prepared) if prepared.expose_secret() != typed.expose_secret() => {
            Ok(fits(&prepared)? | fits(typed)?)
        }
        _ => fits(typed),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use data_adapter_core::{OrganizationId, SystemRandom, UserId};
    use futures::future::join_all;

    use super::*;
    use crate::PasswordHashing;

    const FLOOD: usize = 50;
    const S3CRET: &str =
        "$argon2id$v=19$m=64,t=1,p=4$c2FsdHNhbHRzYWx0$GsQyPZnF164WJcxB0LgrwmbtylR9KiAVG7BlZJTNtmI";

    async fn verify(
        verifier: &Verifier,
        subject: Subject,
        password: &str,
        hash: &str,
    ) -> Result<bool, AdapterError> {
        let hash = StoredHash::parse(hash).expect("it is a hash");
        verifier.verify(subject, password.into(), Arc::new(hash)).await
    }

    fn demand(hash: &str, at_once: usize) -> Demand {
        let cost = StoredHash::parse(hash).expect("it is a hash").cost();
        Demand { cost, at_once, is_one_organization: false }
    }

    fn verifier(hash: &str, at_once: usize) -> Verifier {
        let verifier = Verifier::default();
        verifier.demand(demand(hash, at_once));
        verifier.start().expect("there is room");
        verifier
    }

    #[tokio::test]
    async fn only_the_right_password_fits() {
        let verifier = verifier(S3CRET, 2);
        assert!(verify(&verifier, user("1", "RETAIL"), "s3cret", S3CRET).await.unwrap());
        assert!(!verify(&verifier, user("1", "RETAIL"), "s3cret ", S3CRET).await.unwrap());
    }

    #[tokio::test]
    async fn a_hash_that_needs_more_than_is_reserved_is_an_error_and_no_wrong_password() {
        let verifier = verifier(S3CRET, 2);
        let larger = S3CRET.replace("m=64", "m=65536");
        for password in ["s3cret", "wrong"] {
            let outcome = verify(&verifier, user("1", "RETAIL"), password, &larger).await;
            assert!(matches!(outcome, Err(AdapterError::Remote(_))), "{outcome:?}");
        }
        assert!(verify(&verifier, user("1", "RETAIL"), "s3cret", S3CRET).await.unwrap(), "a slot was lost");
    }

    #[tokio::test]
    async fn hashes_of_everybody_who_said_so_are_checked_in_one_memory_and_nobody_elses() {
        let larger =
            "$argon2id$v=16$m=256,t=3,p=2$c2FsdHNhbHRzYWx0$Dq5hsIi53q+ZC4HbE30lFTJejOCo6rsDGWicfjzQ5rM";
        let verifier = Verifier::default();
        let early = verify(&verifier, user("1", "RETAIL"), "s3cret", S3CRET).await;
        assert!(matches!(early, Err(AdapterError::Internal(_))), "{early:?}");
        for demand in [demand(larger, 1), demand(S3CRET, 2)] {
            verifier.demand(demand);
        }
        verifier.start().expect("there is room");
        for hash in [larger, S3CRET] {
            assert!(verify(&verifier, user("1", "RETAIL"), "s3cret", hash).await.unwrap());
        }
    }

    #[tokio::test]
    async fn who_needs_as_much_as_another_checks_with_what_that_one_has_and_who_needs_more_does_not() {
        let first = verifier(S3CRET, 2);
        let (same, more) = (Verifier::default(), Verifier::default());
        same.demand(demand(S3CRET, 2));
        more.demand(demand(S3CRET, 3));
        assert!(same.go_on_from(&first) && !more.go_on_from(&first));
        drop(first);
        assert!(verify(&same, user("1", "RETAIL"), "s3cret", S3CRET).await.unwrap());
        let unstarted = verify(&more, user("1", "RETAIL"), "s3cret", S3CRET).await;
        assert!(matches!(unstarted, Err(AdapterError::Internal(_))), "{unstarted:?}");
    }

    #[test]
    fn more_than_the_system_has_is_refused_with_how_much_it_was() {
        let verifier = Verifier::default();
        let demand = demand(&S3CRET.replace("m=64", "m=4294967295"), 100_000);
        verifier.demand(demand);
        let why = verifier.start().expect_err("nobody has so much").to_string();
        assert!(why.contains("100000 threads with 4194304 MiB each"), "{why}");
    }

    /// How many of a flood of checks were done before another's, which came after all of them. Each takes so long that a thread
    /// that has to wait for a processor does not show.
    async fn done_before(flood: impl Fn(usize) -> Subject, other: Subject) -> usize {
        let hash = PasswordHashing.hash(&"s3cret".into(), &SystemRandom).unwrap();
        let verifier = verifier(&hash, 4);
        let done = AtomicUsize::new(0);
        let flood = join_all((0..FLOOD).map(|number| {
            let check = verify(&verifier, flood(number), "wrong", &hash);
            async {
                check.await.unwrap();
                done.fetch_add(1, Ordering::Relaxed);
            }
        }));
        let other = async {
            assert!(verify(&verifier, other, "s3cret", &hash).await.unwrap());
            done.load(Ordering::Relaxed)
        };
        tokio::join!(flood, other).1
    }

    fn user(id: impl Into<String>, organization: &str) -> Subject {
        Subject::user(&UserId::new(id)).of(Some(&OrganizationId::new(organization)))
    }

    #[tokio::test]
    async fn a_flood_of_passwords_of_one_user_does_not_come_before_that_of_another() {
        let before = done_before(|_| user("1", "RETAIL"), user("2", "RETAIL")).await;
        assert!(before < FLOOD / 4, "{before} came before");
    }

    #[tokio::test]
    async fn a_flood_of_passwords_of_one_organization_does_not_come_before_those_of_another() {
        let before = done_before(|number| user(number.to_string(), "RETAIL"), user("1", "SME")).await;
        assert!(before < FLOOD / 4, "{before} came before");
    }
}
