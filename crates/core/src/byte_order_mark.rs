/// Text in UTF-8 without the byte order mark that some editors and systems put before it, and that says nothing.
#[must_use]
pub fn without_byte_order_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The same for bytes that may be such a text. RFC 8259, section 8.1, lets whoever reads JSON do so.
#[must_use]
pub fn without_byte_order_mark_bytes(text: &[u8]) -> &[u8] {
    text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mark_at_the_beginning_is_left_out_and_nothing_else() {
        for (text, rest) in [
            ("\u{feff}text", "text"),
            ("\u{feff}\u{feff}text", "\u{feff}text"),
            ("te\u{feff}xt", "te\u{feff}xt"),
            ("text", "text"),
            ("\u{feff}", ""),
            ("", ""),
        ] {
            assert_eq!(without_byte_order_mark(text), rest);
            assert_eq!(without_byte_order_mark_bytes(text.as_bytes()), rest.as_bytes());
        }
        assert_eq!(without_byte_order_mark_bytes(b"\xef\xbb"), b"\xef\xbb");
    }
}
