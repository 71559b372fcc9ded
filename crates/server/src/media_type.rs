use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};

/// The type of a body in UTF-8, in small letters and without parameters, such as `application/json`; empty where the headers name
/// none. `None` for a body that is packed, or in another charset.
#[must_use]
pub fn media_type(headers: &HeaderMap) -> Option<String> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let mut parts = header(CONTENT_TYPE).unwrap_or_default().split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let is_utf8 = parts
        .filter_map(charset)
        .all(|charset| ["utf-8", "utf8"].into_iter().any(|name| charset.eq_ignore_ascii_case(name)));
    let is_packed = headers
        .get(CONTENT_ENCODING)
        .is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    (is_utf8 && !is_packed).then(|| essence.to_ascii_lowercase())
}

/// The charset that a parameter names; `None` where it is another parameter.
fn charset(parameter: &str) -> Option<&str> {
    let (name, value) = parameter.split_once('=')?;
    name.eq_ignore_ascii_case("charset").then(|| value.trim_matches('"'))
}

/// The same, and `None` also for a body of which the headers name several types: nobody can say which of them it is of.
#[must_use]
pub fn only_media_type(headers: &HeaderMap) -> Option<String> {
    if headers.get_all(CONTENT_TYPE).nth(1).is_some() { None } else { media_type(headers) }
}

/// Whether a body of this type is JSON: `application/json` or `application/*+json`.
#[must_use]
pub fn is_json(media_type: &str) -> bool {
    media_type == "application/json"
        || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn the_type_is_in_small_letters_and_the_charset_has_to_be_utf_8_however_they_are_written() {
        for (written, read) in [
            ("application/json", Some("application/json")),
            ("Application/JSON ; Charset=\"UTF-8\"", Some("application/json")),
            ("application/json;charset=utf8;version=1", Some("application/json")),
            ("application/json;version=\"charset=latin1\"", Some("application/json")),
            ("application/json;charset=latin1", None),
            ("application/json;charset=utf-8;CHARSET=latin1", None),
            ("application/json;charset=", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(written));
            assert_eq!(media_type(&headers).as_deref(), read, "{written}");
        }
    }

    #[test]
    fn a_body_of_two_types_is_of_none_where_only_one_may_be_named() {
        let mut headers = HeaderMap::new();
        assert_eq!(only_media_type(&headers).as_deref(), Some(""));
        headers.append(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        assert_eq!(only_media_type(&headers).as_deref(), Some("application/json"));
        headers.append(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        assert_eq!(only_media_type(&headers), None);
        assert_eq!(media_type(&headers).as_deref(), Some("application/json"), "the first counts");
    }
}
