//! Whoever started the program and wants to know when it is ready: systemd with `Type=notify`, by `NOTIFY_SOCKET`.

use sd_notify::NotifyState;

/// Says that it listens. Does nothing where nobody wants to know.
pub(crate) fn tell_ready() {
    if let Err(error) = sd_notify::notify(&[NotifyState::Ready]) {
        tracing::warn!(%error, "whoever started the program can't be told that it is ready");
    }
}
