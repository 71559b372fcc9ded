//! What the log says of accounts that may not be used: why, and of nobody.

use data_adapter_core::Restriction;

/// Says that nobody was let in.
pub(super) fn tell(restriction: Restriction) {
    tracing::info!(reason = restriction.name(), "nobody was let in: the account may not be used");
}

/// Says that somebody was let in all the same, where there was anything against it.
pub(super) fn tell_tolerated(tolerated: Option<Restriction>) {
    if let Some(restriction) = tolerated {
        tracing::info!(reason = restriction.name(), "somebody was let in, as the settings allow");
    }
}
