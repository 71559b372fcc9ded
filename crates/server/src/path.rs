//! The one way in which a path may be written other than as it is.

use actix_web::dev::ServiceRequest;
use actix_web::http::Uri;
use actix_web::http::uri::PathAndQuery;

/// The request with the path that it means: one empty part anywhere is the same path without it, since the URL of a service may
/// end in the slash that the path begins with. To be done before anybody looks at the path.
pub(crate) fn without_empty_part(mut request: ServiceRequest) -> ServiceRequest {
    if let Some(uri) = meant(request.uri()) {
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }
    request
}

/// The URI with one slash in place of the only two in its path that stand together; `None` where there are none, or more.
fn meant(uri: &Uri) -> Option<Uri> {
    let (before, after) = uri.path().split_once("//")?;
    if after.starts_with('/') || after.contains("//") {
        return None;
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = PathAndQuery::try_from(format!("{before}/{after}{query}")).ok();
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path_of(uri: &str) -> Option<String> {
        meant(&uri.parse().unwrap()).map(|uri| uri.to_string())
    }

    #[test]
    fn one_empty_part_anywhere_is_left_out_and_nothing_else_is() {
        for (written, meant) in [
            ("/context//api/a", "/context/api/a"),
            ("//api/a?b=//&c", "/api/a?b=//&c"),
            ("/api/a//", "/api/a/"),
            ("//", "/"),
            ("http://bank.test//api/a", "http://bank.test/api/a"),
            ("/%2f//a", "/%2f/a"),
        ] {
            assert_eq!(path_of(written).as_deref(), Some(meant), "{written}");
        }
    }

    #[test]
    fn a_path_without_one_or_with_more_stays_as_it_is() {
        for written in ["/", "/api/a", "/api/a/", "/api?b=//", "///api", "//api//a", "/api////a", "*"] {
            assert_eq!(path_of(written), None, "{written}");
        }
    }
}
