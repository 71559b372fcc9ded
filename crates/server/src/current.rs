//! What the server answers with now, which can be replaced while it runs.

use std::ops::Deref;

use tokio::sync::watch;

use crate::app::Parts;

/// The [`Parts`] in effect. Clones are of the same one.
#[derive(Clone)]
pub struct Current(watch::Sender<Parts>);

impl Current {
    /// Begins with `parts`.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(watch::Sender::new(parts))
    }

    /// Answers every request from now on with `parts`. Those under way are answered with what was there when they came, which is
    /// dropped after the last of them. Where the server listens, its limits and its metrics stay as they are.
    pub fn replace(&self, parts: Parts) {
        self.0.send_replace(parts);
    }

    /// Those in effect, as long as nobody replaces them: to be held for a moment only.
    pub(crate) fn now(&self) -> impl Deref<Target = Parts> {
        self.0.borrow()
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<Parts> {
        self.0.subscribe()
    }
}

#[cfg(test)]
impl Current {
    /// Without an API, and with nothing to ask.
    pub(crate) fn of_nothing() -> Self {
        use std::sync::Arc;
        use std::time::Duration;

        Self::new(Parts {
            apis: crate::Apis::default(),
            bodies: crate::BodyLimits { max: 0, timeout: Duration::ZERO },
            sandbox: None,
            swagger_ui: None,
            start_page: None,
            callers: Arc::new(crate::Callers::new(Vec::new(), Vec::new(), false)),
            ready: Arc::new(crate::ReadyChecks::new(Vec::new(), Duration::ZERO)),
            metrics: None,
            tracer: None,
            random: Arc::new(data_adapter_core::SystemRandom),
        })
    }
}
