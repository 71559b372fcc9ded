//! Who does something on this machine, as the operating system knows them.

use data_adapter_audit::Operator;
use nix::unistd::{Uid, User};

/// Who runs this process.
pub(crate) fn own() -> Operator {
    operator(Uid::current().as_raw(), "self")
}

/// Who runs another process of this machine, as the user with this id.
pub(crate) fn of(uid: u32, process: i32) -> Operator {
    operator(uid, &process.to_string())
}

fn operator(uid: u32, process: &str) -> Operator {
    let login_uid = login_uid(process);
    Operator { uid, name: name(uid), login_uid, login_name: login_uid.and_then(name) }
}

/// The user who logged in, as Linux keeps it for its own audit log (`man 2 audit_getloginuid`, `pam_loginuid`).
fn login_uid(process: &str) -> Option<u32> {
    let text = std::fs::read_to_string(format!("/proc/{process}/loginuid")).ok()?;
    text.trim().parse().ok().filter(|uid| *uid != u32::MAX)
}

fn name(uid: u32) -> Option<String> {
    User::from_uid(Uid::from_raw(uid)).ok().flatten().map(|user| user.name)
}
