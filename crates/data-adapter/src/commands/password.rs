use std::io::{BufRead as _, IsTerminal as _};

use data_adapter_core::SystemRandom;
use data_adapter_memory::PasswordHashing;
use data_adapter_sca::encrypt_password;
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::print;
use crate::config::Settings;
use crate::failure::Failure;

pub(super) fn hash() -> Result<(), Failure> {
    let hash = PasswordHashing.hash(&read()?, &SystemRandom);
    print(&hash.map_err(|error| Failure::Failed(error.to_string()))?)
}

pub(super) fn encrypt(settings: &Settings) -> Result<(), Failure> {
    let key = settings.password.key()?.ok_or_else(|| {
        Failure::Configuration("`password.key` is missing; `openssl rand -base64 32` makes one".to_owned())
    })?;
    print(&encrypt_password(&key, &read()?, &SystemRandom))
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
    if password.expose_secret().is_empty() {
        return Err(Failure::Failed("the password is empty; give it on standard input".to_owned()));
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
