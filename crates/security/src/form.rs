//! The form that a partner logs in with.

use std::borrow::Cow;
use std::convert::Infallible;

use actix_web::web::Bytes;
use data_adapter_protocol::security::{LoginForm, Problem, Problems};
use futures::stream;
use multer::Multipart;
use percent_encoding::percent_decode_str;
use secrecy::SecretString;

/// Names and values, in order.
type Fields = Vec<(String, SecretString)>;

/// Reads a body of this type.
///
/// # Errors
///
/// All that is wrong with it.
pub(crate) async fn read(media_type: &str, content_type: &str, body: &[u8]) -> Result<LoginForm, Problems> {
    let fields = match media_type {
        "multipart/form-data" => multipart(content_type, body).await,
        "application/x-www-form-urlencoded" => urlencoded(body),
        _ => return Err(Problem::MediaType.into()),
    };
    LoginForm::read(&fields.ok_or(Problem::UnreadableForm)?)
}

/// `None` where it is none, breaks off, or is not in UTF-8.
async fn multipart(content_type: &str, body: &[u8]) -> Option<Fields> {
    let boundary = multer::parse_boundary(content_type).ok()?;
    let body = stream::iter([Ok::<_, Infallible>(Bytes::copy_from_slice(body))]);
    let mut form = Multipart::new(body, boundary);
    let mut fields = Fields::new();
    while let Some(field) = form.next_field().await.ok()? {
        let name = field.name()?.to_owned();
        let value = field.bytes().await.ok()?;
        fields.push((name, std::str::from_utf8(&value).ok()?.into()));
    }
    Some(fields)
}

/// `None` where it is not in UTF-8.
fn urlencoded(body: &[u8]) -> Option<Fields> {
    let body = std::str::from_utf8(body).ok()?;
    let text = |text: &str| {
        let text = text.replace('+', " ");
        percent_decode_str(&text).decode_utf8().ok().map(Cow::into_owned)
    };
    let pairs = body.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((text(name)?, text(value)?.into()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    async fn login(content_type: &str, body: &[u8]) -> Result<(String, String, Option<String>), Vec<String>> {
        let media_type = content_type.split(';').next().unwrap();
        match read(media_type, content_type, body).await {
            Ok(form) => Ok((form.username, form.password.expose_secret().to_owned(), form.scheme)),
            Err(problems) => Err(problems.iter().map(ToString::to_string).collect()),
        }
    }

    fn right() -> Result<(String, String, Option<String>), Vec<String>> {
        Ok(("demopartner".to_owned(), "Partner#+2026".to_owned(), Some("AB C".to_owned())))
    }

    const FORM: &str = "multipart/form-data; boundary=\"a b\"";
    const URLENCODED: &str = "application/x-www-form-urlencoded";

    fn parts(end: &str) -> String {
        let part = |name: &str, value: &str| {
            format!("--a b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let fields = [
            ("grant_type", "password"),
            ("UserName", "demopartner"),
            ("PASSWORD", "Partner#+2026"),
            ("SchemeCode", "AB C"),
        ];
        fields.map(|(name, value)| part(name, value)).concat() + end
    }

    #[actix_web::test]
    async fn the_same_fields_come_in_both_forms() {
        assert_eq!(login(FORM, parts("--a b--\r\n").as_bytes()).await, right());
        assert_eq!(login(FORM, parts("--a b--").as_bytes()).await, right());
        let body = b"&Grant_Type=password&UserName=demo%70artner&Password=Partner%23%2B2026&SchemeCode=AB+C&";
        assert_eq!(login(URLENCODED, body).await, right());
    }

    #[actix_web::test]
    async fn what_is_no_form_is_refused_as_a_whole() {
        let unreadable = Err(vec!["The body has to be a form in UTF-8.".to_owned()]);
        let nameless = parts("--a b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--a b--\r\n");
        let whole = parts("--a b--\r\n");
        let not_utf8: Vec<u8> = whole.bytes().map(|byte| if byte == b'#' { 0xff } else { byte }).collect();
        for (content_type, body) in [
            (FORM, &b""[..]),
            (FORM, &whole.as_bytes()[..whole.len() - 30]),
            (FORM, parts("").as_bytes()),
            (FORM, nameless.as_bytes()),
            (FORM, &not_utf8),
            ("multipart/form-data", whole.as_bytes()),
            ("multipart/form-data; boundary=another", whole.as_bytes()),
            (URLENCODED, b"GRANT_TYPE=password&UserName=\xff"),
            (URLENCODED, b"GRANT_TYPE=password&UserName=%ff"),
        ] {
            assert_eq!(login(content_type, body).await, unreadable, "{content_type} {body:?}");
        }
        let media_type = Err(vec!["The body is of another type than this operation takes.".to_owned()]);
        assert_eq!(login("application/json", b"{}").await, media_type);
    }
}
