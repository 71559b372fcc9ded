use std::future::ready;
use std::sync::Arc;

use data_adapter_core::{Authentication, AuthenticationOutcome, Credentials, Password, User, UserId};
use secrecy::ExposeSecret as _;

use crate::people::{Accounts, NOBODY, nowhere};
use crate::race::at_once;
use crate::suite::{Rule, Suite, rules};

/// Checks the rules of an [`Authentication`] that knows `accounts`. It gets more wrong passwords than most directories
/// take in a row: switch their own blocking off for the test users.
///
/// # Panics
///
/// When rules are broken, with the names of all of them.
pub async fn authentication_contract(authentication: Arc<dyn Authentication>, accounts: &Accounts) {
    let mut suite = Suite::new("authentication");
    let bench = Bench { authentication, accounts: accounts.clone() };
    suite.check(RULES, || ready(bench.clone())).await;
    suite.end();
}

static RULES: &[Rule<Bench>] = &rules! {
    right:
        the_right_password_succeeds,
        the_right_password_succeeds_without_an_organization,
        the_right_password_succeeds_after_a_wrong_one,
        right_passwords_at_the_same_moment_all_succeed;
    wrong:
        a_wrong_password_fails,
        an_empty_password_fails,
        an_unknown_user_fails,
        a_user_of_another_organization_fails,
        a_right_password_of_a_blocked_account_lets_nobody_in_and_is_no_wrong_guess,
        a_wrong_password_of_a_blocked_account_is_not_known_to_be_right,
        no_account_that_may_be_used_is_restricted,
        all_failures_look_alike;
};

#[derive(Clone)]
struct Bench {
    authentication: Arc<dyn Authentication>,
    accounts: Accounts,
}

impl Bench {
    fn credentials(&self) -> Credentials {
        self.accounts.active.credentials()
    }

    async fn outcome(&self, credentials: &Credentials) -> AuthenticationOutcome {
        let outcome = self.authentication.authenticate(credentials).await;
        outcome.expect("the back end answers; a failed authentication is no error")
    }

    async fn user(&self, credentials: &Credentials) -> Option<User> {
        match self.outcome(credentials).await {
            AuthenticationOutcome::Succeeded { user, .. } => Some(user),
            AuthenticationOutcome::Failed { .. } | AuthenticationOutcome::Restricted { .. } => None,
        }
    }

    /// Whether a failure says how many tries are left.
    async fn says_tries(&self, credentials: &Credentials) -> bool {
        match self.outcome(credentials).await {
            AuthenticationOutcome::Failed { remaining_attempts }
            | AuthenticationOutcome::Restricted { remaining_attempts, .. } => remaining_attempts.is_some(),
            AuthenticationOutcome::Succeeded { user, .. } => {
                assert_eq!(user.id.as_str(), "", "somebody was authenticated");
                false
            }
        }
    }

    async fn succeeds(&self, credentials: &Credentials) {
        let user = self.user(credentials).await;
        let user = user.expect("the right password succeeds");
        assert!(self.accounts.active.is(&user), "another user was authenticated: {}", user.id);
    }

    /// Passwords that are wrong but much like the right one.
    fn wrong_passwords(&self) -> Vec<String> {
        let right = self.accounts.active.password.expose_secret();
        let mut shorter = right.to_owned();
        shorter.pop();
        vec![
            "not the password".to_owned(),
            format!("{right}x"),
            format!(" {right}"),
            format!("{right}\u{0}"),
            "*".to_owned(),
            shorter,
        ]
    }
}

fn with_password(credentials: &Credentials, password: &str) -> Credentials {
    Credentials { password: Password::Clear(password.into()), ..credentials.clone() }
}

mod right {
    use super::{Bench, Credentials, at_once, with_password};

    pub(super) async fn the_right_password_succeeds(bench: Bench) {
        bench.succeeds(&bench.credentials()).await;
    }

    pub(super) async fn the_right_password_succeeds_without_an_organization(bench: Bench) {
        let anywhere = Credentials { organization: None, ..bench.credentials() };
        bench.succeeds(&anywhere).await;
    }

    pub(super) async fn the_right_password_succeeds_after_a_wrong_one(bench: Bench) {
        let credentials = bench.credentials();
        let wrong = with_password(&credentials, "not the password");
        assert_eq!(bench.user(&wrong).await, None);
        bench.succeeds(&credentials).await;
    }

    pub(super) async fn right_passwords_at_the_same_moment_all_succeed(bench: Bench) {
        let all = at_once(10, |_| {
            let bench = bench.clone();
            async move { bench.succeeds(&bench.credentials()).await }
        });
        all.await;
    }
}

mod wrong {
    use super::{AuthenticationOutcome, Bench, Credentials, NOBODY, UserId, nowhere, with_password};

    pub(super) async fn a_wrong_password_fails(bench: Bench) {
        for password in bench.wrong_passwords() {
            let wrong = with_password(&bench.credentials(), &password);
            assert_eq!(bench.user(&wrong).await, None, "{} letters", password.len());
        }
    }

    /// A directory may take an empty password for a wish to remain anonymous, and grant it.
    pub(super) async fn an_empty_password_fails(bench: Bench) {
        let empty = with_password(&bench.credentials(), "");
        assert_eq!(bench.user(&empty).await, None);
    }

    pub(super) async fn an_unknown_user_fails(bench: Bench) {
        for id in NOBODY {
            let unknown = Credentials { user: UserId::new(id), ..bench.credentials() };
            assert_eq!(bench.user(&unknown).await, None, "`{id:?}`");
        }
    }

    pub(super) async fn a_user_of_another_organization_fails(bench: Bench) {
        let elsewhere = Credentials { organization: Some(nowhere()), ..bench.credentials() };
        assert_eq!(bench.user(&elsewhere).await, None);
    }

    pub(super) async fn a_right_password_of_a_blocked_account_lets_nobody_in_and_is_no_wrong_guess(
        bench: Bench,
    ) {
        if let Some(blocked) = &bench.accounts.blocked {
            let outcome = bench.outcome(&blocked.credentials()).await;
            let is_restricted = matches!(outcome, AuthenticationOutcome::Restricted { .. });
            assert!(is_restricted, "it came back as {outcome:?}");
        }
    }

    /// A back end that does not look at the password of such an account answers whatever it is; one that does has to say that
    /// it is wrong, or it could be guessed at without being counted.
    pub(super) async fn a_wrong_password_of_a_blocked_account_is_not_known_to_be_right(bench: Bench) {
        let Some(blocked) = &bench.accounts.blocked else { return };
        let wrong = bench.outcome(&with_password(&blocked.credentials(), "not the password")).await;
        let right = bench.outcome(&blocked.credentials()).await;
        let is_failed = matches!(wrong, AuthenticationOutcome::Failed { .. });
        assert!(is_failed || wrong == right, "{wrong:?} is told from {right:?} and is not counted");
    }

    pub(super) async fn no_account_that_may_be_used_is_restricted(bench: Bench) {
        let wrong = with_password(&bench.credentials(), "not the password");
        let unknown = Credentials { user: UserId::new("a user who does not exist"), ..wrong.clone() };
        for failing in [wrong, unknown] {
            let outcome = bench.outcome(&failing).await;
            let is_failed = matches!(outcome, AuthenticationOutcome::Failed { .. });
            assert!(is_failed, "a wrong guess came back as {outcome:?}");
        }
    }

    /// Where a failure says how many tries are left, it says so for everyone: whoever gets no number would stand out.
    pub(super) async fn all_failures_look_alike(bench: Bench) {
        let wrong = with_password(&bench.credentials(), "not the password");
        let unknown = Credentials { user: UserId::new("a user who does not exist"), ..wrong.clone() };
        let says_tries = bench.says_tries(&wrong).await;
        assert_eq!(bench.says_tries(&unknown).await, says_tries, "an unknown user");
        if let Some(blocked) = &bench.accounts.blocked {
            let blocked = bench.says_tries(&blocked.credentials()).await;
            assert_eq!(blocked, says_tries, "a blocked account");
        }
    }
}
