use std::sync::Arc;

use data_adapter_core::{Clock, SystemClock, SystemRandom, UserId};
use data_adapter_server::MadeToken;
use secrecy::ExposeSecret as _;

use super::print;
use crate::apis::KnownProgrammes;
use crate::backends::{Registry, users};
use crate::config::Settings;
use crate::failure::Failure;
use crate::foundation::SandboxKeys;
use crate::runtime;

/// Prints a token that the service takes which runs with the same settings.
pub(super) fn make(
    settings: &Settings,
    registry: &Registry,
    user: &str,
    programme: &str,
) -> Result<(), Failure> {
    let refuse = |why: &str| Err(Failure::Configuration(why.to_owned()));
    if !settings.sandbox.enabled {
        return refuse(
            "`sandbox.enabled` is false: outside the sandbox whoever lets users in makes their tokens",
        );
    }
    if !settings.factors.has_signing_key() {
        return refuse("`factors.tokens.key` is missing: the service has another key, or only public ones");
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let Some(known) = KnownProgrammes::new(settings, &clock, &SandboxKeys::new(&SystemRandom))? else {
        return refuse("`factors.enabled` is false: nobody would take the token");
    };
    let system = runtime::start()?;
    let users = users(settings, registry)?;
    let fail = |why: String| Err(Failure::Failed(why));
    let found = system.block_on(users.by_id(&UserId::new(user), None))?;
    if found.is_some_and(|user| known.refuses(programme, &user)) {
        return fail(format!(
            "the user `{user}` is of none of the `organizations` of the programme `{programme}`, which would get 403"
        ));
    }
    match system.block_on(known.desk(users).token(user, programme))? {
        MadeToken::Made(token) => print(token.expose_secret()),
        MadeToken::UnknownProgramme => {
            refuse(&format!("`factors.programmes` has none with the id `{programme}`"))
        }
        MadeToken::UnknownUser => {
            fail(format!("there is no user with the id `{user}`; it is not the name that they log in with"))
        }
        MadeToken::NoKey => refuse("`factors.tokens` has only public keys: the tokens are signed elsewhere"),
    }
}
