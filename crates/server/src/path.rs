//! The two ways in which a path may be written other than as it is.

use std::iter;

use actix_web::dev::{ServiceRequest, Url};
use actix_web::http::Uri;
use actix_web::http::uri::PathAndQuery;

use crate::api::{Api, Apis};

/// The request with the path that it means. To be done before anybody looks at the path.
///
/// One empty part anywhere is the same path without it, since the URL of a service may end in the slash that the path begins with.
/// Below an API that [ignores case](Api::ignores_case) a letter is the same in either.
pub(crate) fn as_meant(mut request: ServiceRequest, apis: &Apis) -> ServiceRequest {
    if let Some(path) = without_empty_part(request.uri().path()) {
        ask_for(&mut request, &path);
    }
    let api = apis.at(request.match_info().as_str()).filter(|api| api.ignores_case());
    if let Some(path) = api.and_then(|api| in_its_case(request.uri().path(), api)) {
        ask_for(&mut request, &path);
    }
    request
}

/// The path that the target of a request line means, as the router reads it; `None` where the target is none.
pub(crate) fn named(target: &[u8]) -> Option<String> {
    let uri = Uri::try_from(target).ok()?;
    let whole = without_empty_part(uri.path()).and_then(|path| with_path(&uri, &path));
    Some(Url::new(whole.unwrap_or(uri)).path().to_owned())
}

/// Puts `path` in the place of the one that is asked for.
fn ask_for(request: &mut ServiceRequest, path: &str) {
    if let Some(uri) = with_path(request.uri(), path) {
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }
}

/// The URI with another path; `None` where `path` is none.
fn with_path(uri: &Uri, path: &str) -> Option<Uri> {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(format!("{path}{query}")).ok()?);
    Uri::from_parts(parts).ok()
}

/// The path with one slash in place of the only two that stand together; `None` where there are none, or more.
fn without_empty_part(path: &str) -> Option<String> {
    let (before, after) = path.split_once("//")?;
    let is_only = !after.starts_with('/') && !after.contains("//");
    is_only.then(|| format!("{before}/{after}"))
}

/// The path, which lies below that of `api`, in the case of its routes; `None` where it is in it.
fn in_its_case(path: &str, api: &dyn Api) -> Option<String> {
    let small = in_small_letters(path);
    let meant = format!("{}{}", api.path(), small.get(api.path().len()..)?);
    (meant != path).then_some(meant)
}

/// The path in small letters. What is percent-encoded in it and need not be is so no more (RFC 3986, section 2.3), and the rest
/// stays as it is.
fn in_small_letters(path: &str) -> String {
    let mut rest = path;
    let parts = iter::from_fn(|| {
        let length = if encoded(rest).is_some() { 3 } else { rest.chars().next()?.len_utf8() };
        let (part, after) = rest.split_at(length);
        rest = after;
        Some(part)
    });
    let small = |part: &str| match encoded(part) {
        Some(byte) if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => {
            char::from(byte.to_ascii_lowercase()).to_string()
        }
        Some(_) => part.to_owned(),
        None => part.to_ascii_lowercase(),
    };
    parts.map(small).collect()
}

/// The byte that `path` begins with, percent-encoded; `None` where it begins with something else.
fn encoded(path: &str) -> Option<u8> {
    let digits = path.strip_prefix('%')?.get(..2)?;
    let are_digits = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    are_digits.then(|| u8::from_str_radix(digits, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path_of(uri: &str) -> Option<String> {
        let uri = uri.parse().unwrap();
        with_path(&uri, &without_empty_part(uri.path())?).map(|uri| uri.to_string())
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

    #[test]
    fn letters_are_made_small_however_they_are_encoded_and_nothing_else_changes() {
        for (written, small) in [
            ("/Security/LogIn", "/security/login"),
            ("/%53ecurity%2Dx/%6C%6Fgin", "/security-x/login"),
            ("/a%2FB%2fC", "/a%2Fb%2fc"),
            ("/%2553/%C5%BD/%zZ/%4", "/%2553/%C5%BD/%zz/%4"),
        ] {
            assert_eq!(in_small_letters(written), small, "{written}");
        }
    }
}
