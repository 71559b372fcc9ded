use std::sync::Arc;
use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
use data_adapter_core::{AdapterError, Random, Subject, prepared_password};
use data_adapter_shares::{Shares, Sizes};
use secrecy::{ExposeSecret as _, SecretString};

use super::memory::Memory;
use super::slots::Slots;
use super::stored_hash::{HashError, StoredHash};
use super::users::UsersError;

/// Argon2id as OWASP's password storage cheat sheet asks for at least: 19 MiB, two passes, one lane.
#[derive(Clone, Copy, Debug, Default)]
pub struct PasswordHashing;

impl PasswordHashing {
    /// The PHC string of a password in its [prepared form](prepared_password), with a random salt.
    ///
    /// # Errors
    ///
    /// [`AdapterError::InvalidInput`] when it has none, and [`AdapterError::Internal`] when it can't be hashed: it is longer than
    /// Argon2 takes (4 GiB), or there is no memory for it.
    pub fn hash(self, password: &SecretString, random: &dyn Random) -> Result<String, AdapterError> {
        let prepared = prepared_password(password)
            .map_err(|why| AdapterError::InvalidInput(format!("the password can't be used: {why}")))?;
        Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
            .hash_password_with_salt(prepared.expose_secret().as_bytes(), &random.bytes::<16>())
            .map(|hash| hash.to_string())
            .map_err(|error| AdapterError::Internal(format!("a password could not be hashed: {error}")))
    }
}

/// Verifies passwords off the async threads, a bounded number at once, of which nobody has more than their share.
pub(super) struct Verifier {
    shares: Shares,
    /// As many as are shared out, each with as much memory as the largest hash needs.
    slots: Slots,
}

impl Verifier {
    /// Longer than any queue that still makes sense to a person who waits.
    const QUEUE_DEADLINE: Duration = Duration::from_secs(10);

    /// Takes the hashes of all users, each with the user's id, and gets ready to verify as many at once as are shared out.
    pub(super) fn new<'a>(
        hashes: impl Iterator<Item = (&'a str, &'a str)>,
        sizes: Sizes,
    ) -> Result<Self, UsersError> {
        let mut blocks = 0;
        for (user, hash) in hashes {
            let hash = StoredHash::parse(hash)
                .map_err(|why| UsersError::Hash { user: user.to_owned(), reason: why.to_string() })?;
            blocks = blocks.max(hash.params().block_count());
        }
        let slots = Slots::start(sizes.slots, blocks).map_err(|error| UsersError::Slots {
            at_once: sizes.slots,
            mebibytes: blocks.div_ceil(1024),
            reason: error.to_string(),
        })?;
        Ok(Self { shares: Shares::new(sizes), slots })
    }

    /// Whether the password fits.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be found out, whatever the reason. Only a hash that was computed and is
    /// another one makes a password wrong.
    pub(super) async fn verify(&self, password: SecretString, hash: Arc<str>) -> Result<bool, AdapterError> {
        let share = self.shares.acquire(Subject::current());
        let Ok(Ok(share)) = tokio::time::timeout(Self::QUEUE_DEADLINE, share).await else {
            return Err(AdapterError::Remote("too many passwords wait to be verified".to_owned()));
        };
        let check = move |memory: &mut Memory| {
            let _share = share;
            fits(&hash, &password, memory)
        };
        let unfinished = || Err("the check came to no end".to_owned());
        let fits = self.slots.run(check).await.unwrap_or_else(unfinished);
        fits.map_err(|why| {
            tracing::error!(why, "a password could not be verified; the attempt does not count");
            AdapterError::Remote(format!("a password could not be verified: {why}"))
        })
    }
}

/// Whether a password fits in its prepared form, or as it was typed, for hashes of before there was one, and of what has
/// none. How often this hashes depends on what was typed alone: none of the two is left out because the other fits.
fn fits(hash: &str, typed: &SecretString, memory: &mut Memory) -> Result<bool, String> {
    let hash = StoredHash::parse(hash).map_err(|error: HashError| format!("its hash: {error}"))?;
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

    const FLOOD: usize = 50;
    const S3CRET: &str =
        "$argon2id$v=19$m=64,t=1,p=4$c2FsdHNhbHRzYWx0$GsQyPZnF164WJcxB0LgrwmbtylR9KiAVG7BlZJTNtmI";

    async fn verify(verifier: &Verifier, password: &str, hash: &str) -> Result<bool, AdapterError> {
        verifier.verify(password.into(), hash.into()).await
    }

    fn verifier(hash: &str) -> Verifier {
        Verifier::new(std::iter::once(("1", hash)), Sizes::of(2)).unwrap()
    }

    #[tokio::test]
    async fn only_the_right_password_fits() {
        let verifier = verifier(S3CRET);
        assert!(verify(&verifier, "s3cret", S3CRET).await.unwrap());
        assert!(!verify(&verifier, "s3cret ", S3CRET).await.unwrap());
    }

    #[tokio::test]
    async fn a_hash_that_can_not_be_computed_is_an_error_and_no_wrong_password() {
        let verifier = verifier(S3CRET);
        let needs_more_than_is_reserved = S3CRET.replace("m=64", "m=65536");
        let no_hash = S3CRET.replace("argon2id", "argon2");
        for unusable in [&needs_more_than_is_reserved, &no_hash, ""] {
            for password in ["s3cret", "wrong"] {
                let outcome = verify(&verifier, password, unusable).await;
                assert!(matches!(outcome, Err(AdapterError::Remote(_))), "{unusable}: {outcome:?}");
            }
        }
        assert!(verify(&verifier, "s3cret", S3CRET).await.unwrap(), "a slot was lost");
    }

    /// How many of a flood of checks were done before another's, which came after all of them. Each takes so long that a thread
    /// that has to wait for a processor does not show.
    async fn done_before(sizes: Sizes, flood: impl Fn(usize) -> Subject, other: Subject) -> usize {
        let hash = PasswordHashing.hash(&"s3cret".into(), &SystemRandom).unwrap();
        let verifier = Verifier::new(std::iter::once(("1", hash.as_str())), sizes).unwrap();
        let done = AtomicUsize::new(0);
        let flood = join_all((0..FLOOD).map(|number| {
            flood(number).scope(async {
                verify(&verifier, "wrong", &hash).await.unwrap();
                done.fetch_add(1, Ordering::Relaxed);
            })
        }));
        let other = other.scope(async {
            assert!(verify(&verifier, "s3cret", &hash).await.unwrap());
            done.load(Ordering::Relaxed)
        });
        tokio::join!(flood, other).1
    }

    fn user(id: impl Into<String>, organization: &str) -> Subject {
        Subject::user(&UserId::new(id)).of(Some(&OrganizationId::new(organization)))
    }

    #[tokio::test]
    async fn a_flood_of_passwords_of_one_user_does_not_come_before_that_of_another() {
        let before = done_before(Sizes::of(4), |_| user("1", "RETAIL"), user("2", "RETAIL")).await;
        assert!(before < FLOOD / 4, "{before} came before");
    }

    #[tokio::test]
    async fn a_flood_of_passwords_of_one_organization_does_not_come_before_those_of_another() {
        let before =
            done_before(Sizes::of(4), |number| user(number.to_string(), "RETAIL"), user("1", "SME")).await;
        assert!(before < FLOOD / 4, "{before} came before");
    }
}
