//! Which page a request comes from, so that one of someone else can't decide in the place of whoever looks at it.

use actix_web::HttpRequest;
use actix_web::http::header::{HOST, ORIGIN};

/// Whether a request that changes something may come from a page of ours: a browser says so, or it comes from no browser, of which
/// each names the page in one of the two headers.
pub(super) fn is_ours(request: &HttpRequest) -> bool {
    let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    // A browser sends it where it trusts the connection only: over HTTPS, and to this machine.
    if let Some(site) = header("sec-fetch-site") {
        return site == "same-origin";
    }
    let host = header(HOST.as_str()).unwrap_or_default();
    header(ORIGIN.as_str()).is_none_or(|origin| {
        origin.split_once("://").is_some_and(|(_, named)| named.eq_ignore_ascii_case(host))
    })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn is_ours_with(headers: &[(&'static str, &str)]) -> bool {
        let request = TestRequest::post().insert_header(("host", "127.0.0.1:8080"));
        let request = headers.iter().fold(request, |request, header| request.insert_header(*header));
        is_ours(&request.to_http_request())
    }

    #[test]
    fn a_page_is_ours_where_the_browser_says_so_and_what_is_no_browser_has_no_page() {
        for headers in [
            &[][..],
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://before-the-proxy.example")],
            &[("origin", "http://127.0.0.1:8080")],
        ] {
            assert!(is_ours_with(headers), "{headers:?}");
        }
    }

    #[test]
    fn a_page_of_someone_else_is_not() {
        for headers in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site"), ("origin", "http://127.0.0.1:8080")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "")],
            &[("origin", "null")],
            &[("origin", "http://127.0.0.1:8081")],
            &[("origin", "http://evil.example")],
            &[("origin", "http://127.0.0.1:8080.evil.example")],
            &[("origin", "127.0.0.1:8080")],
        ] {
            assert!(!is_ours_with(headers), "{headers:?}");
        }
    }
}
