use std::sync::Arc;

use data_adapter_core::{Clock, SystemClock, SystemRandom};
use secrecy::ExposeSecret as _;

use super::print;
use crate::apis::KnownProgrammes;
use crate::config::Settings;
use crate::failure::Failure;

/// Prints a token that the service takes which runs with the same settings.
pub(super) fn make(settings: &Settings, user: &str, programme: &str) -> Result<(), Failure> {
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
    let Some(known) = KnownProgrammes::new(settings, &clock, &SystemRandom)? else {
        return refuse("`factors.enabled` is false: nobody would take the token");
    };
    let token = known.token(user, programme).map_err(|error| Failure::Failed(error.to_string()))?;
    match token {
        Some(token) => print(token.expose_secret()),
        None => refuse(&format!("`factors.programmes` has none with the id `{programme}`")),
    }
}
