use secrecy::SecretString;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{BadRequest, FieldError};
use crate::json::{Members, check_text};

/// How many digits a code has.
pub const CODE_DIGITS: u32 = 6;

const CODE: &str = "verificationCode";

/// `POST /authentication_factors/otp/{channel}/verify`
#[derive(Debug, ToSchema)]
pub struct VerifyRequest {
    /// The code that came to the device.
    #[schema(rename = "verificationCode", value_type = String, min_length = 6, max_length = 6, pattern = "^[0-9]*$")]
    pub code: SecretString,
}

impl VerifyRequest {
    /// Reads the body of a request.
    ///
    /// # Errors
    ///
    /// All that is wrong with it.
    pub fn read(body: &[u8]) -> Result<Self, BadRequest> {
        let unreadable = || BadRequest::whole("The body has to be a JSON object in UTF-8.");
        let text = check_text(body).map_err(|_| unreadable())?;
        let members: Members<'_> = serde_json::from_str(text).map_err(|_| unreadable())?;
        let refuse = |error| BadRequest::of(CODE, error);
        if members.repeats(CODE) {
            return Err(refuse(FieldError::Regex));
        }
        let raw = members.get(CODE).map(RawValue::get).filter(|raw| *raw != "null");
        let raw = raw.ok_or_else(|| refuse(FieldError::Required))?;
        let code: String = serde_json::from_str(raw).map_err(|_| refuse(FieldError::Regex))?;
        let digits = code.chars().all(|digit| digit.is_ascii_digit());
        let wrong =
            [(code.chars().count() != CODE_DIGITS as usize, FieldError::Size), (!digits, FieldError::Regex)];
        let wrong: Vec<_> =
            wrong.into_iter().filter(|(is_wrong, _)| *is_wrong).map(|(_, error)| (CODE, error)).collect();
        if wrong.is_empty() { Ok(Self { code: code.into() }) } else { Err(BadRequest::fields(wrong)) }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn errors(body: &str) -> Vec<FieldError> {
        let refused = VerifyRequest::read(body.as_bytes()).expect_err("it is refused");
        let fields = refused.syntax_errors.invalid_fields;
        assert!(fields.iter().all(|field| field.field_name == "verificationCode" && field.params.is_empty()));
        fields.iter().map(|field| field.error).collect()
    }

    #[test]
    fn six_digits_are_a_code_whatever_stands_beside_them() {
        for body in [
            r#"{"verificationCode":"012345"}"#,
            "\t{ \"verificationCode\" : \"\\u0030\\u0031\\u0032345\", \"other\": [1, {}] }\n",
        ] {
            let request = VerifyRequest::read(body.as_bytes()).unwrap();
            assert_eq!(request.code.expose_secret(), "012345", "{body}");
            assert!(!format!("{request:?}").contains("012345"));
        }
    }

    #[test]
    fn anything_else_is_told_by_what_is_wrong_with_it() {
        use FieldError::{Regex, Required, Size};
        for (body, wrong) in [
            ("{}", vec![Required]),
            (r#"{"verificationCode":null}"#, vec![Required]),
            (r#"{"VerificationCode":"123456"}"#, vec![Required]),
            (r#"{"verificationCode":""}"#, vec![Size]),
            (r#"{"verificationCode":"12345"}"#, vec![Size]),
            (r#"{"verificationCode":"1234567"}"#, vec![Size]),
            (r#"{"verificationCode":"abcdef"}"#, vec![Regex]),
            (r#"{"verificationCode":"12 456"}"#, vec![Regex]),
            (r#"{"verificationCode":"١٢٣٤٥٦"}"#, vec![Regex]),
            (r#"{"verificationCode":"abc"}"#, vec![Size, Regex]),
            (r#"{"verificationCode":123456}"#, vec![Regex]),
            (r#"{"verificationCode":["123456"]}"#, vec![Regex]),
            (r#"{"verificationCode":"123456","verificationCode":"123456"}"#, vec![Regex]),
        ] {
            assert_eq!(errors(body), wrong, "{body}");
        }
    }

    #[test]
    fn what_is_no_object_has_no_field_to_blame() {
        let deep = format!("{}1{}", "[".repeat(65), "]".repeat(65));
        let deep = format!(r#"{{"verificationCode":"123456","a":{deep}}}"#);
        for body in [
            "",
            "1",
            r#"["123456"]"#,
            r#"{"verificationCode":"123456""#,
            r#"{"verificationCode":"\u0000"}"#,
            &deep,
        ] {
            assert_eq!(errors(body), [], "{body}");
        }
        assert!(VerifyRequest::read(b"{\"verificationCode\":\"\xff\"}").is_err());
    }
}
