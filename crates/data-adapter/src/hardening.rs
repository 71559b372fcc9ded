use std::io;

use rlimit::Resource;

use crate::failure::Failure;

/// Keeps the memory of this process, which has keys and passwords in it, out of core files and from other processes of the
/// same user.
pub(crate) fn keep_memory_private() -> Result<(), Failure> {
    Resource::CORE.set(0, 0).and_then(|()| not_dumpable()).map_err(|error| {
        Failure::Failed(format!("the memory of the process can't be kept out of core files: {error}"))
    })
}

/// See `PR_SET_DUMPABLE` in prctl(2): no core file whatever its pattern, and no ptrace(2) without `CAP_SYS_PTRACE`.
#[cfg(target_os = "linux")]
fn not_dumpable() -> io::Result<()> {
    Ok(nix::sys::prctl::set_dumpable(false)?)
}

#[cfg(not(target_os = "linux"))]
fn not_dumpable() -> io::Result<()> {
    Ok(())
}
