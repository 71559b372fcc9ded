//! The text of a line.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde::Serialize;

use super::link::Tip;
use crate::event::AuditEvent;

#[derive(Serialize)]
struct Line<'a> {
    time: String,
    sequence: u64,
    #[serde(flatten)]
    event: &'a AuditEvent,
    previous: &'a str,
}

/// The line that says `event` after `tip`, without a line break.
pub(crate) fn line(tip: &Tip, time: Timestamp, event: &AuditEvent) -> Result<String, serde_json::Error> {
    let time = format!("{time:.3}");
    let line = Line { time, sequence: tip.sequence + 1, event, previous: &tip.hash };
    Ok(ascii(&serde_json::to_string(&line)?))
}

/// JSON with all but plain ASCII escaped, so that it can neither move the cursor nor turn the direction of a terminal. Outside of strings JSON has nothing else, and the parser has to read the same text.
#[must_use]
pub fn ascii(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        if matches!(character, ' '..='~') {
            escaped.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            // A String takes everything.
            let _ = write!(escaped, "\\u{unit:04x}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::EventKind;

    fn text_of(event: &AuditEvent) -> String {
        line(&Tip::default(), Timestamp::UNIX_EPOCH, event).unwrap()
    }

    #[test]
    fn whatever_a_caller_sends_stays_within_its_string_and_reads_back_as_it_was() {
        let nasty = "a\r\n{\"event\":\"blocked\"}\u{1b}[2J\0\u{7f}\u{9b}31m\u{2028}\u{2029}\u{202e}\u{200f}\u{feff}žluť 😀\"\\";
        let mut event = AuditEvent::new(EventKind::Consent);
        event.user = Some(nasty.to_owned());
        let text = text_of(&event);
        assert!(text.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{text}");
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["user"], nasty);
        assert_eq!(value["event"], "consent");
    }

    #[test]
    fn a_line_has_its_time_in_milliseconds_its_number_and_the_hash_before() {
        let text = text_of(&AuditEvent::new(EventKind::Authentication));
        let zeros = "0".repeat(64);
        assert!(
            text.starts_with(r#"{"time":"1970-01-01T00:00:00.000Z","sequence":1,"event":"authentication""#),
            "{text}"
        );
        assert!(text.ends_with(&format!(r#""previous":"{zeros}"}}"#)), "{text}");
    }
}
