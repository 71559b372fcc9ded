use reqwest::Url;

/// The URL with these parts after its path, each percent-encoded; `None` where a part can't be in a path.
pub(crate) fn below(base: &Url, path: &[&str]) -> Option<Url> {
    if path.iter().any(|part| is_dropped(part)) {
        return None;
    }
    let mut url = base.clone();
    url.path_segments_mut().ok()?.pop_if_empty().extend(path);
    Some(url)
}

/// Whether a URL would leave the part out, or some of it: dots are steps, tabs and line breaks nothing at all
/// (<https://url.spec.whatwg.org/#path-state>). Servers do the like with other control characters.
fn is_dropped(part: &str) -> bool {
    matches!(part, "" | "." | "..") || part.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path_of(base: &str, part: &str) -> Option<String> {
        let base = Url::parse(base).expect("a URL");
        below(&base, &["users", part]).map(|url| url.as_str().to_owned())
    }

    #[test]
    fn a_part_never_leaves_its_place() {
        for (part, encoded) in [
            ("12345678", "12345678"),
            ("../admin", "..%2Fadmin"),
            ("..\\admin", "..%5Cadmin"),
            ("%2e%2e", "%252e%252e"),
            ("a?b#c", "a%3Fb%23c"),
            ("a b;c=ž", "a%20b;c=%C5%BE"),
            ("...", "..."),
            ("http://other/", "http:%2F%2Fother%2F"),
        ] {
            for base in ["https://core.test/api", "https://core.test/api/"] {
                assert_eq!(
                    path_of(base, part),
                    Some(format!("https://core.test/api/users/{encoded}")),
                    "{part}"
                );
            }
        }
    }

    #[test]
    fn what_a_url_drops_is_in_no_path() {
        for part in ["", ".", "..", ".\t.", "1234\t5678", "1\n", "a\0b"] {
            assert_eq!(path_of("https://core.test", part), None, "{part:?}");
        }
    }
}
