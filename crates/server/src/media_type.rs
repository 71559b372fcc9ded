use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};

/// The type of a body in UTF-8, in small letters and without parameters, such as `application/json`; empty where the headers name
/// none. `None` for a body that is packed, or in another charset.
#[must_use]
pub fn media_type(headers: &HeaderMap) -> Option<String> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let content_type = header(CONTENT_TYPE).unwrap_or_default().to_ascii_lowercase();
    let mut parts = content_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_owned();
    let is_utf8 = parts
        .filter_map(|parameter| parameter.strip_prefix("charset="))
        .all(|charset| matches!(charset.trim_matches('"'), "utf-8" | "utf8"));
    let is_packed = headers
        .get(CONTENT_ENCODING)
        .is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    (is_utf8 && !is_packed).then_some(essence)
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
