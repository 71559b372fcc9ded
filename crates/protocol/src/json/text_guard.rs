//! What has to hold for every byte of a body, also for the parts that nobody parses.

use memchr::{memchr, memchr_iter, memchr2};
use thiserror::Error;

/// Deeper JSON is no form that anybody made.
pub const DEEPEST: usize = 64;

/// The bytes are not to be passed on, whatever they say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("it is not UTF-8, nested too deep, or has NUL or half a character in a string")]
pub struct UnusableText;

/// The text of `body`: UTF-8, not too deep, and without NUL and lone surrogates in its strings.
///
/// Whether it is JSON at all is for the parser to say.
///
/// # Errors
///
/// When one of them does not hold.
pub fn check_text(body: &[u8]) -> Result<&str, UnusableText> {
    let text = std::str::from_utf8(body).map_err(|_| UnusableText)?;
    check_strings(body)?;
    if count(b'[', body) + count(b'{', body) > DEEPEST {
        check_depth(body)?;
    }
    Ok(text)
}

fn count(byte: u8, bytes: &[u8]) -> usize {
    memchr_iter(byte, bytes).count()
}

/// Looks at every backslash, which are in strings and nowhere else, and for strings without an end.
fn check_strings(bytes: &[u8]) -> Result<(), UnusableText> {
    let (mut rest, mut escaped_quotes) = (bytes, 0);
    while let Some(backslash) = memchr(b'\\', rest) {
        rest = match &rest[backslash + 1..] {
            [b'u', rest @ ..] => after_escape(rest)?,
            [escaped, rest @ ..] => {
                escaped_quotes += usize::from(*escaped == b'"');
                rest
            }
            [] => return Err(UnusableText),
        };
    }
    let ends = count(b'"', bytes) - escaped_quotes;
    if ends.is_multiple_of(2) { Ok(()) } else { Err(UnusableText) }
}

/// Whether there are never too many brackets open.
fn check_depth(mut bytes: &[u8]) -> Result<(), UnusableText> {
    let mut depth = 0_usize;
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
        let stop = memchr2(b'"', b'\\', bytes).ok_or(UnusableText)?;
        bytes = match &bytes[stop..] {
            [b'"', rest @ ..] => return Ok(rest),
            [_, _, rest @ ..] => rest,
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
            assert_eq!(check_text(json.as_bytes()), Ok(json), "{json}");
        }
        let deep = format!("{}{}", "[".repeat(64), "]".repeat(64));
        assert_eq!(check_text(deep.as_bytes()), Ok(deep.as_str()));
        let wide = format!(r#"[{}"{}\""]"#, "[{}],".repeat(100), "[".repeat(100));
        assert_eq!(check_text(wide.as_bytes()), Ok(wide.as_str()), "many brackets are not deep");
    }

    #[test]
    fn depth_nul_lone_surrogates_and_broken_strings_do_not() {
        let deep = "[".repeat(65);
        let deep_after_a_string = format!(r#"["\"]]",{}"#, "[".repeat(64));
        for json in [
            &deep,
            &deep_after_a_string,
            r#""\u0000""#,
            r#""\ud800""#,
            r#""\udc00""#,
            r#""\ud800\u0041""#,
            r#""\ud800\ud800""#,
            r#""\u00"#,
        ] {
            assert_eq!(check_text(json.as_bytes()), Err(UnusableText), "{json}");
        }
        for json in [r#""open"#, r#""\"#, r#""\""#, r#""\u12g4""#] {
            assert_eq!(check_text(json.as_bytes()), Err(UnusableText), "{json}");
        }
        assert_eq!(check_text(b"\"\xff\""), Err(UnusableText));
    }
}
