use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The place of a call in a trace, as the `traceparent` header of W3C Trace Context has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceParent(String);

/// The text is no `traceparent`, or names no trace: the specification says to go on without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("it is no traceparent of W3C Trace Context")]
pub struct TraceParentError;

impl TraceParent {
    /// `version-trace_id-parent_id-flags` in version 00.
    const LENGTH: usize = 55;

    /// The value of the header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id of the trace, 32 hexadecimal digits that are not all zero.
    #[must_use]
    pub fn trace_id(&self) -> &str {
        &self.0[3..35]
    }

    /// The id of the span that is the parent of what the call does, 16 hexadecimal digits that are not all zero.
    #[must_use]
    pub fn parent_id(&self) -> &str {
        &self.0[36..52]
    }

    /// Whether the caller records the trace, and so those behind it should.
    #[must_use]
    pub fn is_sampled(&self) -> bool {
        u8::from_str_radix(&self.0[53..], 16).is_ok_and(|flags| flags & 1 == 1)
    }
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for TraceParent {
    type Err = TraceParentError;

    /// Reads version 00, and of a later version the part that is the same.
    fn from_str(text: &str) -> Result<Self, TraceParentError> {
        let (known, rest) = text.split_at_checked(Self::LENGTH).ok_or(TraceParentError)?;
        let parts: Vec<&str> = known.split('-').collect();
        let [version, trace, parent, flags] = parts[..] else { return Err(TraceParentError) };
        let is_well_formed = [(version, 2), (trace, 32), (parent, 16), (flags, 2)]
            .into_iter()
            .all(|(part, length)| part.len() == length && part.bytes().all(is_hex));
        let is_zero = |part: &str| part.bytes().all(|byte| byte == b'0');
        let goes_on = !rest.is_empty() && (version == "00" || !rest.starts_with('-'));
        if !is_well_formed || version == "ff" || is_zero(trace) || is_zero(parent) || goes_on {
            return Err(TraceParentError);
        }
        Ok(Self(format!("00-{trace}-{parent}-{flags}")))
    }
}

/// Capitals are not allowed.
fn is_hex(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALID: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_valid_one_is_kept_as_it_is() {
        assert_eq!(VALID.parse::<TraceParent>().unwrap().as_str(), VALID);
    }

    #[test]
    fn it_has_a_trace_a_parent_and_a_flag() {
        let valid: TraceParent = VALID.parse().unwrap();
        assert_eq!(
            (valid.trace_id(), valid.parent_id()),
            ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7")
        );
        for (flags, is_sampled) in [("00", false), ("01", true), ("02", false), ("03", true), ("ff", true)] {
            let text = format!("{}{flags}", &VALID[..53]);
            assert_eq!(text.parse::<TraceParent>().unwrap().is_sampled(), is_sampled, "{text}");
        }
    }

    #[test]
    fn of_a_later_version_the_known_part_is_kept() {
        for later in [VALID.replacen("00", "01", 1), VALID.replacen("00", "cc", 1) + "-what-is-new"] {
            assert_eq!(later.parse::<TraceParent>().unwrap().as_str(), VALID, "{later}");
        }
    }

    #[test]
    fn what_is_malformed_or_names_no_trace_is_refused() {
        for text in [
            "",
            "00",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "0x-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-600f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0ž",
            "00 4bf92f3577b34da6a3ce929d0e0e4736 00f067aa0ba902b7 01",
        ] {
            assert_eq!(text.parse::<TraceParent>(), Err(TraceParentError), "{text}");
        }
    }
}
