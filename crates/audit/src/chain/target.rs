use std::path::PathBuf;

/// Where the audit log goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To the end of this file. It is made if there is none, for nobody else to read.
    File(PathBuf),
    /// To standard output. The chain begins anew at each start.
    Stdout,
}
