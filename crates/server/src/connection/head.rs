//! What is known of a head that is refused before it is a request.

/// The bytes of a head, as far as they came.
#[derive(Clone, Copy)]
pub(super) struct Head<'a>(&'a [u8]);

impl<'a> Head<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        // An HTTP server passes over line breaks before a request (RFC 9112, section 2.2).
        let begins = bytes.iter().position(|byte| !b"\r\n".contains(byte)).unwrap_or(bytes.len());
        Self(&bytes[begins..])
    }

    /// As much of the request line as tells what it is about, and no more of it than `most` bytes.
    pub(super) fn beginning(self, most: usize) -> &'a [u8] {
        let ends = self.0.iter().position(|byte| b"?\n".contains(byte)).map_or(self.0.len(), |end| end + 1);
        &self.0[..ends.min(most)]
    }

    /// Where the request line says that it goes, without the query. Where the line breaks off, the last part of the path may be
    /// another one in full, and is left out. `None` where there is no such line.
    pub(super) fn target(self) -> Option<&'a [u8]> {
        let line = self.beginning(usize::MAX);
        let rest = &line[line.iter().position(|byte| *byte == b' ')? + 1..];
        let ends = rest.iter().position(|byte| b" ?\r\n".contains(byte));
        let ends = ends.or_else(|| rest.iter().rposition(|byte| *byte == b'/'))?;
        Some(&rest[..ends])
    }

    /// Whether a header has a value of more than `most` bytes, as far as it came.
    pub(super) fn has_longer(self, name: &str, most: usize) -> bool {
        let mut lines = self.0.split(|byte| *byte == b'\n').skip(1);
        lines.any(|line| {
            let Some(colon) = line.iter().position(|byte| *byte == b':') else { return false };
            let (its_name, value) = (&line[..colon], &line[colon + 1..]);
            its_name.eq_ignore_ascii_case(name.as_bytes()) && value.trim_ascii().len() > most
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(head: &str) -> Option<&str> {
        Head::new(head.as_bytes()).target().map(|target| str::from_utf8(target).unwrap())
    }

    #[test]
    fn a_target_is_the_second_word_of_the_request_line_without_its_query() {
        for (head, expected) in [
            ("GET /a/b HTTP/1.1\r\nhost: /c", Some("/a/b")),
            ("\r\n\nGET /a/b?c=/d HTTP/1.1\r\n", Some("/a/b")),
            ("GET /a/b?c", Some("/a/b")),
            ("GET /a/b\r\n", Some("/a/b")),
            ("GET http://bank.test/a HTTP/1.1\r\n", Some("http://bank.test/a")),
            ("nonsense\r\nGET /a HTTP/1.1\r\n", None),
            ("GET", None),
            ("", None),
        ] {
            assert_eq!(target(head), expected, "{head:?}");
        }
    }

    #[test]
    fn a_part_that_may_go_on_is_no_part() {
        for (head, expected) in
            [("GET /a/b", Some("/a")), ("GET /a/", Some("/a")), ("GET /a", Some("")), ("GET ", None)]
        {
            assert_eq!(target(head), expected, "{head:?}");
        }
    }

    #[test]
    fn what_is_kept_of_a_head_is_what_its_target_needs() {
        for (head, kept) in [
            ("GET /a?secret HTTP/1.1\r\nhost: a\r\n", "GET /a?"),
            ("\r\nGET /a HTTP/1.1\r\nhost: a\r\n", "GET /a HTTP/1.1\r\n"),
            ("GET /a/bcd/efg/hij/klm HTTP/1.1\r\n", "GET /a/bcd/efg/hij/k"),
        ] {
            assert_eq!(Head::new(head.as_bytes()).beginning(20), kept.as_bytes());
        }
    }

    #[test]
    fn a_header_is_longer_by_its_value_alone_whether_all_of_it_came_or_not() {
        let head = "GET /long: HTTP/1.1\r\nHost: a\r\nLong:  four \r\nunder-way: fiv";
        let is_longer = |name, most| Head::new(head.as_bytes()).has_longer(name, most);
        assert!(is_longer("long", 3) && !is_longer("long", 4));
        assert!(is_longer("under-way", 2) && !is_longer("under-way", 3));
        assert!(!is_longer("GET /long", 0) && !is_longer("other", 0));
    }
}
