use crate::openapi::Access;

/// What a walk has to know of the service around it.
#[derive(Clone, Copy, Debug)]
pub struct Visit {
    /// Whether messages come to the inbox of the sandbox, `sandbox/messages`.
    pub has_inbox: bool,
    /// How callers say who they are, as far as the shell asks.
    pub access: Access,
}

/// A part of the start page in which whoever explores tries an API by buttons.
#[derive(Clone, Debug)]
pub struct Walk {
    /// The folder of its modules, by one name: they are under `start/` and this.
    pub folder: &'static str,
    /// What stands in the page. Links are relative to the root, and nothing runs inline.
    pub html: String,
    /// Its JavaScript modules, each with its name and its text. The first one is run.
    pub modules: &'static [(&'static str, &'static str)],
}
