use jiff::Timestamp;

/// What runs here.
#[derive(Clone, Copy, Debug)]
pub struct BuildInfo {
    /// The version of the program.
    pub version: &'static str,
    /// When it was built.
    pub built_at: Timestamp,
}
