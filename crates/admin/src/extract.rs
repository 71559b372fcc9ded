use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use data_adapter_core::{UserId, is_hidden};
use data_adapter_protocol::admin::{AdminRequest, read};
use data_adapter_server::{Body, is_json, only_media_type};

use crate::error::ApiError;

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, actix_web::Error>>>>;

/// A body, read and found right.
pub(crate) struct Valid<T>(pub(crate) T);

impl<T: AdminRequest + 'static> FromRequest for Valid<T> {
    type Error = actix_web::Error;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let body = Body::from_request(&request, &mut payload).await?;
            Ok(Self(json(&request, &body)?))
        })
    }
}

/// A body, read and found right, or what stands for none.
pub(crate) struct Optional<T>(pub(crate) T);

impl<T: AdminRequest + Default + 'static> FromRequest for Optional<T> {
    type Error = actix_web::Error;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let body = Body::from_request(&request, &mut payload).await?;
            let read = if body.is_empty() { T::default() } else { json(&request, &body)? };
            Ok(Self(read))
        })
    }
}

fn json<T: AdminRequest>(request: &HttpRequest, body: &[u8]) -> Result<T, ApiError> {
    if !only_media_type(request.headers()).is_some_and(|kind| is_json(&kind)) {
        return Err(ApiError::media_type());
    }
    Ok(read(body)?)
}

/// What a text is whose characters can all be seen.
pub(crate) const UNSEEN: &str = "may have letters, digits, punctuation and single blanks inside";

/// How many characters the id of a user, or the name of a partner, may have.
pub(crate) const LONGEST_ID: usize = 256;

/// How many entries a page has, where the request does not say.
pub(crate) const USUAL_LIMIT: usize = 100;

/// How many it may have.
pub(crate) const MOST: usize = 1000;

/// How many entries a caller may leave out at most: more than anybody has.
pub(crate) const MOST_LEFT_OUT: usize = 1_000_000_000;

/// The id of a user, or the name of a partner, from the path or the query. `member` is what the document calls it.
pub(crate) fn id(member: &'static str, text: &str) -> Result<UserId, ApiError> {
    if (1..=LONGEST_ID).contains(&text.chars().count()) && !text.chars().any(is_hidden) {
        return Ok(UserId::new(text));
    }
    let wanted = format!("has to be 1 to {LONGEST_ID} characters that can be seen");
    Err(ApiError::invalid(member, wanted))
}

/// The parameters of a query.
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn of(request: &HttpRequest) -> Self {
        let pairs = web::Query::from_query(request.query_string());
        Self(pairs.map(web::Query::into_inner).unwrap_or_default())
    }

    /// A parameter that is there once at most.
    fn text(&self, name: &'static str) -> Result<Option<&str>, ApiError> {
        let mut values = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (value, None) => Ok(value),
            (_, Some(_)) => Err(ApiError::invalid(name, "is there more than once")),
        }
    }

    pub(crate) fn id(&self, name: &'static str) -> Result<Option<UserId>, ApiError> {
        self.text(name)?.map(|text| id(name, text)).transpose()
    }

    /// Something that is looked for, as it stands elsewhere.
    pub(crate) fn word(&self, name: &'static str) -> Result<Option<String>, ApiError> {
        Ok(self.id(name)?.map(|word| word.as_str().to_owned()))
    }

    pub(crate) fn number(
        &self,
        name: &'static str,
        range: std::ops::RangeInclusive<usize>,
    ) -> Result<Option<usize>, ApiError> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|number| is_plain && range.contains(number));
        let (least, most) = (range.start(), range.end());
        number
            .map(Some)
            .ok_or_else(|| ApiError::invalid(name, format!("has to be a number from {least} to {most}")))
    }
}
