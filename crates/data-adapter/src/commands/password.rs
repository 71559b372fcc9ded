use std::io::{BufRead as _, IsTerminal as _};

use data_adapter_core::{AdapterError, SystemRandom};
use data_adapter_hashing::PasswordHashing;
use data_adapter_sca::encrypt_password;
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::print;
use crate::config::Settings;
use crate::failure::Failure;

pub(super) fn hash() -> Result<(), Failure> {
    let hash = PasswordHashing.hash(&read()?, &SystemRandom);
    print(&hash.map_err(refused)?)
}

pub(super) fn encrypt(settings: &Settings) -> Result<(), Failure> {
    let key = settings.password.key()?.ok_or_else(|| {
        Failure::Configuration("`password.key` is missing; `openssl rand -base64 32` makes one".to_owned())
    })?;
    print(&encrypt_password(&key, &read()?, &SystemRandom))
}

/// There is no request that could be refused: what is wrong with the password stands alone.
fn refused(error: AdapterError) -> Failure {
    if let AdapterError::InvalidInput(why) = error {
        return Failure::Failed(format!("{why}; choose another one"));
    }
    error.into()
}

/// A password from the terminal, typed twice, or from the first line of standard input.
fn read() -> Result<SecretString, Failure> {
    let password = if std::io::stdin().is_terminal() {
        let (first, again) = (ask("Password: ")?, ask("Again: ")?);
        if first.expose_secret() != again.expose_secret() {
            return Err(Failure::Failed("the passwords differ; try again".to_owned()));
        }
        first
    } else {
        read_line()?
    };
    // As the service refuses it.
    if password.expose_secret().trim().is_empty() {
        return Err(Failure::Failed(
            "the password is empty, or only blanks; give it on standard input".to_owned(),
        ));
    }
    Ok(password)
}

/// A password that is typed on the terminal, where it does not show.
pub(super) fn ask(prompt: &str) -> Result<SecretString, Failure> {
    rpassword::prompt_password(prompt).map(SecretString::from).map_err(|error| unreadable(&error))
}

/// A password from the first line of standard input.
pub(super) fn read_line() -> Result<SecretString, Failure> {
    let mut line = Zeroizing::new(String::new());
    std::io::stdin().lock().read_line(&mut line).map_err(|error| unreadable(&error))?;
    Ok(line.trim_end_matches(['\r', '\n']).into())
}

fn unreadable(error: &std::io::Error) -> Failure {
    Failure::Failed(format!("the password can't be read: {error}"))
}
