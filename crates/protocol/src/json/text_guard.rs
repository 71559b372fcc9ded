//! What has to hold for every byte of a body, also for the parts that nobody parses.

use thiserror::Error;

/// Deeper JSON is no form that anybody made.
pub const DEEPEST: usize = 64;

/// The bytes are not to be passed on, whatever they say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("it is not UTF-8, nested too deep, or has NUL or half a character in a string")]
pub struct UnusableText;

/// Checks that `body` is UTF-8, not too deep, and has no NUL and no lone surrogate in its strings.
///
/// Whether it is JSON at all is for the parser to say.
///
/// # Errors
///
/// When one of them does not hold.
pub fn check_text(body: &[u8]) -> Result<(), UnusableText> {
    let text = std::str::from_utf8(body).map_err(|_| UnusableText)?;
    let mut depth = 0_usize;
    let mut bytes = text.as_bytes();
    while let [byte, rest @ ..] = bytes {
        bytes = rest;
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => bytes = after_string(rest)?,
            _ => {}
        }
        if depth > DEEPEST {
            return Err(UnusableText);
        }
    }
    Ok(())
}

/// What follows the string that `bytes` begin with.
fn after_string(mut bytes: &[u8]) -> Result<&[u8], UnusableText> {
    loop {
        let stop = bytes.iter().position(|byte| matches!(byte, b'"' | b'\\')).ok_or(UnusableText)?;
        bytes = match &bytes[stop..] {
            [b'\\', b'u', rest @ ..] => after_escape(rest)?,
            [b'\\', _, rest @ ..] => rest,
            [_, rest @ ..] if bytes[stop] == b'"' => return Ok(rest),
            _ => return Err(UnusableText),
        };
    }
}

/// What follows the digits of an escape, which must be a character.
fn after_escape(bytes: &[u8]) -> Result<&[u8], UnusableText> {
    let (unit, rest) = hex(bytes)?;
    match unit {
        0 | 0xdc00..=0xdfff => Err(UnusableText),
        0xd800..=0xdbff => match rest {
            [b'\\', b'u', rest @ ..] => match hex(rest)? {
                (0xdc00..=0xdfff, rest) => Ok(rest),
                _ => Err(UnusableText),
            },
            _ => Err(UnusableText),
        },
        _ => Ok(rest),
    }
}

fn hex(bytes: &[u8]) -> Result<(u32, &[u8]), UnusableText> {
    let (digits, rest) = bytes.split_at_checked(4).ok_or(UnusableText)?;
    let number =
        digits.iter().try_fold(0, |number, digit| Some(number * 16 + char::from(*digit).to_digit(16)?));
    Ok((number.ok_or(UnusableText)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_json_passes() {
        for json in [r#"{"a":["b\\",{"c":"\"[[[\u017e\ud83d\ude00\n"}]}"#, "", "1", r#""\\""#] {
            assert_eq!(check_text(json.as_bytes()), Ok(()), "{json}");
        }
        let deep = format!("{}{}", "[".repeat(64), "]".repeat(64));
        assert_eq!(check_text(deep.as_bytes()), Ok(()));
    }

    #[test]
    fn depth_nul_lone_surrogates_and_broken_strings_do_not() {
        let deep = "[".repeat(65);
        for json in [
            &deep,
            r#""\u0000""#,
            r#""\ud800""#,
            r#""\udc00""#,
            r#""\ud800\u0041""#,
            r#""\ud800\ud800""#,
            r#""\u00"#,
        ] {
            assert_eq!(check_text(json.as_bytes()), Err(UnusableText), "{json}");
        }
        for json in [r#""open"#, r#""\"#, r#""\u12g4""#] {
            assert_eq!(check_text(json.as_bytes()), Err(UnusableText), "{json}");
        }
        assert_eq!(check_text(b"\"\xff\""), Err(UnusableText));
    }
}
