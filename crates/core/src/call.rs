use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use crate::TraceParent;

tokio::task_local! {
    static CURRENT: Arc<CallContext>;
}

/// The call from outside that the current task works for: what logs, the audit and systems behind name it by.
///
/// A task that is spawned does not know for whom; [`CallContext::carry`] takes it along.
#[derive(Debug)]
pub struct CallContext {
    request_id: String,
    traceparent: Option<TraceParent>,
    operation: OnceLock<String>,
    caller: OnceLock<String>,
    peer: OnceLock<IpAddr>,
}

impl CallContext {
    /// A call of which nothing more is known yet. `request_id` is printable ASCII without quotes: it goes into headers and
    /// logs as it is.
    pub fn new(request_id: impl Into<String>, traceparent: Option<TraceParent>) -> Arc<Self> {
        Arc::new(Self {
            request_id: request_id.into(),
            traceparent,
            operation: OnceLock::new(),
            caller: OnceLock::new(),
            peer: OnceLock::new(),
        })
    }

    /// The call that the current task works for; `None` when it works for none.
    #[must_use]
    pub fn current() -> Option<Arc<Self>> {
        CURRENT.try_with(Arc::clone).ok()
    }

    /// Runs `work` for this call.
    pub fn scope<F: Future>(self: Arc<Self>, work: F) -> impl Future<Output = F::Output> {
        CURRENT.scope(self, work)
    }

    /// `work` for the call of the task that asks, wherever it runs then: `tokio::spawn(CallContext::carry(work))`.
    pub fn carry<F: Future>(work: F) -> impl Future<Output = F::Output> {
        let current = Self::current();
        async move {
            match current {
                Some(call) => call.scope(work).await,
                None => work.await,
            }
        }
    }

    /// The id of the request.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The trace that the call is part of; `None` when the caller keeps none.
    #[must_use]
    pub fn traceparent(&self) -> Option<&TraceParent> {
        self.traceparent.as_ref()
    }

    /// The id of its operation; `None` as long as it is not known.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        self.operation.get().map(String::as_str)
    }

    /// The name of the caller; `None` when it did not have to say.
    #[must_use]
    pub fn caller(&self) -> Option<&str> {
        self.caller.get().map(String::as_str)
    }

    /// Where it comes from: the other end of its connection, or whom a trusted proxy there names; `None` when nobody knows.
    #[must_use]
    pub fn peer(&self) -> Option<IpAddr> {
        self.peer.get().copied()
    }

    /// Names the operation, unless it has a name already.
    pub fn set_operation(&self, id: &str) {
        self.operation.get_or_init(|| id.to_owned());
    }

    /// Names the caller, unless it has a name already.
    pub fn set_caller(&self, name: &str) {
        self.caller.get_or_init(|| name.to_owned());
    }

    /// Says where it comes from, unless that was said already.
    pub fn set_peer(&self, address: IpAddr) {
        self.peer.get_or_init(|| address);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn current_id() -> Option<String> {
        CallContext::current().map(|call| call.request_id().to_owned())
    }

    #[tokio::test]
    async fn work_knows_its_call_and_other_work_does_not() {
        let inside = CallContext::new("7", None).scope(async {
            tokio::task::yield_now().await;
            current_id()
        });
        assert_eq!(inside.await.as_deref(), Some("7"));
        assert_eq!(current_id(), None);
    }

    #[tokio::test]
    async fn spawned_work_knows_its_call_when_it_is_carried() {
        let call = CallContext::new("7", None);
        let (carried, forgotten) = Arc::clone(&call)
            .scope(async {
                let carried = tokio::spawn(CallContext::carry(async { current_id() }));
                let forgotten = tokio::spawn(async { current_id() });
                (carried.await.unwrap(), forgotten.await.unwrap())
            })
            .await;
        assert_eq!(carried.as_deref(), Some("7"));
        assert_eq!(forgotten, None);
    }

    #[test]
    fn what_a_call_is_about_is_named_once() {
        let call = CallContext::new("7", None);
        assert_eq!((call.operation(), call.caller()), (None, None));
        for name in ["first", "second"] {
            call.set_operation(name);
            call.set_caller(name);
        }
        assert_eq!((call.operation(), call.caller()), (Some("first"), Some("first")));
        assert_eq!(call.peer(), None);
        for last in [1, 2] {
            call.set_peer([192, 0, 2, last].into());
        }
        assert_eq!(call.peer(), Some([192, 0, 2, 1].into()));
    }
}
