//! What the shell refuses, whichever API it is meant for.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use serde_json::json;

/// Why the shell answers in place of an API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// What came is no request, or breaks off.
    Unreadable,
    /// The body has more bytes than are read.
    TooLarge,
    /// The head has more bytes than are read.
    HeadTooLarge,
    /// The head has, and this header of it is what its API takes no more of
    /// ([`longest_headers`](crate::Api::longest_headers)).
    HeaderTooLong(&'static str),
    /// The head or the body takes too long to come.
    TooSlow,
    /// There is more to do than is allowed at once.
    Overloaded,
    /// There is nothing at this path.
    UnknownPath,
    /// The path is called with another method than these.
    WrongMethod(&'static str),
    /// The caller does not say who it is, or not truly.
    Unauthorized,
    /// The caller may use other paths only.
    Forbidden,
    /// A page is asked for under a name of a host that is not ours.
    ForbiddenHost,
    /// What the answer needs, such as the store, does not answer.
    Unavailable,
    /// Something unexpected happened.
    Internal,
}

/// A body and its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// As in the header `content-type`, which is left out where there are no bytes.
    pub content_type: &'static str,
    /// The bytes.
    pub body: Vec<u8>,
}

impl Wording {
    /// Problem details (RFC 9457) without a type of their own.
    pub(crate) fn problem(status: StatusCode, detail: &str) -> Self {
        let title = status.canonical_reason().unwrap_or_default();
        let body = json!({"title": title, "status": status.as_u16(), "detail": detail});
        Self { content_type: "application/problem+json", body: body.to_string().into_bytes() }
    }
}

impl Refusal {
    /// The status of the answer.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::TooLarge | Self::HeaderTooLong(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Overloaded | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::UnknownPath => StatusCode::NOT_FOUND,
            Self::WrongMethod(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::ForbiddenHost => StatusCode::FORBIDDEN,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The headers that come with it.
    #[must_use]
    pub fn headers(self) -> Vec<(HeaderName, &'static str)> {
        match self {
            Self::Overloaded => vec![(RETRY_AFTER, "1")],
            Self::WrongMethod(allowed) => vec![(ALLOW, allowed)],
            Self::Unauthorized => vec![
                (WWW_AUTHENTICATE, "Basic realm=\"data-adapter\", charset=\"UTF-8\""),
                (WWW_AUTHENTICATE, "Bearer realm=\"data-adapter\""),
            ],
            Self::Unreadable
            | Self::TooLarge
            | Self::HeadTooLarge
            | Self::HeaderTooLong(_)
            | Self::TooSlow
            | Self::UnknownPath
            | Self::Forbidden
            | Self::ForbiddenHost
            | Self::Unavailable
            | Self::Internal => Vec::new(),
        }
    }

    /// Its body where no API words it: problem details.
    pub(crate) fn plainly(self) -> Wording {
        Wording::problem(self.status(), &self.to_string())
    }

    /// What the metrics call it.
    pub(crate) fn outcome(self) -> &'static str {
        match self {
            Self::Unreadable => "input_invalid",
            Self::TooLarge | Self::HeadTooLarge | Self::HeaderTooLong(_) => "too_large",
            Self::TooSlow => "too_slow",
            Self::Overloaded => "overloaded",
            Self::UnknownPath => "not_found",
            Self::WrongMethod(_) => "method_not_allowed",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden | Self::ForbiddenHost => "forbidden",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HeaderTooLong(name) => return write!(f, "The {name} is over-long."),
            Self::Unreadable => "This is no whole request.",
            Self::TooLarge => "The body has too many bytes.",
            Self::HeadTooLarge => "The head has too many bytes.",
            Self::TooSlow => "The request took too long to come.",
            Self::Overloaded => "There is more to do than is allowed at once; try again.",
            Self::UnknownPath => "There is nothing at this path.",
            Self::WrongMethod(_) => "This path is not called with this method.",
            Self::Unauthorized => "The caller does not say who it is, or not rightly.",
            Self::Forbidden => "The caller may not use this path.",
            Self::ForbiddenHost => "The page is not shown under this name of a host.",
            Self::Unavailable => "What this needs does not answer now; the log says why.",
            Self::Internal => "Something unexpected happened; the log says what.",
        })
    }
}
