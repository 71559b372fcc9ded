use std::path::PathBuf;

use super::print;
use crate::config::{Flags, control_socket};
use crate::failure::Failure;
use crate::reload::ask;

/// Asks the service that runs to read its configuration again, and says what came of it. What is wrong with the configuration is for
/// the service to say: it may see other files and variables than this command.
pub(super) fn reload(flags: &Flags, socket: Option<PathBuf>) -> Result<(), Failure> {
    let path = match socket {
        Some(path) => path,
        None => control_socket(flags)?.ok_or_else(|| {
            Failure::Configuration(
                "`server.control_socket` is missing: the service listens nowhere for this command; set it and start the \
                 service anew, or send the service SIGHUP and read its log"
                    .to_owned(),
            )
        })?,
    };
    ask(&path)?.told()?.iter().try_for_each(|sentence| print(sentence))
}
