use std::cell::Ref;

use actix_web::HttpResponse;
use actix_web::dev::{Extensions, ServiceResponse};

/// What the metrics, the traces and the log say of an answer that is an error. It goes with the answer, and the client never
/// sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What the metrics call it: one of a few.
    pub outcome: &'static str,
    /// What the log calls it. Nothing that a caller may have put a secret into.
    pub text: String,
    /// What else the log says; `None` when there is no more to say.
    pub detail: Option<String>,
    /// Whether a system behind did not do its part, whatever the status says.
    pub is_failure: bool,
}

impl Fault {
    /// Marks an answer with it.
    #[must_use]
    pub fn mark(self, mut response: HttpResponse) -> HttpResponse {
        response.extensions_mut().insert(self);
        response
    }

    /// What an answer is marked with; `None` when it is not.
    pub(crate) fn of<B>(response: &ServiceResponse<B>) -> Option<Ref<'_, Self>> {
        Ref::filter_map(response.response().extensions(), Extensions::get).ok()
    }
}
